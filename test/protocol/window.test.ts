/** What one window may say to another: every form that is read, and everything near it that is not. */
import { describe, expect, it } from "vitest";
import {
  readPageMessage,
  readReply,
  readWidgetMessage,
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

/** Each reader, with everything it takes. */
const READERS = [
  [readReply, [success, failure, exit, pending]],
  [
    readPageMessage,
    [
      ready,
      event,
      { ...event, name: "page_ready", provider: undefined },
      { ...event, name: "provider_selected" },
      outcome,
      { ...outcome, outcome: failure },
      { ...outcome, outcome: exit },
      error,
    ],
  ],
  [readWidgetMessage, [session]],
] as const;

const samples = READERS.flatMap(([read, list]) =>
  list.map((sample) => [JSON.stringify(sample), read, sample] as const),
);

/** Every path to a property, through objects and lists. */
const paths = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [
        [...path, key],
        ...paths(inner, [...path, key]),
      ])
    : [];

/** A copy in which one property is another, or is not there. */
const changed = (
  value: unknown,
  [key = "", ...rest]: (string | number)[],
  to?: [unknown],
): unknown => {
  const copy: Record<string, unknown> = Object.assign(Array.isArray(value) ? [] : {}, value);
  if (rest.length) copy[key] = changed(copy[key], rest, to);
  else if (to) copy[key] = to[0];
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else Reflect.deleteProperty(copy, key);
  return copy;
};

/** May be left out: an event's provider, one of several scopes, and a time the widget has no use for. */
const optional = (path: (string | number)[]): boolean =>
  /^provider$|^expires_in$|scopes,0$/.test(path.join());

describe.each(samples)("%s", (_, read, sample) => {
  it("is read, as a new object", () => {
    const result = read(structuredClone(sample));
    expect(sample).toMatchObject(result as object);
    expect(result).not.toBe(sample);
  });

  it("is read without what does not belong to it", () => {
    const more = { ...structuredClone(sample), more: 1, toString: "x" };
    expect(read(more)).toEqual(read(sample));
  });

  it("is not read with any of its parts missing, or of another kind", () => {
    for (const path of paths(sample)) {
      const where = path.join(".");
      if (!optional(path)) expect(read(changed(sample, path)), `${where} missing`).toBe(undefined);
      if (path.join() === "expires_in") continue;
      const number = path.join() === "retry_after";
      const list = path.at(-1) === "scopes";
      const wrong = [
        null,
        {},
        [""],
        Symbol.iterator,
        () => "",
        1n,
        ...(list ? [] : [[]]),
        ...(number ? [] : [1.5]),
      ];
      for (const value of wrong)
        expect(read(changed(sample, path, [value])), `${where} = ${String(value)}`).toBe(undefined);
    }
  });

  it("is not read with a text that is empty or beyond measure", () => {
    for (const path of paths(sample)) {
      const part = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], sample);
      if (typeof part !== "string") continue;
      for (const value of ["", "x".repeat(513)])
        expect(read(changed(sample, path, [value])), path.join(".")).toBe(undefined);
    }
  });
});

describe.each(READERS.map(([read]) => [read]))("a reader", (read) => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["text", "alter-connect:ready"],
    ["a number", 1],
    ["a list", [ready]],
    ["an empty object", {}],
    ["a function", () => ready],
    ["a map", new Map(Object.entries(ready))],
    ["JSON", JSON.stringify(ready)],
    ["a widget's message with another version", { ...session, v: 2 }],
    ["a page's message with another version", { ...ready, v: "1" }],
    ["an unknown type", { ...ready, type: "alter-connect:other" }],
    ["an unknown event", { ...event, name: "opened" }],
    ["an unknown status", { ...success, status: "done" }],
    ["success without connections", { ...success, connections: [] }],
    ["an inherited success", Object.create(success)],
    ["an unknown operation", { ...success, connections: [{ ...connection, operation: "update" }] }],
    [
      "a status that is not active",
      { ...success, connections: [{ ...connection, status: "error" }] },
    ],
    ["a list with holes", { ...success, connections: new Array(1) }],
    ["too many connections", { ...success, connections: new Array(257).fill(connection) }],
    [
      "too many scopes",
      { ...success, connections: [{ ...connection, scopes: new Array(257).fill("s") }] },
    ],
    ["text for a list", { ...success, connections: [{ ...connection, scopes: "abc" }] }],
  ])("refuses %s", (_, value) => {
    expect(read(value)).toBeUndefined();
  });
});

describe.each([true, false])("a polluted prototype (writable: %s)", (writable) => {
  /** Reads while every object has these; nothing else may run meanwhile, the test runner least of all. */
  const polluted = (properties: object, read: (value: unknown) => unknown, values: unknown[]) => {
    const names = Object.entries(properties);
    for (const [name, value] of names)
      Object.defineProperty(Object.prototype, name, {
        value,
        writable,
        enumerable: true,
        configurable: true,
      });
    try {
      return values.map((value) => read(value));
    } finally {
      for (const [name] of names) Reflect.deleteProperty(Object.prototype, name);
    }
  };

  it.each(samples)("fills in nothing that was left out of %s", (_, read, sample) => {
    const parts = paths(sample).filter((path) => path.length === 1 && !optional(path));
    const incomplete = [{}, ...parts.map((path) => changed(sample, path))];
    expect(polluted({ ...sample }, read, incomplete)).toEqual(incomplete.map(() => undefined));
  });

  it("fills in nothing further in either", () => {
    const pollution = { account_identifier: "mallory@example.com" };
    const incomplete = changed(success, ["connections", 0, "account_identifier"]);
    expect(polluted(pollution, readReply, [incomplete, success])).toEqual([undefined, success]);
  });

  it.each(samples)("does not get in the way of %s", (_, read, sample) => {
    const pollution = { more: "x", v: 2, status: "error", length: 3, name: "x", get: 1 };
    const [result] = polluted(pollution, read, [structuredClone(sample)]);
    expect(result).toStrictEqual(read(sample));
  });
});

it("takes any phase of a newer broker as one more to wait in", () => {
  expect(readReply({ ...pending, phase: "pondering" })).toMatchObject({
    phase: "pondering",
  });
});

it("finds the broker's origin in a session token", () => {
  expect(SESSION_TOKEN.exec(session.token)?.[1]).toBe("aHR0cHM6Ly9i");
  expect(session.token.startsWith(SESSION_TOKEN_PREFIX)).toBe(true);
  expect(SESSION_TOKEN.exec(`x${session.token}`)).toBeNull();
});
