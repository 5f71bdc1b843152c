/**
 * What a provider configuration may say. Data only: how a provider differs from the RFCs is a named field
 * here, read by oauth.ts. Knows nothing of any one provider.
 */
import { z } from "zod";

/** Names a provider or a secret in URLs and calls. */
export const recordId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, - or _, at most 64");

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(\.\d{1,3}){3}$/.test(hostname);

/** https anywhere, http on loopback; parsed by URL, so that no second parser can disagree. */
export const isSecureUrl = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));

/** The URL standard lets `*` stand in a host name; here that would look like a wildcard and match nothing. */
export const parseUrl = (value: string): URL | undefined => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.hostname.includes("*") ? undefined : url;
};

export const secureUrl = z
  .string()
  .max(2048)
  .refine((value) => {
    const url = parseUrl(value);
    return url !== undefined && isSecureUrl(url) && !url.username && !url.password && !url.hash;
  }, "must be an https URL (http only on loopback) without user or fragment");

/** Exact host; a wildcard would hand the token to any tenant of that domain [M11]. */
export const apiHost = z.string().refine((value) => {
  const url = parseUrl(`https://${value}`);
  if (!url || url.host !== value || url.pathname !== "/" || url.search || url.hash) return false;
  return url.port === "" || isLoopback(url.hostname);
}, "must be one exact lower-case host such as api.example.com (a port only on loopback, no wildcard, no path)");

/** RFC 6749 section 3.3: one scope token. */
export const scopeToken = z
  .string()
  .max(512)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be one RFC 6749 scope token");

/** Set by the broker last; a configuration may not speak over them [M13]. */
export const RESERVED_PARAMETERS = [
  "client_id",
  "client_secret",
  "code_challenge",
  "code_challenge_method",
  "nonce",
  "redirect_uri",
  "request",
  "request_uri",
  "response_mode",
  "response_type",
  "scope",
  "state",
] as const;

export const providerSchema = z
  .strictObject({
    name: z.string().min(1).max(80),
    logo_url: secureUrl.optional(),
    /** OpenID Connect Discovery or RFC 8414. Without it, name the endpoints. */
    issuer: secureUrl.optional(),
    authorization_endpoint: secureUrl.optional(),
    token_endpoint: secureUrl.optional(),
    userinfo_endpoint: secureUrl.optional(),
    revocation_endpoint: secureUrl.optional(),
    /** Scope -> what it allows, in a user's words. */
    scopes: z.record(scopeToken, z.string().min(1).max(200)),
    /** The only hosts that may receive a token. Required: there is no default. */
    api_hosts: z.array(apiHost).min(1),
    /** Sent as `prompt`, for providers that would otherwise approve silently [H4]. */
    prompt: z.string().max(80).optional(),
    authorize_parameters: z
      .record(z.string(), z.string())
      .default({})
      .refine(
        (given) => !RESERVED_PARAMETERS.some((name) => name in given),
        `must not set a parameter the broker sets itself (${RESERVED_PARAMETERS.join(", ")})`,
      ),
    identity: z
      .strictObject({
        source: z.enum(["id_token", "userinfo", "none"]),
        /** Claim that is stable for ever: what makes a second connection of it a re-authorisation. */
        id: z.string().default("sub"),
        /** Claim that people recognise. */
        label: z.string().default("email"),
      })
      .prefault({ source: "id_token" }),
    token_endpoint_auth_method: z
      .enum(["client_secret_basic", "client_secret_post", "none"])
      .default("client_secret_basic"),
    /** How far a revocation reaches at the provider [M4]. */
    revocation_scope: z.enum(["token", "user_client"]).default("user_client"),
    /** How the provider is asked to send its answer: in the callback's query, or as a form that it posts [H6]. */
    response_mode: z.enum(["query", "form_post"]).default("query"),
    /** True where the provider shows apps' built-in browsers an error instead of its login page. */
    refuses_embedded_browsers: z.boolean().default(false),
    /** True where a user or tenant chose the host: the page drops its opener before it goes there [M8]. */
    self_hosted: z.boolean().default(false),
  })
  .superRefine((record, context) => {
    if (record.issuer) return;
    if (record.identity.source === "id_token")
      context.addIssue({
        code: "custom",
        path: ["issuer"],
        message: "is required where the account is read from the id_token (identity.source)",
      });
    for (const key of ["authorization_endpoint", "token_endpoint"] as const)
      if (!record[key])
        context.addIssue({ code: "custom", path: [key], message: "is required without an issuer" });
  });

export const providersSchema = z.record(recordId, providerSchema);

export type Provider = z.infer<typeof providerSchema> & { id: string };
