/** How much one caller, and all of them together, may ask of a broker. Knows the file's form and the defaults. */
import { z } from "zod";

/** `limit` at once, and one more with each `limit`-th part of `window` (milliseconds) that goes by. */
export type Allowance = { limit: number; window: number };

export type Limits = {
  failures_per_address: Allowance;
  failures_per_key: Allowance;
  /** All calls of an API key; without one, as many as there are. */
  calls_per_key: Allowance | undefined;
  /** Requests that are being worked on, long polls aside. */
  in_flight: number;
  connections: number;
};

const allowance = z.strictObject({
  limit: z.int().min(1).max(1_000_000),
  window_seconds: z.int().min(1).max(86_400).default(60),
});

/** Sixty: what an office behind one address may do wrong in a minute without meaning to. */
const FAILURES_PER_ADDRESS = { limit: 60, window_seconds: 60 };
/** An app whose users' tokens end has many of these by nature. */
const FAILURES_PER_KEY = { limit: 600, window_seconds: 60 };

export const limitsSchema = z
  .strictObject({
    failures_per_address: allowance.default(FAILURES_PER_ADDRESS),
    failures_per_key: allowance.default(FAILURES_PER_KEY),
    calls_per_key: allowance.optional(),
    in_flight: z.int().min(1).max(1_000_000).default(2_000),
    connections: z.int().min(1).max(1_000_000).default(10_000),
  })
  .prefault({});

export const limitsOf = (file: z.infer<typeof limitsSchema>): Limits => ({
  ...file,
  failures_per_address: allowanceOf(file.failures_per_address),
  failures_per_key: allowanceOf(file.failures_per_key),
  calls_per_key: file.calls_per_key && allowanceOf(file.calls_per_key),
});

const allowanceOf = ({ limit, window_seconds }: z.infer<typeof allowance>): Allowance => ({
  limit,
  window: window_seconds * 1000,
});
