/**
 * Holds how a page reads a reply against the protocol: whatever a schema can describe, and each of it with one thing
 * amiss, is taken or refused by both, and with the same result. Must not know which reply it is.
 */
import { expect } from "vitest";
import type { Read } from "../../look/reading.ts";

/** Of a schema, what it is made of. */
type Schema = { _zod: { def: object } };
type Def = { type: string } & Record<string, unknown>;

/** A whole value of the schema for each way in which one of its parts can be: every word of a list, every option. */
export const samples = (schema: Schema): unknown[] => {
  const def = schema._zod.def as Def;
  switch (def.type) {
    case "string":
      return ["some text"];
    case "number":
      return [12.5];
    case "boolean":
      return [true, false];
    case "enum":
      return Object.values(def.entries as Record<string, string>);
    case "literal":
      return def.values as unknown[];
    case "optional":
      return samples(def.innerType as Schema);
    case "nullable":
      return [null, ...samples(def.innerType as Schema)];
    case "array":
      return [[], ...samples(def.element as Schema).map((one) => [one])].reverse();
    case "union":
      return (def.options as Schema[]).flatMap(samples);
    case "object": {
      const parts = Object.entries(def.shape as Record<string, Schema>).map(
        ([name, part]) => [name, samples(part)] as const,
      );
      const first = Object.fromEntries(parts.map(([name, [one]]) => [name, one]));
      return parts.flatMap(([name, values]) =>
        values.map((value) => ({ ...first, [name]: value })),
      );
    }
    default:
      throw new Error(`What is a ${def.type}?`);
  }
};

/** One of each form: what differs in words alone has the same parts to spoil. */
const forms = (wholes: unknown[]): unknown[] => {
  const form = (whole: unknown) =>
    JSON.stringify(whole, (_, part: unknown) => (typeof part === "object" ? part : null));
  return [...new Map(wholes.map((whole) => [form(whole), whole])).values()];
};

/** The same with one thing amiss or one thing more, at every place of it. */
const spoilt = (value: unknown): unknown[] => {
  const others = [null, "a word from the future", -7, true, [], {}];
  if (typeof value !== "object" || value === null) return others;
  if (Array.isArray(value))
    return [
      ...others,
      ...value.flatMap((one, at) => spoilt(one).map((bad) => value.with(at, bad))),
    ];
  const parts = Object.entries(value);
  return [
    ...others,
    { ...value, news: { of: ["the future"] } },
    ...parts.map(([left]) => Object.fromEntries(parts.filter(([name]) => name !== left))),
    ...parts.flatMap(([name, part]) => spoilt(part).map((bad) => ({ ...value, [name]: bad }))),
  ];
};

export const read = (
  reader: Read<unknown>,
  value: unknown,
): { success: boolean; data?: unknown } => {
  try {
    return { success: true, data: reader(value) };
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return { success: false };
  }
};

export const expectReads = (
  schema: Schema & { safeParse: (value: unknown) => { success: boolean; data?: unknown } },
  reader: Read<unknown>,
): void => {
  const wholes = samples(schema);
  const all = [undefined, ...wholes, ...forms(wholes).flatMap(spoilt)];
  const taken = all.filter((value) => schema.safeParse(value).success);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.length).toBeLessThan(all.length);
  for (const value of all) {
    const { success, data } = schema.safeParse(value);
    const found = read(reader, value);
    // One assertion a value would take seconds; the text of a difference is wanted only where there is one.
    if (JSON.stringify(found) !== JSON.stringify({ success, data }))
      expect(found, JSON.stringify(value)).toEqual({ success, data });
  }
};
