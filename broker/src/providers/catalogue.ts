/// <reference types="vite/types/importMeta.d.ts" />
/**
 * The catalogue: every file of its folder, found by being there. A record is read when a configuration names it; what an
 * operator writes stands over it, under the same schema. Knows files and merging; what a record says is schema.ts.
 */
import { z } from "zod";
import {
  providerSchema,
  recordId,
  type Provider,
  type ProviderRecord,
  type Records,
} from "./schema.ts";

const files = import.meta.glob<Records>("./catalogue/*.ts", { eager: true, import: "default" });

const records = new Map<string, ProviderRecord>();
for (const [file, family] of Object.entries(files))
  for (const [id, record] of Object.entries(family)) {
    if (records.has(id)) throw new Error(`${file}: ${id} is in the catalogue twice`);
    records.set(id, record);
  }

export const catalogueIds = (): string[] => [...records.keys()].sort();

export const catalogued = (id: string): ProviderRecord | undefined => records.get(id);

/** What an operator's file says of a provider: all of it, or what is different from the catalogue's. */
export const overrideSchema = z.looseObject({
  /** A provider of the catalogue, for an entry of another name: one more client of it, or an instance of its own. */
  extends: recordId.optional(),
});
export type Override = z.output<typeof overrideSchema>;

export type Found =
  | { ok: true; provider: Provider }
  | { ok: false; issues: { path: PropertyKey[]; message: string }[] };

/** The record in force. `undefined`: neither the catalogue nor the operator has one of this name. */
export const findProvider = (id: string, override: Override | undefined): Found | undefined => {
  const base = override?.extends ?? id;
  const record = records.get(base);
  if (override?.extends !== undefined && !record)
    return {
      ok: false,
      issues: [
        {
          path: ["extends"],
          message: `the catalogue has no ${base}: it takes one of alter-broker providers list`,
        },
      ],
    };
  if (!record && !override) return undefined;
  const own = Object.fromEntries(
    Object.entries(override ?? {}).filter(([key]) => key !== "extends"),
  );
  const parsed = providerSchema.safeParse(record ? merge(record, own) : own, {
    reportInput: false,
  });
  return parsed.success
    ? { ok: true, provider: { ...parsed.data, id } }
    : { ok: false, issues: parsed.error.issues };
};

/** Tables are filled up entry by entry; all else is replaced whole, so that half of a rule never meets half of another. */
const merge = (record: ProviderRecord, own: Record<string, unknown>): unknown => ({
  ...record,
  ...own,
  ...(isTable(own["scopes"]) ? { scopes: { ...record.scopes, ...own["scopes"] } } : {}),
  ...(isTable(own["captures"]) ? { captures: { ...record.captures, ...own["captures"] } } : {}),
  ...(isTable(own["variables"])
    ? { variables: mergeEach(record.variables ?? {}, own["variables"]) }
    : {}),
});

const mergeEach = (
  record: Record<string, object>,
  own: Record<string, unknown>,
): Record<string, unknown> => ({
  ...record,
  ...Object.fromEntries(
    Object.entries(own).map(([name, value]) => [
      name,
      isTable(value) ? { ...record[name], ...value } : value,
    ]),
  ),
});

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
