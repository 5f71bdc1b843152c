/**
 * The one way to a credential, whoever asks and whatever it is made of: user, grant, host, scopes, policy, and only
 * then is anything opened; the audit row is written before anybody gets it. Whatever goes wrong on the way, the
 * answer is no. Knows the order; what each step means is in its own part.
 */
import type { About, Actor, AuditEvent, Recorder } from "./audit.ts";
import { targetOf } from "./audit/target.ts";
import type { App } from "./config/config.ts";
import type { Credential, Injection, Opened, Reach } from "./credential.ts";
import { Refusal, refuse } from "./error.ts";
import type { Selector } from "./grants/find.ts";
import type { User } from "./identity.ts";
import type { Permit } from "./permission.ts";

export type Asking = {
  app: App;
  actor: Actor;
  key_prefix: string;
  /** Verified here, so that a refused token leaves its row as well. */
  user: () => Promise<User>;
  by: Selector & {
    required_scopes: string[] | undefined;
    refused_token_id: string | undefined;
  };
  /** Where the credential is about to go, and what for. */
  host: string;
  method: string;
  caller_address: string | undefined;
  end_user_address: string | undefined;
  request_id: string;
  /** Says no to a request that has no room for the credential, before anything is counted or opened. */
  fits?: (injection: Injection) => void;
  event: Extract<AuditEvent, "token.issued" | "proxy.called">;
};

export type Access = Opened &
  Pick<Credential, "kind" | "grant_id" | "provider" | "injection"> & {
    /** Milliseconds for which the same answer may be used again. */
    cacheable_for: number;
  };

export type FindCredential = (
  app: App,
  user: User,
  by: Selector,
) => Promise<Credential | undefined>;

export const createAccess = (deps: {
  /** In order: the first that knows what is meant. */
  find: FindCredential[];
  permit: Permit;
  record: Recorder;
  now: () => number;
}) => {
  const find = async (app: App, user: User, by: Selector): Promise<Credential> => {
    for (const one of deps.find) {
      const found = await one(app, user, by);
      if (found) return found;
    }
    throw refuse("grant_not_found");
  };

  /** Fills `about` as it learns: a refusal's row says all that was known by then. */
  const give = async (asking: Asking, about: About): Promise<Access> => {
    const { app, by, host } = asking;
    const user = await asking.user();
    const whose = { app_id: app.id, issuer: user.issuer, subject: user.subject };
    Object.assign(about, whose);
    const credential = await find(app, user, by);
    const { kind, grant_id, provider, injection } = credential;
    Object.assign(about, { grant_id, provider });
    const required = [...credential.required_scopes, ...(by.required_scopes ?? [])];
    checkReach(credential, host, required);
    asking.fits?.(injection);
    const decided_at = deps.now();
    const { unchanged_for } = await deps.permit(credential.rules, {
      ...whose,
      grant_id,
      caller_address: asking.caller_address,
      end_user_address: asking.end_user_address,
    });
    const opened = await credential.open(by.refused_token_id);
    // Again: a re-authorisation or a refresh may have changed both meanwhile.
    checkReach(opened, host, required);
    await deps.record(asking.event, asking.actor, about, { kind, grant_id });
    // From the decision on, not from now: opening may have waited for a provider.
    const ends = Math.min(
      user.expires_at,
      opened.expires_at ?? Infinity,
      decided_at + unchanged_for,
    );
    const cacheable_for = Math.max(0, Math.min(app.token_cache, ends - deps.now()));
    return { ...opened, kind, grant_id, provider, injection, cacheable_for };
  };

  return async (asking: Asking): Promise<Access> => {
    const { app, actor, by, request_id, key_prefix } = asking;
    // Only a name that the configuration knows: what else the caller wrote there may be a token in the wrong place.
    const named = by.provider ?? "";
    const provider = app.providers.has(named) || app.secrets.has(named) ? named : null;
    const target = targetOf(asking.method, asking.host);
    const about: About = { app_id: app.id, request_id, key_prefix, provider, ...target };
    try {
      return await give(asking, about);
    } catch (error) {
      if (error instanceof Refusal)
        await deps.record("token.refused", actor, { ...about, reason: reasonOf(error) });
      throw error;
    }
  };
};

/** Names a check or a rule, never a value. */
const reasonOf = ({ code, extras }: Refusal): string =>
  [code, extras.reason ?? extras.policy_error?.rule].filter(Boolean).join(": ");

const checkReach = ({ allowed_hosts, lacks }: Reach, host: string, required: string[]): void => {
  if (!allowed_hosts.includes(host))
    throw refuse(
      "host_not_allowed",
      `This grant's token goes to ${allowed_hosts.join(", ") || "no host"} only.`,
      { allowed_hosts },
    );
  const missing_scopes = [...new Set(lacks(required))];
  if (missing_scopes.length)
    // Named beside the sentence, which goes to the log: the caller may have put anything among them.
    throw refuse("scope_reauth_required", "The grant lacks scopes that the call needs.", {
      missing_scopes,
    });
};
