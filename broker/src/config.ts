/**
 * The configuration file: read, `${ENV}` filled in, checked whole, every error with the key it is about.
 * Knows the file's form; the environment is an argument. Nothing downstream checks these values again.
 */
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import {
  isSecureUrl,
  parseUrl,
  providersSchema,
  secureUrl,
  type Provider,
} from "./providers/schema.ts";
import type { VaultKey } from "./vault.ts";

export type App = {
  id: string;
  name: string;
  logo_url: string | undefined;
  theme: "light" | "dark" | "system";
  origins: string[];
  return_urls: string[];
  identity_provider: IdentityProvider;
  /** In the order of the file, which is the order of the picker. */
  providers: Map<string, ProviderClient>;
};

export type IdentityProvider = z.infer<typeof identityProviderSchema>;

/** One app's OAuth client at one provider. */
export type ProviderClient = {
  provider: Provider;
  client_id: string;
  client_secret: string | undefined;
  scopes: string[];
};

export type Config = {
  /** The broker's origin: scheme, host, port. */
  base_url: string;
  listen: { host: string; port: number };
  storage: { sqlite: string };
  vault_keys: [VaultKey, ...VaultKey[]];
  apps: Map<string, App>;
  /** SHA-256 (hex) of an API key -> whose it is. */
  api_keys: Map<string, { app: App; key_id: string }>;
  /** Milliseconds. */
  deadlines: Deadlines;
  provider_timeout: number;
  log_level: "debug" | "info" | "warn" | "error" | "silent";
  warnings: string[];
};

/** All in milliseconds [H10]. */
export type Deadlines = {
  unclaimed: number;
  /** Sliding, from the last authorize. */
  claimed: number;
  claimed_most: number;
  authorization: number;
  /** How long an outcome can be read after it is final. */
  outcome: number;
};

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "invalid_config";
  readonly issues: { key: string; message: string }[];

  constructor(issues: { key: string; message: string }[]) {
    super(issues.map(({ key, message }) => `${key}: ${message}`).join("\n"));
    this.issues = issues;
  }
}

/** Scopes that need no words of a provider's own. */
export const COMMON_SCOPES: Record<string, string> = {
  openid: "",
  email: "See your e-mail address",
  profile: "See your name and picture",
  offline_access: "Keep access when you are not here",
};

const origin = z.string().refine((value) => {
  const url = parseUrl(value);
  return url !== undefined && url.origin === value && isSecureUrl(url);
}, "must be one origin such as https://app.example.com (http only on loopback; no path, no *)");

const returnUrl = secureUrl.refine((value) => {
  const names = [...(parseUrl(value)?.searchParams.keys() ?? [])];
  return !names.some((name) => name.startsWith("alter_connect_"));
}, "must not carry parameters that begin with alter_connect_");

const identityProviderSchema = z
  .strictObject({
    /** Shown to users beside the identity that it vouches for. */
    name: z.string().min(1).max(80),
    issuer: secureUrl,
    jwks_uri: secureUrl.optional(),
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
    /** Allowed `azp` / `client_id` values, for tokens whose audience says too little [M10]. */
    client_ids: z.array(z.string().min(1)).min(1).optional(),
    subject_claim: z.string().min(1).default("sub"),
  })
  .refine((idp) => idp.audience !== undefined || idp.client_ids !== undefined, {
    path: ["audience"],
    message:
      "is required unless client_ids is given: without either, any client of this issuer could speak for your users",
  });

const seconds = (most: number, fallback: number) => z.int().min(1).max(most).default(fallback);

const fileSchema = z.strictObject({
  base_url: origin,
  listen: z
    .strictObject({ host: z.string().optional(), port: z.int().min(0).max(65535).optional() })
    .default({}),
  storage: z.strictObject({ sqlite: z.string().min(1) }),
  vault: z.strictObject({
    keys: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, "must be 1-32 letters, digits, - or _"),
          key: z.string(),
        }),
      )
      .min(1),
  }),
  providers: providersSchema,
  apps: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1-64 letters, digits, - or _"),
        name: z.string().min(1).max(80),
        logo_url: secureUrl.optional(),
        theme: z.enum(["light", "dark", "system"]).default("system"),
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
            }),
          )
          .min(1),
        identity_provider: identityProviderSchema,
        providers: z.record(
          z.string(),
          z.strictObject({
            client_id: z.string().min(1),
            client_secret: z.string().min(1).optional(),
            scopes: z.array(z.string()).min(1),
          }),
        ),
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
  log_level: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

type File = z.infer<typeof fileSchema>;

/** @throws ConfigError naming every key that is wrong. */
export const readConfig = (text: string, env: Record<string, string | undefined>): Config => {
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
  return resolve(parsed.data);
};

const keyOf = (path: PropertyKey[]): string =>
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

const resolve = (file: File): Config => {
  const issues: ConfigError["issues"] = [];
  const complain = (key: string, message: string) => void issues.push({ key, message });

  const vault_keys = file.vault.keys.map(({ id, key }, i) => {
    const bytes = Buffer.from(key, "base64url");
    if (bytes.length !== 32)
      complain(`vault.keys[${i}].key`, `must be 32 bytes in base64, got ${bytes.length} bytes`);
    return { id, key: new Uint8Array(bytes) };
  });
  const apps = new Map<string, App>();
  const api_keys: Config["api_keys"] = new Map();
  for (const [i, entry] of file.apps.entries()) {
    const at = `apps[${i}]`;
    if (apps.has(entry.id)) complain(`${at}.id`, `"${entry.id}" is used twice`);
    if (entry.origins.includes(file.base_url))
      complain(`${at}.origins`, "must not contain the broker's own origin [M17]");
    for (const [j, url] of entry.return_urls.entries())
      if (!entry.origins.includes(new URL(url).origin))
        complain(`${at}.return_urls[${j}]`, "must be on one of the app's origins");
    const app: App = {
      id: entry.id,
      name: entry.name,
      logo_url: entry.logo_url,
      theme: entry.theme,
      origins: entry.origins,
      return_urls: entry.return_urls,
      identity_provider: entry.identity_provider,
      providers: clientsOf(file, entry, at, complain),
    };
    apps.set(app.id, app);
    // The audit log names a key by its id.
    if (new Set(entry.api_keys.map(({ id }) => id)).size !== entry.api_keys.length)
      complain(`${at}.api_keys`, "two keys have the same id");
    for (const [j, { id, hash }] of entry.api_keys.entries()) {
      const hex = hash.slice("sha256:".length);
      if (api_keys.has(hex)) complain(`${at}.api_keys[${j}].hash`, "is used twice");
      api_keys.set(hex, { app, key_id: id });
    }
  }
  const [first, ...rest] = vault_keys;
  if (new Set(vault_keys.map(({ id }) => id)).size !== vault_keys.length)
    complain("vault.keys", "two keys have the same id");
  if (issues.length || !first) throw new ConfigError(issues);

  const base = new URL(file.base_url);
  return {
    base_url: file.base_url,
    listen: {
      host: file.listen.host ?? base.hostname.replace(/^\[|\]$/g, ""),
      port: file.listen.port ?? Number(base.port || (base.protocol === "https:" ? 443 : 80)),
    },
    storage: file.storage,
    vault_keys: [first, ...rest],
    apps,
    api_keys,
    deadlines: {
      unclaimed: file.sessions.unclaimed_seconds * 1000,
      claimed: file.sessions.idle_seconds * 1000,
      claimed_most: file.sessions.most_seconds * 1000,
      authorization: 15 * 60_000,
      outcome: 10 * 60_000,
    },
    provider_timeout: file.provider_timeout_seconds * 1000,
    log_level: file.log_level,
    warnings: [...apps.values()].flatMap((app) => warningsFor(app, base)),
  };
};

const clientsOf = (
  file: File,
  entry: File["apps"][number],
  at: string,
  complain: (key: string, message: string) => void,
): Map<string, ProviderClient> => {
  const clients = new Map<string, ProviderClient>();
  for (const [id, client] of Object.entries(entry.providers)) {
    const key = `${at}.providers.${id}`;
    const record = Object.hasOwn(file.providers, id) ? file.providers[id] : undefined;
    if (!record) {
      complain(key, `no provider "${id}" under providers`);
      continue;
    }
    const unknown = client.scopes.filter(
      (scope) => !Object.hasOwn(record.scopes, scope) && !Object.hasOwn(COMMON_SCOPES, scope),
    );
    if (unknown.length)
      complain(`${key}.scopes`, `say what ${unknown.join(", ")} allows in providers.${id}.scopes`);
    if (!record.issuer && client.scopes.includes("openid"))
      complain(
        `${key}.scopes`,
        "must not contain openid: the provider has no issuer to check it by",
      );
    if (record.identity.source === "id_token" && !client.scopes.includes("openid"))
      complain(`${key}.scopes`, "must contain openid, since the account is read from the id_token");
    if (record.token_endpoint_auth_method !== "none" && client.client_secret === undefined)
      complain(`${key}.client_secret`, "is required");
    clients.set(id, {
      provider: { ...record, id },
      client_id: client.client_id,
      client_secret: client.client_secret,
      scopes: client.scopes,
    });
  }
  return clients;
};

/** What is allowed and probably not meant. */
const warningsFor = (app: App, base: URL): string[] =>
  app.origins.flatMap((origin) => {
    const { hostname } = new URL(origin);
    const site = (host: string) => host.split(".").slice(-2).join(".");
    const loopback = isSecureUrl(new URL(`http://${new URL(origin).host}`));
    if (loopback && !isSecureUrl(new URL(`http://${base.host}`)))
      return [`app ${app.id}: ${origin} is a loopback origin on a broker that is not [H5]`];
    if (!loopback && site(hostname) === site(base.hostname))
      return [
        `app ${app.id}: ${origin} may share a registrable domain with the broker; SameSite cookies then protect less [M17]`,
      ];
    return [];
  });
