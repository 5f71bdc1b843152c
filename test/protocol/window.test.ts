/** What one window may say to another, and what the broker may reply: every form, and what is near it. */
import { describe, expect, it, vi } from "vitest";
import {
  hearPage,
  isReply,
  isWidgetMessage,
  SESSION_TOKEN,
  SESSION_TOKEN_PREFIX,
  type Connection,
} from "@alter-ai/protocol/window";

const connection: Connection = {
  grant_id: "grant-1",
  provider: "calendar",
  provider_name: "Acme Calendar",
  account_identifier: "ann@example.com",
  timestamp: "2026-01-02T03:04:05Z",
  operation: "creation",
  scopes: ["calendar.read"],
  status: "active",
};
const success = { status: "success", connections: [connection] };
const failure = { status: "error", error: { code: "access_denied", message: "Denied" } };
const exit = { status: "exit" };
const pending = {
  status: "pending",
  phase: "choosing",
  page_gone: false,
  expires_in: 600,
  retry_after: 0,
};
const ready = { type: "alter-connect:ready", v: 1 };
const event = { type: "alter-connect:event", v: 1, name: "oauth_started", provider: "calendar" };
const outcome = { type: "alter-connect:outcome", v: 1, outcome: success };
const error = { type: "alter-connect:error", v: 1, code: "session_expired" };
const session = {
  type: "alter-connect:session",
  v: 1,
  token: `alter_cs_aHR0cHM6Ly9i.${"s".repeat(43)}`,
  challenge: "c".repeat(43),
};

/** What a listener hears of a message: one line a call. */
const heardOf = (message: unknown): unknown[][] => {
  const calls: unknown[][] = [];
  const write =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
    };
  hearPage(message, {
    ready: write("ready"),
    event: write("event"),
    outcome: write("outcome"),
    error: write("error"),
  });
  return calls;
};

const NOT_MESSAGES: [string, unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["text", "alter-connect:ready"],
  ["a number", 1],
  ["a symbol", Symbol.iterator],
  ["a big integer", 1n],
  ["a list", [ready]],
  ["an empty object", {}],
  ["a function", () => ready],
  ["a map", new Map(Object.entries(ready))],
  ["JSON", JSON.stringify(ready)],
  ["another library's", { type: "ready", v: 1 }],
];

describe("hearPage", () => {
  it.each([
    ["ready", ready, ["ready"]],
    ["an event", event, ["event", "oauth_started", "calendar"]],
    ["an event without provider", { ...event, provider: undefined }, ["event", "oauth_started"]],
    ["an event of a newer page", { ...event, name: "news" }, ["event", "news", "calendar"]],
    ["an error", error, ["error", "session_expired"]],
    ["an outcome", outcome, ["outcome", success]],
    ["another outcome", { ...outcome, outcome: failure }, ["outcome", failure]],
    ["a third outcome", { ...outcome, outcome: exit }, ["outcome", exit]],
  ])("tells %s", (_, message, [name, ...args]) => {
    const [call, ...more] = heardOf(structuredClone(message));
    expect(call?.[0]).toBe(name);
    expect(call?.slice(1, 1 + args.length)).toEqual(args);
    expect(more).toEqual([]);
  });

  it("tells it without what does not belong to it [L24]", () => {
    expect(heardOf({ ...event, more: 1, toString: "x" })).toEqual(heardOf(event));
  });

  it.each([
    ...NOT_MESSAGES,
    ["the widget's own", session],
    ["an unknown type", { ...ready, type: "alter-connect:other" }],
    ["a type that is no text", { ...ready, type: ["alter-connect:ready"] }],
    ...[undefined, 0, 2, "1", true, [1]].map((v): [string, unknown] => [
      `version ${String(v)} of type ${typeof v}`,
      { ...ready, v },
    ]),
    ...[undefined, null, "", 1, ["session_expired"], {}].map((code): [string, unknown] => [
      `error ${JSON.stringify(code)?.slice(0, 20)}`,
      { ...error, code },
    ]),
    ...[undefined, null, "", 1, ["page_ready"]].map((name): [string, unknown] => [
      `event ${JSON.stringify(name)?.slice(0, 20)}`,
      { ...event, name },
    ]),
    ...["", 1, {}].map((provider): [string, unknown] => [
      `event of provider ${JSON.stringify(provider)?.slice(0, 20)}`,
      { ...event, provider },
    ]),
    ...[undefined, null, "success", { ...success, status: "done" }].map((of): [string, unknown] => [
      `outcome ${JSON.stringify(of)?.slice(0, 20)}`,
      { ...outcome, outcome: of },
    ]),
  ] as [string, unknown][])("passes over %s", (_, message) => {
    expect(heardOf(message)).toEqual([]);
  });

  it("reads each part once: none can be another at the second look [L25]", () => {
    const changing = (first: unknown, then: unknown) => {
      const get = vi.fn<() => unknown>().mockReturnValueOnce(first).mockReturnValue(then);
      return { configurable: true, enumerable: true, get };
    };
    const message = Object.defineProperties(
      {},
      {
        type: changing(error.type, ready.type),
        v: changing(1, 2),
        code: changing("session_expired", { toString: () => "forged" }),
      },
    );
    expect(heardOf(message)).toEqual([["error", "session_expired"]]);
  });
});

describe("isWidgetMessage [L25]", () => {
  it("is the session message", () => {
    expect(isWidgetMessage(structuredClone(session))).toBe(true);
    expect(isWidgetMessage({ ...session, more: 1 })).toBe(true);
  });

  it.each([
    ...NOT_MESSAGES,
    ["the page's", ready],
    ["another version", { ...session, v: 2 }],
    ["no token", { ...session, token: undefined }],
    ["an empty token", { ...session, token: "" }],
    ["a token that is no text", { ...session, token: [session.token] }],
    ["no challenge", { ...session, challenge: undefined }],
    ["a short challenge", { ...session, challenge: "c".repeat(42) }],
    ["a long challenge", { ...session, challenge: "c".repeat(44) }],
    ["a challenge that is no base64url", { ...session, challenge: "+".repeat(43) }],
    ["a challenge with a line after it", { ...session, challenge: `${session.challenge}\n` }],
  ])("is not %s", (_, message) => {
    expect(isWidgetMessage(message)).toBe(false);
  });
});

describe("isReply [L25]", () => {
  it.each([
    ["success", success],
    ["success with several", { ...success, connections: [connection, connection] }],
    ["error", failure],
    ["exit", exit],
    ["pending", pending],
    // It comes from the broker itself, whose phases may grow.
    ["a phase of a newer broker", { ...pending, phase: "pondering" }],
    ["more than this widget knows", { ...exit, more: 1 }],
  ])("is %s", (_, reply) => {
    expect(isReply(structuredClone(reply))).toBe(true);
  });

  it.each([
    ...NOT_MESSAGES,
    ["an unknown status", { ...success, status: "done" }],
    ["a status that is no text", { ...success, status: ["success"] }],
    ["success without connections", { status: "success" }],
    ["success with none", { ...success, connections: [] }],
    ["success with text for a list", { ...success, connections: "active" }],
    ["success with something else", { ...success, connections: [connection, {}] }],
    ["success with nothing", { ...success, connections: [connection, null] }],
    [
      "a connection that only waits",
      { ...success, connections: [{ ...connection, status: "pending" }] },
    ],
    ["an error without its object", { status: "error" }],
    ["an error without a code", { status: "error", error: { message: "Denied" } }],
    ["an error whose code is empty", { status: "error", error: { code: "" } }],
  ])("is not %s: never coerced (field 13)", (_, reply) => {
    expect(isReply(reply)).toBe(false);
  });
});

it("finds the broker's origin in a session token", () => {
  expect(SESSION_TOKEN.exec(session.token)?.[1]).toBe("aHR0cHM6Ly9i");
  expect(session.token.startsWith(SESSION_TOKEN_PREFIX)).toBe(true);
  expect(SESSION_TOKEN.exec(session.token.replace(".", ".r."))?.[1]).toBe("aHR0cHM6Ly9i");
  expect(SESSION_TOKEN.exec(`x${session.token}`)).toBeNull();
});
