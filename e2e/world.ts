/**
 * The world of one test run: a broker, two providers, an identity provider, two customers' apps and an
 * attacker, all real and all on this machine. Knows how they are told of each other; uses test servers only.
 */
import { returnUrls, startApp, type TestApp } from "../test/servers/app.ts";
import { startAttacker, type TestAttacker } from "../test/servers/attacker.ts";
import { newApiKey, redirectUri, startBroker, type TestBroker } from "../test/servers/broker.ts";
import { createFront } from "../test/servers/front.ts";
import { freePort, listen } from "../test/servers/http.ts";
import { startIdp, type TestIdp } from "../test/servers/idp.ts";
import { startKeyApi, type KeyApi } from "../test/servers/key-api.ts";
import { startProvider, type TestProvider } from "../test/servers/provider.ts";

export type World = {
  broker: TestBroker;
  calendar: TestProvider;
  files: TestProvider;
  /** It has no OAuth, and takes keys. */
  ledger: KeyApi;
  idp: TestIdp;
  /** Day Planner. */
  app: TestApp;
  /** Notes: another customer of the same broker, with an origin of its own. */
  notes: TestApp;
  evil: TestAttacker;
  /** Ends what tests switched on. */
  calm: () => void;
  stop: () => Promise<void>;
};

/** Seconds the broker waits for a provider: short, since some tests wait for it. */
export const PROVIDER_TIMEOUT = 4;

/**
 * `config` is merged over the broker's configuration. `hole` puts an attacker's page on the broker's origin.
 * `program` is another build of the broker than the one that is shipped.
 */
export const startWorld = async (
  config: Record<string, unknown> = {},
  { hole = false, program }: { hole?: boolean; program?: string } = {},
): Promise<World> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [calendar, files] = await Promise.all([
    startProvider({ name: "calendar", scopes: ["calendar.read"] }),
    startProvider({ name: "files", scopes: ["files.read"] }),
  ]);
  const ledger = await startKeyApi();
  const idp = await startIdp({ audience: "test-app" });
  const keys = { app: newApiKey(), notes: newApiKey() };
  const [app, notes] = await Promise.all([
    startApp({ broker: url, apiKey: keys.app.key, idp }),
    startApp({ broker: url, apiKey: keys.notes.key, idp }),
  ]);
  const evil = await startAttacker();
  const servers: { stop: () => Promise<void> }[] = [calendar, files, ledger, idp, app, notes, evil];

  for (const [provider, ids] of [
    [calendar, ["calendar", "strict", "own"]],
    [files, ["files", "posts"]],
  ] as const)
    provider.control.register({
      client_id: CLIENT.client_id,
      client_secret: CLIENT.client_secret,
      redirect_uris: ids.map((id) => redirectUri(url, id)),
    });
  const inner = hole ? await freePort() : port;
  if (hole)
    servers.push(
      await listen(
        createFront(() => inner, evil.hole),
        port,
      ),
    );
  idp.signIns.register({ ...WALLET, redirect_uri: `${url}/wallet/callback/planner` });
  const broker = await startBroker({
    port,
    providers: {
      calendar: providerConfig("Test Calendar", calendar, "calendar.read"),
      files: providerConfig("Test Files", files, "files.read"),
      // As Apple sends its callbacks, and as Google treats browsers inside other apps.
      posts: providerConfig("Test Posts", files, "files.read", { response_mode: "form_post" }),
      strict: providerConfig("Test Strict", calendar, "calendar.read", {
        refuses_embedded_browsers: true,
      }),
      ledger: {
        name: "Test Ledger",
        api_hosts: [ledger.host],
        credential: {
          kind: "api_key",
          help_url: "https://ledger.example/keys",
          fields: { api_key: { label: "API key", pattern: "key_[0-9a-f]{32}" } },
          inject: { header: "X-Api-Key" },
        },
        identity: {
          source: "request",
          request: { url: `${ledger.url}/me` },
          id: "account.id",
          label: "account.email",
        },
      },
      // On a host that a user or tenant chose.
      own: providerConfig("Test Own", calendar, "calendar.read", { self_hosted: true }),
    },
    apps: [
      {
        ...appConfig("planner", "Day Planner", app, keys.app.hash, idp),
        wallet: WALLET,
      },
      appConfig("notes", "Notes", notes, keys.notes.hash, idp),
    ],
    ...(program === undefined ? {} : { program }),
    env: { TEST_CLIENT_SECRET: CLIENT.client_secret },
    config: { listen: { port: inner }, provider_timeout_seconds: PROVIDER_TIMEOUT, ...config },
  });

  return {
    ...{ broker, calendar, files, ledger, idp, app, notes, evil },
    calm: () => {
      for (const provider of [calendar, files]) provider.control.calm();
    },
    stop: async () => {
      await broker.stop();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
};

/** The broker, at the identity provider. */
const WALLET = { client_id: "wallet", client_secret: "canary-client-secret-of-the-wallet" };
const CLIENT = { client_id: "broker", client_secret: "canary-client-secret-of-the-broker" };

const providerConfig = (
  name: string,
  provider: TestProvider,
  scope: string,
  more: Record<string, unknown> = {},
): unknown => ({
  ...more,
  name,
  issuer: provider.issuer,
  scopes: { [scope]: `See everything in your ${name}` },
  api_hosts: [provider.host],
  prompt: "login consent",
  revocation_scope: "token",
  identity: { source: "id_token", id: "sub", label: "email" },
});

const appConfig = (
  id: string,
  name: string,
  app: TestApp,
  hash: string,
  idp: TestIdp,
): Record<string, unknown> => ({
  id,
  name,
  origins: [app.origin],
  return_urls: returnUrls(app.origin),
  api_keys: [{ id: "first", hash }],
  identity_provider: { name: "Test Accounts", issuer: idp.issuer, audience: idp.audience },
  providers: {
    calendar: client("calendar.read"),
    files: client("files.read"),
    posts: client("files.read"),
    strict: client("calendar.read"),
    own: client("calendar.read"),
    ledger: {},
  },
});

const client = (scope: string): unknown => ({
  client_id: CLIENT.client_id,
  client_secret: "${TEST_CLIENT_SECRET}",
  scopes: ["openid", "email", "offline_access", scope],
  required_scopes: [scope],
});
