/**
 * The configuration file as text: read, `${ENV}` filled in, its form checked. Knows the file's form; the
 * environment is an argument. What the values mean together is in config.ts.
 */
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { overrideSchema } from "../providers/catalogue.ts";
import { authorizeParameters, recordId, scopeToken } from "../providers/schema.ts";
import { isSecureUrl, parseUrl, secureUrl } from "../providers/url.ts";
import { brandingSchema } from "./brand.ts";
import { ConfigError } from "./error.ts";
import { identityProviderSchema } from "./identity-provider.ts";
import { limitsSchema } from "./limits.ts";
import { cidr, policiesSchema } from "./policies.ts";
import { secretsSchema } from "./secrets.ts";
import { storageSchema } from "./storage.ts";
import { vaultSchema } from "./vault.ts";
import { walletSchema } from "./wallet.ts";

const origin = z.string().refine((value) => {
  const url = parseUrl(value);
  return url !== undefined && url.origin === value && isSecureUrl(url);
}, "must be one origin such as https://app.example.com (http only on loopback; no path, no *)");

const returnUrl = secureUrl.refine((value) => {
  const names = [...(parseUrl(value)?.searchParams.keys() ?? [])];
  return !names.some((name) => name.startsWith("alter_connect_"));
}, "must not carry parameters that begin with alter_connect_");

const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

const MEGABYTE = 1 << 20;
/** Ten years. */
const MOST_LIFETIME = 10 * 365 * 86_400;
/** Nobody's log is gone by a slip before anybody could have looked for what it says. */
const LEAST_RETENTION_DAYS = 30;
const MOST_RETENTION_DAYS = 10 * 366;

const fileSchema = z.strictObject({
  base_url: origin,
  listen: z
    .strictObject({ host: z.string().optional(), port: z.int().min(0).max(65535).optional() })
    .default({}),
  storage: storageSchema,
  vault: vaultSchema,
  /** Providers that the catalogue has not, and what is to be different from those that it has. */
  providers: z.record(recordId, overrideSchema).default({}),
  apps: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1-64 letters, digits, - or _"),
        name: z.string().min(1).max(80),
        logo_url: secureUrl.optional(),
        theme: z.enum(["light", "dark", "system"]).default("system"),
        branding: brandingSchema,
        origins: z.array(origin).min(1),
        return_urls: z.array(returnUrl).default([]),
        api_keys: z
          .array(
            z.strictObject({
              id: z.string().min(1).max(64),
              hash: z
                .string()
                .regex(
                  /^sha256:[0-9a-f]{64}$/,
                  "must be the hash that `alter-broker keys create` printed",
                ),
              /** Ends no grant as the app's own act: each call must bring the user it is for [M12]. */
              needs_user: z.boolean().default(false),
              /** The end of its grace, where another takes its place. */
              expires_at: z.iso
                .datetime({
                  offset: true,
                  error: "must be an RFC 3339 time such as 2027-01-31T00:00:00Z, in quotes",
                })
                .optional(),
            }),
          )
          .min(1),
        identity_provider: identityProviderSchema,
        /** Where the app's users see and end what they have connected. */
        wallet: walletSchema.optional(),
        providers: z.record(
          z.string(),
          z.strictObject({
            /** Of the OAuth client; none where the provider takes a credential of the user's. */
            client_id: z.string().min(1).optional(),
            client_secret: z.string().min(1).optional(),
            /** Asked for at every connection; without any, what the provider's record asks for. */
            scopes: z.array(scopeToken).optional(),
            /** Asked for where a session requires them. */
            optional_scopes: z.array(scopeToken).default([]),
            /** Without these a connection is none, and a grant that lacks one must be renewed. */
            required_scopes: z.array(scopeToken).default([]),
            /** Values of the record's variables: a tenant, a region. */
            variables: z.record(z.string(), z.string().max(512)).default({}),
            /** Sent along to the authorization endpoint, besides those of the record. */
            authorize_parameters: authorizeParameters,
            /** After it the user has to connect again, whatever the provider would still allow. */
            grant_lifetime_seconds: z.int().min(1).max(MOST_LIFETIME).optional(),
            policies: policiesSchema,
          }),
        ),
        secrets: secretsSchema,
        policies: policiesSchema,
      }),
    )
    .min(1),
  sessions: z
    .strictObject({
      unclaimed_seconds: seconds(600, 600),
      idle_seconds: seconds(900, 900),
      most_seconds: seconds(3600, 3600),
    })
    .prefault({}),
  provider_timeout_seconds: seconds(20, 12),
  /** How long an app's process may use a token again without asking. What it knows of a revocation is that old. */
  token_cache_seconds: z.int().min(0).max(300).optional(),
  proxy: z
    .strictObject({
      /** Until the provider's headers are there. */
      timeout_seconds: seconds(600, 60),
      most_request_bytes: z
        .int()
        .min(0)
        .default(10 * MEGABYTE),
      most_reply_bytes: z
        .int()
        .min(0)
        .default(100 * MEGABYTE),
    })
    .prefault({}),
  audit: z
    .strictObject({
      /** Rows that are older go. Without it they stay: a log that forgets unasked is the worse surprise. */
      retention_days: z.int().min(LEAST_RETENTION_DAYS).max(MOST_RETENTION_DAYS).optional(),
    })
    .prefault({}),
  /** Private addresses that a provider may be at: a GitLab of one's own, say. Loopback counts as private. */
  private_addresses: z.array(cidr).default([]),
  /** Reverse proxies whose X-Forwarded-For is believed. */
  trusted_proxies: z.array(cidr).default([]),
  log_level: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** For Prometheus, on a listener of its own: nothing of it is ever on the public port. */
  metrics: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1"),
      port: z.int().min(0).max(65535),
    })
    .optional(),
  limits: limitsSchema,
  shutdown: z
    .strictObject({
      /** Still serving, and no longer ready: until whoever balances the load has noticed. */
      drain_seconds: z.int().min(0).max(120).optional(),
      /** From the signal on; what is not answered by then is cut off. */
      grace_seconds: seconds(600, 25),
    })
    .prefault({}),
});

export type File = z.infer<typeof fileSchema>;

/** @throws ConfigError naming every key that is wrong. */
export const readFile = (text: string, env: Record<string, string | undefined>): File => {
  let raw: unknown;
  try {
    // No warnings: they quote their line on stderr, and it may hold a secret.
    raw = parseYaml(text, { logLevel: "error" });
  } catch (error) {
    // So does the message of the error itself.
    const position = (error as { linePos?: [{ line: number; col: number }] }).linePos?.[0];
    const where = position ? `line ${position.line}, column ${position.col}` : "(file)";
    throw new ConfigError([{ key: where, message: "is not valid YAML or JSON" }]);
  }
  const issues: ConfigError["issues"] = [];
  const parsed = fileSchema.safeParse(fillIn(raw, env, [], issues), { reportInput: false });
  if (issues.length) throw new ConfigError(issues);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map(({ path, message }) => ({ key: keyOf(path), message })),
    );
  return parsed.data;
};

/** As the file's author would name the place. */
export const keyOf = (path: PropertyKey[]): string =>
  path.reduce<string>(
    (key, part) =>
      typeof part === "number" ? `${key}[${part}]` : `${key}${key && "."}${String(part)}`,
    "",
  ) || "(file)";

const fillIn = (
  node: unknown,
  env: Record<string, string | undefined>,
  path: PropertyKey[],
  issues: ConfigError["issues"],
): unknown => {
  if (typeof node === "string")
    return node.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
      const value = env[name];
      if (!value)
        issues.push({ key: keyOf(path), message: `environment variable ${name} is not set` });
      return value ?? "";
    });
  if (Array.isArray(node)) return node.map((item, i) => fillIn(item, env, [...path, i], issues));
  if (typeof node === "object" && node !== null)
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, fillIn(value, env, [...path, key], issues)]),
    );
  return node;
};
