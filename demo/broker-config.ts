/** The broker's configuration for this demo, as an operator would write it. Secrets stay in the environment. */
import { createHash } from "node:crypto";
import { calendar } from "./providers/calendar.ts";
import { files } from "./providers/files.ts";
import type { ProviderDescription } from "./providers/provider.ts";

export type Urls = Record<"app" | "broker" | "idp" | "calendar" | "files", string>;

export const APP_CLIENT_ID = "day-planner";

/** JSON, which the broker takes as well as YAML. */
export const brokerConfig = (urls: Urls, apiKey: string): string =>
  JSON.stringify(settings(urls, apiKey), undefined, 2);

/** Where a provider sends the browser back to: one URI per provider configuration. */
export const redirectUri = (urls: Urls, providerId: string) =>
  `${urls.broker}/oauth/callback/${providerId}`;

const settings = (urls: Urls, apiKey: string) => ({
  base_url: urls.broker,
  storage: { sqlite: "./alter.db" },
  vault: { keys: [{ id: "k1", key: "${ALTER_VAULT_KEY}" }] },
  providers: {
    calendar: provider(calendar, urls.calendar, "id_token"),
    files: provider(files, urls.files, "userinfo"),
  },
  apps: [
    {
      id: "day-planner",
      name: "Day Planner",
      logo_url: `${urls.app}/logo.svg`,
      theme: "system",
      origins: [urls.app],
      return_urls: [`${urls.app}/`],
      api_keys: [{ id: "first", hash: hashOf(apiKey) }],
      identity_provider: { name: "Acme Accounts", issuer: urls.idp, audience: APP_CLIENT_ID },
      providers: {
        calendar: client(calendar, "${CALENDAR_CLIENT_SECRET}"),
        files: client(files, "${FILES_CLIENT_SECRET}"),
      },
    },
  ],
});

const provider = (
  { brand, scope, wish }: ProviderDescription,
  url: string,
  source: "id_token" | "userinfo",
) => ({
  name: brand.name,
  logo_url: `${url}/logo.svg`,
  issuer: url,
  scopes: { [scope]: wish },
  api_hosts: [new URL(url).host],
  prompt: "login consent",
  revocation_scope: "token",
  identity: { source, id: "sub", label: "email" },
});

const client = ({ scope }: ProviderDescription, client_secret: string) => ({
  client_id: APP_CLIENT_ID,
  client_secret,
  scopes: ["openid", scope, "email", "offline_access"],
});

const hashOf = (apiKey: string) => `sha256:${createHash("sha256").update(apiKey).digest("hex")}`;
