/**
 * The endpoint table of the Wallet, the page on which end users see and end what they have connected: same origin, JSON,
 * cookie; never CORS [C1]. All POST. Knows shapes only.
 */
import * as z from "zod/mini";
import { appearance, id, markSchema, providerRevocation, viewSchema } from "./http.ts";
import { LOCALES } from "./locale.ts";

/** Why a sign-in came to nothing: `/wallet?problem=<one of these>&reference=<request id>`. */
export const SIGN_IN_PROBLEMS = [
  /** The user, or the identity provider, said no. */
  "denied",
  /** It took longer than ten minutes, or was done before. */
  "expired",
  /** It was begun in another browser, or its cookie is gone. */
  "other_browser",
  /** The identity provider does not answer, or not as it should. */
  "unavailable",
  /** What came back speaks for nobody here. */
  "refused",
] as const;
export type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number];

/** `next_cursor` of the page before. */
const cursor = z.string().check(z.minLength(1), z.maxLength(256));

/** What to look at: of one app, of one provider, of both; the rest of a list from the cursor on. */
const wanted = z.strictObject({
  app: z.optional(id),
  provider: z.optional(id),
  cursor: z.optional(cursor),
});

const appSchema = z.object({ id: z.string(), ...appearance });

const signedOut = z.object({
  state: z.literal("signed_out"),
  locale: z.enum(LOCALES),
  /** The one that was asked for. */
  app: z.optional(appSchema),
  /** Ways to sign in: one for each identity provider, `app` being what `sign-in` takes. */
  sign_in: z.array(z.object({ app: z.string(), identity_provider: z.string() })),
});

/** The app that was asked for has no sign-in of its own, or is none at all. Without an app: nobody here has one. */
const noWallet = z.object({
  state: z.literal("no_wallet"),
  locale: z.enum(LOCALES),
  app: z.optional(appSchema),
});

/**
 * Names the session that a view is of, and opens nothing. What acts names it again: a window that still shows somebody
 * else must not act for whoever has signed in since.
 */
const session_id = id;

/** What both views have at their head. */
const head = {
  state: z.literal("signed_in"),
  session_id: z.string(),
  locale: z.enum(LOCALES),
  /** The one that was asked for: the page then shows that one alone, in its colours. */
  app: z.optional(appSchema),
  user: viewSchema.shape.user,
  /** Those in which this user has anything, for names and filters. */
  apps: z.array(z.object({ id: z.string(), name: z.string(), logo_url: z.optional(z.string()) })),
  /** Those at which this user has anything, managed secrets included. */
  providers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      ...markSchema,
      /** Where the provider itself lists and ends what has been allowed. https. */
      manage_url: z.optional(z.string()),
    }),
  ),
  /** Seconds until the session ends if nothing is done any more. */
  expires_in: z.number(),
};

export const walletConnection = z.object({
  grant_id: z.string(),
  /** Ids of the head's lists. */
  app: z.string(),
  provider: z.string(),
  account_identifier: z.string(),
  /** What the app may do with it, in a user's words. */
  scopes: z.array(z.string()),
  /** RFC 3339, UTC, as all times here. */
  created_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** `expiring`: works, and not for much longer. `needs_reconnect`: does not work until it is connected again. */
  status: z.enum(["active", "expiring", "needs_reconnect", "revoked"]),
  /** When it ends by itself; null if nobody knows of such a time. */
  ends_at: z.nullable(z.string()),
  /** When it was revoked. */
  ended_at: z.nullable(z.string()),
});
export type WalletConnection = z.infer<typeof walletConnection>;

/** Put in by the operator for this user, a group of theirs or everyone: there is no account, and nothing to revoke. */
export const walletSecret = z.object({
  grant_id: z.string(),
  app: z.string(),
  /** Id of the head's `providers`. */
  provider: z.string(),
  given_to: z.enum(["user", "group", "everyone"]),
  created_at: z.string(),
  last_used_at: z.nullable(z.string()),
  status: z.enum(["active", "expired"]),
});

export const ACTIVITY_KINDS = [
  /** The app was given the token, or had the broker make the call. */
  "used",
  /** The same, and the answer was no: see `reason`. */
  "refused",
  "connected",
  "reconnected",
  /** By the user, the app, the operator or the identity provider: see `by`. */
  "revoked",
  /** The provider has ended it. */
  "ended_by_provider",
  "expired",
] as const;

export const walletActivity = z.object({
  id: z.string(),
  at: z.string(),
  app: z.string(),
  /** Null where the call named nothing that is known. */
  provider: z.nullable(z.string()),
  kind: z.enum(ACTIVITY_KINDS),
  /** `GET` and `api.example.com`: where the call went. Null where that was not written down. Never a path or a query. */
  method: z.nullable(z.string()),
  host: z.nullable(z.string()),
  /** Of `refused`: a code of ERRORS; null if none is known. */
  reason: z.nullable(z.string()),
  /** Of `revoked`: who did it. */
  by: z.nullable(z.enum(["you", "app", "operator", "identity_provider", "broker"])),
});
export type WalletActivity = z.infer<typeof walletActivity>;

/** All there is of a person. */
export const walletDocument = z.object({
  /** RFC 3339, UTC. */
  downloaded_at: z.string(),
  user: viewSchema.shape.user,
  apps: head.apps,
  providers: z.array(z.object({ id: z.string(), name: z.string() })),
  connections: z.array(walletConnection),
  secrets: z.array(walletSecret),
  activity: z.array(walletActivity),
});

export const wallet = {
  /** The connections, newest first, and everything needed to draw them: one call is one view. */
  view: {
    path: "/v1/wallet/view",
    body: wanted,
    reply: z.discriminatedUnion("state", [
      z.object({
        ...head,
        connections: z.array(walletConnection),
        next_cursor: z.nullable(z.string()),
        /** On the first page. */
        secrets: z.array(walletSecret),
        /** Seconds for which an app may go on with a token that it has: 0 where a revocation works at once. */
        takes_effect_within: z.number(),
      }),
      signedOut,
      noWallet,
    ]),
  },
  /** What was done on the user's behalf, newest first. */
  activity: {
    path: "/v1/wallet/activity",
    body: wanted,
    reply: z.discriminatedUnion("state", [
      z.object({
        ...head,
        activity: z.array(walletActivity),
        next_cursor: z.nullable(z.string()),
      }),
      signedOut,
      noWallet,
    ]),
  },
  revoke: {
    path: "/v1/wallet/revoke",
    body: z.strictObject({ session_id, grant_id: id }),
    reply: z.object({
      grant_id: z.string(),
      status: z.literal("revoked"),
      provider_revocation: providerRevocation,
    }),
  },
  /** Ends some of an app's, of a provider's, or of both; to be called again while there are more. */
  revokeAll: {
    path: "/v1/wallet/revoke-all",
    body: z.strictObject({ session_id, app: z.optional(id), provider: z.optional(id) }),
    reply: z.object({
      /** Of this call: how many ended, by what happened at their providers. */
      done: z.number(),
      unsupported: z.number(),
      shared: z.number(),
      failed: z.number(),
      more: z.boolean(),
    }),
  },
  /** Streamed, and as long as it is. */
  download: {
    path: "/v1/wallet/download",
    body: z.strictObject({ session_id }),
    reply: walletDocument,
  },
  signIn: {
    path: "/v1/wallet/sign-in",
    body: z.strictObject({
      /** Of `sign_in` in the view. */
      app: id,
      /** To come back to the view of all apps, and not to this one's. */
      all: z.optional(z.literal(true)),
      /** The identity provider is to ask who it is, even if it knows somebody in this browser. */
      again: z.optional(z.literal(true)),
    }),
    reply: z.object({ authorization_url: z.string() }),
  },
  signOut: { path: "/v1/wallet/sign-out", body: z.strictObject({}), reply: undefined },
} as const;
