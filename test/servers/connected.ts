/**
 * A broker as a program, a provider and an identity provider, and users who connect without a browser: for what
 * begins after the widget's part is over.
 *
 *   const world = await startConnected();
 *   await world.connect("ann");
 *   const app = new App({ apiKey: world.apiKey, baseUrl: world.broker.url });
 *   await app.request("GET", `${world.provider.url}/api/me`, { provider: "calendar", userToken: await world.userToken("ann") });
 */
import { newApiKey, redirectUri, startBroker, type TestBroker } from "./broker.ts";
import { APP_ORIGIN, createConnecting } from "./connecting.ts";
import type { Visitor } from "./headless.ts";
import { freePort } from "./http.ts";
import { startIdp, type TestIdp } from "./idp.ts";
import { startProvider, type TestProvider } from "./provider.ts";

export type Connected = {
  broker: TestBroker;
  provider: TestProvider;
  idp: TestIdp;
  apiKey: string;
  /** Good for five minutes, unless claims say otherwise. */
  userToken: (sub: string, claims?: Settings) => Promise<string>;
  /** Another process of the same configuration, on another port: of use where both share a PostgreSQL. */
  beside: () => Promise<TestBroker>;
  /** The user connects an account at the provider, as provider `calendar`. */
  connect: (sub: string, visitor?: Visitor & { required_scopes?: string[] }) => Promise<void>;
  stop: () => Promise<void>;
};

type Settings = Record<string, unknown>;

const CLIENT = { client_id: "broker", client_secret: "canary-client-secret-of-the-broker" };

export const startConnected = async (
  options: {
    /** More hosts that may receive the token. */
    hosts?: string[];
    /** Merged over the provider's record, the app's client there, the app, and the whole configuration. */
    record?: Settings;
    client?: Settings;
    app?: Settings;
    config?: Settings;
    /** As `startBroker` takes them. */
    unread?: boolean;
    directory?: string;
  } = {},
): Promise<Connected> => {
  const port = await freePort();
  const provider = await startProvider({ name: "calendar" });
  const idp = await startIdp({ audience: "test-app" });
  const key = newApiKey();
  provider.control.register({
    ...CLIENT,
    redirect_uris: [redirectUri(`http://127.0.0.1:${port}`, "calendar")],
  });
  const settings = {
    ...(options.unread ? { unread: true } : {}),
    providers: {
      calendar: {
        name: "Test Calendar",
        issuer: provider.issuer,
        scopes: { "calendar.read": "See your events", "calendar.write": "Change your events" },
        api_hosts: [provider.host, ...(options.hosts ?? [])],
        revocation_scope: "token",
        ...options.record,
      },
    },
    apps: [
      {
        id: "planner",
        name: "Day Planner",
        origins: [APP_ORIGIN],
        api_keys: [{ id: "first", hash: key.hash }],
        identity_provider: { name: "Test Accounts", issuer: idp.issuer, audience: idp.audience },
        providers: {
          calendar: {
            ...CLIENT,
            scopes: ["openid", "email", "offline_access", "calendar.read"],
            optional_scopes: ["calendar.write"],
            ...options.client,
          },
        },
        ...options.app,
      },
    ],
    config: options.config ?? {},
  };
  const { directory } = options;
  const broker = await startBroker({ ...settings, port, ...(directory ? { directory } : {}) });
  const beside = async (): Promise<TestBroker> => {
    const port = await freePort();
    const listen = { host: "127.0.0.1", port };
    const config = { ...settings.config, base_url: broker.url, listen };
    return startBroker({ ...settings, port, config });
  };

  const userToken: Connected["userToken"] = (sub, claims = {}) =>
    idp.sign({ sub, email: `${sub}@example.com`, email_verified: true, ...claims });

  const walk = createConnecting(broker, key.key);
  const connect: Connected["connect"] = async (sub, { required_scopes, ...visitor } = {}) =>
    walk({
      user_token: await userToken(sub),
      provider: "calendar",
      consent: (url) => provider.control.authorize(url, visitor),
      session: required_scopes ? { required_scopes } : {},
    });

  return {
    ...{ broker, provider, idp, userToken, connect, beside },
    apiKey: key.key,
    stop: async () => {
      await broker.stop();
      await Promise.all([provider.stop(), idp.stop()]);
    },
  };
};
