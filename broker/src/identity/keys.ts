/**
 * The public keys of identity providers: found, read within bounds, and kept for as long as they may be trusted.
 * Knows no app and no claims.
 *
 * Keys are read again every ten minutes, so one that was withdrawn is over then; a key id that is not among them is
 * looked up at once. While that fails, known keys stay good for a day: an outage at the identity provider is none
 * here, and whoever can cause one cannot keep a withdrawn key alive for ever.
 */
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { readBounded } from "../bounded.ts";
import type { IdentityProvider } from "../config/identity-provider.ts";
import { isSecureUrl, parseUrl } from "../providers/url.ts";

/** Nobody can say whether a signature is right. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

type Deps = {
  fetch: typeof fetch;
  now: () => number;
  log: (event: string, about: Record<string, unknown>) => void;
};

const FRESH = 10 * 60_000;
const MOST_STALE = 24 * 3_600_000;
/** Between two reads that are not due: senders of unknown key ids must not hammer the identity provider. */
const COOLDOWN = 30_000;
/** Between two reads while no key is known: nobody can be let in anyway, but soon somebody may. */
const COLD_COOLDOWN = 1_000;
const TIMEOUT = 5_000;
const MOST_BYTES = 1 << 20;

export type KeySet = {
  /** @throws KeysUnavailable, beside what jose throws. */
  find: JWTVerifyGetKey;
  /** The keys as they were read; another object once they have been read again, none when that is due. */
  edition: () => object | undefined;
};

export const createKeys = (deps: Deps): ((idp: IdentityProvider) => KeySet) => {
  const sets = new Map<string, KeySet>();
  return (idp) => {
    // Apps share what is the same: both parts, so that one app's setting cannot choose another's keys.
    const name = JSON.stringify([idp.issuer, idp.jwks_uri]);
    const known = sets.get(name) ?? createKeySet(idp, deps);
    sets.set(name, known);
    return known;
  };
};

const createKeySet = (idp: IdentityProvider, { fetch, now, log }: Deps): KeySet => {
  let known: { find: JWTVerifyGetKey; read_at: number } | undefined;
  let found_at: string | undefined;
  let tried_at = -Infinity;
  let failed_at = -Infinity;
  let reading: Promise<void> | undefined;

  /** Asked each time: keys may move, and those left behind would be good for ever. */
  const findKeys = async (): Promise<string> => {
    if (idp.jwks_uri !== undefined) return idp.jwks_uri;
    try {
      return (found_at = await discoverJwks(idp.issuer, fetch));
    } catch (error) {
      if (found_at === undefined) throw error;
      return found_at;
    }
  };

  const read = async (): Promise<void> => {
    tried_at = now();
    try {
      const find = createLocalJWKSet(await readJwks(await findKeys(), fetch));
      known = { find, read_at: tried_at };
      failed_at = -Infinity;
    } catch (error) {
      failed_at = now();
      const age = known ? Math.round((failed_at - known.read_at) / 1000) : null;
      log("identity_provider_unavailable", {
        ...{ issuer: idp.issuer, why: whyOf(error), keys_age_seconds: age },
      });
      throw new KeysUnavailable();
    }
  };
  const readOnce = (): Promise<void> =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));
  const mayRead = (): boolean => reading !== undefined || now() - tried_at >= COOLDOWN;

  const current = (): JWTVerifyGetKey => {
    if (!known) throw new KeysUnavailable();
    return known.find;
  };

  const edition = (): object | undefined =>
    known && now() - known.read_at < FRESH ? known : undefined;

  const find: JWTVerifyGetKey = async (header, token) => {
    if (!known || now() - known.read_at >= MOST_STALE) {
      known = undefined;
      // Anybody with a token of this form gets here, so an identity provider that is down is left in peace.
      if (reading === undefined && now() - tried_at < COLD_COOLDOWN) throw new KeysUnavailable();
      await readOnce();
    } else if (now() - known.read_at >= FRESH && mayRead()) {
      const down = now() - failed_at < FRESH;
      const done = readOnce().catch(() => undefined);
      // Nobody waits again for one that has just failed.
      if (!down) await done;
    }
    try {
      return await current()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!mayRead()) throw failed_at === -Infinity ? error : new KeysUnavailable();
      await readOnce();
      return current()(header, token);
    }
  };
  return { find, edition };
};

/** Once, for whoever looks whether they can be had: how many keys there are. @throws with a reason for `whyOf`. */
export const countKeys = async (
  { issuer, jwks_uri }: Pick<IdentityProvider, "issuer" | "jwks_uri">,
  fetcher: typeof fetch,
): Promise<number> => {
  const { keys } = await readJwks(jwks_uri ?? (await discoverJwks(issuer, fetcher)), fetcher);
  createLocalJWKSet({ keys });
  return keys.filter(({ kty, use }) => kty !== "oct" && use !== "enc").length;
};

const discoverJwks = async (issuer: string, fetcher: typeof fetch): Promise<string> => {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const found = (await readJson(url, fetcher)) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (found?.issuer !== issuer) throw new Unusable("discovery names another issuer");
  const uri = typeof found.jwks_uri === "string" ? parseUrl(found.jwks_uri) : undefined;
  if (!uri || !isSecureUrl(uri)) throw new Unusable("discovery names no https jwks_uri");
  return uri.href;
};

const readJwks = async (
  uri: string,
  fetcher: typeof fetch,
): Promise<Parameters<typeof createLocalJWKSet>[0]> =>
  // createLocalJWKSet looks at the form.
  (await readJson(uri, fetcher)) as Parameters<typeof createLocalJWKSet>[0];

const readJson = async (url: string, fetcher: typeof fetch): Promise<unknown> => {
  const response = await fetcher(url, {
    headers: { accept: "application/json" },
    // Following a redirect would let whoever answers choose where the keys come from.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Unusable(`answered ${response.status}`);
  }
  const body = await readBounded(response, MOST_BYTES);
  if (!body) throw new Unusable("answered without end");
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Unusable("did not answer JSON");
  }
};

/** It answered, and not with anything we could use. */
class Unusable extends Error {}

/** For the log: ours, or the system's code that fetch keeps in `cause`. Never text that came from there. */
export const whyOf = (error: unknown): string => {
  if (error instanceof Unusable) return error.message;
  if (!(error instanceof Error)) return "unknown";
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : error.name;
};
