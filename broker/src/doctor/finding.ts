/** What a check has found, and how it is said. Knows no check. */

export type State = "ok" | "warn" | "fail" | "skipped";

export type Finding = {
  /** Stable: scripts may ask for it. */
  code: string;
  state: State;
  /** What was looked at, in a few words. */
  what: string;
  expected?: string;
  came?: string;
  /** What to do about it. */
  todo?: string;
};

type About = Omit<Finding, "code" | "state" | "what">;

const as =
  (state: State) =>
  (code: string, what: string, about: About = {}): Finding => ({ code, state, what, ...about });

export const ok = as("ok");
export const warn = as("warn");
export const fail = as("fail");
export const skipped = as("skipped");

/** For a failure of the network or the system: its code, never a text that came from there. */
export const codeOf = (error: unknown): string => {
  for (let e = error as { code?: unknown; cause?: unknown; name?: unknown } | undefined; e;) {
    if (typeof e.code === "string") return e.code;
    if (e.cause === undefined) return typeof e.name === "string" ? e.name : "unknown";
    e = e.cause as typeof e;
  }
  return "unknown";
};
