/** Clocks: deadlines and the tokens of others are compared with this one [L22]. Knows differences, not who was asked. */
import { fail, ok, warn, type Finding } from "./finding.ts";

const WARN = 5_000;
const FAIL = 30_000;

/** `at`: what the other's clock said, in milliseconds; `whole`: it says seconds only. */
export const skewOf = (whose: string, at: number, now: number): Finding => {
  const skew = now - at;
  // A Date header says the second that has begun: up to one more is no difference.
  const off = Math.max(0, Math.abs(skew) - 1_000);
  const came = `${skew < 0 ? "behind" : "ahead"} by ${Math.round(Math.abs(skew) / 1000)} s`;
  const about = {
    expected: `within ${WARN / 1000} s of ${whose}`,
    came,
    todo: "run NTP on every machine: deadlines, user tokens and policies depend on it",
  };
  if (off > FAIL) return fail("clock_wrong", `this clock against ${whose}`, about);
  if (off > WARN) return warn("clock_off", `this clock against ${whose}`, about);
  return ok("clock", `this clock against ${whose}`);
};

/** Of a `Date` header; undefined where there is none that can be read. */
export const dateOf = (header: string | null | undefined): number | undefined => {
  const at = Date.parse(header ?? "");
  return Number.isNaN(at) ? undefined : at;
};
