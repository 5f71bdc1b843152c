// @vitest-environment node
/** Whom the widget believes: the form of tokens and base URLs, and messages by source, origin and shape. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BROKER, CONNECTION, createWorld, SECRET, SUCCESS, TOKEN, tokenOf } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const GOOD = [
  "https://connect.example.com",
  "https://connect.example.com:8443",
  "https://xn--bcher-kva.example",
  "http://localhost:3001",
  "http://127.0.0.1:3001",
  "http://[::1]:3001",
  "http://localhost",
];

const BAD = [
  ["a script", "javascript:alert(1)//"],
  ["data", "data:text/html,hello"],
  ["a blob", "blob:https://connect.example.com/1"],
  ["a file", "file:///etc/passwd"],
  ["http off loopback", "http://connect.example.com"],
  ["http with loopback as a prefix", "http://localhost.evil.example"],
  ["http with a loopback address as a prefix", "http://127.0.0.1.evil.example"],
  ["http with loopback as the user", "http://localhost@evil.example"],
  ["a user", "https://connect.example.com@evil.example"],
  ["a user and a password", "https://a:b@evil.example"],
  ["a path", "https://evil.example/connect.example.com"],
  ["a query", "https://evil.example?x"],
  ["an empty query", "https://evil.example/?"],
  ["a fragment", "https://evil.example#x"],
  ["no scheme", "connect.example.com"],
  ["a web socket", "wss://connect.example.com"],
  ["nothing", ""],
] as const;

describe("the broker that a token names (M2)", () => {
  it.each(GOOD)("may be %s", async (base) => {
    const world = createWorld({ config: {} });
    const { outcome } = world.open({ token: tokenOf(base) });
    await world.pass(0);
    expect(world.popup().url).toBe(`${base}/connect`);
    expect(outcome()).toBeUndefined();
  });

  it.each(BAD)("may not be %s: refused before any navigation", async (_, base) => {
    const world = createWorld({ config: {} });
    const { outcome } = world.open({ token: tokenOf(base) });
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_token" } });
    expect(world.popup().url).toBe("");
    expect(world.popup().closed).toBe(true);
    expect(world.popup().heard).toEqual([]);
    expect(world.calls).toEqual([]);
  });

  it.each([
    ["another broker", tokenOf("https://evil.example")],
    ["another port", tokenOf(`${BROKER}:8443`)],
    ["another scheme", tokenOf("http://localhost")],
  ])("may not be %s than the base URL says", async (_, token) => {
    const world = createWorld();
    const { outcome } = world.open({ token });
    await world.ready();
    expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_token" } });
    expect(world.popup().url).toBe(`${BROKER}/connect`);
    expect(world.popup().closed).toBe(true);
    expect(world.popup().heard).toEqual([]);
    expect(world.calls).toEqual([]);
  });
});

it.each([
  ["another prefix", TOKEN.replace("alter_cs_", "alter_rk_")],
  ["no secret", TOKEN.slice(0, TOKEN.indexOf("."))],
  ["no base", `alter_cs_.${SECRET}`],
  ["what is not base64", `alter_cs_%%%.${SECRET}`],
  ["text around it", `see ${TOKEN}`],
  ["undefined, as of a reply without the field", undefined],
  ["an object", { sessionToken: TOKEN }],
])("refuses as a token: %s", async (_, token) => {
  const world = createWorld({ config: {} });
  const { outcome } = world.open({ token: token as string });
  await world.pass(0);
  expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_token" } });
  expect(world.popup().url).toBe("");
});

describe("the base URL", () => {
  it.each([...GOOD, "https://connect.example.com/", "HTTPS://Connect.Example.Com"])(
    "may be %s",
    async (baseURL) => {
      const { origin } = new URL(baseURL);
      const world = createWorld({ config: { baseURL } });
      const { outcome } = world.open({ token: tokenOf(origin) });
      expect(world.popup().url).toBe(`${origin}/connect`);
      await world.pass(0);
      expect(outcome()).toBeUndefined();
    },
  );

  it.each(BAD.filter(([, base]) => base))("may not be %s: no token fits it", async (_, baseURL) => {
    const world = createWorld({ config: { baseURL } });
    const { outcome } = world.open();
    expect(world.popup().url).toBe("");
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_token" } });
    expect(world.popup().url).toBe("");
    expect(world.popup().closed).toBe(true);
  });
});

describe("a frame in which no window is the user's own (M19)", () => {
  it.each([
    ["sandboxed into an opaque origin", { opaque: true }, "sandbox"],
    ["credentialless", { credentialless: true }, "credentialless"],
  ])("%s: names the attribute, and opens nothing", async (_, page, message) => {
    for (const mode of ["auto", "popup", "redirect"] as const) {
      const world = createWorld({ page: { framed: true, ...page } });
      const token = vi.fn(() => TOKEN);
      const { outcome, told } = world.open({ token, mode, prompt: true });
      expect(world.widget.isOpen()).toBe(false);
      await world.tell();
      expect(outcome()).toEqual({
        status: "error",
        error: { code: "unsupported_context", message },
      });
      expect(told).toEqual(["error unsupported_context"]);
      expect(world.popups).toEqual([]);
      expect(world.left).toEqual([]);
      expect(world.calls).toEqual([]);
      expect(token).not.toHaveBeenCalled();
    }
    // The twin: any other frame.
    const world = createWorld({ page: { framed: true } });
    world.open();
    expect(world.popups).toHaveLength(1);
  });
});

const outcome = (of: unknown) => ({ type: "alter-connect:outcome", v: 1, outcome: of });
const success = (change: object) => ({
  status: "success",
  connections: [{ ...CONNECTION, ...change }],
});
const ready = { type: "alter-connect:ready", v: 1 };
const refusal = { type: "alter-connect:error", v: 1, code: "session_expired" };
const departure = { type: "alter-connect:event", v: 1, name: "oauth_started", provider: "x" };

describe("messages", () => {
  it.each([
    ["another window of the broker's origin", { source: {} }],
    ["no window", { source: null }],
    ["another origin", { origin: "https://evil.example" }],
    ["an opaque origin", { origin: "null" }],
    ["the app itself", { origin: "https://app.example.com" }],
    ["a look-alike", { origin: `${BROKER}.evil.example` }],
    ["the broker's address", { origin: `${BROKER}/` }],
  ])("from %s are not heard (field 9)", async (_, forged) => {
    const world = createWorld();
    const { outcome: settled, events } = world.open();
    await world.pass(0);
    for (const message of [ready, outcome(SUCCESS), refusal, departure])
      await world.say(message, forged);
    await world.tell();
    expect(world.popup().heard).toEqual([]);
    expect(world.calls).toEqual([]);
    expect(events).toEqual(["opened"]);
    expect(settled()).toBeUndefined();

    // The twin: the same words from where they should come.
    await world.say(ready);
    expect(world.popup().heard).toHaveLength(1);
    await world.say(departure);
    await world.say(outcome(SUCCESS));
    await world.tell();
    expect(events).toEqual(["opened", "oauth_started", "completed"]);
    expect(settled()).toEqual(SUCCESS);
  });

  it("are not heard while the token has not named the broker", async () => {
    const world = createWorld({ config: {} });
    const { outcome: settled } = world.open({ token: new Promise<string>(() => undefined) });
    await world.pass(0);
    for (const origin of [BROKER, "undefined", "null"])
      for (const message of [ready, outcome(SUCCESS), refusal])
        await world.say(message, { origin });
    expect(settled()).toBeUndefined();
    expect(world.popup().heard).toEqual([]);
  });

  it("are not heard while there is no window to hear (M9)", async () => {
    const world = createWorld({ page: { media: { pointer: "coarse" } } });
    const { outcome: settled } = world.open();
    await world.pass(0);
    expect(world.popups).toEqual([]);
    for (const message of [ready, outcome(SUCCESS), refusal])
      await world.say(message, { source: null });
    expect(settled()).toBeUndefined();
  });

  it.each([
    ["another version", { ...outcome(SUCCESS), v: 2 }],
    ["no version", { type: "alter-connect:outcome", outcome: SUCCESS }],
    ["another type", { ...outcome(SUCCESS), type: "alter-connect:session" }],
    ["a status that is not active (field 13)", outcome(success({ status: "pending" }))],
    ["no connection", outcome({ status: "success", connections: [] })],
    ["an unknown status", outcome({ status: "done" })],
    ["a status that is no end", outcome({ status: "pending" })],
    ["an error without a code", outcome({ status: "error", error: {} })],
    ["a refusal without a code", { ...refusal, code: undefined }],
    ["a refusal with a code that is no text", { ...refusal, code: ["session_expired"] }],
    ["text", JSON.stringify(outcome(SUCCESS))],
    ["nothing", null],
    ["nobody knows what", Symbol.iterator],
  ])("of another shape are not heard: %s", async (_, message) => {
    const world = createWorld();
    const { outcome: settled } = world.open();
    await world.pass(0);
    await world.say(message);
    expect(settled()).toBeUndefined();
    expect(world.widget.isOpen()).toBe(true);
    await world.say(outcome(success({})));
    expect(settled()).toEqual(SUCCESS);
  });

  it("get nothing from a prototype that a library has polluted [L25]", async () => {
    const world = createWorld();
    const { outcome: settled } = world.open();
    await world.pass(0);
    const pollution = { ...outcome(SUCCESS), code: "forged", name: "oauth_started" };
    const say = (message: unknown, forged: object): void => {
      // Nothing may run meanwhile but the listener, the test runner least of all.
      for (const [name, value] of Object.entries(pollution))
        Object.defineProperty(Object.prototype, name, { value, configurable: true });
      try {
        void world.say(message, forged);
      } finally {
        for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name);
      }
    };
    // What a polluted page adds to another window's message helps that window nothing.
    say({}, { source: {} });
    say({}, { origin: "https://evil.example" });
    await world.pass(0);
    expect(settled()).toBeUndefined();
    expect(world.calls).toEqual([]);
  });
});
