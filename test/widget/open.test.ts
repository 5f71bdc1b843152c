// @vitest-environment node
/** From the click to a page that has the session: window, token, handshake. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { create } from "../../src/alter-connect.ts";
import type { AppWindow } from "../../src/popup-window.ts";
import { BROKER, CONNECTION, createWorld, SUCCESS, TOKEN, tokenOf } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the window", () => {
  it("opens inside the click, before the token is asked for (field 14)", () => {
    const world = createWorld();
    const opened: number[] = [];
    world.open({
      token: () => {
        opened.push(world.popups.length);
        return new Promise<string>(() => undefined);
      },
    });
    expect(opened).toEqual([1]);
    expect(world.popup().url).toBe(`${BROKER}/connect`);
  });

  it("is one of a trusted broker, even where the app hands a baseURL on that it does not have (M2)", async () => {
    const world = createWorld();
    const { outcome } = world.open({ baseURL: undefined, token: tokenOf("https://evil.example") });
    await world.pass(0);
    expect(world.popup().url).toBe(`${BROKER}/connect`);
    expect(outcome()).toMatchObject({ error: { code: "invalid_token" } });
    expect(world.calls).toEqual([]);
  });

  it("has a name of 128 random bits or more, a new one each time (M9)", async () => {
    const world = createWorld();
    const names = new Set<string>();
    for (let n = 0; n < 8; n++) {
      world.open();
      names.add(world.popup().name);
      world.widget.close();
      await world.pass(0);
    }
    expect(names.size).toBe(8);
    for (const name of names) expect(name).toMatch(/^[\w-]{22,}$/);
  });

  it("never has the token in its address (field 11)", async () => {
    for (const config of [{ baseURL: BROKER }, {}]) {
      const world = createWorld({ config });
      world.open();
      await world.toProvider();
      expect(world.popup().url).toBe(`${BROKER}/connect`);
    }
  });

  it("starts blank while no base URL is known, and moves on once the token has named the broker", async () => {
    const world = createWorld({ config: {} });
    let mint = (_: string): void => undefined;
    world.open({ token: new Promise<string>((resolve) => (mint = resolve)) });
    await world.pass(5_000);
    expect(world.popup().url).toBe("");
    mint(TOKEN);
    await world.pass(0);
    expect(world.popup().url).toBe(`${BROKER}/connect`);
  });

  it("takes the base URL of open() before the widget's", () => {
    const world = createWorld({ config: { baseURL: "https://other.example" } });
    world.open({ baseURL: BROKER });
    expect(world.popup().url).toBe(`${BROKER}/connect`);
  });

  it("blocked: says so, asks for no token, and is not open (field 15)", async () => {
    const world = createWorld();
    world.page.popupBlocker = true;
    const token = vi.fn(() => TOKEN);
    const { outcome, told, events } = world.open({ token });
    expect(world.widget.isOpen()).toBe(false);
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "popup_blocked" } });
    expect(told).toEqual(["error popup_blocked"]);
    expect(events).toEqual(["error"]);
    expect(token).not.toHaveBeenCalled();
    expect(world.calls).toEqual([]);

    world.page.popupBlocker = false;
    world.open();
    expect(world.widget.isOpen()).toBe(true);
  });
});

describe("a second open()", () => {
  it("brings the window to the front and returns the same promise (field 16)", async () => {
    const world = createWorld();
    const first = world.open();
    const token = vi.fn(() => TOKEN);
    const second = world.widget.open({ token });
    expect(second).toBe(first.promise);
    expect(world.popups).toHaveLength(1);
    expect(world.popup().focused).toBe(1);
    expect(token).not.toHaveBeenCalled();
  });

  it("is a new attempt as soon as the first has an outcome", async () => {
    const world = createWorld();
    const first = world.open();
    await world.ready();
    await world.outcome(SUCCESS);
    const second = world.open();
    expect(second.promise).not.toBe(first.promise);
    expect(world.popups).toHaveLength(2);
  });
});

describe("the token", () => {
  it.each([
    ["a string", TOKEN],
    ["a promise", Promise.resolve(TOKEN)],
    ["a function", () => TOKEN],
    ["a function that returns a promise", async () => TOKEN],
  ])("may be %s", async (_, token) => {
    const world = createWorld();
    world.open({ token });
    await world.pass(0);
    await world.ready();
    expect(world.popup().heard[0]?.message.token).toBe(TOKEN);
  });

  it.each([
    ["a promise that rejects", () => Promise.reject(new Error("401 from /api"))],
    [
      "a function that throws",
      () => {
        throw new Error("401 from /api");
      },
    ],
  ])("fails as %s: the window closes, nothing is sent", async (_, token) => {
    const world = createWorld();
    const { outcome, told } = world.open({ token });
    await world.ready();
    expect(outcome()).toEqual({
      status: "error",
      error: { code: "token_failed", message: "Error: 401 from /api" },
    });
    expect(world.popup().closed).toBe(true);
    expect(world.popup().heard).toEqual([]);
    expect(world.calls).toEqual([]);
    await world.tell();
    expect(told).toEqual(["error token_failed"]);
  });

  it("that comes after the window was closed reaches nobody", async () => {
    const world = createWorld();
    let mint = (_: string): void => undefined;
    const { outcome } = world.open({ token: new Promise<string>((resolve) => (mint = resolve)) });
    await world.ready();
    world.widget.close();
    await world.pass(0);
    expect(outcome()).toEqual({ status: "exit" });
    mint(TOKEN);
    await world.pass(1_000);
    await world.ready();
    expect(world.popup().heard).toEqual([]);
    expect(world.calls).toEqual([]);
  });
});

describe("the handshake", () => {
  it("answers every ready with the session, to the broker's exact origin", async () => {
    const world = createWorld();
    world.open();
    await world.pass(0);
    expect(world.popup().heard).toEqual([]);
    await world.ready();
    await world.ready();
    const { heard } = world.popup();
    expect(heard).toHaveLength(2);
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[0]).toEqual({
      target: BROKER,
      message: {
        type: "alter-connect:session",
        v: 1,
        token: TOKEN,
        challenge: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
  });

  it("answers a ready that came before the token, once the token is there", async () => {
    const world = createWorld();
    let mint = (_: string): void => undefined;
    world.open({ token: () => new Promise<string>((resolve) => (mint = resolve)) });
    await world.ready();
    expect(world.popup().heard).toEqual([]);
    mint(TOKEN);
    await world.pass(0);
    expect(world.popup().heard).toHaveLength(1);
  });

  it("shows the page the S256 of the verifier that the broker is asked with, and a new one each time", async () => {
    const challenges = new Set<string>();
    for (let n = 0; n < 4; n++) {
      const world = createWorld();
      world.open();
      await world.toProvider();
      const verifier = world.broker.questions()[0]?.headers.get("alter-connect-verifier") ?? "";
      expect(verifier).toMatch(/^[\w-]{43}$/);
      const challenge = world.popup().heard[0]?.message.challenge ?? "";
      expect(challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
      challenges.add(challenge);
    }
    expect(challenges.size).toBe(4);
  });

  it("is over with the outcome: a later ready gets no token", async () => {
    const world = createWorld();
    world.open();
    await world.pass(0);
    await world.ready();
    await world.outcome({ status: "exit" });
    await world.ready();
    expect(world.popup().heard).toHaveLength(1);
  });

  it("is settled by the page's refusal: nothing is cancelled, and nobody asks any more (M22)", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    await world.ready();
    await world.error("session_expired");
    expect(outcome()).toMatchObject({ status: "error", error: { code: "session_expired" } });
    await world.pass(60_000);
    expect(told).toEqual(["error session_expired"]);
    expect(world.calls).toEqual([]);
  });

  it("leaves the page that refuses its time to tell the user why (field 22)", async () => {
    const world = createWorld();
    world.open();
    await world.ready();
    await world.error("cookies_blocked");
    await world.pass(3_000);
    expect(world.popup().closed).toBe(false);
  });
});

describe("two widgets on one page", () => {
  it("hear their own windows only (field 9)", async () => {
    const world = createWorld();
    const other = create({ baseURL: BROKER }, world.app as unknown as AppWindow);
    world.open();
    const first = world.popup();
    const outcome = other.open({ token: TOKEN, prompt: false });
    const second = world.popup();
    expect(second).not.toBe(first);
    await world.pass(0);

    await world.ready({ source: first });
    expect([first.heard.length, second.heard.length]).toEqual([1, 0]);
    await world.ready({ source: second });
    expect([first.heard.length, second.heard.length]).toEqual([1, 1]);
    expect(first.heard[0]?.message.challenge).not.toBe(second.heard[0]?.message.challenge);

    await world.say({ type: "alter-connect:error", v: 1, code: "session_expired" });
    expect(await outcome).toMatchObject({ error: { code: "session_expired" } });
    expect(world.widget.isOpen()).toBe(true);
    expect(first.closed).toBe(false);
  });
});

it("gives the outcome of a page that has answered, whole and once", async () => {
  const world = createWorld();
  const { outcome, told } = world.open();
  await world.toProvider();
  const two = [CONNECTION, { ...CONNECTION, grant_id: "grant-2" }];
  await world.outcome({ status: "success", connections: two });
  expect(outcome()).toEqual({ status: "success", connections: two });
  await world.tell();
  expect(told).toEqual(["success grant-1 of 2"]);
  // It says whose accounts were connected, and closes itself.
  await world.pass(4_500);
  expect(world.popup().closed).toBe(false);
  expect(world.broker.cancels).toBe(0);
});

it("works with a broker on a loopback address", async () => {
  const base = "http://127.0.0.1:3001";
  const world = createWorld({ config: {}, href: "http://localhost:3000/" });
  world.open({ token: tokenOf(base) });
  await world.pass(0);
  expect(world.popup().url).toBe(`${base}/connect`);
  await world.ready({ origin: base });
  expect(world.popup().heard[0]?.target).toBe(base);
});
