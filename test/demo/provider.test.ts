/** The demo's OAuth providers, through their front door: consent, rotation, the API's refusals, a restart. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as oauth from "openid-client";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createOidcKeys, type OidcKeys } from "../../demo/oidc/keys.ts";
import type { OidcServer } from "../../demo/oidc/server.ts";
import { calendar } from "../../demo/providers/calendar.ts";
import { files } from "../../demo/providers/files.ts";
import { startProvider } from "../../demo/providers/provider.ts";
import { createVisitor, type Visit, type Visitor } from "./visitor.ts";

const REDIRECT_URI = "http://127.0.0.1:9/oauth/callback/calendar";
const SCOPE = "openid email offline_access calendar.read";
const ANN_WORK = "ann.work@acme.test";

// Real servers, keys and processes, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let folder: string;
let keys: OidcKeys;
let server: OidcServer;
let visitor: Visitor;

const start = (port = 0, description = calendar) =>
  startProvider(description, {
    port,
    keys,
    file: join(folder, `${description.brand.id}.json`),
    client: {
      client_id: "day-planner",
      client_name: "Day Planner",
      client_secret: "a secret of the test",
      redirect_uris: [REDIRECT_URI],
    },
  });

beforeAll(async () => {
  keys = await createOidcKeys();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-provider-"));
  server = await start();
  visitor = createVisitor();
});

afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
  await rm(folder, { recursive: true });
});

const discover = () =>
  oauth.discovery(new URL(server.issuer), "day-planner", "a secret of the test", undefined, {
    execute: [oauth.allowInsecureRequests],
  });

/** Leaves for the provider and comes to its login page. */
const leave = async (scope = SCOPE, extra: Record<string, string> = {}) => {
  const client = await discover();
  const verifier = oauth.randomPKCECodeVerifier();
  const url = oauth.buildAuthorizationUrl(client, {
    redirect_uri: REDIRECT_URI,
    scope,
    state: "the-state",
    prompt: "login consent",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...extra,
  });
  const login = await visitor.open(url.href, REDIRECT_URI);
  return { client, verifier, login };
};

const logIn = (login: Visit, account: string) =>
  visitor.submit(login, "/login", { login: account }, REDIRECT_URI);

/** The whole way: log in, allow, exchange the code. */
const connect = async (account = ANN_WORK, scope = SCOPE) => {
  const { client, verifier, login } = await leave(scope);
  const consent = await logIn(login, account);
  const callback = await visitor.submit(consent, "/consent", {}, REDIRECT_URI);
  const tokens = await oauth.authorizationCodeGrant(client, new URL(callback.url), {
    pkceCodeVerifier: verifier,
    expectedState: "the-state",
  });
  return { client, tokens, refreshToken: tokens.refresh_token ?? "" };
};

const callApi = (token: string | undefined, at = server) =>
  fetch(`${at.issuer}/api/events`, token === undefined ? {} : { headers: bearer(token) });

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("authorization", () => {
  it("asks for login and consent, and says who asks for what", async () => {
    const { login } = await leave();
    expect(login.text).toContain("Log in to Acme Calendar");
    expect(login.text).toContain("ann.home@acme.test");
    const consent = await logIn(login, ANN_WORK);
    expect(consent.text).toContain("Day Planner asks for access");
    expect(consent.text).toContain(ANN_WORK);
    expect(consent.text).toContain("See your calendar and its events");
    expect(consent.text).not.toContain("openid");
  });

  it("gives a token of two minutes, a refresh token, and a stable subject with its e-mail", async () => {
    const { tokens } = await connect();
    expect(tokens.expires_in).toBe(120);
    expect(tokens.refresh_token).toBeDefined();
    expect(tokens.claims()).toMatchObject({ email: ANN_WORK, email_verified: true });
    const again = await connect();
    expect(again.tokens.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it("takes any typed address, and refuses what is none", async () => {
    const { login } = await leave();
    const refused = await logIn(login, "<b>nobody</b>");
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain("<b>nobody");
    const consent = await logIn(refused, "Zoe@Acme.test ");
    expect(consent.text).toContain("zoe@acme.test");
  });

  it("a second account leaves the first one's tokens alone", async () => {
    const work = await connect(ANN_WORK);
    const home = await connect("ann.home@acme.test");
    expect(home.tokens.claims()?.sub).not.toBe(work.tokens.claims()?.sub);
    expect((await callApi(work.tokens.access_token)).status).toBe(200);
    const refreshed = await oauth.refreshTokenGrant(work.client, work.refreshToken);
    expect(refreshed.access_token).toBeTruthy();
  });

  it.each(["consent page, Deny", "login page, Cancel"])("%s: access_denied", async (from) => {
    const { login } = await leave();
    const page = from.startsWith("consent") ? await logIn(login, ANN_WORK) : login;
    const callback = await visitor.submit(page, "/abort", {}, REDIRECT_URI);
    const answer = new URL(callback.url).searchParams;
    expect(answer.get("error")).toBe("access_denied");
    expect(answer.get("state")).toBe("the-state");
    expect(answer.get("iss")).toBe(server.issuer);
    expect(answer.has("code")).toBe(false);
  });

  it("refuses a request without PKCE", async () => {
    const { authorization_endpoint = "" } = (await discover()).serverMetadata();
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: "day-planner",
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: SCOPE,
      state: "the-state",
    }).toString();
    const callback = await visitor.open(url.href, REDIRECT_URI);
    expect(new URL(callback.url).searchParams.get("error")).toBe("invalid_request");
  });

  it("shows an error page, and redirects nowhere, for a redirect URI that is not registered", async () => {
    const { login } = await leave(SCOPE, { redirect_uri: "http://127.0.0.1:9/elsewhere" });
    expect(login.status).toBe(400);
    expect(login.text).toContain("That did not work");
  });

  it("another browser cannot act on the page of this one", async () => {
    const { login } = await leave();
    const stranger = await createVisitor().submit(login, "/login", { login: ANN_WORK });
    expect(stranger.status).toBe(410);
    // Nothing was consumed: the browser whose page it is goes on.
    expect((await logIn(login, ANN_WORK)).text).toContain("asks for access");
  });
});

describe("refresh", () => {
  it("rotates; the old refresh token is refused and takes the whole grant with it", async () => {
    const { client, refreshToken } = await connect();
    const second = await oauth.refreshTokenGrant(client, refreshToken);
    expect(second.refresh_token).toBeDefined();
    expect(second.refresh_token).not.toBe(refreshToken);
    await expect(oauth.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    expect((await callApi(second.access_token)).status).toBe(401);
  });

  it("a revoked refresh token ends the access token too", async () => {
    const { client, tokens, refreshToken } = await connect();
    expect((await callApi(tokens.access_token)).status).toBe(200);
    await oauth.tokenRevocation(client, refreshToken);
    expect((await callApi(tokens.access_token)).status).toBe(401);
  });

  it("survives a restart: logins, grants and rotated tokens", async () => {
    const { client, refreshToken } = await connect();
    const { refresh_token: rotated = "" } = await oauth.refreshTokenGrant(client, refreshToken);
    const { port } = server;
    await server.stop();
    server = await start(port);
    const after = await oauth.refreshTokenGrant(await discover(), rotated);
    expect((await callApi(after.access_token)).status).toBe(200);
    expect(after.claims()?.email).toBe(ANN_WORK);
  });
});

describe("API", () => {
  it("answers for the token's own account, the same at each call", async () => {
    const work = await connect(ANN_WORK);
    const first: unknown = await (await callApi(work.tokens.access_token)).json();
    expect(first).toMatchObject({ account: ANN_WORK });
    expect(first).toHaveProperty("events.length", 5);
    expect(await (await callApi(work.tokens.access_token)).json()).toEqual(first);
    const home = await connect("ann.home@acme.test");
    expect(await (await callApi(home.tokens.access_token)).json()).not.toMatchObject({
      account: ANN_WORK,
    });
  });

  it("401 without a token, with an unknown one, and with one in the URL", async () => {
    const { tokens } = await connect();
    const bare = await callApi(undefined);
    expect(bare.status).toBe(401);
    expect(bare.headers.get("www-authenticate")).toBe('Bearer realm="api"');
    const unknown = await callApi("nothing-we-issued");
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get("www-authenticate")).toContain('error="invalid_token"');
    const inUrl = await fetch(`${server.issuer}/api/events?access_token=${tokens.access_token}`);
    expect(inUrl.status).toBe(401);
  });

  it("401 for another provider's token", async () => {
    const { tokens } = await connect();
    const other = await start(0, files);
    try {
      const url = `${other.issuer}/api/files`;
      const answer = await fetch(url, { headers: bearer(tokens.access_token) });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: "invalid_token" });
    } finally {
      await other.stop();
    }
  });

  it("403 without the scope, and says which", async () => {
    const { tokens } = await connect(ANN_WORK, "openid email offline_access");
    const answer = await callApi(tokens.access_token);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: "insufficient_scope" });
    expect(answer.headers.get("www-authenticate")).toContain('scope="calendar.read"');
  });

  it("401 once two minutes have passed, and 200 again after a refresh", async () => {
    const { client, tokens, refreshToken } = await connect();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 119_000 });
    expect((await callApi(tokens.access_token)).status).toBe(200);
    vi.setSystemTime(Date.now() + 2_000);
    expect((await callApi(tokens.access_token)).status).toBe(401);
    const { access_token } = await oauth.refreshTokenGrant(client, refreshToken);
    expect((await callApi(access_token)).status).toBe(200);
  });
});
