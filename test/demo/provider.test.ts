/** The demo's OAuth providers, through their front door: consent, denial, rotation, revocation, a restart. */
import * as oauth from "openid-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { OidcServer } from "../../demo/oidc/server.ts";
import {
  ANN_HOME,
  ANN_WORK,
  callApi,
  createCustomer,
  discover,
  prepareProvider,
  REDIRECT_URI,
  SCOPE,
} from "./connection.ts";

// Real servers and keys, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let provider: Awaited<ReturnType<typeof prepareProvider>>;
let server: OidcServer;
let ann: ReturnType<typeof createCustomer>;

beforeAll(async () => {
  provider = await prepareProvider();
  server = await provider.start();
});

beforeEach(() => {
  ann = createCustomer(server.issuer);
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await server.stop();
  await provider.remove();
});

describe("authorization", () => {
  it("asks for login and consent, and says who asks for what", async () => {
    const { login } = await ann.leave();
    expect(login.text).toContain("Log in to Acme Calendar");
    expect(login.text).toContain(ANN_HOME);
    const consent = await ann.logIn(login, ANN_WORK);
    expect(consent.text).toContain("Day Planner asks for access");
    expect(consent.text).toContain(ANN_WORK);
    expect(consent.text).toContain("See your calendar and its events");
    expect(consent.text).not.toContain("openid");
  });

  it("gives a token of two minutes, a refresh token, and a stable subject with its e-mail", async () => {
    const { tokens } = await ann.connect();
    expect(tokens.expires_in).toBe(120);
    expect(tokens.refresh_token).toBeDefined();
    expect(tokens.claims()).toMatchObject({ email: ANN_WORK, email_verified: true });
    const again = await ann.connect();
    expect(again.tokens.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it("lets the user untick what the API is asked for, and nothing else", async () => {
    const scope = `${SCOPE} calendar.write`;
    const { client, verifier, login } = await ann.leave(scope);
    const consent = await ann.logIn(login, ANN_WORK);
    const boxes = [...consent.text.matchAll(/type="checkbox" name="scope" value="([^"]+)"/g)];
    expect(boxes.map(([, value]) => value)).toEqual(["calendar.read", "calendar.write"]);
    const out = ["calendar.write", "email"];
    const callback = await ann.submit(consent, "/consent", {}, REDIRECT_URI, out);
    const tokens = await oauth.authorizationCodeGrant(client, new URL(callback.url), {
      pkceCodeVerifier: verifier,
      expectedState: "the-state",
    });
    expect(new Set(tokens.scope?.split(" "))).toEqual(new Set(SCOPE.split(" ")));
  });

  it("takes any typed address, and refuses what is none", async () => {
    const { login } = await ann.leave();
    const refused = await ann.logIn(login, "<b>nobody</b>");
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain("<b>nobody");
    const consent = await ann.logIn(refused, "Zoe@Acme.test ");
    expect(consent.text).toContain("zoe@acme.test");
  });

  it("a second account leaves the first one's tokens alone", async () => {
    const work = await ann.connect(ANN_WORK);
    const home = await ann.connect(ANN_HOME);
    expect(home.tokens.claims()?.sub).not.toBe(work.tokens.claims()?.sub);
    expect((await callApi(server.issuer, work.tokens.access_token)).status).toBe(200);
    const refreshed = await oauth.refreshTokenGrant(work.client, work.refreshToken);
    expect(refreshed.access_token).toBeTruthy();
  });

  it.each(["consent page, Deny", "login page, Cancel"])("%s: access_denied", async (from) => {
    const { login } = await ann.leave();
    const page = from.startsWith("consent") ? await ann.logIn(login, ANN_WORK) : login;
    const callback = await ann.submit(page, "/abort", {}, REDIRECT_URI);
    const answer = new URL(callback.url).searchParams;
    expect(answer.get("error")).toBe("access_denied");
    expect(answer.get("state")).toBe("the-state");
    expect(answer.get("iss")).toBe(server.issuer);
    expect(answer.has("code")).toBe(false);
  });

  it("refuses a request without PKCE", async () => {
    const { authorization_endpoint = "" } = (await discover(server.issuer)).serverMetadata();
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: "day-planner",
      redirect_uri: REDIRECT_URI,
      response_type: "code",
      scope: SCOPE,
      state: "the-state",
    }).toString();
    const callback = await ann.open(url.href, REDIRECT_URI);
    expect(new URL(callback.url).searchParams.get("error")).toBe("invalid_request");
  });

  it("shows an error page, and redirects nowhere, for a redirect URI that is not registered", async () => {
    const { login } = await ann.leave(SCOPE, { redirect_uri: "http://127.0.0.1:9/elsewhere" });
    expect(login.status).toBe(400);
    expect(login.text).toContain("That did not work");
  });

  it("another browser cannot act on the page of this one", async () => {
    const { login } = await ann.leave();
    const stranger = await createCustomer(server.issuer).submit(login, "/login", {
      login: ANN_WORK,
    });
    expect(stranger.status).toBe(410);
    // Nothing was consumed: the browser whose page it is goes on.
    expect((await ann.logIn(login, ANN_WORK)).text).toContain("asks for access");
  });
});

describe("refresh", () => {
  it("rotates; the old refresh token is refused and takes the whole grant with it", async () => {
    const { client, refreshToken } = await ann.connect();
    const second = await oauth.refreshTokenGrant(client, refreshToken);
    expect(second.refresh_token).toBeDefined();
    expect(second.refresh_token).not.toBe(refreshToken);
    await expect(oauth.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    expect((await callApi(server.issuer, second.access_token)).status).toBe(401);
  });

  it("a revoked refresh token ends the access token too", async () => {
    const { client, tokens, refreshToken } = await ann.connect();
    expect((await callApi(server.issuer, tokens.access_token)).status).toBe(200);
    await oauth.tokenRevocation(client, refreshToken);
    expect((await callApi(server.issuer, tokens.access_token)).status).toBe(401);
  });

  it("survives a restart: logins, grants and rotated tokens", async () => {
    const { client, refreshToken } = await ann.connect();
    const { refresh_token: rotated = "" } = await oauth.refreshTokenGrant(client, refreshToken);
    const { port } = server;
    await server.stop();
    server = await provider.start(port);
    const after = await oauth.refreshTokenGrant(await discover(server.issuer), rotated);
    expect((await callApi(server.issuer, after.access_token)).status).toBe(200);
    expect(after.claims()?.email).toBe(ANN_WORK);
  });
});
