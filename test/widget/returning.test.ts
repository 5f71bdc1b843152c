// @vitest-environment node
/** The page that a redirect comes back to: a clean address first, then the result, once and to whoever asks. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { create } from "../../src/alter-connect.ts";
import type { Outcome } from "../../src/index.ts";
import type { AppWindow } from "../../src/popup-window.ts";
import { BROKER, CONNECTION, createStores, createWorld, SUCCESS, type Stores } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type World = ReturnType<typeof createWorld>;
type Beginning = NonNullable<Parameters<typeof createWorld>[0]>;

const HOME = "https://app.example.com/done";
const CODE = "c".repeat(43);
const VERIFIER = "v".repeat(43);
const STATE = "t".repeat(43);
const COME = `alter_connect_code=${CODE}&alter_connect_state=${STATE}`;
const NEWS = ["success", "error", "exit", "close", "event"] as const;

/** The browser that left: it knows the verifier of this state. */
const browser = (): Stores => {
  const stores = createStores();
  stores.localStorage[`alter_connect_${STATE}`] = `${Date.now() + 1e6} ${BROKER} ${VERIFIER}`;
  return stores;
};

/** A load of the return page. No other state of the broker is asked for, so `outcome` is what redeem replies. */
const land = (query = COME, { broker, ...beginning }: Beginning = {}): World =>
  createWorld({
    href: `${HOME}?${query}`,
    stores: browser(),
    broker: { outcome: SUCCESS, ...broker },
    ...beginning,
  });
const again = (world: World, beginning: Beginning = {}): World =>
  createWorld({
    href: world.app.location.href,
    stores: world.stores,
    broker: { outcome: SUCCESS },
    ...beginning,
  });

const listen = (widget: World["widget"]) => {
  const told: string[] = [];
  for (const name of NEWS) widget.on(name, () => told.push(name));
  return told;
};

const lost = { status: "error", error: { code: "redirect_state_lost" } };

describe("the address (M1)", () => {
  const cases: [string, string, Beginning][] = [
    ["a match", COME, {}],
    ["another state", `alter_connect_code=${CODE}&alter_connect_state=other`, {}],
    ["no state", `alter_connect_code=${CODE}`, {}],
    ["forged parameters", "alter_connect_success=true&alter_connect_grant=1", {}],
    ["another browser", COME, { stores: createStores() }],
    ["no storage", COME, { page: { blocked: ["localStorage", "sessionStorage"] } }],
    ["full storage", COME, { page: { full: ["localStorage", "sessionStorage"] } }],
    ["a broker that is not there", COME, { broker: { reply: () => Promise.reject(new Error()) } }],
  ];

  it.each(cases)("is clean before create() returns: %s", (_, query, beginning) => {
    const world = land(query, beginning);
    expect(world.app.location.href).toBe(HOME);
  });

  it.each([
    [`?${COME}`, ""],
    [`?tab=1&${COME}&q=a%26b`, "?tab=1&q=a%26b"],
    [`?${COME}#/settings?alter_connect_code=x`, "#/settings?alter_connect_code=x"],
    [`?tab=1&${COME}&${COME}#top`, "?tab=1#top"],
    [`?alter_connect_exit=1&alter_connect_state=${STATE}&code=theirs`, "?code=theirs"],
  ])("%s loses what is ours and keeps the rest", (came, kept) => {
    const world = createWorld({ href: HOME + came });
    expect(world.app.location.href).toBe(HOME + kept);
  });

  it("stays as it is, to the letter, on a page that no redirect came back to", () => {
    const href = `${HOME}?b=1&a=%20#x?alter_connect_code=1`;
    const world = createWorld({ href });
    expect(world.app.location.href).toBe(href);
    expect(world.stores).toEqual(createStores());
    expect(world.calls).toEqual([]);
  });

  it("is replaced with the state of this history entry, which is the app's", () => {
    const historyState = { scroll: 120 };
    const world = land(COME, { page: { historyState } });
    expect(world.app.history.state).toBe(historyState);
  });
});

describe("the result", () => {
  it("is redeemed with the code that came and the verifier that stayed, and with no secret in the address", async () => {
    const world = land();
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(world.broker.redeems()).toEqual([{ code: CODE, verifier: VERIFIER }]);
    const [call] = world.calls;
    expect(call?.url.href).toBe(`${BROKER}/v1/connect/redeem`);
    expect(call?.method).toBe("POST");
    expect(call?.headers.get("content-type")).toBe("application/json");
    expect(call?.init.redirect).toBe("error");
    expect(call?.init.credentials).toBeUndefined();
  });

  it("needs no baseURL: it goes to the broker that this state left for", async () => {
    const world = land(COME, { config: { baseURL: "https://other.example" } });
    await world.widget.getRedirectResult();
    expect(world.calls[0]?.url.origin).toBe(BROKER);
  });

  it("has every connection (field 12)", async () => {
    const connections = [CONNECTION, { ...CONNECTION, grant_id: "grant-2" }];
    const world = land(COME, { broker: { outcome: { status: "success", connections } } });
    const heard = vi.fn();
    world.widget.on("success", heard);
    await world.tell();
    expect(heard).toHaveBeenCalledExactlyOnceWith(connections[0], connections);
  });

  it("is found in a new tab of the same browser (M16)", async () => {
    const stores = { ...browser(), sessionStorage: createStores().sessionStorage };
    expect(await land(COME, { stores }).widget.getRedirectResult()).toEqual(SUCCESS);
  });

  it.each([
    ["blocked", { blocked: ["localStorage" as const] }],
    // Full for whoever left; to read and to delete it is there.
    ["full", { full: ["localStorage" as const] }],
  ])("is found in this tab when localStorage was %s", async (_, page) => {
    const { localStorage: kept } = browser();
    const stores = { ...createStores(), sessionStorage: kept };
    const world = land(COME, { stores, page });
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(Object.keys(kept)).toEqual([]);
  });

  it.each<[string, string, Outcome]>([
    ["exit", "alter_connect_exit=1", { status: "exit" }],
    [
      "error",
      "alter_connect_error=access_denied",
      { status: "error", error: { code: "access_denied", message: "access_denied" } },
    ],
  ])("may be an %s, with nothing to redeem", async (_, query, result) => {
    const world = land(`${query}&alter_connect_state=${STATE}`);
    expect(await world.widget.getRedirectResult()).toEqual(result);
    expect(world.calls).toEqual([]);
  });

  it("is null where no redirect came back", async () => {
    const world = createWorld();
    expect(await world.widget.getRedirectResult()).toBeNull();
    expect(listen(world.widget)).toEqual([]);
  });

  it.each([
    ["of another age", () => Response.json({ status: "done" }), "invalid_response"],
    [
      "of the opinion that the code is used",
      () => Response.json({ code: "code_used", title: "This code was used" }, { status: 410 }),
      "code_used",
    ],
  ])("is an error where the broker is %s", async (_, reply, code) => {
    const world = land(COME, { broker: { reply } });
    expect(await world.widget.getRedirectResult()).toMatchObject({ error: { code } });
  });
});

describe("a broker that is away", () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ["not there", () => Promise.reject(new TypeError("Failed to fetch"))],
    ["restarting", () => Response.json({ code: "shutting_down" }, { status: 503 })],
    ["behind a broken proxy", () => new Response("<html>")],
    ["not done", () => Response.json({ status: "pending" })],
  ])("%s, is asked again until it answers: nothing is told or lost before", async (_, reply) => {
    const world = land(COME, { broker: { reply } });
    const told: unknown[] = [];
    world.widget.on("error", (error) => told.push(error));
    let result: Outcome | null | undefined;
    void world.widget.getRedirectResult().then((outcome) => {
      result = outcome;
    });
    await world.pass(20_000);
    expect(told).toEqual([]);
    expect(result).toBeUndefined();
    world.broker.reply = () => Response.json(SUCCESS);
    await world.pass(5_000);
    expect(result).toEqual(SUCCESS);
    await world.tell();
    expect(told).toEqual([]);
  });
});

describe("what is not ours", () => {
  it.each([
    ["a code of another browser", COME, createStores()],
    ["a code of no state", `alter_connect_code=${CODE}`, browser()],
    ["a code of an empty state", `alter_connect_code=${CODE}&alter_connect_state=`, browser()],
    [
      "a code of another state",
      `alter_connect_code=${CODE}&alter_connect_state=${CODE}`,
      browser(),
    ],
  ])(
    "%s is redirect_state_lost: it says so, and sends the code nowhere",
    async (_, query, stores) => {
      const world = land(query, { stores });
      const told = listen(world.widget);
      expect(await world.widget.getRedirectResult()).toMatchObject(lost);
      await world.tell();
      expect(told).toEqual(["error", "event", "close"]);
      expect(world.calls).toEqual([]);
    },
  );

  it.each([
    ["an error", "alter_connect_error=access_denied&alter_connect_state=other"],
    ["an exit", "alter_connect_exit=1&alter_connect_state=other"],
    ["an error without a state", "alter_connect_error=access_denied"],
    ["an exit without a state", "alter_connect_exit=1"],
    ["a grant (field 8)", "alter_connect_success=true&grant_id=forged&provider=x"],
  ])("%s of a state that this browser does not know is nothing", async (_, query) => {
    const world = land(query);
    const told = listen(world.widget);
    expect(await world.widget.getRedirectResult()).toBeNull();
    await world.tell();
    expect(told).toEqual([]);
    expect(world.calls).toEqual([]);
    // And it costs the attempt that is still under way nothing.
    expect(world.stores.localStorage[`alter_connect_${STATE}`]).toContain(VERIFIER);
  });
});

describe("told in any order", () => {
  it("to a listener that was there before the broker answered", async () => {
    const world = land();
    const told = listen(world.widget);
    expect(told).toEqual([]);
    await world.tell();
    expect(told).toEqual(["success", "event", "close"]);
  });

  it("to a listener that comes long after (field 2)", async () => {
    const world = land();
    await world.pass(60_000);
    const told: string[] = [];
    world.widget.on("success", ({ grant_id }) => told.push(grant_id));
    await world.tell();
    expect(told).toEqual(["grant-1"]);
  });

  it("to one listener, once: the next hears nothing old", async () => {
    const world = land();
    const first = vi.fn();
    const second = vi.fn();
    world.widget.on("success", first);
    await world.tell();
    world.widget.on("success", second);
    await world.tell();
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0]);
  });

  it("waits for a listener of its own kind", async () => {
    const world = land();
    const other = vi.fn();
    for (const name of ["error", "exit", "event", "close"] as const) world.widget.on(name, other);
    await world.tell();
    expect(other).not.toHaveBeenCalled();
    const heard = vi.fn();
    world.widget.on("success", heard);
    await world.tell();
    expect(heard).toHaveBeenCalledOnce();
    // Those that were there hear how it ended, as after open().
    expect(other).toHaveBeenCalledTimes(2);
  });

  it("to whoever awaits it, as often as it is asked for", async () => {
    const world = land();
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(world.broker.redeems()).toHaveLength(1);
  });

  it.each(["before", "after"])("to both, with the listener %s the question", async (when) => {
    const world = land();
    const heard = vi.fn();
    if (when === "before") world.widget.on("success", heard);
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
    if (when === "after") world.widget.on("success", heard);
    await world.tell();
    expect(heard).toHaveBeenCalledOnce();
  });

  it("to nobody any more after destroy(), but to whoever asks", async () => {
    const world = land();
    const told = listen(world.widget);
    world.widget.destroy();
    await world.tell();
    expect(told).toEqual([]);
    expect(await world.widget.getRedirectResult()).toEqual(SUCCESS);
  });
});

describe("several widgets on the page", () => {
  it("redeem once, and each tells its own", async () => {
    const world = land();
    const other = create({}, world.app as unknown as AppWindow);
    const [mine, its] = [listen(world.widget), listen(other)];
    await world.tell();
    expect(world.broker.redeems()).toHaveLength(1);
    expect(mine).toEqual(["success", "event", "close"]);
    expect(its).toEqual(mine);
    expect(await other.getRedirectResult()).toEqual(SUCCESS);
  });

  it("that are made when it was told are not told again", async () => {
    const world = land();
    listen(world.widget);
    await world.tell();
    const later = create({}, world.app as unknown as AppWindow);
    const told = listen(later);
    await world.tell();
    expect(told).toEqual([]);
    expect(await later.getRedirectResult()).toBeNull();
    expect(world.broker.redeems()).toHaveLength(1);
  });

  it("that are made before it was told share it", async () => {
    const world = land();
    await world.pass(1_000);
    const later = create({}, world.app as unknown as AppWindow);
    expect(await later.getRedirectResult()).toEqual(SUCCESS);
    expect(world.broker.redeems()).toHaveLength(1);
  });
});

describe("a reload", () => {
  it("before anybody asked redeems again, with the same code: the broker repeats itself", async () => {
    const first = land();
    await first.pass(0);
    const second = again(first);
    expect(second.app.location.href).toBe(HOME);
    expect(await second.widget.getRedirectResult()).toEqual(SUCCESS);
    expect(second.broker.redeems()).toEqual(first.broker.redeems());
  });

  it("before the first answer does too", async () => {
    const first = land(COME, { broker: { reply: () => new Promise<Response>(() => undefined) } });
    expect(await again(first).widget.getRedirectResult()).toEqual(SUCCESS);
  });

  it.each([
    ["asked", (world: World) => world.widget.getRedirectResult()],
    [
      "heard",
      (world: World) => {
        listen(world.widget);
        return world.tell();
      },
    ],
  ])("after somebody %s is told nothing: nothing is left of it", async (_, learn) => {
    const first = land();
    await learn(first);
    expect(first.stores).toEqual(createStores());
    const second = again(first);
    expect(await second.widget.getRedirectResult()).toBeNull();
    expect(second.calls).toEqual([]);
  });

  it("finds the newest of two returns", async () => {
    const first = land(`alter_connect_exit=1&alter_connect_state=${STATE}`);
    await first.pass(0);
    const second = again(first, { href: `${HOME}?${COME}` });
    expect(await second.widget.getRedirectResult()).toEqual(SUCCESS);
  });
});

describe("where there is no page", () => {
  it("create() does nothing, and there is no result", async () => {
    expect("location" in globalThis).toBe(false);
    const widget = create();
    const told = listen(widget);
    expect(await widget.getRedirectResult()).toBeNull();
    widget.close();
    widget.destroy();
    expect(widget.isOpen()).toBe(false);
    expect(told).toEqual([]);
  });
});
