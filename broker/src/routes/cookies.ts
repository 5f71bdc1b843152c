/** The two cookies of the hosted page: one per session, and what this browser has confirmed before. Names, attributes, hashes. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Config } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { isReadable, settled } from "../session.ts";
import type { StoredSession } from "../store/sessions.ts";
import { hashSecret, sameSecret } from "../vault.ts";

/** A session lives 60 minutes at most and its outcome 10 more; the cookie a little longer. */
const SESSION_COOKIE_SECONDS = 75 * 60;
/** As long as a hash, and none. */
const NOBODYS = "-".repeat(64);
const MOST_SESSION_COOKIES = 8;
const MOST_LOOKED_AT = 64;
const CONFIRMATION_LENGTH = 43;
const SHOWN_LENGTH = 16;
const ENTRY = new RegExp(`^[0-9a-z]{1,10}-[\\w-]{${CONFIRMATION_LENGTH + SHOWN_LENGTH}}$`);
const CONFIRMED_DAYS = 30;
const MOST_CONFIRMED = 20;

/** What every cookie of the broker's has. */
export const ownCookies = ({ base_url }: Pick<Config, "base_url">) => {
  const secure = base_url.startsWith("https:");
  // On http loopback neither prefix nor Secure: WebKit drops Secure cookies there.
  return { prefix: secure ? "__Host-" : "", attributes: { path: "/", httpOnly: true, secure } };
};

export type Cookies = ReturnType<typeof createCookies>;

export const createCookies = (broker: Pick<Broker, "config" | "store" | "vault" | "now">) => {
  const { config, store, vault, now } = broker;
  const { prefix, attributes } = ownCookies(config);
  const options = { ...attributes, sameSite: "Lax" as const };
  const sessionPrefix = `${prefix}ac_`;
  const confirmedName = `${prefix}acc`;

  /** Keeps at most eight: ended sessions go first, then the oldest claim. A repeated claim replaces its own. */
  const makeRoom = async (c: Context<Env>, coming: string): Promise<void> => {
    const ids = Object.keys(getCookie(c))
      .filter((name) => name.startsWith(sessionPrefix))
      .map((name) => name.slice(sessionPrefix.length))
      .filter((id) => id !== coming)
      // A browser of ours holds eight; who sends thousands is tidied up over as many claims as it takes.
      .slice(0, MOST_LOOKED_AT);
    if (ids.length < MOST_SESSION_COOKIES) return;
    const known = new Map(
      (await store.sessions.byIds(ids)).map((session) => [session.id, session]),
    );
    const keepFirst = ids.sort((a, b) => worth(known.get(b)) - worth(known.get(a)));
    for (const id of keepFirst.slice(MOST_SESSION_COOKIES - 1))
      deleteCookie(c, sessionPrefix + id, options);
  };

  const worth = (session: StoredSession | undefined): number =>
    session && settled(session, now()).ended_at === null ? (session.claimed_at ?? 0) : 0;

  /** Keyed hashes of who confirmed what, and of the scopes that the page has shown for it. */
  const confirmationOf = (session: StoredSession, provider: string, until: string): string =>
    vault.mac("confirmed", session.app_id, session.issuer, session.subject, provider, until);
  const shownOf = (confirmation: string, scopes: string[]): string =>
    vault.mac("shown", confirmation, ...[...scopes].sort()).slice(0, SHOWN_LENGTH);

  /** Entries `<expiry, base 36 seconds>-<keyed hashes>`: they say nothing to whoever reads the cookie. */
  const entries = (c: Context<Env>): string[] =>
    (getCookie(c, confirmedName) ?? "")
      .split(".")
      .filter((entry) => ENTRY.test(entry))
      .slice(0, MOST_CONFIRMED);

  const isFor = (entry: string, session: StoredSession, provider: string): boolean => {
    const { until, confirmation } = partsOf(entry);
    return sameSecret(confirmation, confirmationOf(session, provider, until));
  };

  const hasShown = (entry: string, scopes: string[]): boolean => {
    const { confirmation, shown } = partsOf(entry);
    return sameSecret(shown, shownOf(confirmation, scopes));
  };

  const writeConfirmed = (c: Context<Env>, kept: string[]): void => {
    if (kept.length)
      setCookie(c, confirmedName, kept.join("."), {
        ...options,
        maxAge: CONFIRMED_DAYS * 86_400,
      });
    else deleteCookie(c, confirmedName, options);
  };

  return {
    giveSession: async (c: Context<Env>, id: string, secret: string): Promise<void> => {
      await makeRoom(c, id);
      setCookie(c, sessionPrefix + id, secret, { ...options, maxAge: SESSION_COOKIE_SECONDS });
    },

    /** The session, if this browser holds that session's own cookie; never "a valid cookie" [H1]. */
    sessionOf: async (c: Context<Env>, id: string): Promise<StoredSession | undefined> => {
      const session = await store.sessions.byId(id);
      // The same work whether there is such a session or not: ids stand in URLs, and may be tried.
      const given = hashSecret(getCookie(c, sessionPrefix + id) ?? "");
      const mine = sameSecret(given, session?.cookie_hash ?? NOBODYS);
      return session && mine && isReadable(session, now(), config.deadlines) ? session : undefined;
    },

    /** With exactly these scopes: what the page has not shown, nobody has confirmed. */
    hasConfirmed: (
      c: Context<Env>,
      session: StoredSession,
      provider: string,
      scopes: string[],
    ): boolean =>
      entries(c).some(
        (entry) =>
          parseInt(entry, 36) * 1000 > now() &&
          isFor(entry, session, provider) &&
          hasShown(entry, scopes),
      ),

    rememberConfirmed: (
      c: Context<Env>,
      session: StoredSession,
      provider: string,
      scopes: string[],
    ): void => {
      const until = Math.floor(now() / 1000 + CONFIRMED_DAYS * 86_400).toString(36);
      const others = entries(c).filter((entry) => !isFor(entry, session, provider));
      const confirmation = confirmationOf(session, provider, until);
      const entry = `${until}-${confirmation}${shownOf(confirmation, scopes)}`;
      writeConfirmed(c, [entry, ...others].slice(0, MOST_CONFIRMED));
    },

    forgetConfirmed: (c: Context<Env>, session: StoredSession): void => {
      const kept = entries(c).filter(
        (entry) => !session.providers.some((provider) => isFor(entry, session, provider)),
      );
      writeConfirmed(c, kept);
    },
  };
};

const partsOf = (entry: string): { until: string; confirmation: string; shown: string } => {
  const cut = entry.indexOf("-");
  const hashes = entry.slice(cut + 1);
  return {
    until: entry.slice(0, cut),
    confirmation: hashes.slice(0, CONFIRMATION_LENGTH),
    shown: hashes.slice(CONFIRMATION_LENGTH),
  };
};
