/**
 * Values that nobody has a use for, and ways to spoil JSON: what is put in the place of something right. Pure; knows
 * neither requests nor the broker. What it makes can be printed and made again from the seed.
 */
import * as fc from "fast-check";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Depth at which recursive readers of JSON give up, if they ever do. */
const DEEP = 3_000;
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
/** As a reader of JSON sees it, an own member; an object literal would set the prototype. */
const polluting = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}') as Json;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...["", " ", "null", "undefined", "NaN", "0", "-1", "true", "[object Object]"],
      ...[
        "\0",
        "a\0b",
        "\ud800",
        "\udfff\ud800",
        "\u202eevil",
        "\u200b",
        "ann\u0000",
        "\ufeff",
        "\uffff",
      ],
      ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"],
      ...[
        "' or '1'='1",
        '"; drop table grants; --',
        "%00",
        "%",
        "%zz",
        "%c0%ae",
        "../../etc/passwd",
      ],
      ...[
        "a\r\nSet-Cookie: x=1",
        "<script>alert(1)</script>",
        "{{constructor}}",
        "${jndi:ldap://x}",
      ],
      ...[
        "https://",
        "http://127.0.0.1:1/",
        "http://[::1]:1",
        "//evil.example",
        "javascript:alert(1)",
      ],
      ...[
        "https://user:pass@evil.example/",
        "file:///etc/passwd",
        "https://évil.example",
        "data:,x",
      ],
      ...[
        "eyJhbGciOiJub25lIn0.e30.",
        "Bearer ",
        "alter_rk_",
        "alter_cs_",
        "alter_cs_AAAA.",
        "a".repeat(43),
      ],
      ...["1e309", "٣", "ﬀ", "🤷🏽‍♀️", "A".repeat(513), "é".repeat(129), "x".repeat(20_000)],
    ),
  },
);

export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(
      ...[null, true, false, 0, -0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 63, 601],
      ...([[], {}, [[]], [null], { "": "" }, polluting, ["a", 1, null, {}]] as Json[]),
      JSON.parse(nested(200)) as Json,
      Array.from({ length: 300 }, (_, i) => i),
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
);

export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "",
    "a",
    "\0",
    "\ud800",
    "x".repeat(2_000),
    "toString",
    // A caller's slip: the secret where its name ought to be.
    ...["{{key.demo}}", "{{user.ann}}", "{{session.token}}"],
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);

// ---- spoiling ---------------------------------------------------------------------------------

/** One change to a JSON value. `at` picks the place, whatever the value is like. */
export type Spoiling = {
  at: number;
  how: "replace" | "remove" | "add" | "rename" | "repeat" | "wrap";
  name: string;
  value: Json;
};

export const spoiling: fc.Arbitrary<Spoiling> = fc.record({
  at: fc.nat(1_000),
  how: fc.constantFrom(
    "replace",
    "replace",
    "replace",
    "remove",
    "add",
    "rename",
    "repeat",
    "wrap",
  ),
  name: hostileName,
  value: hostileValue,
});

export const spoil = (json: Json, changes: Spoiling[]): Json =>
  changes.reduce<Json>((whole, change) => spoilOnce(structuredClone(whole), change), json);

/** The value stands in a holder, so that the whole of it can be changed like any part. */
const spoilOnce = (json: Json, { at, how, name, value }: Spoiling): Json => {
  const holder: Json[] = [json];
  const places = placesIn(holder);
  const [parent, key] = places[at % places.length] ?? [holder, 0];
  const members = parent as Record<string | number, Json>;
  const current = members[key] ?? null;
  if (how === "replace") set(members, key, value);
  else if (how === "wrap") set(members, key, [current]);
  else if (how === "repeat")
    set(
      members,
      key,
      Array.from({ length: 70 }, () => current),
    );
  else if (how === "add")
    if (isObject(current)) set(current, name, value);
    else set(members, key, [current, value]);
  else {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else Reflect.deleteProperty(members, key);
    if (how === "rename" && !Array.isArray(parent)) set(members, name, current);
  }
  return holder[0] ?? null;
};

const placesIn = (node: Json): [Json, string | number][] => {
  if (node === null || typeof node !== "object") return [];
  const keys = Array.isArray(node) ? node.keys() : Object.keys(node);
  return [...keys].flatMap((key): [Json, string | number][] => [
    [node, key],
    ...placesIn((node as Record<string | number, Json>)[key] ?? null),
  ]);
};

/** An own member whatever it is called. */
const set = (object: object, name: string | number, value: Json): void => {
  Object.defineProperty(object, name, {
    ...{ value, enumerable: true, configurable: true, writable: true },
  });
};

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The text of it, as nobody's serialiser writes it. */
export const spoiltText: fc.Arbitrary<(text: string) => string> = fc.constantFrom(
  ...[
    named("cut off", (text) => text.slice(0, Math.floor(text.length * 0.6))),
    named("nothing", () => ""),
    named("a byte order mark", (text) => `\ufeff${text}`),
    named("something behind it", (text) => `${text}x`),
    named("twice", (text) => text + text),
    named("members twice", (text) =>
      text.replace("{", `{${text.slice(1, -1)}${text.length > 2 ? "," : ""}`),
    ),
    named("deep", () => nested(DEEP)),
    named("deep inside", (text) => text.replace(/:"[^"]*"/, `:${nested(DEEP)}`)),
    named("deep and open", () => '{"a":'.repeat(DEEP)),
    named("a long number", (text) => text.replace(/:"[^"]*"/, `:1${"0".repeat(5_000)}`)),
    named("NaN", (text) => text.replace(/:"[^"]*"/, ":NaN")),
    named("single quotes", (text) => text.replaceAll('"', "'")),
    named("escapes", (text) => text.replace(/:"[^"]*"/, ':"\\ud800\\u0000"')),
    named("a form", () => "token=alter_cs_x&opener_origin=https%3A%2F%2Fa.example"),
    named("a lot", (text) => text + " ".repeat(70_000)),
    named("a web page", () => "<!doctype html><title>Back soon</title>"),
  ],
);

function named(name: string, spoilt: (text: string) => string): (text: string) => string {
  return Object.assign(spoilt, { [fc.toStringMethod]: () => `«${name}»` });
}
