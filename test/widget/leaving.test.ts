// @vitest-environment node
/** By redirect, up to the moment this page is left: what the address has, what is kept, and when it does not go. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BROKER, createStores, createWorld, SUCCESS, TOKEN, tokenOf } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type World = ReturnType<typeof createWorld>;
const MINUTE = 60_000;

/** Leaves; what the address says, and what storage says under the state. */
const leave = async (world: World) => {
  const attempt = world.open({ mode: "redirect" });
  await world.pass(0);
  const to = world.left.at(-1);
  if (!to) throw new Error("still here");
  const fragment = new URLSearchParams(to.hash.slice(1));
  const state = fragment.get("state") ?? "";
  const keptIn = (name: "localStorage" | "sessionStorage"): string[] | undefined =>
    world.stores[name][`alter_connect_${state}`]?.split(" ");
  return { ...attempt, to, fragment, state, keptIn };
};

describe("the address", () => {
  it("is the hosted page's, and everything of the session is in its fragment, which no server sees", async () => {
    const world = createWorld();
    const { to, fragment } = await leave(world);
    expect(to.origin + to.pathname + to.search).toBe(`${BROKER}/connect`);
    expect([...fragment.keys()].sort()).toEqual(["challenge", "session", "state"]);
    expect(fragment.get("session")).toBe(TOKEN);
    expect(fragment.get("challenge")).toMatch(/^[\w-]{43}$/);
    expect(fragment.get("state")).toMatch(/^[\w-]{43}$/);
  });

  it("has the S256 of the verifier, which stays here", async () => {
    const { to, fragment, keptIn } = await leave(createWorld());
    const verifier = keptIn("localStorage")?.[2] ?? "";
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(fragment.get("challenge")).toBe(
      createHash("sha256").update(verifier).digest("base64url"),
    );
    expect(to.href).not.toContain(verifier);
  });

  it("is the broker's that the token names, where no base URL is known", async () => {
    const { to } = await leave(createWorld({ config: {} }));
    expect(to.origin).toBe(BROKER);
  });

  it("opens no window and asks nobody on the way: the page is gone in a moment", async () => {
    const world = createWorld();
    const { outcome, events } = await leave(world);
    await world.pass(5_000);
    expect(world.popups).toEqual([]);
    expect(world.calls).toEqual([]);
    expect(events).toEqual(["opened"]);
    expect(outcome()).toBeUndefined();
    expect(world.widget.isOpen()).toBe(true);
  });

  it.each([
    ["a token of another broker", tokenOf("https://evil.example"), "invalid_token"],
    ["no token", "", "invalid_token"],
    ["a token that fails", () => Promise.reject(new Error("401")), "token_failed"],
  ])("is not gone to with %s, and nothing is kept", async (_, token, code) => {
    const world = createWorld();
    const { outcome } = world.open({ mode: "redirect", token });
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code } });
    expect(world.left).toEqual([]);
    expect(world.stores).toEqual(createStores());
  });

  it("is not gone to with a session that has no return URL: a window, if the click still counts", async () => {
    const world = createWorld();
    const { events } = world.open({ mode: "redirect", token: tokenOf(BROKER, "") });
    await world.pass(0);
    expect(world.left).toEqual([]);
    expect(world.stores).toEqual(createStores());
    expect(world.popup().url).toBe(`${BROKER}/connect`);
    expect(events).toEqual(["opened"]);
  });

  it("nor is there a window where that is blocked too: popup_blocked", async () => {
    const world = createWorld({ page: { popupBlocker: true } });
    const { outcome } = world.open({ mode: "redirect", token: tokenOf(BROKER, "") });
    await world.pass(0);
    expect(outcome()).toMatchObject({ error: { code: "popup_blocked" } });
    expect(world.left).toEqual([]);
  });

  it("is not gone to once the attempt was closed", async () => {
    const world = createWorld();
    let mint = (_: string): void => undefined;
    const { outcome } = world.open({
      mode: "redirect",
      token: new Promise<string>((resolve) => (mint = resolve)),
    });
    world.widget.close();
    await world.pass(0);
    expect(outcome()).toEqual({ status: "exit" });
    mint(TOKEN);
    await world.pass(0);
    expect(world.left).toEqual([]);
    expect(world.stores).toEqual(createStores());
  });
});

describe("what is kept (M16)", () => {
  it("has a key for each state, so that attempts and tabs keep apart", async () => {
    const stores = createStores();
    const [one, two] = [createWorld({ stores }), createWorld({ stores })];
    const first = await leave(one);
    const second = await leave(two);
    expect(first.state).not.toBe(second.state);
    for (const { keptIn } of [first, second])
      expect(keptIn("localStorage")?.slice(1, 2)).toEqual([BROKER]);
    expect(first.keptIn("localStorage")?.[2]).not.toBe(second.keptIn("localStorage")?.[2]);
  });

  it("is for the other tabs of the browser as well, and not the token", async () => {
    const { keptIn } = await leave(createWorld());
    expect(keptIn("sessionStorage")).toBeUndefined();
    expect(keptIn("localStorage")?.join(" ")).not.toContain(TOKEN);
  });

  it("outlasts the longest session, and is swept once it has expired; nothing else is", async () => {
    const stores = createStores();
    const first = await leave(createWorld({ stores }));
    Object.assign(stores.localStorage, {
      theme: "dark",
      "1": "0",
      other_alter_connect_: "1 x y",
    });
    await vi.advanceTimersByTimeAsync(74 * MINUTE);
    const second = await leave(createWorld({ stores }));
    expect(first.keptIn("localStorage")).toBeDefined();

    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    const third = await leave(createWorld({ stores }));
    expect(first.keptIn("localStorage")).toBeUndefined();
    expect(second.keptIn("localStorage")).toBeDefined();
    expect(third.keptIn("localStorage")).toBeDefined();
    expect(stores.localStorage).toMatchObject({ theme: "dark", "1": "0" });
    expect(stores.localStorage["other_alter_connect_"]).toBe("1 x y");
  });

  it.each([
    ["blocked", { blocked: ["localStorage" as const] }],
    ["full", { full: ["localStorage" as const] }],
  ])("is this tab's own where localStorage is %s", async (_, page) => {
    const world = createWorld({ page });
    const { keptIn } = await leave(world);
    expect(keptIn("sessionStorage")).toHaveLength(3);
    expect(Object.keys(world.stores.localStorage)).toEqual([]);
  });

  it.each([
    ["blocked", { blocked: ["localStorage" as const, "sessionStorage" as const] }],
    ["full", { full: ["localStorage" as const, "sessionStorage" as const] }],
    ["one and one", { full: ["localStorage" as const], blocked: ["sessionStorage" as const] }],
  ])(
    "cannot be, where both are %s: storage_blocked, and this page is not left",
    async (_, page) => {
      const world = createWorld({ page });
      const { outcome, told } = world.open({ mode: "redirect" });
      await world.pass(0);
      expect(outcome()).toMatchObject({ status: "error", error: { code: "storage_blocked" } });
      await world.tell();
      expect(told).toEqual(["error storage_blocked"]);
      expect(world.left).toEqual([]);
      expect(world.stores).toEqual(createStores());
      expect(world.calls).toEqual([]);
      expect(world.widget.isOpen()).toBe(false);
      // The twin: a popup needs no storage.
      const popup = createWorld({ page });
      popup.open();
      expect(popup.popups).toHaveLength(1);
    },
  );
});

describe("Back from the hosted page", () => {
  it("to a page that the browser kept: cancels, and Connect works again (field 6)", async () => {
    const world = createWorld();
    const { outcome, told } = await leave(world);
    await world.happens("pagehide", { persisted: true });
    await world.happens("pageshow", { persisted: true });
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual({ status: "exit" });
    await world.tell();
    expect(told).toEqual(["exit"]);
    expect(world.widget.isOpen()).toBe(false);

    world.open({ mode: "popup" });
    expect(world.widget.isOpen()).toBe(true);
    expect(world.popups).toHaveLength(1);
  });

  it("may come too late: then the outcome is a success", async () => {
    const world = createWorld();
    const { outcome } = await leave(world);
    world.broker.outcome = SUCCESS;
    await world.happens("pageshow", { persisted: true });
    expect(outcome()).toEqual(SUCCESS);
  });

  it("is not a page that is shown for the first time, nor one whose window is open", async () => {
    const world = createWorld();
    await leave(world);
    await world.happens("pageshow", { persisted: false });
    expect(world.broker.cancels).toBe(0);

    const popup = createWorld();
    popup.open();
    await popup.pass(0);
    await popup.happens("pageshow", { persisted: true });
    expect(popup.broker.cancels).toBe(0);
    expect(popup.widget.isOpen()).toBe(true);
  });
});
