/**
 * How our pages read what the broker replies: field by field into new objects of the protocol's own types. What is new
 * to a page is left out, since a broker that is being upgraded may be newer; what is missing or of another kind throws.
 * The protocol's schemas say the same and are 9 kB: types and a test hold each page to them. Must not know which call
 * it is.
 */
import type { problemSchema, View } from "@alter-ai/protocol/http";

/** What a schema yields, without importing the schema library to say so. */
export type Infer<S extends { _zod: { output: unknown } }> = S["_zod"]["output"];

/** @throws TypeError when the value is not of the kind. */
export type Read<T> = (value: unknown) => T;

const kind =
  <T>(name: "string" | "number" | "boolean"): Read<T> =>
  (value) =>
    expect(typeof value === name) && (value as T);
export const text = kind<string>("string");
export const number = kind<number>("number");
export const flag = kind<boolean>("boolean");

const expect = (met: boolean): true => {
  if (!met) throw new TypeError("The broker's reply is not of the expected form");
  return true;
};

export const oneOf =
  <const T>(...values: readonly T[]): Read<T> =>
  (value) =>
    expect(values.includes(value as T)) && (value as T);

export const optional =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value) =>
    value === undefined ? undefined : read(value);

export const nullable =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null ? null : read(value);

export const list =
  <T>(read: Read<T>): Read<T[]> =>
  (value) =>
    expect(Array.isArray(value)) && (value as unknown[]).map(read);

export type Fields<T> = { [K in keyof T]-?: Read<T[K]> };

/** What is not there is not there afterwards either: `in` tells. */
export const object =
  <T>(fields: Fields<T>): Read<T> =>
  (value) => {
    expect(typeof value === "object" && value !== null && !Array.isArray(value));
    const found: Partial<T> = {};
    for (const name in fields) {
      const field = fields[name]((value as Partial<Record<keyof T, unknown>>)[name]);
      if (field !== undefined) found[name] = field;
    }
    return found as T;
  };

type Brand = NonNullable<View["app"]["brand"]>;
const colours = object<NonNullable<Brand["colours"]>["light"]>({
  action: text,
  on_action: text,
  accent: text,
});

/** How an app looks. */
export const appearance: Fields<Omit<View["app"], "origin">> = {
  name: text,
  logo_url: optional(text),
  theme: oneOf("light", "dark", "system"),
  brand: optional(
    object<Brand>({
      colours: optional(object({ light: colours, dark: colours })),
      radius: optional(number),
    }),
  ),
  support_url: optional(text),
  privacy_url: optional(text),
};

/** How a provider looks. */
export const mark = {
  logo_url: optional(text),
  tile: optional(object({ background: text, text })),
};

/** For whom. */
export const user = object<View["user"]>({
  label: text,
  label_kind: oneOf("verified_email", "username", "subject"),
  name: optional(text),
  identity_provider: text,
});

/** Of every refusal, what a page makes use of. */
export const problem = object<Pick<Infer<typeof problemSchema>, "code" | "request_id">>({
  code: text,
  request_id: text,
});
