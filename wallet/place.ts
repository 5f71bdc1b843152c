/**
 * Where in the Wallet the user is, as the address says it. Pure: must not touch the address itself. What stands there
 * may have been written by anybody: it is an id that the broker is asked for, and is never shown.
 */
import type { SignInProblem } from "@alter-ai/protocol/wallet";

export type Place = {
  view: "connections" | "activity";
  app?: string | undefined;
  provider?: string | undefined;
};

/** A sign-in that came to nothing. */
export type Problem = { problem: SignInProblem; reference: string | undefined };

const PATHS = { connections: "/wallet", activity: "/wallet/activity" } as const;

export const readPlace = (pathname: string, search: string): Place => {
  const asked = new URLSearchParams(search);
  return {
    view: pathname.replace(/\/$/, "") === PATHS.activity ? "activity" : "connections",
    app: idIn(asked, "app"),
    provider: idIn(asked, "provider"),
  };
};

export const addressOf = ({ view, app, provider }: Place): string => {
  const asked = new URLSearchParams();
  if (app !== undefined) asked.set("app", app);
  if (provider !== undefined) asked.set("provider", provider);
  return PATHS[view] + (asked.size ? `?${asked}` : "");
};

export const readProblem = (search: string): Problem | undefined => {
  const asked = new URLSearchParams(search);
  const problem = PROBLEMS.find((known) => known === asked.get("problem"));
  if (!problem) return undefined;
  const reference = asked.get("reference") ?? "";
  return { problem, reference: /^req_[\w-]{22}$/.test(reference) ? reference : undefined };
};

/** The protocol's own, as the type says: its schemas would come with them. */
const PROBLEMS = Object.keys({
  ...{ denied: 0, expired: 0, other_browser: 0, unavailable: 0, refused: 0 },
} satisfies Record<SignInProblem, 0>) as SignInProblem[];

/** What cannot be one, nobody is asked for. */
const idIn = (asked: URLSearchParams, name: string): string | undefined => {
  const id = asked.get(name) ?? "";
  return id.length > 0 && id.length <= 128 ? id : undefined;
};
