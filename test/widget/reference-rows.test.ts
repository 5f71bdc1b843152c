/**
 * The 22 weaknesses of the published reference client (design: field, section 1), a test each: what it does, where
 * that shows without a browser, and what ours does instead. Rows 3, 6, 8, 9, 10 and 14 are shown in real
 * browsers too (e2e/engines: severed, redirect, forged, gesture).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type ReferenceConnect from "reference-connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { create } from "../../src/alter-connect.ts";
import { BROKER, CONNECTION, createStores, createWorld, SUCCESS, TOKEN } from "./world.ts";

const require = createRequire(import.meta.url);
const { default: Reference } = require("reference-connect") as { default: typeof ReferenceConnect };

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  sessionStorage.clear();
  history.replaceState(null, "", "/");
  document.body.replaceChildren();
});

const GRANT = { grant_id: "grant-1", provider: "calendar", status: "active" };
const RETURN = "alter_connect_success=true&grant_id=forged&provider=x&account_identifier=me@x.com";
const STATE = "t".repeat(43);
const CODE = "c".repeat(43);
const COME = `https://app.example.com/done?alter_connect_code=${CODE}&alter_connect_state=${STATE}`;

/** The reference client on a desktop, and its popup. */
const startReference = () => {
  const popup = { closed: false, close: () => (popup.closed = true), focus: vi.fn() };
  const opened: unknown[][] = [];
  vi.stubGlobal("open", (...args: unknown[]) => {
    opened.push(args);
    return popup;
  });
  const widget = Reference.create();
  const told: string[] = [];
  return {
    widget,
    popup,
    opened,
    told,
    open: (options: object = {}) =>
      widget.open({
        token: TOKEN,
        baseURL: BROKER,
        onSuccess: () => told.push("success"),
        onError: () => told.push("error"),
        onExit: () => told.push("exit"),
        ...options,
      }),
    say: (data: object, source: unknown = popup) =>
      window.dispatchEvent(Object.assign(new Event("message"), { origin: BROKER, source, data })),
  };
};
const theirSuccess = { type: "alter_connect_success", grants: [GRANT] };

/** The reference client on the page that its redirect comes back to; what it makes of that is only in its log. */
const returnReference = (age = 0) => {
  const returnUrl = location.href;
  sessionStorage.setItem(
    "alter_oauth_state",
    JSON.stringify({ timestamp: Date.now() - age, returnUrl }),
  );
  history.replaceState(null, "", `/?${RETURN}`);
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const widget = Reference.create({ debug: true });
  const results = log.mock.calls.filter(([, line]) => String(line).includes("return - success"));
  return { widget, grants: results[0]?.[2] as { grant_id: string }[] | undefined };
};

/** Our return page, in the browser that left. */
const land = (beginning: Parameters<typeof createWorld>[0] = {}) => {
  const stores = createStores();
  stores.localStorage[`alter_connect_${STATE}`] = `${Date.now() + 1e6} ${BROKER} ${CODE}`;
  return createWorld({ href: COME, stores, broker: { outcome: SUCCESS }, ...beginning });
};

describe("an end", () => {
  it("row 1: settles without onExit, and whatever a callback throws", async () => {
    const reference = startReference();
    void reference.open({ onExit: undefined });
    reference.popup.closed = true;
    vi.advanceTimersByTime(1_000);
    expect(reference.widget.isOpen()).toBe(true);
    await reference.open();
    expect(reference.opened).toHaveLength(1);

    const world = createWorld();
    const promise = world.widget.open({ token: TOKEN, prompt: false });
    await world.pass(0);
    world.popup().closed = true;
    await world.pass(1_000);
    expect(await promise).toEqual({ status: "exit" });
    expect(world.widget.isOpen()).toBe(false);

    const mistake = () => {
      throw new Error("the app's own");
    };
    const { outcome } = world.open({ onSuccess: mistake });
    await world.ready();
    await world.outcome(SUCCESS);
    await world.tell();
    expect(outcome()).toEqual(SUCCESS);
    expect(world.widget.isOpen()).toBe(false);
    expect(world.reported).toHaveLength(1);
  });

  it("row 2: of a redirect is held until somebody listens", async () => {
    const reference = returnReference();
    expect(reference.grants).toHaveLength(1);
    const late = vi.fn();
    reference.widget.on("success", late);
    vi.advanceTimersByTime(10_000);
    expect(late).not.toHaveBeenCalled();

    const world = land();
    await world.pass(10_000);
    const heard = vi.fn();
    world.widget.on("success", heard);
    await world.tell();
    expect(heard).toHaveBeenCalledOnce();
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
  });

  it("row 3: is no exit because a provider cut the window off", async () => {
    const reference = startReference();
    void reference.open();
    reference.popup.closed = true;
    vi.advanceTimersByTime(1_000);
    reference.say(theirSuccess);
    expect(reference.told).toEqual(["exit"]);

    const world = createWorld();
    const { outcome, told } = world.open();
    await world.toProvider();
    world.popup().closed = true;
    await world.pass(10_000);
    expect(told).toEqual([]);
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
  });

  it("row 4: that is on its way when the window closes arrives", async () => {
    const reference = startReference();
    void reference.open();
    reference.popup.closed = true;
    vi.advanceTimersByTime(500);
    reference.say(theirSuccess);
    expect(reference.told).toEqual(["exit"]);

    const world = createWorld();
    const { outcome, told } = world.open();
    await world.pass(0);
    await world.ready();
    world.popup().closed = true;
    await world.pass(250);
    await world.outcome(SUCCESS);
    await world.tell();
    expect(outcome()).toEqual(SUCCESS);
    expect(told).toEqual(["success grant-1 of 1"]);
  });

  it("row 5: reaches promise, callback and listeners in that order, though one of them calls close()", async () => {
    const reference = startReference();
    reference.widget.on("success", () => reference.widget.close());
    void reference.open();
    reference.say(theirSuccess);
    expect(reference.told).toEqual([]);

    const world = createWorld();
    const order: string[] = [];
    world.widget.on("success", () => {
      order.push("listener");
      world.widget.close();
    });
    world.widget.on("success", () => order.push("next listener"));
    const { promise } = world.open({
      onSuccess: () => {
        order.push("callback");
        world.widget.close();
      },
    });
    void promise.then(() => order.push("promise"));
    await world.ready();
    await world.outcome(SUCCESS);
    await world.tell();
    expect(order).toEqual(["promise", "callback", "listener", "next listener"]);
  });

  it("row 6: comes when Back leads to a page that had left by redirect", async () => {
    const world = createWorld();
    const { outcome } = world.open({ mode: "redirect" });
    await world.pass(0);
    expect(world.widget.isOpen()).toBe(true);
    await world.happens("pageshow", { persisted: true });
    expect(outcome()).toEqual({ status: "exit" });
    expect(world.widget.isOpen()).toBe(false);
  });
});

describe("a redirect", () => {
  it("row 7: comes back as long as the session lasts", async () => {
    expect(returnReference(6 * 60_000).grants).toBeUndefined();

    const stores = createStores();
    const left = createWorld({ stores });
    left.open({ mode: "redirect" });
    await left.pass(60 * 60_000);
    const state = new URLSearchParams(left.left[0]?.hash.slice(1)).get("state") ?? "";
    const back = land({ href: COME.replace(STATE, state), stores });
    expect(await back.widget.getRedirectResult()).toEqual(SUCCESS);
  });

  it("row 8: is believed by its code and verifier, never by what else the address says", async () => {
    expect(returnReference().grants).toMatchObject([{ grant_id: "forged" }]);

    const world = land({ href: `https://app.example.com/?${RETURN}` });
    expect(await world.widget.getRedirectResult()).toBeNull();
    expect(world.calls).toEqual([]);
  });

  it("row 10: brings a code and a state, and no account: that comes from the broker", async () => {
    expect(returnReference().grants).toMatchObject([{ account_identifier: "me@x.com" }]);

    const world = land({ href: `${COME}&account_identifier=me@x.com` });
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(world.broker.redeems()).toEqual([{ code: CODE, verifier: CODE }]);
    expect(world.app.location.search).toBe("?account_identifier=me%40x.com");
  });

  it("row 12: brings every connection", async () => {
    expect(returnReference().grants).toHaveLength(1);

    const connections = [CONNECTION, { ...CONNECTION, grant_id: "grant-2" }];
    const world = land({ broker: { outcome: { status: "success", connections } } });
    const heard = vi.fn();
    world.widget.on("success", heard);
    await world.tell();
    expect(heard).toHaveBeenCalledExactlyOnceWith(connections[0], connections);
  });

  it("row 19: never takes a frame away", async () => {
    const world = createWorld({ page: { framed: true, media: { pointer: "coarse" } } });
    world.open({ mode: "redirect" });
    await world.pass(0);
    expect(world.left).toEqual([]);
    expect(world.popups).toHaveLength(1);
  });
});

describe("a message", () => {
  it("row 9: is heard from the attempt's own window, which has a name of its own", async () => {
    const reference = startReference();
    void reference.open();
    reference.say(theirSuccess, {});
    expect(reference.told).toEqual(["success"]);
    expect(reference.opened[0]?.[1]).toBe("alter_oauth_popup");

    const world = createWorld();
    const { outcome } = world.open();
    await world.ready();
    await world.say({ type: "alter-connect:outcome", v: 1, outcome: SUCCESS }, { source: {} });
    expect(outcome()).toBeUndefined();
    expect(world.popup().name).toMatch(/^[\w-]{22,}$/);
  });

  it("row 13: with a status that nobody knows is no success", async () => {
    const reference = startReference();
    const onSuccess = vi.fn();
    void reference.open({ onSuccess });
    reference.say({ type: "alter_connect_success", grants: [{ ...GRANT, status: "doubtful" }] });
    expect(onSuccess.mock.calls[0]?.[0]).toMatchObject([{ status: "active" }]);

    const doubtful = { status: "success", connections: [{ ...CONNECTION, status: "doubtful" }] };
    const world = createWorld({ broker: { reply: () => Response.json(doubtful) } });
    const { outcome } = world.open();
    await world.ready();
    await world.say({ type: "alter-connect:outcome", v: 1, outcome: doubtful });
    expect(outcome()).toBeUndefined();
    await world.pass(250);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_response" } });
  });
});

describe("a window", () => {
  it("row 11: never has the token in its address", async () => {
    const reference = startReference();
    void reference.open();
    expect(reference.opened[0]?.[0]).toContain(encodeURIComponent(TOKEN));

    const world = createWorld();
    world.open();
    await world.toProvider();
    expect(world.popup().url).toBe(`${BROKER}/connect`);
  });

  it("row 14: opens in the click, while the token is still being made", async () => {
    const minting = new Promise<string>(() => undefined);
    const reference = startReference();
    await expect(reference.open({ token: minting })).rejects.toThrow();
    expect(reference.opened).toEqual([]);

    const world = createWorld();
    world.open({ token: () => minting });
    expect(world.popups).toHaveLength(1);
  });

  it("row 15: that was blocked is one more click away", async () => {
    const reference = startReference();
    vi.stubGlobal("open", () => null);
    void reference.open();
    expect(reference.told).toEqual(["error"]);
    expect(document.body.children).toHaveLength(0);

    const world = createWorld({ document, page: { popupBlocker: true } });
    const { told } = world.open({ prompt: true });
    world.page.popupBlocker = false;
    document.querySelector("body > div")?.shadowRoot?.querySelector("button")?.click();
    expect(world.popups).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("row 16: comes to the front at a second open(), which returns the same promise", async () => {
    const reference = startReference();
    void reference.open();
    await reference.open();
    expect(reference.popup.focus).not.toHaveBeenCalled();

    const world = createWorld();
    const { promise } = world.open();
    expect(world.widget.open({ token: TOKEN })).toBe(promise);
    expect(world.popup().focused).toBe(1);
    expect(world.popups).toHaveLength(1);
  });

  it("row 18: or a redirect, by pointer and platform and not by width", async () => {
    const reference = startReference();
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue("iPhone");
    vi.stubGlobal("innerWidth", 844);
    vi.stubGlobal("innerHeight", 390);
    void reference.open();
    expect(reference.opened).toHaveLength(1);

    const phone = createWorld({ page: { media: { pointer: "coarse", width: "844px" } } });
    phone.open();
    await phone.pass(0);
    expect([phone.popups.length, phone.left.length]).toEqual([0, 1]);
    const desktop = createWorld({ page: { media: { pointer: "fine", width: "320px" } } });
    desktop.open();
    await desktop.pass(0);
    expect([desktop.popups.length, desktop.left.length]).toEqual([1, 0]);
  });

  it("row 22: stays when a provider refused, and the next try in it counts", async () => {
    const reference = startReference();
    void reference.open();
    reference.say({ type: "alter_connect_error", error: "access_denied" });
    expect(reference.popup.closed).toBe(true);

    const world = createWorld();
    const { outcome, told } = world.open();
    await world.toProvider();
    await world.broker.now({ phase: "failed" });
    await world.pass(60_000);
    expect(world.popup().closed).toBe(false);
    expect(told).toEqual([]);
    await world.outcome(SUCCESS);
    expect(outcome()).toEqual(SUCCESS);
  });
});

describe("the package", () => {
  it("row 17: works on a server and with storage blocked, and knows its version", async () => {
    const manifest = require.resolve("reference-connect/package.json");
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    expect(Reference.create().getVersion()).not.toBe(version);
    vi.stubGlobal("sessionStorage", undefined);
    expect(() => Reference.create()).toThrow();

    const blocked = createWorld({ page: { blocked: ["localStorage", "sessionStorage"] } });
    blocked.open();
    expect(blocked.popups).toHaveLength(1);
    // A server has none of it. That its import works there too, and the version, is what
    // test/scripts/widget-artefact.test.ts holds against the built package.
    const server = create({}, { setTimeout } as unknown as typeof window);
    expect(await server.getRedirectResult()).toBeNull();
    expect(server.isOpen()).toBe(false);
  });

  it("row 20: tells what happens on the way", async () => {
    const reference = startReference();
    const onEvent = vi.fn();
    void reference.open({ onEvent });
    reference.say(theirSuccess);
    expect(onEvent.mock.calls.map(([name]) => name as string)).toEqual(["connect_opened"]);

    const world = createWorld();
    const { events } = world.open();
    await world.ready();
    await world.event("page_ready");
    await world.event("provider_selected", "calendar");
    await world.event("oauth_started", "calendar");
    world.popup().closed = true;
    await world.pass(1_000);
    await world.broker.now({ outcome: SUCCESS });
    await world.tell();
    expect(events).toEqual([
      ...["opened", "page_ready", "provider_selected", "oauth_started", "detached", "completed"],
    ]);
  });

  it("row 21: gives the outcome as a promise, and takes a signal", async () => {
    const reference = startReference();
    expect(await reference.open()).toBeUndefined();
    expect(reference.told).toEqual([]);

    const world = createWorld();
    const controller = new AbortController();
    const { promise } = world.open({ signal: controller.signal });
    await world.ready();
    controller.abort();
    await world.pass(0);
    expect(await promise).toEqual({ status: "exit" });
    expect(world.popup().closed).toBe(true);
  });
});
