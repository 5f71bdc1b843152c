/**
 * `alter-broker users`: an operator does what an identity provider's webhook does, beside running brokers, and takes it
 * back. Knows neither the process nor its arguments.
 */
import type { App, Config } from "../config/config.ts";
import { createDeprovisioning } from "../deprovisioning.ts";
import { createEnding } from "../ending.ts";
import { createErrands } from "../errands.ts";
import { createGrants } from "../grants/grants.ts";
import { createOAuth } from "../oauth/oauth.ts";
import { createOutbound } from "../outbound.ts";
import { createRedeem } from "../redeem.ts";
import type { Store } from "../store/store.ts";
import { createWaiters } from "../waiters.ts";
import { openOperator } from "./operator.ts";
import { configuredApp, given, withExisting } from "./secrets.ts";

export const USERS_OPTIONS = { app: { type: "string" }, subject: { type: "string" } } as const;

type Options = { [name in keyof typeof USERS_OPTIONS]?: string | undefined };

export type UsersDeps = {
  config: Config;
  /** Prints one line. */
  say: (line: string) => void;
  fetch?: typeof fetch;
  now?: () => number;
};

/** @throws Error for the operator, before anything is written. */
export const runUsers = async (
  deps: UsersDeps,
  [verb = "", ...rest]: string[],
  options: Options,
): Promise<void> => {
  if ((verb !== "deprovision" && verb !== "restore") || rest.length)
    throw new Error("users: expected deprovision or restore, with --app ID --subject SUBJECT");
  const foreign = Object.keys(options).find(
    (name) => name !== "config" && !Object.hasOwn(USERS_OPTIONS, name),
  );
  if (foreign !== undefined) throw new Error(`--${foreign}: not an option of users ${verb}`);
  const { config, say } = deps;
  const app = configuredApp(config, given("app", options.app));
  const owner = ownerOf(app, given("subject", options.subject));
  await withExisting(config, async (opened) => {
    const { store, now, audit, errands, deprovisioning } = await assemble(deps, opened);
    const about = { actor: "operator", request_id: null } as const;
    if (verb === "deprovision") {
      const ended = await deprovisioning.depart({
        ...{ owner, ...about, at: now(), event: "users deprovision", id: undefined },
      });
      // The tokens are destroyed; what is left is to tell their providers.
      await errands.settled();
      const { grants = 0, sessions = 0, secrets = 0 } = ended ?? {};
      return say(
        `deprovisioned: ${count(grants, "grant")}, ${count(sessions, "open session")}, ${count(secrets, "managed secret")}`,
      );
    }
    const restored = await store.transaction(async (tx) => {
      if (!(await tx.deprovisioned.forget(owner))) return false;
      await audit(tx, "user.restored", "operator", owner);
      return true;
    });
    if (!restored) throw new Error("unknown_user: nobody of this subject is deprovisioned");
    say("restored: tokens from before are taken again; what was ended stays so");
  });
};

const MOST_SUBJECT = 255;

const ownerOf = ({ id, identity_provider }: App, subject: string) => {
  if (subject.length > MOST_SUBJECT || /\p{Cc}/u.test(subject))
    throw new Error(`--subject: expected one line of at most ${MOST_SUBJECT} characters`);
  return { app_id: id, issuer: identity_provider.issuer, subject };
};

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** The parts of a broker that an end needs, without its routes. */
export const assemble = async (deps: UsersDeps, opened: Store) => {
  const { config } = deps;
  const log = () => undefined;
  const operator = await openOperator({ config, store: opened, now: deps.now });
  const { store, vault, audit, newId, now } = operator;
  const fetch = deps.fetch ?? createOutbound(config.is_allowed_address);
  const oauth = createOAuth({ fetch, now, timeout: config.provider_timeout, log });
  const sleep = async () => undefined;
  const grants = createGrants({ config, store, vault, oauth, audit, now, newId, sleep, log });
  const redeem = createRedeem({ store, grants, vault, now });
  // Nobody waits in this process; those who do elsewhere look at the database.
  const waiters = createWaiters({ look: store.sessions.marks });
  const errands = createErrands({ log });
  const endSession = createEnding({ store, grants, audit, waiters, errands, redeem, now });
  return {
    ...{ store, now, audit, errands, endSession },
    deprovisioning: createDeprovisioning({ store, grants, audit, endSession, errands, now }),
  };
};
