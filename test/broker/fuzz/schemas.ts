/**
 * Values that fit a JSON Schema of the OpenAPI document. Knows the part of JSON Schema that the endpoint tables make,
 * and throws at anything else, so that a new kind of schema cannot go unnoticed.
 */
import * as fc from "fast-check";
import type { Json } from "./values.ts";

type Schema = { [key: string]: unknown };

/** By the name of the field: values that the broker knows, so that a request gets beyond the form. */
export type Known = Record<string, fc.Arbitrary<Json>>;

const LONGEST = 60;
/** A call names exactly one of them, which no schema says. */
const EITHER = ["provider", "grant_id"];

export const createFitting = (schemas: Record<string, Schema>, known: Known) => {
  const fitting = (schema: Schema, name = ""): fc.Arbitrary<Json> => {
    const free = bySchema(schema, name);
    const familiar = known[name];
    return familiar
      ? fc.oneof({ weight: 20, arbitrary: familiar }, { weight: 1, arbitrary: free })
      : free;
  };

  const bySchema = (schema: Schema, name: string): fc.Arbitrary<Json> => {
    const { $ref, const: constant, enum: values, oneOf, anyOf, type } = schema;
    if (typeof $ref === "string") {
      const target = schemas[$ref.split("/").at(-1) ?? ""];
      if (!target) throw new Error(`no schema ${$ref}`);
      return fitting(target, name);
    }
    if (constant !== undefined) return fc.constant(constant as Json);
    if (Array.isArray(values)) return fc.constantFrom(...(values as Json[]));
    const either = (oneOf ?? anyOf) as Schema[] | undefined;
    if (either) return fc.oneof(...either.map((one) => fitting(one, name)));
    if (Array.isArray(type))
      return fc.oneof(...type.map((one: unknown) => bySchema({ ...schema, type: one }, name)));
    if (type === "string") return text(schema);
    if (type === "boolean") return fc.boolean();
    if (type === "null") return fc.constant(null);
    if (type === "integer")
      return fc.integer({
        min: Math.max(Number(schema["minimum"] ?? -100), -1e9),
        max: Math.min(Number(schema["maximum"] ?? 1e9), 1e9),
      });
    if (type === "number")
      return fc.double({ min: Number(schema["minimum"] ?? -1e9), max: 1e9, noNaN: true });
    if (type === "array") return list(schema, name);
    if (type === "object") return object(schema);
    throw new Error(`no arbitrary for ${JSON.stringify(schema)}`);
  };

  const list = (schema: Schema, name: string): fc.Arbitrary<Json> => {
    const { prefixItems, items, minItems = 0, maxItems = 3 } = schema;
    if (Array.isArray(prefixItems))
      return fc.tuple(...prefixItems.map((item: Schema) => fitting(item))) as fc.Arbitrary<Json>;
    return fc.array(fitting(items as Schema, name), {
      minLength: Number(minItems),
      maxLength: Math.min(Number(maxItems), 3),
    });
  };

  const object = (schema: Schema): fc.Arbitrary<Json> => {
    const { properties = {}, required = [], additionalProperties } = schema;
    const members = Object.entries(properties as Record<string, Schema>);
    const optional = members
      .map(([name]) => name)
      .filter((name) => !(required as string[]).includes(name));
    const either = EITHER.every((name) => optional.includes(name));
    const others = optional.filter((name) => !(either && EITHER.includes(name)));
    // Few of what need not be there: most of it contradicts the rest.
    const chosen = fc.tuple(
      fc.subarray(others, { maxLength: Math.min(2, others.length) }),
      either
        ? fc.oneof(
            { weight: 12, arbitrary: fc.constantFrom(["provider"], ["grant_id"]) },
            { weight: 1, arbitrary: fc.subarray(EITHER) },
          )
        : fc.constant<string[]>([]),
    );
    const fixed = chosen.chain(([some, selected]) =>
      fc.record(
        Object.fromEntries(
          members
            .filter(([name]) => [...some, ...selected].includes(name) || !optional.includes(name))
            .map(([name, member]) => [name, fitting(member, name)]),
        ),
        { noNullPrototype: true },
      ),
    );
    if (typeof additionalProperties !== "object" || additionalProperties === null) return fixed;
    const names = known["(name)"] as fc.Arbitrary<string> | undefined;
    return fc.dictionary(
      names ?? fc.string({ minLength: 1, maxLength: 8 }),
      fitting(additionalProperties as Schema),
      {
        maxKeys: 2,
        noNullPrototype: true,
      },
    );
  };

  return fitting;
};

const text = ({ pattern, minLength = 0, maxLength = LONGEST }: Schema): fc.Arbitrary<string> =>
  typeof pattern === "string" && !pattern.includes("\\P{")
    ? fc.stringMatching(new RegExp(pattern))
    : fc.string({
        minLength: Number(minLength),
        maxLength: Math.max(Number(minLength), Math.min(Number(maxLength), LONGEST)),
      });
