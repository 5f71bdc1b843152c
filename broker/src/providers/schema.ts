/**
 * What a provider's record may say, in the catalogue and in an operator's file alike. Data only: how a provider differs
 * from the RFCs is a named field here, and what no field says is as the RFCs have it. Knows nothing of any one provider.
 */
import { CATEGORIES } from "@alter-ai/protocol/http";
import { z } from "zod";
import { BASIC, injectionOf, injectToken } from "../injection.ts";
import { headerName } from "../reserved-headers.ts";
import { HOOKS } from "./hooks.ts";
import { fillUrl, namesIn, urlTemplate } from "./template.ts";
import { apiHost, isApiHost, parseUrl, secureUrl } from "./url.ts";

/** Names a provider or a secret in URLs and calls. */
export const recordId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, - or _, at most 64");

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

export const authorizeParameters = z
  .record(z.string(), z.string())
  .default({})
  .refine(
    (given) => !RESERVED_PARAMETERS.some((name) => name in given),
    `must not set a parameter the broker sets itself (${RESERVED_PARAMETERS.join(", ")})`,
  );

const sentence = z.string().min(1).max(400);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2026-11-22");

/** Where a value stands in a JSON reply: `data.viewer.id`, `[0].name`, `emails[0].value`. */
const path = z
  .string()
  .max(200)
  .regex(
    /^(?:\[\d{1,3}\]|[\w-]+)(?:\.[\w-]+|\[\d{1,3}\])*$/,
    "must be a path such as data.user.id or [0].name",
  );
/** The first that leads to a text counts. */
const paths = z.union([path, z.array(path).min(1)]).transform((given) => [given].flat());
/** A path, or `{name}` of a fact. */
const pathOrFact = z.union([path, z.string().regex(/^\{[a-z][a-z0-9_]*\}$/)]);

/** Written without ^ and $: it is held against the whole value, and there is no way to forget that. */
const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => {
    try {
      return !/^\^|\$$/.test(text) && Boolean(new RegExp(`^(?:${text})$`, "u"));
    } catch {
      return false;
    }
  }, "must be a regular expression without ^ and $, since it is held against the whole value anyway");

export const matchesWhole = (pattern: string, value: string): boolean =>
  new RegExp(`^(?:${pattern})$`, "u").test(value);

const table = z.record(z.string().max(128), z.string().max(2048));
const texts = table.default({});

/** A call that is not OAuth's: whose account it is, a longer life for a token, its end. */
const request = z.strictObject({
  method: z.enum(["GET", "POST", "DELETE"]).default("GET"),
  url: urlTemplate,
  /** How the call is let in. */
  auth: z.enum(["bearer", "client_secret_basic", "none"]).default("bearer"),
  headers: z.record(headerName, z.string().max(512)).default({}),
  query: texts,
  /** At most one of the two. */
  form: table.optional(),
  json: z.record(z.string(), z.unknown()).optional(),
});
export type ProviderRequest = z.output<typeof request>;

const variable = z.strictObject({
  /** For people: on the hosted page where the user fills it in, in the docs where the operator does. */
  label: z.string().min(1).max(80),
  /** Stand beside the field, such as `.myshopify.com`. */
  suffix: z.string().max(80).optional(),
  example: z.string().max(120).optional(),
  pattern: pattern.optional(),
  /** Accepted besides what the pattern takes: an operator's own hosts. */
  allowed: z.array(z.string().min(1).max(512)).default([]),
  default: z.string().max(512).optional(),
  /** `user`: where the operator leaves it open, the app's session or the user says it. */
  chosen_by: z.enum(["operator", "user"]).default("operator"),
  /** It decides whose server gets codes and secrets, and that is not the vendor's [H3]. */
  self_hosted: z.boolean().default(false),
});
export type Variable = z.output<typeof variable>;

/** A secret of the user's, in their words. Unlike a variable, it never stands in a URL and nobody reads it back. */
const secretField = z.strictObject({
  label: z.string().min(1).max(80),
  example: z.string().max(120).optional(),
  /** Without one: one line, and for a key printable ASCII without spaces. */
  pattern: pattern.optional(),
});

/** `{name}` of a variable or of a secret field. */
const pairTemplate = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII");

const credentialFields = {
  /** Asked for after the variables that are the user's to say. */
  fields: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), secretField),
  /** Where the user gets one. */
  help_url: secureUrl.optional(),
  /** Besides 401: statuses by which the call under `identity` is told that the credential is over. */
  refused: z.array(z.int().min(400).max(499)).default([]),
};

/** What the user gives where there is no OAuth. The call under `identity` is what it is checked with. */
const credential = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("api_key"),
      ...credentialFields,
      inject: injectToken.default({ header: "Authorization", template: "Bearer {token}" }),
    }),
    z.strictObject({
      kind: z.literal("basic"),
      ...credentialFields,
      user: pairTemplate,
      password: pairTemplate,
    }),
  ])
  .transform((given) => ({
    ...given,
    injection: given.kind === "basic" ? BASIC : injectionOf(given.inject),
  }));
export type CredentialRecord = z.output<typeof credential>;

const capture = z.strictObject({
  /** The callback's come through the browser: whoever holds it can write them, and they prove nothing. */
  from: z.enum(["callback", "token_response", "identity"]),
  /** In the callback the parameter's name. */
  at: z.string().min(1).max(200),
  pattern,
  /** Without it the connection fails. */
  required: z.boolean().default(false),
  /** Stands for a value that does not come. */
  default: z.string().max(512).optional(),
});

const identityFields = {
  /** What is stable for ever; several together where one is not enough. A second connection of it is a renewal. */
  id: z
    .union([pathOrFact, z.array(pathOrFact).min(1)])
    .transform((given) => [given].flat())
    .default(["sub"]),
  /** What people recognise. */
  label: paths.default(["email"]),
  /** Shown in addition to the label, such as the workspace. */
  name: path.optional(),
  email: path.default("email"),
  /** Only an address that the provider vouches for here counts as one. */
  email_verified: path.default("email_verified"),
  /** `"true"` counts as true. */
  string_booleans: z.boolean().default(false),
};

/** What tells an error in a reply with a status of success. */
const success = z.strictObject({ at: path, is: z.union([z.boolean(), z.number(), z.string()]) });

const asked = {
  request,
  success: success.optional(),
  /** Where the provider's own error code stands, and the codes that say that the token is over. */
  error: path.optional(),
  over: z.array(z.string().min(1)).default([]),
};

const identity = z.discriminatedUnion("source", [
  z.strictObject({ source: z.literal("id_token"), ...identityFields }),
  /** The standard call of OpenID Connect. */
  z.strictObject({ source: z.literal("userinfo"), ...identityFields }),
  z.strictObject({
    source: z.literal("request"),
    ...asked,
    ...identityFields,
  }),
  z.strictObject({ source: z.literal("token_response"), ...identityFields }),
  /** The call shows that a token is taken, and not whose it is. */
  z.strictObject({ source: z.literal("check"), ...asked, label: paths.optional() }),
  /** Nobody says whose it is: every connection is a new grant. */
  z.strictObject({ source: z.literal("none"), label: paths.optional() }),
]);
/** As an operator has always written it: `source` may be left out. */
const identityInput = z.preprocess(
  (given) =>
    typeof given === "object" && given !== null && !("source" in given)
      ? { source: "id_token", ...given }
      : given,
  identity,
);

/** Repairs, each by its own name. Without any, replies are the OAuth library's to judge. */
const tokenResponse = z.strictObject({
  /** The answer stands in here. */
  envelope: path.optional(),
  /** Where the top level has no access token, it is in here. */
  nested: path.optional(),
  /** The body may be a form. */
  form_encoded: z.boolean().default(false),
  /** 201 and the like are as good as 200. */
  any_success_status: z.boolean().default(false),
  /** With a status of success, this tells an error from an answer. */
  success: success.optional(),
  /** Where the provider's own error code stands; with a status of success, its presence is an error. */
  error: path.optional(),
  /** `token_type` may be missing or anything; the token is a bearer token. */
  token_type_ignored: z.boolean().default(false),
  /** null, false and "" count as absent. */
  nulls_dropped: z.boolean().default(false),
  /** `expires_in: 0` says never. */
  zero_expires_in_is_never: z.boolean().default(false),
  /** The end instead of a length. */
  expires_at: z.strictObject({ at: path, as: z.enum(["iso", "epoch_seconds"]) }).optional(),
  /** For providers that do not say and are known. Seconds. */
  default_expires_in: z.int().min(1).optional(),
  /** Where it stands, if not in `scope`. */
  scope: path.optional(),
  /** It arrives on the callback, in the parameter of this name. */
  scope_in_callback: z
    .string()
    .regex(/^\w{1,40}$/)
    .optional(),
  scope_separator: z.enum([" ", ","]).default(" "),
  /** It may be a list. */
  scope_array: z.boolean().default(false),
  /** How long the refresh token lives, in seconds. */
  refresh_expires_in: path.optional(),
  /** An id_token that nobody has asked for and nobody could check. Never where the account is read from it. */
  id_token_ignored: z.boolean().default(false),
});
export type TokenResponse = z.output<typeof tokenResponse>;

const refresh = z.discriminatedUnion("with", [
  /** RFC 6749 section 6. */
  z.strictObject({
    with: z.literal("refresh_token"),
    /** What brings one: always, by a scope or parameter that the record sends, or a setting of the client. */
    obtained: z
      .enum(["always", "scope", "parameter", "setting", "first_consent"])
      .default("always"),
    /** Each use gives a new one. */
    rotates: z.enum(["yes", "no", "sometimes", "unknown"]).default("unknown"),
    /** How long a used one works on. */
    grace_seconds: z.int().min(0).optional(),
    /** Of a refresh token, where the reply does not say. */
    lifetime_seconds: z.int().min(1).optional(),
    /** Its use renews it, also where it stays the same. */
    sliding: z.boolean().default(false),
    endpoint: urlTemplate.optional(),
    parameters: texts,
    /** It wants the redirect URI again. */
    redirect_uri: z.boolean().default(false),
    /** Besides `invalid_grant`: the provider's codes that say it is over. */
    over: z.array(z.string().min(1)).default([]),
  }),
  /** The access token itself gets a new life. */
  z.strictObject({ with: z.literal("access_token"), request }),
  /** Nothing to renew with: it lasts for ever, or until its end the user has to come back. */
  z.strictObject({ with: z.literal("nothing") }),
]);

const revocation = z.discriminatedUnion("by", [
  /** RFC 7009, at `revocation_endpoint`. */
  z.strictObject({
    by: z.literal("rfc7009"),
    token: z.enum(["refresh_token", "access_token"]).default("refresh_token"),
    auth: z.enum(["client", "client_id", "bearer", "none"]).default("client"),
  }),
  z.strictObject({ by: z.literal("request"), request }),
  /** It has no way; `manage_url` is where the user can. */
  z.strictObject({ by: z.literal("nothing") }),
]);

/** For the docs, and in part for the page's picker; the engine reads none of it. */
const about = {
  /** The page's picker groups by it. */
  category: z.enum(CATEGORIES).optional(),
  docs_url: secureUrl.optional(),
  /** The provider's own page, where users list and end what apps may do with their account: theirs, not the client's. */
  manage_url: urlTemplate.optional(),
  /** When somebody last compared the record with its sources. */
  verified_at: day.optional(),
  sources: z.array(sentence).default([]),
  /** Where `api_hosts` comes from, and how far that goes. */
  api_hosts_source: sentence.optional(),
  /** Not all of it is confirmed by the vendor or by two independent sources. */
  experimental: z.boolean().default(false),
  brand: z
    .strictObject({
      color: z.string().regex(/^#[0-9A-Fa-f]{6}$/),
      /** Slug of simple-icons, where it has the brand. */
      icon: z
        .string()
        .regex(/^[a-z0-9]+$/)
        .optional(),
    })
    .optional(),
  /** Steps in the vendor's console. */
  setup: z.array(sentence).default([]),
  notes: z.array(sentence).default([]),
  /** What its pages do to the window that opened them, as far as anybody has seen. */
  opener: z.enum(["kept", "severed", "unknown"]).default("unknown"),
  /** It asks a user who has agreed before nothing more. */
  approves_silently: z.boolean().default(false),
  /** Its own address of discovery, for `providers check`; the engine reads a pinned record. */
  discovery_url: urlTemplate.optional(),
};

const fields = z.strictObject({
  name: z.string().min(1).max(80),
  logo_url: secureUrl.optional(),
  ...about,
  /** `{name}` in the URLs below. */
  variables: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), variable).default({}),
  /** Values that arrive on the way: they may stand in URLs as well, and the app can read them. */
  captures: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), capture).default({}),

  /** It has no OAuth that users could go through: all that follows, but for the account and the hosts, is not its. */
  credential: credential.optional(),

  /** Checked wherever it shows. Without endpoints below, they come by discovery. */
  issuer: urlTemplate.optional(),
  /** The issuer in id_tokens, where each account's differs: `{tid}` stands for that claim. */
  id_token_issuer: urlTemplate.optional(),
  /** It sends `iss` with every authorization response (RFC 9207): one without is refused. */
  iss_parameter: z.boolean().default(false),
  authorization_endpoint: urlTemplate.optional(),
  token_endpoint: urlTemplate.optional(),
  userinfo_endpoint: urlTemplate.optional(),
  revocation_endpoint: urlTemplate.optional(),
  jwks_uri: urlTemplate.optional(),

  /** Scope -> what it allows, in a user's words. */
  scopes: z.record(scopeToken, z.string().min(1).max(200)).default({}),
  /** What a client that names none asks for. */
  default_scopes: z.array(scopeToken).default([]),
  /** Asked for whatever a client names: to say whose account it is, and to be able to renew the tokens. */
  base_scopes: z.array(scopeToken).default([]),
  scope_separator: z.enum([" ", ","]).default(" "),
  /** What the scope `openid` brings: an id_token that is checked, or nothing that could be. */
  openid: z.enum(["id_token", "scope_only"]).default("id_token"),
  nonce: z.boolean().default(true),
  pkce: z.enum(["S256", "none"]).default("S256"),

  /** Sent as `prompt`, for providers that would otherwise approve silently [H4]. */
  prompt: z.string().max(80).optional(),
  authorize_parameters: authorizeParameters,
  /** Sent besides, over those above, for a user who wants another account: it makes the provider let them choose. */
  choose_account: authorizeParameters,
  /** Takes the label of the account that is meant. OpenID Connect's own is known. */
  login_hint_parameter: z
    .string()
    .regex(/^\w{1,40}$/)
    .refine((name) => !RESERVED_PARAMETERS.some((reserved) => reserved === name), "is the broker's")
    .optional(),
  /** How the provider is asked to send its answer: in the callback's query, or as a form that it posts [H6]. */
  response_mode: z.enum(["query", "form_post"]).default("query"),
  /** Besides `access_denied`: the provider's codes for a user who said no. */
  denied: z.array(z.string().min(1)).default([]),
  /** Sent in place of the redirect URI, which the provider knows by this name. */
  redirect_uri_alias: z.string().max(200).optional(),

  client_id_parameter: z.string().max(40).default("client_id"),
  token_endpoint_auth_method: z
    .enum(["client_secret_basic", "client_secret_basic_raw", "client_secret_post", "none"])
    .default("client_secret_basic"),
  token_request: z
    .strictObject({
      format: z.enum(["form", "json", "query"]).default("form"),
      /** Of the code exchange. */
      parameters: texts,
      headers: z.record(headerName, z.string().max(512)).default({}),
    })
    .prefault({}),
  token_response: tokenResponse.prefault({}),
  /** The token of the exchange is swapped at once for one that lives longer. */
  long_lived: request.optional(),
  refresh: refresh.prefault({ with: "refresh_token" }),
  identity: identityInput.prefault({ source: "id_token" }),
  revocation: revocation.prefault({ by: "rfc7009" }),
  /** How far a revocation reaches at the provider [M4]. */
  revocation_scope: z.enum(["token", "user_client"]).default("user_client"),

  /** The only hosts that may receive a token, besides those of `tenant_hosts`. Required: there is no default. */
  api_hosts: z.array(apiHost),
  /** The tenant's own, such as `{shop}.myshopify.com`, or an origin that arrived: `{instance_url}`. */
  tenant_hosts: z.array(z.string().max(200)).default([]),
  /** It has no API that takes the token: it says who somebody is, and that is all. */
  identity_only: z.boolean().default(false),
  /** How the API takes the token. */
  api_authorization: z
    .strictObject({
      header: headerName.default("Authorization"),
      template: z
        .string()
        .regex(/^[\x21-\x7e]*(?: [\x21-\x7e]+)*$/)
        .refine((text) => text.split("{token}").length === 2, "must contain {token} once"),
    })
    .prefault({ template: "Bearer {token}" }),
  /** Code for what no field can say. */
  hooks: z
    .strictObject({
      /** Makes the client secret from what the operator has given as one. */
      client_secret: z.enum(HOOKS).optional(),
      /** Looks at the authorization response before anything is consumed. */
      callback: z.enum(HOOKS).optional(),
      /** Finds facts in what the provider has issued. */
      tokens: z.enum(HOOKS).optional(),
    })
    .prefault({}),
  /** True where the provider shows apps' built-in browsers an error instead of its login page. */
  refuses_embedded_browsers: z.boolean().default(false),
  /** True where a user or tenant chose the host: the page drops its opener before it goes there [M8]. */
  self_hosted: z.boolean().default(false),
});

/** What a record with a `credential` may say. All else is OAuth's, and would look as if it had an effect. */
const OF_CREDENTIALS = [
  ...["name", "logo_url", "variables", "credential", "identity", "api_hosts", "tenant_hosts"],
  ...Object.keys(about),
];

const written = z.unknown().superRefine((record, context) => {
  if (typeof record !== "object" || record === null || !("credential" in record)) return;
  for (const key of Object.keys(record).filter((name) => !OF_CREDENTIALS.includes(name)))
    context.addIssue({
      code: "custom",
      path: [key],
      message: "must not be set beside credential: it is about OAuth",
    });
});

const checked = fields.superRefine((record, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const { issuer, identity, variables, captures } = record;
  if (!record.api_hosts.length && !record.tenant_hosts.length && !record.identity_only)
    complain(["api_hosts"], "must name a host: there is no default for where a token may go");
  if (!issuer && !record.credential) {
    if (identity.source === "id_token")
      complain(
        ["issuer"],
        "is required where the account is read from the id_token (identity.source)",
      );
    for (const key of ["authorization_endpoint", "token_endpoint"] as const)
      if (!record[key]) complain([key], "is required without an issuer");
  }
  if (identity.source === "userinfo" && !issuer && !record.userinfo_endpoint)
    complain(["userinfo_endpoint"], "is required without an issuer (identity.source)");
  if (record.token_response.id_token_ignored && identity.source === "id_token")
    complain(
      ["token_response", "id_token_ignored"],
      "must not be set where the account is read from the id_token",
    );
  for (const [name, one] of Object.entries(variables)) {
    if (name in captures) complain(["captures", name], "is a variable as well");
    if (!one.pattern && !one.allowed.length)
      complain(["variables", name], "must have a pattern or allowed values");
    if (one.self_hosted && one.chosen_by === "user")
      complain(
        ["variables", name, "chosen_by"],
        "must be operator where the host is nobody's but its owner's: each is an entry of its own, with a redirect URI of its own",
      );
    if (one.default !== undefined && !accepts(one, one.default))
      complain(["variables", name, "default"], "must fit the pattern");
  }
  for (const [name, one] of Object.entries(captures)) {
    if (one.from !== "callback" && !path.safeParse(one.at).success)
      complain(["captures", name, "at"], "must be a path such as data.user.id or [0].name");
    if (one.default !== undefined && !matchesWhole(one.pattern, one.default))
      complain(["captures", name, "default"], "must fit the pattern");
  }
  const known = new Set([...Object.keys(variables), ...Object.keys(captures)]);
  const from = (...more: string[]) => new Set([...known, ...more]);
  const check = (path: (string | number)[], template: string | undefined, names: Set<string>) => {
    const unknown = namesIn(template ?? "").find((name) => !names.has(name));
    if (unknown !== undefined) complain(path, `knows no {${unknown}}`);
  };
  for (const key of ENDPOINTS) check([key], record[key], from("client_id"));
  check(["manage_url"], record.manage_url, known);
  record.tenant_hosts.forEach((host, i) => {
    check(["tenant_hosts", i], host, known);
    if (!namesIn(host).length)
      complain(["tenant_hosts", i], "has no {name}: put it into api_hosts");
  });
  if (record.credential) checkCredential(record, record.credential, complain);
});

/** Secrets go where the API is, in the one way that is written down, and into no URL. */
const checkCredential = (
  { identity, variables, api_hosts, tenant_hosts }: z.output<typeof fields>,
  given: CredentialRecord,
  complain: (path: (string | number)[], message: string) => void,
): void => {
  const secrets = Object.keys(given.fields);
  for (const name of secrets.filter((one) => Object.hasOwn(variables, one)))
    complain(["credential", "fields", name], "is a variable as well");
  if (given.kind === "api_key" ? secrets.length !== 1 : !secrets.length)
    complain(["credential", "fields"], `must be ${given.kind === "api_key" ? "one" : "some"}`);
  if (given.kind === "basic") {
    const used = [...namesIn(given.user), ...namesIn(given.password)];
    const known = [...secrets, ...Object.keys(variables)];
    const unknown = used.find((name) => !known.includes(name));
    if (unknown !== undefined) complain(["credential"], `knows no {${unknown}}`);
    const unused = secrets.find((name) => !used.includes(name));
    if (unused !== undefined)
      complain(["credential", "fields", unused], "stands in neither user nor password");
    if (given.user.includes(":"))
      complain(["credential", "user"], "must have no colon, which ends it (RFC 7617)");
  }
  if (!("request" in identity)) {
    complain(["identity"], "must be the call that a credential is checked with (request or check)");
    return;
  }
  const names = namesIn(JSON.stringify(identity.request));
  const foreign = names.find((name) => !Object.hasOwn(variables, name));
  if (foreign !== undefined)
    complain(["identity", "request"], `knows no {${foreign}}, only variables`);
  if (!isAtApi(identity.request.url, [...api_hosts, ...tenant_hosts]))
    complain(["identity", "request", "url"], "must be at one of api_hosts or tenant_hosts");
};

const isAtApi = (url: string, hosts: string[]): boolean =>
  hosts.includes(url.replace(/^https?:\/\//, "").split(/[/?]/, 1)[0] ?? "");

export const providerSchema = written.pipe(checked).transform((record) =>
  record.credential
    ? {
        ...record,
        pkce: "none" as const,
        token_endpoint_auth_method: "none" as const,
        refresh: { with: "nothing" as const },
        revocation: { by: "nothing" as const },
      }
    : record,
);

export const SERVER_ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "userinfo_endpoint",
  "revocation_endpoint",
  "jwks_uri",
] as const;
export const ENDPOINTS = ["issuer", ...SERVER_ENDPOINTS] as const;

/** Whether a variable may have this value. */
export const accepts = ({ pattern, allowed }: Variable, value: string): boolean =>
  allowed.includes(value) || (pattern !== undefined && matchesWhole(pattern, value));

/** The tenant's own host, exactly; nothing where a fact is missing or makes no host. */
export const tenantHost = (
  template: string,
  facts: Readonly<Record<string, string>>,
): string | undefined => {
  if (!namesIn(template).every((name) => Object.hasOwn(facts, name))) return undefined;
  const filled = fillUrl(template, facts);
  const host = filled.includes("://") ? parseUrl(filled)?.host : filled;
  return host !== undefined && isApiHost(host) ? host : undefined;
};

export type Provider = z.output<typeof fields> & { id: string };
/** A record as it is written down, in the catalogue or in an operator's file. */
export type ProviderRecord = Omit<z.input<typeof fields>, "identity"> & {
  identity?: z.input<typeof identity>;
};
/** One file of the catalogue: a provider, or a family that shares most of a record. */
export type Records = Record<string, ProviderRecord>;
