/** The broker's configuration for this demo, as an operator would write it. Secrets stay in the environment. */
import { createHash } from "node:crypto";
import { calendar } from "./providers/calendar.ts";
import { files } from "./providers/files.ts";
import { wordsOf, type ProviderDescription } from "./providers/provider.ts";
import { weatherSecrets } from "./providers/weather-secrets.ts";

export type Urls = Record<"app" | "broker" | "idp" | "calendar" | "files" | "weather", string>;

export const APP_CLIENT_ID = "day-planner";
/** The broker, as the identity provider knows it. */
export const WALLET_CLIENT_ID = "wallet";

/** JSON, which the broker takes as well as YAML. */
export const brokerConfig = (urls: Urls, apiKey: string, now: Date): string =>
  JSON.stringify(settings(urls, apiKey, now), undefined, 2);

/** Where a provider sends the browser back to: one URI per provider configuration. */
export const redirectUri = (urls: Urls, providerId: string) =>
  `${urls.broker}/oauth/callback/${providerId}`;

const settings = (urls: Urls, apiKey: string, now: Date) => ({
  base_url: urls.broker,
  storage: { sqlite: "./alter.db" },
  vault: { keys: [{ id: "k1", key: "${ALTER_VAULT_KEY}" }] },
  providers: {
    calendar: {
      ...provider(calendar, urls.calendar, "id_token"),
      ...{ category: "productivity", brand: { color: "#b4325e" } },
    },
    files: {
      ...provider(files, urls.files, "userinfo"),
      ...{ category: "files", brand: { color: "#0f766e" } },
    },
  },
  apps: [
    {
      id: "day-planner",
      name: "Day Planner",
      logo_url: `${urls.app}/logo.svg`,
      theme: "system",
      // Of the logo. The page derives what can be read from it, by day and by night.
      branding: { accent: "#3949ab", radius: 16, support_url: `${urls.app}/guide` },
      origins: [urls.app],
      return_urls: [`${urls.app}/`],
      api_keys: [{ id: "first", hash: hashOf(apiKey) }],
      identity_provider: { name: "Acme Accounts", issuer: urls.idp, audience: APP_CLIENT_ID },
      wallet: { client_id: WALLET_CLIENT_ID, client_secret: "${WALLET_CLIENT_SECRET}" },
      providers: {
        calendar: client(calendar, "${CALENDAR_CLIENT_SECRET}"),
        // A user connects files anew each month, so that the list of accounts has an end to show.
        files: { ...client(files, "${FILES_CLIENT_SECRET}"), grant_lifetime_seconds: 30 * 86_400 },
      },
      secrets: weatherSecrets(urls.weather, now),
    },
  ],
});

const provider = (
  description: ProviderDescription,
  url: string,
  source: "id_token" | "userinfo",
) => ({
  name: description.brand.name,
  logo_url: `${url}/logo.svg`,
  issuer: url,
  scopes: wordsOf(description),
  api_hosts: [new URL(url).host],
  prompt: "login consent",
  revocation_scope: "token",
  identity: { source, id: "sub", label: "email" },
});

const client = ({ scope, write }: ProviderDescription, client_secret: string) => ({
  client_id: APP_CLIENT_ID,
  client_secret,
  scopes: ["openid", scope, "email", "offline_access"],
  // Asked for where a session requires it, so that it can come later.
  optional_scopes: write ? [write.scope] : [],
  required_scopes: [scope],
});

const hashOf = (apiKey: string) => `sha256:${createHash("sha256").update(apiKey).digest("hex")}`;
