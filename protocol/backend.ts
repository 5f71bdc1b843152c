/**
 * The endpoint table, backend side: the calls an app makes with `Authorization: Bearer alter_rk_…`. Knows shapes
 * only. The broker parses requests with it, the SDK parses replies.
 */
import * as z from "zod/mini";
import { connectionSchema, id, providerRevocation, secret43, shortText } from "./http.ts";

/** A JWT of the app's identity provider, compact form. */
const userToken = z.string().check(z.minLength(1), z.maxLength(16_384));
/** RFC 6749 section 3.3: one scope token each [M13]. */
const scopeTokens = z
  .array(
    z
      .string()
      .check(z.maxLength(512), z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "Expected one scope token")),
  )
  .check(z.maxLength(128));

export const grantSchema = z.object({
  grant_kind: z.literal("oauth"),
  grant_id: z.string(),
  provider_id: z.string(),
  provider_name: z.string(),
  account_identifier: z.string(),
  scopes: z.array(z.string()),
  /** What the app requires today and this grant lacks: calls are refused until the user connects again. */
  missing_scopes: z.array(z.string()),
  status: z.enum(["active", "credential_revoked", "expired"]),
  created_at: z.string(),
  last_used_at: z.nullable(z.string()),
  /** When the grant itself ends, whatever its tokens; null for one without a lifetime. */
  expires_at: z.nullable(z.string()),
  /** When its tokens can no longer be renewed and the user has to connect again; null if nobody knows of such a time. */
  credential_expires_at: z.nullable(z.string()),
  /** True once that is near: a good moment to show Connect. */
  expiring: z.boolean(),
  /** Facts of the connection, such as `{ realm_id: "…" }`: what API calls need besides the token. */
  metadata: z.record(z.string(), z.string()),
});

/** A credential the operator put in: it has no account at a provider. */
export const managedSecretSchema = z.object({
  grant_kind: z.literal("managed_secret"),
  grant_id: z.string(),
  /** What `provider` of a call takes. */
  secret_id: z.string(),
  /** What the operator calls it. */
  name: z.string(),
  status: z.enum(["active", "expired"]),
  created_at: z.string(),
  last_used_at: z.nullable(z.string()),
});

/** The general form of RFC 5646, section 2.1: whether there is such a language is for those who look for it. */
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

const createSessionBody = z.strictObject({
  user_token: userToken,
  allowed_origin: shortText,
  allowed_providers: z.optional(z.array(id).check(z.minLength(1), z.maxLength(64))),
  return_url: z.optional(z.string().check(z.maxLength(2048))),
  multiple: z.optional(z.boolean()),
  /** Language of the page, a tag of BCP 47 such as `de` or `pt-BR`; without one that it speaks, the browser's. */
  locale: z.optional(
    z
      .string()
      .check(z.maxLength(64), z.regex(LANGUAGE_TAG, "Expected a BCP 47 tag such as de or pt-BR")),
  ),
  /** `backend`: the result code goes to the app's server, which redeems it with its key. */
  completion: z.optional(z.literal("backend")),
  /** For the app's developer to look at: the page is drawn as for this user, and nothing can be connected. */
  preview: z.optional(z.boolean()),
  /** Scopes without which a connection of this session is none; of those configured for a provider of the session. */
  required_scopes: z.optional(scopeTokens),
  /** The user's grant to renew. The session is then for its provider alone. */
  grant_id: z.optional(id),
  /** By provider: what the user need not be asked then, such as `{ shopify: { shop: "acme" } }`. */
  provider_variables: z.optional(z.record(id, z.record(id, z.string().check(z.maxLength(512))))),
  /** Seconds in which the session must be claimed; at most the broker's own limit. */
  expires_in: z.optional(z.int().check(z.gte(1), z.lte(600))),
});

/** Which grant a call means: the user's one at a provider (or managed secret of that name), or one by its id. */
const selector = {
  provider: z.optional(id),
  grant_id: z.optional(id),
  account: z.optional(shortText),
  /** Scopes that this one call needs, besides those that the app requires of every grant. */
  required_scopes: z.optional(scopeTokens),
  /** `token_id` of a token that the provider has just answered with 401: asks for another one. */
  refused_token_id: z.optional(id),
};

const tokenBody = z.strictObject({
  user_token: userToken,
  ...selector,
  request: z.strictObject({
    method: shortText,
    /** Where the token is about to be sent; the broker refuses hosts that are not the grant's [M11]. */
    host: shortText,
    /** Address of the person at the browser, where the app chooses to pass it on: for policies. */
    end_user_ip: z.optional(shortText),
  }),
});

/** What the header `Alter-Proxy-Request` says, as base64url of JSON: all of a call but its body. */
const proxyRequest = z.strictObject({
  ...selector,
  method: shortText,
  url: z.string().check(z.minLength(1), z.maxLength(8192)),
  /** For the provider. The credential is the broker's to set. */
  headers: z.array(z.tuple([z.string(), z.string()])).check(z.maxLength(100)),
  end_user_ip: z.optional(shortText),
});

/** Called by the app's backend with `Authorization: Bearer alter_rk_…`. */
export const backend = {
  createSession: {
    method: "POST",
    path: "/v1/connect/sessions",
    status: 201,
    body: createSessionBody,
    reply: z.object({
      session_token: z.string(),
      expires_at: z.string(),
      /** Only for `completion: "backend"`: otherwise it would be a mailable thing without use. */
      connect_url: z.optional(z.string()),
    }),
  },
  complete: {
    method: "POST",
    path: "/v1/connect/complete",
    status: 200,
    body: z.strictObject({ code: secret43, user_token: userToken }),
    reply: z.object({ connections: z.array(connectionSchema) }),
  },
  token: {
    method: "POST",
    path: "/v1/tokens",
    status: 200,
    body: tokenBody,
    reply: z.object({
      access_token: z.string(),
      token_type: z.string(),
      /** Names this token without being it: what `refused_token_id` takes. */
      token_id: z.string(),
      /** RFC 3339, or null when the provider did not say. */
      expires_at: z.nullable(z.string()),
      /** Seconds for which the reply may be used again for the same user, grant and host; 0 says not at all. */
      cache_seconds: z.number(),
      scopes: z.array(z.string()),
      grant_kind: z.enum(["oauth", "managed_secret"]),
      grant_id: z.string(),
      /** Exact hosts; a loopback host names its port and may be plain http. */
      allowed_hosts: z.array(z.string()),
      /** How to put the token on the request. */
      injection: z.object({
        in: z.enum(["header", "query"]),
        name: z.string(),
        /** `{token}` stands for the access token. */
        template: z.string(),
      }),
    }),
  },
  /** Whether the broker takes this token, and for whom. */
  verifyUser: {
    method: "POST",
    path: "/v1/users/verify",
    status: 200,
    body: z.strictObject({ user_token: userToken }),
    reply: z.object({
      issuer: z.string(),
      subject: z.string(),
      /** As the hosted page shows the user. */
      label: z.string(),
      label_kind: z.enum(["verified_email", "username", "subject"]),
      expires_at: z.string(),
    }),
  },
  /** The user token is in `Alter-User-Token`. */
  listGrants: {
    method: "GET",
    path: "/v1/grants",
    status: 200,
    query: z.object({
      provider: z.optional(z.string()),
      kind: z.optional(z.enum(["oauth", "managed_secret"])),
      status: z.optional(grantSchema.shape.status),
      /** 50 without it. */
      limit: z.optional(z.int().check(z.gte(1), z.lte(100))),
      /** `next_cursor` of the page before. */
      cursor: z.optional(z.string()),
    }),
    reply: z.object({
      grants: z.array(z.discriminatedUnion("grant_kind", [grantSchema, managedSecretSchema])),
      next_cursor: z.nullable(z.string()),
    }),
  },
  revokeGrant: {
    method: "DELETE",
    path: "/v1/grants/:id",
    status: 200,
    query: z.object({
      /** For the audit log, one line. */
      reason: z.optional(
        z.string().check(z.maxLength(200), z.regex(/^\P{Cc}*$/u, "Expected one line")),
      ),
    }),
    reply: z.object({
      grant_id: z.string(),
      status: z.literal("revoked"),
      provider_revocation: providerRevocation,
    }),
  },
  /** Where the app's users see and end what they have connected. */
  wallet: {
    method: "GET",
    path: "/v1/wallet",
    status: 200,
    reply: z.object({ url: z.string() }),
  },
  providers: {
    method: "GET",
    path: "/v1/providers",
    status: 200,
    reply: z.object({
      providers: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          /** Asked for at every connection. */
          scopes: z.array(z.string()),
          /** Asked for where a session requires them. */
          optional_scopes: z.array(z.string()),
        }),
      ),
    }),
  },
} as const;

/**
 * The broker makes the call: its own body is the body for the provider, streamed both ways, and the rest stands in a
 * header, where no access log looks. A reply that is the provider's has `Alter-Proxy-Reply`; without it, the broker
 * itself refused, as problem details.
 */
export const proxy = {
  method: "POST",
  path: "/v1/proxy",
  /** Base64url of JSON. The user token is in `Alter-User-Token`. */
  requestHeader: "Alter-Proxy-Request",
  request: proxyRequest,
  replyHeader: "Alter-Proxy-Reply",
  /**
   * In that header, base64url of JSON: whose answer this is, and by which token. Status, headers and body of the reply
   * are the provider's.
   */
  reply: z.object({ grant_id: z.string(), token_id: z.string() }),
} as const;

/** Header that carries the user's JWT on calls that have no JSON body. */
export const USER_TOKEN_HEADER = "Alter-User-Token";
