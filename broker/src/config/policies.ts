/** Policies as the file has them, checked and compiled to the rules of policy.ts; blocks of addresses likewise. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { plainAddress } from "../caller-address.ts";
import type { Attachment, Rule } from "../policy.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const MOST_WINDOW = 31 * 86_400;
/** A limit counts in whole milliseconds, and each call under one is a commit. */
const MOST_PER_SECOND = 100;

/** One address is a block of one. */
export const cidr = z
  .string()
  .refine(
    (text) => blockOf(text) !== undefined,
    "must be an address or a block such as 10.0.0.0/8 or 2001:db8::/32 (IPv4 never as ::ffff:…)",
  )
  .refine(
    (text) => !blockOf(text)?.remainder,
    "has bits set behind the prefix: write the block's first address, or leave the prefix out for one address",
  );

const name = z.string().min(1).max(80);

const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time from "00:00" to "23:59"');

const timeZone = z.string().refine((given) => {
  try {
    // Some runtimes take offsets as well, which know no summer time.
    return /^[a-z]/i.test(given) && Boolean(new Intl.DateTimeFormat("en-US", { timeZone: given }));
  } catch {
    return false;
  }
}, "must be an IANA time zone such as Europe/Berlin");

const policySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    name,
    kind: z.literal("time_window"),
    days: z.array(z.enum(DAYS)).min(1),
    from: time,
    to: time,
    time_zone: timeZone,
  }),
  z.strictObject({
    name,
    kind: z.literal("ip_allow_list"),
    of: z.enum(["caller", "end_user"]).default("caller"),
    addresses: z.array(cidr).min(1),
  }),
  z
    .strictObject({
      name,
      kind: z.literal("rate_limit"),
      per: z.enum(["user", "grant", "app"]),
      limit: z.int().min(1),
      window_seconds: z.int().min(1).max(MOST_WINDOW),
    })
    .refine(({ limit, window_seconds }) => limit <= window_seconds * MOST_PER_SECOND, {
      path: ["limit"],
      message: `must be at most ${MOST_PER_SECOND} for each second of window_seconds`,
    }),
]);

export const policiesSchema = z
  .array(policySchema)
  .default([])
  .superRefine((policies, context) => {
    for (const [i, { name }] of policies.entries())
      if (policies.findIndex((policy) => policy.name === name) !== i)
        context.addIssue({ code: "custom", path: [i, "name"], message: "is used twice" });
  });

export const compileRules = (
  policies: z.infer<typeof policiesSchema>,
  attached: Attachment,
): Rule[] =>
  policies.map((policy): Rule => {
    const { name } = policy;
    switch (policy.kind) {
      case "time_window": {
        const days = policy.days.map((day) => DAYS.indexOf(day));
        const [from, to] = [minutesOf(policy.from), minutesOf(policy.to)];
        return { ...policy, attached, days, from, to };
      }
      case "ip_allow_list": {
        const { kind, of, addresses } = policy;
        return { name, attached, kind, of, includes: compileAddresses(addresses) };
      }
      case "rate_limit": {
        const { kind, per, limit, window_seconds } = policy;
        return { name, attached, kind, per, limit, window: window_seconds * 1000 };
      }
    }
  });

/** Whether an address is in one of the blocks. What is no address is in none. */
export const compileAddresses = (cidrs: string[]): ((address: string) => boolean) => {
  const blocks = cidrs.flatMap((text) => blockOf(text) ?? []);
  return (text) => {
    const address = plainAddress(text);
    if (address === undefined) return false;
    const { width, bits } = numberOf(address);
    return blocks.some((block) => block.width === width && block.start === bits >> block.shift);
  };
};

type Block = { width: 32 | 128; shift: bigint; start: bigint; remainder: bigint };

const blockOf = (text: string): Block | undefined => {
  const [, given = "", prefix] = /^([^/%]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const address = plainAddress(given);
  // A prefix of IPv4 inside of IPv6 could be meant in either's bits; addresses are compared as IPv4.
  if (address === undefined || isIPv4(address) !== isIPv4(given)) return undefined;
  const { width, bits } = numberOf(address);
  const length = prefix === undefined ? width : Number(prefix);
  if (length > width) return undefined;
  const shift = BigInt(width - length);
  const start = bits >> shift;
  return { width, shift, start, remainder: bits - (start << shift) };
};

/** Of an address as `plainAddress` spells it. */
const numberOf = (address: string): Pick<Block, "width"> & { bits: bigint } => {
  const join = (groups: string[], bits: bigint, base: string) =>
    groups.reduce((whole, group) => (whole << bits) | BigInt(base + group), 0n);
  if (isIPv4(address)) return { width: 32, bits: join(address.split("."), 8n, "") };
  const [left = [], right = []] = address
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return { width: 128, bits: join([...left, ...zeros, ...right], 16n, "0x") };
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
