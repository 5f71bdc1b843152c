/**
 * The configuration, checked whole: what the file's values mean together, every error with the key it is about.
 * Nothing downstream checks these values again.
 */
import type { Rule } from "../policy.ts";
import { isSecureUrl } from "../providers/url.ts";
import { brandingOf, type Branding } from "./brand.ts";
import type { ProviderClient } from "./client.ts";
import { ConfigError, type Complain } from "./error.ts";
import { readFile, type File } from "./file.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import { limitsOf, type Limits } from "./limits.ts";
import { compileAddresses, compileRules } from "./policies.ts";
import { checkClients, clientsOf, providersOf } from "./providers.ts";
import type { ManagedSecret } from "./secrets.ts";
import { warningsOnStorage } from "./storage.ts";
import type { Storage } from "../store/storage.ts";
import { vaultOf, type VaultConfig } from "./vault.ts";
import type { WalletClient } from "./wallet.ts";

export type App = {
  id: string;
  name: string;
  logo_url: string | undefined;
  theme: "light" | "dark" | "system";
  branding: Branding;
  origins: string[];
  return_urls: string[];
  identity_provider: IdentityProvider;
  /** How the broker signs its users in there; undefined: it does not. */
  wallet: WalletClient | undefined;
  /** Milliseconds for which the app's processes may use a token again without asking. */
  token_cache: number;
  /** In the order of the file, which is the order of the picker. */
  providers: Map<string, ProviderClient>;
  /** Managed secrets; their ids and those of the providers do not overlap. */
  secrets: Map<string, ManagedSecret>;
  /** Of every call of the app, whatever the provider. */
  rules: Rule[];
};

export type ApiKey = {
  app: App;
  key_id: string;
  needs_user: boolean;
  /** Epoch milliseconds: it is refused from then on. */
  expires_at: number | null;
};

export type Config = {
  /** The broker's origin: scheme, host, port. */
  base_url: string;
  listen: { host: string; port: number };
  storage: Storage;
  vault: VaultConfig;
  apps: Map<string, App>;
  /** SHA-256 (hex) of an API key -> whose it is. */
  api_keys: Map<string, ApiKey>;
  /** Milliseconds. */
  deadlines: Deadlines;
  provider_timeout: number;
  /** How long audit rows are kept; null: for ever. */
  audit_retention: number | null;
  proxy: { timeout: number; most_request_bytes: number; most_reply_bytes: number };
  /** Whether the address is a reverse proxy of ours, whose X-Forwarded-For is believed. */
  is_trusted_proxy: (address: string) => boolean;
  /** Whether a provider may be at this private address. */
  is_allowed_address: (address: string) => boolean;
  log_level: "debug" | "info" | "warn" | "error" | "silent";
  metrics: { host: string; port: number } | undefined;
  limits: Limits;
  /** Milliseconds, both from the signal on. */
  shutdown: { drain: number; grace: number };
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

/** Longer than clients use a connection again that they were told of (serve.ts). */
const DRAIN_SECONDS = 5;

/** @throws ConfigError naming every key that is wrong. */
export const readConfig = (text: string, env: Record<string, string | undefined>): Config =>
  resolve(readFile(text, env));

const resolve = (file: File): Config => {
  const issues: ConfigError["issues"] = [];
  const warnings: string[] = [];
  const complain: Complain = (key, message) => void issues.push({ key, message });

  const vault = vaultOf(file.vault, complain);
  const providers = providersOf(file, complain);
  const apps = new Map<string, App>();
  const api_keys: Config["api_keys"] = new Map();
  for (const [i, entry] of file.apps.entries()) {
    const at = `apps[${i}]`;
    if (apps.has(entry.id)) complain(`${at}.id`, `"${entry.id}" is used twice`);
    if (entry.origins.includes(file.base_url))
      complain(`${at}.origins`, "must not contain the broker's own origin");
    for (const [j, url] of entry.return_urls.entries())
      if (!entry.origins.includes(new URL(url).origin))
        complain(`${at}.return_urls[${j}]`, "must be on one of the app's origins");
    const branding = brandingOf(entry.branding, entry.theme);
    if (branding.warning !== undefined) warnings.push(`app ${entry.id}: ${branding.warning}`);
    const app: App = {
      id: entry.id,
      name: entry.name,
      logo_url: entry.logo_url,
      theme: entry.theme,
      branding: branding.branding,
      origins: entry.origins,
      return_urls: entry.return_urls,
      identity_provider: entry.identity_provider,
      wallet: entry.wallet,
      token_cache: tokenCacheOf(file, entry),
      providers: clientsOf(providers, entry, at, complain),
      secrets: secretsOf(entry, at, complain),
      rules: compileRules(entry.policies, { to: "app", id: entry.id }),
    };
    apps.set(app.id, app);
    // The audit log names a key by its id.
    if (new Set(entry.api_keys.map(({ id }) => id)).size !== entry.api_keys.length)
      complain(`${at}.api_keys`, "two keys have the same id");
    for (const [j, { id, hash, needs_user, expires_at }] of entry.api_keys.entries()) {
      const hex = hash.slice("sha256:".length);
      if (api_keys.has(hex)) complain(`${at}.api_keys[${j}].hash`, "is used twice");
      const ends = expires_at === undefined ? null : Date.parse(expires_at);
      api_keys.set(hex, { app, key_id: id, needs_user, expires_at: ends });
    }
  }
  const isAllowed = compileAddresses([
    ...file.private_addresses,
    // A broker on loopback is somebody's own machine, and so are its providers.
    ...(isLoopback(new URL(file.base_url)) ? ["127.0.0.0/8", "::1"] : []),
  ]);
  checkClients(
    [...apps.values()].map((app) => app.providers),
    isAllowed,
    complain,
  );
  const own = new URL(file.base_url).host;
  for (const [id, provider] of providers)
    if (provider?.api_hosts.includes(own))
      complain(`providers.${id}.api_hosts`, "must not be the broker itself");
  for (const [i, { secrets }] of file.apps.entries())
    for (const [id, { api_hosts }] of Object.entries(secrets))
      if (api_hosts.includes(own))
        complain(`apps[${i}].secrets.${id}.api_hosts`, "must not be the broker itself");
  for (const [i, block] of file.trusted_proxies.entries())
    if (block.endsWith("/0"))
      complain(`trusted_proxies[${i}]`, "trusts everybody, whose headers may then say anything");
  for (const [i, block] of file.private_addresses.entries())
    if (block.endsWith("/0"))
      complain(
        `private_addresses[${i}]`,
        "lets any name lead anywhere in the broker's own network",
      );
  // A broker on loopback has nobody before it who would have to notice.
  const drain_seconds =
    file.shutdown.drain_seconds ?? (isLoopback(new URL(file.base_url)) ? 0 : DRAIN_SECONDS);
  if (drain_seconds >= file.shutdown.grace_seconds)
    complain(
      "shutdown.grace_seconds",
      `must be more than drain_seconds (${drain_seconds}), or no request could end after it`,
    );
  if (issues.length) throw new ConfigError(issues);

  const base = new URL(file.base_url);
  return {
    base_url: file.base_url,
    listen: {
      host: file.listen.host ?? base.hostname.replace(/^\[|\]$/g, ""),
      port: file.listen.port ?? Number(base.port || (base.protocol === "https:" ? 443 : 80)),
    },
    storage: file.storage,
    vault,
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
    audit_retention:
      file.audit.retention_days === undefined ? null : file.audit.retention_days * 86_400_000,
    proxy: {
      timeout: file.proxy.timeout_seconds * 1000,
      most_request_bytes: file.proxy.most_request_bytes,
      most_reply_bytes: file.proxy.most_reply_bytes,
    },
    is_trusted_proxy: compileAddresses(file.trusted_proxies),
    is_allowed_address: isAllowed,
    log_level: file.log_level,
    metrics: file.metrics,
    limits: limitsOf(file.limits),
    shutdown: { drain: drain_seconds * 1000, grace: file.shutdown.grace_seconds * 1000 },
    warnings: [
      ...warnings,
      ...warningsOnStorage(file.storage),
      ...[...apps.values()].flatMap((app) => [
        ...warningsFor(app, base),
        ...warningsOnIdentity(app),
      ]),
      ...warningsOnMetrics(file.metrics?.host),
    ],
  };
};

/** Seconds, where nothing is said and nobody is promised more. */
const TOKEN_CACHE_SECONDS = 30;

/** Whoever ends a connection in the Wallet is told that it works at once. Who says a number has said how late it may be. */
const tokenCacheOf = (
  { apps, token_cache_seconds }: File,
  { identity_provider: { issuer } }: File["apps"][number],
): number => {
  const in_wallet = apps.some((app) => app.wallet && app.identity_provider.issuer === issuer);
  return (token_cache_seconds ?? (in_wallet ? 0 : TOKEN_CACHE_SECONDS)) * 1000;
};

const secretsOf = (
  entry: File["apps"][number],
  at: string,
  complain: Complain,
): Map<string, ManagedSecret> => {
  const secrets = new Map<string, ManagedSecret>();
  for (const [id, { policies, ...secret }] of Object.entries(entry.secrets)) {
    if (Object.hasOwn(entry.providers, id))
      complain(`${at}.secrets.${id}`, "has the name of a provider; a call could mean either");
    secrets.set(id, { ...secret, id, rules: compileRules(policies, { to: "secret", id }) });
  }
  return secrets;
};

/** Names that somebody else may have tomorrow, or has today at another of the same issuer's tenants. */
const REASSIGNED = ["email", "preferred_username", "upn", "name", "nickname"];

const warningsOnIdentity = (app: App): string[] => [
  ...app.identity_provider.subject_claim
    .filter((claim) => REASSIGNED.includes(claim))
    .map(
      (claim) =>
        `app ${app.id}: subject_claim ${claim} is no identity: whoever has it next gets the grants`,
    ),
  ...[...app.providers.values()].flatMap(({ provider: { id, identity } }) =>
    identity.source === "none" || identity.source === "check"
      ? []
      : identity.id
          .filter((part) => REASSIGNED.includes(part))
          .map((part) => `app ${app.id}: identity.id ${part} of ${id} is no stable account id`),
  ),
];

/** What is allowed and probably not meant. */
const warningsFor = (app: App, base: URL): string[] =>
  app.origins.flatMap((origin) => {
    const { hostname } = new URL(origin);
    const site = (host: string) => host.split(".").slice(-2).join(".");
    const loopback = isLoopback(new URL(origin));
    if (loopback && !isLoopback(base))
      return [
        `app ${app.id}: ${origin} is a loopback origin, and the broker is not on loopback: whatever runs on a user's own machine at that port could open Connect. Take it out in production`,
      ];
    if (!loopback && site(hostname) === site(base.hostname))
      return [
        `app ${app.id}: ${origin} may share a registrable domain with the broker; SameSite cookies then protect less. Better a domain of its own for one of them`,
      ];
    return [];
  });

/** Who reads them is not asked for a key. */
const warningsOnMetrics = (host: string | undefined): string[] =>
  host === undefined || ["127.0.0.1", "::1", "localhost"].includes(host)
    ? []
    : [
        `metrics.host ${host}: whoever reaches it reads how much the broker does, and for which providers`,
      ];

/** http is allowed there and nowhere else. */
const isLoopback = ({ host }: URL): boolean => isSecureUrl(new URL(`http://${host}`));
