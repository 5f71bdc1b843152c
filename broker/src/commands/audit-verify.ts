/**
 * `alter-broker audit verify`: says whether the log is what its writers wrote, beside running brokers. Knows the options
 * and the words; what is held against what is in audit/verify.ts. Writes nothing.
 */
import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";
import { createSeals } from "../audit/seals.ts";
import { createVerification, type Finding, type SeenHead, type Verified } from "../audit/verify.ts";
import type { Config } from "../config/config.ts";
import { openExisting } from "../store/store.ts";
import { openVault } from "../vault.ts";

export const VERIFY_OPTIONS = { json: { type: "boolean" }, heads: { type: "string" } } as const;

type Options = { json?: boolean | undefined; heads?: string | undefined };

/** True: nothing was found. @throws Error for the operator */
export const verifyAudit = async (
  deps: {
    config: Pick<Config, "storage" | "vault">;
    /** Prints one line. */
    say: (line: string) => void;
  },
  { json = false, heads, ...others }: Options,
): Promise<boolean> => {
  const { storage } = deps.config;
  const foreign = Object.keys(others).find((name) => name !== "config");
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of audit verify`);
  if (heads !== undefined && !existsSync(heads)) throw new Error(`--heads: no file at ${heads}`);
  const line = (event: string, about: object) => deps.say(JSON.stringify({ event, ...about }));
  // Opening what is not there would make an empty one, in which nothing is wrong.
  const store = await openExisting(storage);
  try {
    const vault = await openVault({ config: deps.config, store });
    const verification = createVerification({
      ...{ store, sealsOf: createSeals(vault) },
      found: (finding) => (json ? line("audit_finding", finding) : deps.say(inWords(finding))),
      head: ({ at, ...head }) =>
        json ? line("audit_head", { ...head, at: new Date(at).toISOString() }) : undefined,
    });
    await verification.verifyAll();
    let seen = 0;
    if (heads !== undefined)
      for await (const head of headsIn(heads)) {
        seen += 1;
        await verification.checkHead(head);
      }
    if (heads !== undefined && seen === 0)
      throw new Error(
        `--heads: expected lines of audit verify --json or of a broker's log with "audit_head", found none in ${heads}`,
      );
    const counts = verification.counts();
    if (json) line("audit_verified", { ...counts, heads: seen });
    else deps.say(summary(counts, seen));
    return counts.findings === 0;
  } finally {
    await store.close();
  }
};

const headLine = z.object({
  event: z.literal("audit_head"),
  writer: z.string().min(1),
  seq: z.int().min(1),
  hash: z.string().min(1),
});

/** Whatever else is in the file, a whole log of a broker for one, is passed over. */
async function* headsIn(path: string): AsyncGenerator<SeenHead> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    const head = headLine.safeParse(parsed(line));
    if (head.success) yield head.data;
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};

const WORDS: Record<Finding["finding"], string> = {
  changed: "not as it was written, or nobody with the key wrote it",
  missing: "rows are gone",
  inserted: "at a place that is taken, or outside of its chain",
  end: "what says where this chain ends is changed or gone",
  start: "what says where this chain begins is changed",
  unchained: "in no chain, and younger than the first of them",
  head: "the log does not go through this end, which was seen before",
};

const inWords = ({ finding, writer, seq, to, id }: Finding): string =>
  [
    finding.padEnd(9),
    ...(writer === null ? [] : [writer]),
    ...(seq === undefined ? [] : [`row ${seq ?? "-"}${to === undefined ? "" : ` to ${to}`}`]),
    ...(id === undefined ? [] : [id]),
    `: ${WORDS[finding]}`,
  ]
    .join("  ")
    .replace("  : ", ": ");

const summary = (counts: Verified, heads: number): string => {
  const { rows, writers, findings, unchained, unchained_until } = counts;
  return [
    `${findings === 0 ? "ok" : "NOT ok"}: ${rows} rows in ${writers} chains, ${findings} findings`,
    ...(heads ? [`held against ${heads} ends seen before`] : []),
    ...(unchained_until === null
      ? []
      : [
          `${unchained} rows unchained, of brokers that made no chains yet, until ${new Date(unchained_until).toISOString()}: not checked`,
        ]),
  ].join("; ");
};
