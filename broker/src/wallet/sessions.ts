/**
 * The Wallet's sessions: begun on the way to the identity provider, made when somebody is back, over by time, sign-out or
 * deprovisioning. A browser has one cookie for the way and one for the session; here they are texts, and who sets them is
 * the routes'.
 */
import type { SignInProblem } from "@alter-ai/protocol/wallet";
import type { Audit } from "../audit.ts";
import type { App, Config } from "../config/config.ts";
import { WALLET_DEADLINES, type WalletClient } from "../config/wallet.ts";
import { shownUser } from "../identity.ts";
import { isIssuedAfter } from "../identity/gone.ts";
import type { SignIn, SignInSecrets } from "../oauth/sign-in.ts";
import { walletRedirectUri } from "../redirect-uri.ts";
import type { SessionUser } from "../session.ts";
import type { Store } from "../store/store.ts";
import type { WalletSessionRow } from "../store/tables.ts";
import { hashSecret, sameSecret, type Vault } from "../vault.ts";
import { knownIn, ownersOf, readingOf, type Known } from "./person.ts";

export type WalletSession = {
  /** Names it in the store. */
  hash: string;
  /** Names it in a page, and opens nothing. */
  id: string;
  /** Whose client signed the user in. */
  app_id: string;
  issuer: string;
  /** Who they are there; null where the configuration has changed since. */
  subject: string | null;
  known: Known[];
  user: SessionUser;
  /** Epoch milliseconds: when it ends if nothing is done any more. */
  ends_at: number;
};

type Arrived = { secret: string } | { problem: SignInProblem };

export type WalletSessions = ReturnType<typeof createWalletSessions>;

/** Between two writes of when somebody was last there. */
const SEEN_EVERY = 60_000;
/** In the cookie of the way: no app's view is to be come back to. */
const ALL = "all";

export const createWalletSessions = (deps: {
  config: Config;
  store: Store;
  vault: Pick<Vault, "mac">;
  signIn: SignIn;
  audit: Audit;
  now: () => number;
  newSecret: () => string;
  log: (event: string, about: Record<string, unknown>) => void;
}) => {
  const { config, store, vault, audit, now } = deps;
  const redirectUri = (app: App): string => walletRedirectUri(config.base_url, app.id);

  /** All that binds the way back to this browser is made of its cookie: nothing is stored that could be read. */
  const secretsOf = (cookie: string): SignInSecrets => ({
    state: vault.mac("wallet state", cookie),
    nonce: vault.mac("wallet nonce", cookie),
    verifier: vault.mac("wallet verifier", cookie),
  });

  /**
   * Writes nothing: nobody has shown yet that there is anybody. `before`: the cookie of the session that this browser has
   * now, which the way back ends. It is named here, since a `SameSite=Strict` cookie does not come along from another site.
   */
  const begin = async (
    app: App & { wallet: WalletClient },
    before: string | undefined,
    wishes: { again: boolean; all: boolean; locales: string[]; request_id: string },
  ): Promise<{ url: string; cookie: string } | undefined> => {
    const { wallet: client, identity_provider: idp } = app;
    const at = Math.floor(now() / 1000).toString(36);
    const left = before === undefined ? "" : hashSecret(before);
    const cookie = [deps.newSecret(), at, app.id, wishes.all ? ALL : "", left].join(".");
    const secrets = secretsOf(cookie);
    const begun = await deps.signIn.begin(
      { idp, client, redirect_uri: redirectUri(app) },
      secrets,
      wishes,
    );
    if (!begun.ok) {
      deps.log("wallet_sign_in_failed", { request_id: wishes.request_id, ...begun.cause });
      return undefined;
    }
    return { url: begun.url, cookie };
  };

  /**
   * `cookie`: of the way there. Compared before anything is consumed, so that whoever sends a browser here with an answer
   * of their own neither signs it in nor ends what it has begun (login CSRF).
   */
  const finish = async ({
    cookie,
    at,
    parameters,
    request_id,
    guess,
  }: {
    cookie: string | undefined;
    /** The app whose redirect URI it is. */
    at: string;
    parameters: URLSearchParams;
    request_id: string;
    /** To be told whether it was wrong. @throws Refusal where there have been too many. */
    guess: () => (wrong: boolean) => void;
  }): Promise<{ app_id?: string } & Arrived> => {
    const state = parameters.getAll("state");
    const secrets = secretsOf(cookie ?? "");
    if (cookie === undefined || state.length !== 1 || !sameSecret(state[0] ?? "", secrets.state))
      return { problem: "other_browser" };
    // Only a cookie that `begin` has made has a state that anybody knows.
    const [, begun_at = "", app_id = "", all, left = ""] = cookie.split(".");
    const back = all === ALL ? {} : { app_id };
    if (at !== app_id) return { problem: "other_browser" };
    // Not before: a page elsewhere could have its visitors' browsers fail here by the dozen, and nobody of their network
    // would get in.
    let guessed: (wrong: boolean) => void;
    try {
      guessed = guess();
    } catch {
      return { ...back, problem: "unavailable" };
    }
    const begun = { app_id, left, begun_at: parseInt(begun_at, 36) * 1000 };
    const arrived = await arrive({ ...begun, secrets, parameters, request_id });
    guessed("problem" in arrived);
    return { ...back, ...arrived };
  };

  /** Of the browser that set out. */
  const arrive = async (way: {
    app_id: string;
    begun_at: number;
    /** The hash of the session's cookie that this browser had then, or nothing. */
    left: string;
    secrets: SignInSecrets;
    parameters: URLSearchParams;
    request_id: string;
  }): Promise<Arrived> => {
    const { app_id, secrets, parameters, request_id } = way;
    const app = config.apps.get(app_id);
    const client = app?.wallet;
    if (!app || !client) return { problem: "expired" };
    // RFC 6749 section 3.1: none comes twice.
    if (new Set(parameters.keys()).size !== [...parameters.keys()].length)
      return { problem: "refused" };
    const late = now() > way.begun_at + WALLET_DEADLINES.sign_in;
    const arrival = { state_hash: hashSecret(secrets.state), at: now() };
    if (late || !(await store.wallet.arrive(arrival))) return { problem: "expired" };
    const refused = async (problem: SignInProblem, about: Record<string, unknown>) => {
      deps.log("wallet_sign_in_failed", { request_id, app: app_id, problem, ...about });
      await audit(store, "wallet.sign_in_refused", "wallet", {
        ...{ app_id, reason: problem, request_id },
      });
      return { problem };
    };
    const { identity_provider: idp } = app;
    const signed = await deps.signIn.finish(
      { idp, client, redirect_uri: redirectUri(app) },
      secrets,
      parameters,
    );
    if (!signed.ok) return refused(signed.problem, signed.cause);
    const { claims } = signed;
    const known = knownIn(config.apps.values(), idp.issuer, claims);
    const self = known.find((one) => one.app_id === app_id);
    // A NumericDate may have a fraction (RFC 7519 section 2), and the column has none.
    const issued_at = Math.floor(claims.iat * 1000);
    if (!self) return refused("refused", { kind: "no_user_of_the_app" });
    if (await isGone(idp.issuer, known, issued_at))
      return refused("refused", { kind: "deprovisioned" });
    // Rotated: whatever was in this browser before is over, whoever put it there.
    await over(way.left, request_id);
    const secret = deps.newSecret();
    await store.transaction(async (tx) => {
      await tx.wallet.insert({
        secret_hash: hashSecret(secret),
        ...{ app_id, issuer: idp.issuer, issued_at },
        owners: JSON.stringify(known),
        user: JSON.stringify(shownUser(claims, self.subject)),
        ...{ created_at: now(), seen_at: now() },
      });
      await audit(tx, "wallet.signed_in", "wallet", {
        ...{ app_id, issuer: idp.issuer, subject: self.subject, request_id },
      });
    });
    return { secret };
  };

  const isGone = async (issuer: string, known: Known[], issued_at: number): Promise<boolean> => {
    const gone_at = await store.deprovisioned.latest(ownersOf(issuer, known));
    return gone_at !== null && !isIssuedAfter(issued_at, gone_at);
  };

  /** As the configuration is today: an app that is gone, or would read the token in another way by now, shows nothing. */
  const stillKnown = (row: WalletSessionRow): Known[] =>
    (JSON.parse(row.owners) as Known[]).filter(({ app_id, reading }) => {
      const app = config.apps.get(app_id);
      return app !== undefined && readingOf(app) === reading;
    });

  const endOf = ({ created_at, seen_at }: WalletSessionRow, seen = seen_at): number =>
    Math.min(seen + WALLET_DEADLINES.idle, created_at + WALLET_DEADLINES.most);

  /** Of that cookie; and somebody is there. */
  const find = async (secret: string | undefined): Promise<WalletSession | undefined> =>
    secret === undefined ? undefined : named(hashSecret(secret));

  const named = async (hash: string): Promise<WalletSession | undefined> => {
    const row = await store.wallet.byHash(hash);
    if (!row) return undefined;
    const known = stillKnown(row);
    if (now() >= endOf(row) || !known.length || (await isGone(row.issuer, known, row.issued_at))) {
      await store.wallet.end(hash);
      return undefined;
    }
    if (now() - row.seen_at >= SEEN_EVERY) await store.wallet.seen(hash, now());
    const { app_id, issuer } = row;
    const user = JSON.parse(row.user) as SessionUser;
    const id = vault.mac("wallet session", hash);
    const subject = known.find((one) => one.app_id === app_id)?.subject ?? null;
    return { hash, id, app_id, issuer, subject, known, user, ends_at: endOf(row, now()) };
  };

  /** On the server: whoever has kept the cookie has nothing. */
  const end = (secret: string, request_id: string): Promise<void> =>
    over(hashSecret(secret), request_id);

  const over = async (hash: string, request_id: string): Promise<void> => {
    const session = await named(hash);
    if (!session) return;
    await store.transaction(async (tx) => {
      if (!(await tx.wallet.end(session.hash))) return;
      await audit(tx, "wallet.signed_out", "wallet", {
        ...{ app_id: session.app_id, issuer: session.issuer, subject: session.subject, request_id },
      });
    });
  };

  return { begin, finish, find, end };
};
