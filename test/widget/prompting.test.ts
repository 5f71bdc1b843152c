/** An attempt and its dialog: what it offers in each plight of the window, and where each button leads. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OpenOptions } from "../../src/alter-connect.ts";
import { BROKER, createWorld, SUCCESS, TOKEN, tokenOf } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

type Beginning = NonNullable<Parameters<typeof createWorld>[0]>;
const EXIT = { status: "exit" };
const ISOLATED = { "cross-origin-opener-policy": "same-origin" };

const start = (page: Beginning["page"] = {}, broker: Beginning["broker"] = {}) => {
  const world = createWorld({ document, page, broker });
  const dialog = () => document.querySelector("body > div")?.shadowRoot?.querySelector("dialog");
  return {
    world,
    /** What it says and offers; nothing when it is not there. */
    says: () => [...(dialog()?.children ?? [])].map(({ textContent }) => textContent),
    press: (nth: 0 | 1) => {
      const button = dialog()?.querySelectorAll("button")[nth];
      if (!button) throw new Error("no dialog");
      button.click();
      return world.pass(0);
    },
    escape: () => {
      dialog()?.dispatchEvent(new Event("cancel", { cancelable: true }));
      return world.pass(0);
    },
    open: (options: Parameters<typeof world.open>[0] = {}) =>
      world.open({ prompt: undefined, ...options }),
  };
};

const OPEN = ["Finish in the window we opened", "Show window", "Cancel"];
const DETACHED = ["Finish in the other window", "I closed it", "Cancel"];
const BLOCKED = ["Your browser blocked the window", "Open window", "Cancel"];
const HERE = ["This page cannot reach the window", "Continue here instead", "Cancel"];

describe("a window that is open", () => {
  it("can be shown again, and the dialog goes with the outcome", async () => {
    const { world, open, says, press } = start();
    const { outcome } = open();
    expect(says()).toEqual(OPEN);
    await press(0);
    expect(world.popup().focused).toBe(1);
    expect(world.popups).toHaveLength(1);
    await world.ready();
    await world.outcome(SUCCESS);
    expect(outcome()).toEqual(SUCCESS);
    expect(document.body.children).toHaveLength(0);
  });

  it.each(["Cancel", "Escape"])("can be given up by %s", async (how) => {
    const { world, open, says, press, escape } = start();
    const { outcome } = open();
    await world.toProvider();
    await (how === "Cancel" ? press(1) : escape());
    expect(world.popup().closed).toBe(true);
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual(EXIT);
    expect(says()).toEqual([]);
  });

  it("may have been finished when it is given up (H8)", async () => {
    const { world, open, press, says } = start();
    const { outcome } = open();
    await world.toProvider();
    world.broker.outcome = SUCCESS;
    await press(1);
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual(SUCCESS);
    expect(says()).toEqual([]);
  });

  it("says it in the app's own words, of this attempt before the widget's", async () => {
    const { open, says } = start();
    open({ prompt: { open: "Im Fenster abschließen", cancel: "Abbrechen" } });
    expect(says()).toEqual(["Im Fenster abschließen", "Show window", "Abbrechen"]);
  });

  it("says nothing with prompt: false", async () => {
    const { world, open, says } = start();
    open({ prompt: false });
    await world.toProvider();
    expect(says()).toEqual([]);
  });

  it("says nothing on a page that leaves by redirect", async () => {
    const { world, open, says } = start();
    open({ mode: "redirect" });
    await world.pass(0);
    expect(world.left).toHaveLength(1);
    expect(says()).toEqual([]);
  });
});

describe("a window that was blocked", () => {
  it("is opened by the dialog's button, a fresh click; the token is made meanwhile (field 15)", async () => {
    const { world, open, says, press } = start({ popupBlocker: true });
    const token = vi.fn(() => TOKEN);
    const { outcome, events } = open({ token });
    expect(says()).toEqual(BLOCKED);
    expect(world.widget.isOpen()).toBe(true);
    await world.pass(60_000);
    expect(token).toHaveBeenCalledOnce();
    expect(outcome()).toBeUndefined();
    expect(events).toEqual([]);

    world.page.popupBlocker = false;
    await press(0);
    expect(world.popups).toHaveLength(1);
    expect(says()).toEqual(OPEN);
    await world.ready();
    expect(world.popup().heard[0]?.message.token).toBe(TOKEN);
    await world.outcome(SUCCESS);
    await world.tell();
    expect(outcome()).toEqual(SUCCESS);
    expect(events).toEqual(["opened", "completed"]);
  });

  it("and is blocked in that click too: it stays, to try again or to give up", async () => {
    const { world, open, says, press } = start({ popupBlocker: true });
    const { outcome } = open();
    await press(0);
    expect(outcome()).toBeUndefined();
    expect(says()).toEqual(BLOCKED);
    expect(world.popups).toEqual([]);
    await press(1);
    expect(outcome()).toEqual(EXIT);
  });

  it("can be given up: an exit, and the session that was made is ended", async () => {
    const { world, open, press } = start({ popupBlocker: true });
    const { outcome } = open();
    await world.pass(0);
    await press(1);
    expect(outcome()).toEqual(EXIT);
    expect(world.broker.cancels).toBe(1);
    expect(world.popups).toEqual([]);
  });

  it("is a popup_blocked with prompt: false, and no token is asked for", async () => {
    const { world, open, says } = start({ popupBlocker: true });
    const token = vi.fn(() => TOKEN);
    const { outcome, told } = open({ token, prompt: false });
    expect(world.widget.isOpen()).toBe(false);
    await world.tell();
    expect(outcome()).toMatchObject({ status: "error", error: { code: "popup_blocked" } });
    expect(told).toEqual(["error popup_blocked"]);
    expect(token).not.toHaveBeenCalled();
    expect(says()).toEqual([]);
  });

  it("is a popup_blocked too on a page that can show no dialog", async () => {
    const world = createWorld({ page: { popupBlocker: true }, document: {} });
    const token = vi.fn(() => TOKEN);
    const { outcome } = world.open({ token, prompt: true });
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "popup_blocked" } });
    expect(token).not.toHaveBeenCalled();
    // The twin: no blocker, and the missing dialog is missed by nobody.
    const other = createWorld({ document: {} });
    const attempt = other.open({ prompt: true });
    await other.toProvider();
    await other.outcome(SUCCESS);
    expect(attempt.outcome()).toEqual(SUCCESS);
  });

  it("starts no second attempt when the app's button is pressed again", async () => {
    const { world, open, says } = start({ popupBlocker: true });
    const { promise } = open();
    expect(open().promise).toBe(promise);
    expect(world.popups).toEqual([]);
    expect(says()).toEqual(BLOCKED);
  });
});

describe("a window that can no longer be seen", () => {
  it("at a provider: the user is asked, and no time makes it an exit", async () => {
    const { world, open, says, press } = start();
    const { outcome, events } = open({ closedGrace: 0 });
    await world.toProvider();
    world.popup().closed = true;
    world.page.focus = true;
    await world.pass(1_000);
    expect(says()).toEqual(DETACHED);
    expect(events).toContain("detached");
    await world.pass(300_000);
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);

    await press(0);
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual(EXIT);
    expect(says()).toEqual([]);
  });

  it("is asked for while the user finishes in it: the success arrives (field 3)", async () => {
    const { world, open, says } = start();
    const { outcome } = open();
    await world.toProvider();
    world.popup().closed = true;
    await world.pass(60_000);
    expect(says()).toEqual(DETACHED);
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
    expect(says()).toEqual([]);
  });

  it("may have been finished when the user says it was closed (H8)", async () => {
    const { world, open, press } = start();
    const { outcome } = open();
    await world.toProvider();
    world.popup().closed = true;
    await world.pass(1_000);
    world.broker.outcome = SUCCESS;
    await press(0);
    expect(outcome()).toEqual(SUCCESS);
  });

  it("before anybody left for a provider: an exit at once, without a question", async () => {
    const { world, open, says } = start();
    const { outcome } = open();
    await world.pass(0);
    await world.ready();
    world.popup().closed = true;
    await world.pass(500);
    expect(outcome()).toEqual(EXIT);
    expect(says()).toEqual([]);
  });
});

describe("a page that is isolated by its own header", () => {
  const isolated = async (page: Beginning["page"] = {}, options: Partial<OpenOptions> = {}) => {
    const begun = start({ headers: ISOLATED, ...page }, { phase: "unclaimed" });
    const attempt = begun.open(options);
    await begun.world.pass(0);
    begun.world.popup().closed = true;
    await begun.world.pass(500);
    return { ...begun, ...attempt };
  };
  const refusal = {
    status: "error",
    error: { code: "opener_isolated", message: "Cross-Origin-Opener-Policy" },
  };

  it("goes on by redirect with the same session, if that has somewhere to come back to", async () => {
    const { world, says, press, outcome } = await isolated();
    expect(says()).toEqual(HERE);
    expect(outcome()).toBeUndefined();
    await world.pass(60_000);
    expect(world.left).toEqual([]);
    await press(0);
    expect(world.left).toHaveLength(1);
    expect(world.left[0]?.hash).toContain(`session=${TOKEN}`);
    expect(world.broker.cancels).toBe(0);
  });

  it("can be given up there", async () => {
    const { world, press, outcome } = await isolated();
    await press(1);
    expect(world.left).toEqual([]);
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual(EXIT);
  });

  it("comes back by Back as a page that works", async () => {
    const { world, press, outcome, says } = await isolated();
    await press(0);
    await world.happens("pageshow", { persisted: true });
    expect(outcome()).toEqual(EXIT);
    expect(says()).toEqual([]);
    expect(world.widget.isOpen()).toBe(false);
  });

  it("stays where it is when nothing can be kept: storage_blocked", async () => {
    const { world, press, outcome } = await isolated({
      blocked: ["localStorage", "sessionStorage"],
    });
    await press(0);
    expect(world.left).toEqual([]);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "storage_blocked" } });
  });

  it.each<[string, Beginning["page"], Partial<OpenOptions>]>([
    ["a session without a return URL", {}, { token: tokenOf(BROKER, "") }],
    ["prompt: false", {}, { prompt: false }],
    ["a frame", { framed: true }, {}],
  ])("is named with %s, and the session is left for another attempt", async (_, page, options) => {
    const { world, says, outcome } = await isolated(page, options);
    expect(outcome()).toEqual(refusal);
    expect(says()).toEqual([]);
    expect(world.left).toEqual([]);
    expect(world.broker.cancels).toBe(0);
  });
});
