/**
 * A broker as a program, a provider and an identity provider, and users who connect without a browser: for what
 * begins after the widget's part is over. Knows the calls of the hosted page; walks them as the page does.
 *
 *   const world = await startConnected();
 *   await world.connect("ann");
 *   const app = new App({ apiKey: world.apiKey, baseUrl: world.broker.url });
 *   await app.request("GET", `${world.provider.url}/api/me`, { provider: "calendar", userToken: await world.userToken("ann") });
 */
import { createHash, randomBytes } from "node:crypto";
import { newApiKey, redirectUri, startBroker, type TestBroker } from "./broker.ts";
import type { Visitor } from "./headless.ts";
import { freePort } from "./http.ts";
import { startIdp, type TestIdp } from "./idp.ts";
import { startProvider, type TestProvider } from "./provider.ts";

export type Connected = {
  broker: TestBroker;
  provider: TestProvider;
  idp: TestIdp;
  apiKey: string;
  /** Good for five minutes. */
  userToken: (sub: string) => Promise<string>;
  /** The user connects an account at the provider, as provider `calendar`. */
  connect: (sub: string, visitor?: Visitor & { required_scopes?: string[] }) => Promise<void>;
  stop: () => Promise<void>;
};

type Settings = Record<string, unknown>;

/** Whose page opens Connect. Nothing listens there: the calls are made without it. */
const APP_ORIGIN = "http://localhost:4998";
const CLIENT = { client_id: "broker", client_secret: "the test broker's client secret" };

export const startConnected = async (
  options: {
    /** More hosts that may receive the token. */
    hosts?: string[];
    /** Merged over the provider's record, the app's client there, the app, and the whole configuration. */
    record?: Settings;
    client?: Settings;
    app?: Settings;
    config?: Settings;
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
  const broker = await startBroker({
    port,
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
    ...(options.config ? { config: options.config } : {}),
  });

  const post = async (
    path: string,
    body: Settings,
    headers: Record<string, string>,
  ): Promise<{ reply: Settings; cookie: string }> => {
    const response = await fetch(`${broker.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    const cookie = response.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    return { reply: JSON.parse(text) as Settings, cookie };
  };

  const userToken = (sub: string): Promise<string> =>
    idp.sign({ sub, email: `${sub}@example.com`, email_verified: true });

  const connect: Connected["connect"] = async (sub, { required_scopes, ...visitor } = {}) => {
    const session = await post(
      "/v1/connect/sessions",
      {
        user_token: await userToken(sub),
        allowed_origin: APP_ORIGIN,
        ...(required_scopes ? { required_scopes } : {}),
      },
      { authorization: `Bearer ${key.key}` },
    );
    const page = { origin: broker.url };
    const claim = await post(
      "/v1/connect/claim",
      {
        shape: "popup",
        token: session.reply["session_token"],
        opener_origin: APP_ORIGIN,
        challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
        claim_id: randomBytes(32).toString("base64url"),
      },
      page,
    );
    const { session_id } = claim.reply;
    const { cookie } = claim;
    const left = await post(
      "/v1/connect/authorize",
      { session_id, provider: "calendar" },
      { ...page, cookie },
    );
    const back = await provider.control.authorize(String(left.reply["authorization_url"]), visitor);
    const landed = await fetch(back.url, { headers: { cookie }, redirect: "manual" });
    if (landed.headers.get("location") !== `/connect/s/${String(session_id)}`)
      throw new Error(`landed at ${landed.headers.get("location")}`);
  };

  return {
    ...{ broker, provider, idp, userToken, connect },
    apiKey: key.key,
    stop: async () => {
      await broker.stop();
      await Promise.all([provider.stop(), idp.stop()]);
    },
  };
};
