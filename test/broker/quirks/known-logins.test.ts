/**
 * Logins that are known to break elsewhere, each named after its cause. Replies and parameters as the provider sends them;
 * what is only one switch among many has its test beside this file, and its way through a real popup in e2e/.
 */
import { createHmac, randomBytes } from "node:crypto";
import { exportJWK, exportPKCS8, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { begin, grantsOf, land, outcomeOf } from "../steps.ts";
import { B, type Json } from "../world.ts";
import { startScripted, type ConnectOptions } from "./scripted.ts";

const apple = await generateKeyPair("ES256", { extractable: true });
const keys = await generateKeyPair("RS256", { extractable: true });
const jwks = {
  keys: [{ ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" }],
};

const s = await startScripted(
  {
    ...{ github: {}, slack: {}, linear: {}, shopify: {}, zendesk: {}, google: {}, quickbooks: {} },
    ...{ salesforce: {}, mailchimp: {}, linkedin: {}, microsoft: {} },
    apple: {
      client_secret: await exportPKCS8(apple.privateKey),
      variables: { team_id: "TEAM123456", key_id: "KEY1234567" },
    },
    google2: {
      required_scopes: ["https://www.googleapis.com/auth/calendar.readonly"],
      scopes: ["https://www.googleapis.com/auth/calendar.readonly"],
    },
  },
  { providers: { google2: { extends: "google-calendar" } } },
);

const HOUR = 3_600_000;
const TOKEN = {
  access_token: "first",
  token_type: "bearer",
  expires_in: 3600,
  refresh_token: "r1",
};
const success = (outcome: Json) =>
  expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
    status: "success",
  });
const now = () => Math.floor(s.world.now() / 1000);
const idToken = (claims: Json, nonce: string): Promise<string> =>
  new SignJWT({ nonce, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuedAt(now())
    .setExpirationTime(now() + 300)
    .sign(keys.privateKey);

/** Connects where the id_token has to carry the nonce that left with the browser. */
const withNonce = (
  id: string,
  address: string,
  reply: (nonce: string) => Promise<Json>,
  options: ConnectOptions = {},
) => {
  let nonce = "";
  s.script({
    "login.microsoftonline.com/common/discovery/v2.0/keys": { body: jwks },
    "www.googleapis.com/oauth2/v3/certs": { body: jwks },
    "appleid.apple.com/auth/keys": { body: jwks },
    [address]: async () => ({ body: await reply(nonce) }),
  });
  return s.connect(id, {
    ...options,
    left: ({ searchParams }) => (nonce = searchParams.get("nonce") ?? ""),
  });
};

test("GitHub sends iss since April 2026: known, it is checked; clients without an issuer failed on it", async () => {
  s.script({
    "github.com/login/oauth/access_token": {
      body: { access_token: "gho_x", token_type: "bearer", scope: "read:user,user:email" },
    },
    "api.github.com/user": { body: { id: 583231, login: "octocat", name: null, email: null } },
  });
  const { outcome, grant } = await s.connect("github", {
    callback: { iss: "https://github.com/login/oauth" },
  });
  success(outcome);
  expect(grant).toMatchObject({
    account_identifier: "octocat",
    scopes: ["read:user", "user:email"],
  });
});

test("Slack without PKCE: a code_challenge would turn the app into a public client, one way", async () => {
  s.script({
    "slack.com/api/oauth.v2.access": {
      body: {
        ok: true,
        app_id: "A1",
        authed_user: { id: "U2" },
        scope: "users:read",
        token_type: "bot",
        access_token: "xoxb-1",
        bot_user_id: "U1",
        team: { id: "T1", name: "Acme" },
        enterprise: null,
      },
    },
    "slack.com/api/auth.test": {
      body: {
        ok: true,
        url: "https://acme.slack.com/",
        team: "Acme",
        user: "planner",
        team_id: "T1",
        user_id: "U1",
        bot_id: "B1",
      },
    },
  });
  const { outcome, authorization } = await s.connect("slack");
  success(outcome);
  expect([...authorization.searchParams.keys()].sort()).toEqual([
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
  ]);
  expect(s.sent("slack.com/api/oauth.v2.access")[0]?.form.has("code_verifier")).toBe(false);
});

test("Microsoft: an issuer by tenant; its COOP is seen in e2e", async () => {
  const tid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  const { outcome, grant } = await withNonce(
    "microsoft",
    "login.microsoftonline.com/common/oauth2/v2.0/token",
    async (nonce) => ({
      ...{
        ...TOKEN,
        expires_in: 4799,
        ext_expires_in: 4799,
        scope: "User.Read profile openid email",
      },
      id_token: await idToken(
        {
          aud: "client-of-microsoft",
          iss: `https://login.microsoftonline.com/${tid}/v2.0`,
          sub: "p",
          oid: "o",
          tid,
          preferred_username: "ann@contoso.test",
          ver: "2.0",
        },
        nonce,
      ),
    }),
    { callback: { session_state: "s-1" } },
  );
  success(outcome);
  expect(grant).toMatchObject({ account_identifier: "ann@contoso.test" });
  expect(s.world.config.apps.get("demo")?.providers.get("microsoft")?.provider.opener).toBe(
    "severed",
  );
});

test("Linear's tokens end after 24 hours since 2026-04-01: renewed, with a refresh token for one use", async () => {
  s.script({
    "api.linear.app/oauth/token": {
      body: {
        access_token: "lin_1",
        token_type: "Bearer",
        expires_in: 86399,
        scope: "read",
        refresh_token: "lr_1",
      },
    },
    "api.linear.app/graphql": {
      body: {
        data: {
          viewer: { id: "v", name: "Ann", email: "ann@lin.test" },
          organization: { id: "o" },
        },
      },
    },
  });
  success((await s.connect("linear", { sub: "lin" })).outcome);
  for (const n of [2, 3]) {
    s.world.pass(24 * HOUR);
    s.script({
      "api.linear.app/oauth/token": ({ form }) =>
        form.get("refresh_token") === `lr_${n - 1}`
          ? {
              body: {
                access_token: `lin_${n}`,
                token_type: "Bearer",
                expires_in: 86399,
                scope: "read",
                refresh_token: `lr_${n}`,
              },
            }
          : { status: 400, body: { error: "invalid_grant" } },
    });
    expect((await s.token("linear", "lin", "api.linear.app")).body).toMatchObject({
      access_token: `lin_${n}`,
    });
  }
});

test("Shopify's expiring tokens: asked for since December 2025, renewed, and signed callbacks", async () => {
  const shop = "acme.myshopify.com";
  s.script({
    [`${shop}/admin/oauth/access_token`]: {
      body: {
        access_token: "shpat_1",
        scope: "read_products",
        expires_in: 3600,
        refresh_token: "shprt_1",
        refresh_token_expires_in: 7776000,
      },
    },
    [`${shop}/admin/api/2026-10/graphql.json`]: {
      body: {
        data: {
          shop: {
            id: "gid://shopify/Shop/1",
            name: "Acme",
            email: "a@acme.test",
            myshopifyDomain: shop,
          },
        },
      },
    },
  });
  const claimed = await begin(s.world, {
    sub: "shop",
    session: { allowed_providers: ["shopify"], provider_variables: { shopify: { shop: "acme" } } },
  });
  const { browser, session_id } = claimed;
  const reply = await browser.page("authorize", { session_id, provider: "shopify" });
  const state = new URL(String(reply.body["authorization_url"])).searchParams.get("state") ?? "";
  const parameters: Record<string, string> = {
    code: "c",
    host: "aG9zdA",
    shop,
    state,
    timestamp: "1764500000",
  };
  const message = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join("&");
  const hmac = createHmac("sha256", "s3cr3t").update(message).digest("hex");
  await land(
    browser,
    `${B}/oauth/callback/shopify?${new URLSearchParams({ ...parameters, hmac }).toString()}`,
  );
  success(await outcomeOf(s.world, claimed));
  expect(s.sent(`${shop}/admin/oauth/access_token`)[0]?.form.get("expiring")).toBe("1");
  s.world.pass(HOUR);
  s.script({
    [`${shop}/admin/oauth/access_token`]: {
      body: {
        access_token: "shpat_2",
        scope: "read_products",
        expires_in: 3600,
        refresh_token: "shprt_2",
        refresh_token_expires_in: 7776000,
      },
    },
  });
  expect((await s.token("shopify", "shop", shop)).body).toMatchObject({ access_token: "shpat_2" });
});

test("Zendesk requires refresh since 2026-04-30: lifetimes are asked for, and the pair changes together", async () => {
  const at = "acme.zendesk.com/oauth/tokens";
  const reply = (n: number) => ({
    body: {
      access_token: `zd_${n}`,
      refresh_token: `zr_${n}`,
      token_type: "bearer",
      scope: "read",
      expires_in: 172800,
      refresh_token_expires_in: 7776000,
    },
  });
  s.script({
    [at]: reply(1),
    "acme.zendesk.com/api/v2/users/me.json": { body: { user: { id: 1, email: "ann@zd.test" } } },
  });
  const { outcome, grant } = await s.connect("zendesk", {
    sub: "zd",
    variables: { subdomain: "acme" },
  });
  success(outcome);
  expect(Object.fromEntries(s.sent(at)[0]?.form ?? [])).toMatchObject({
    expires_in: "172800",
    refresh_token_expires_in: "7776000",
  });
  expect(grant).toMatchObject({ credential_expires_at: expect.stringMatching(/^20/) as string });
  s.world.pass(48 * HOUR);
  s.script({
    [at]: ({ form }) =>
      form.get("refresh_token") === "zr_1"
        ? reply(2)
        : { status: 400, body: { error: "invalid_grant" } },
  });
  expect((await s.token("zendesk", "zd", "acme.zendesk.com")).body).toMatchObject({
    access_token: "zd_2",
  });
});

describe("Apple", () => {
  const claims = {
    aud: "client-of-apple",
    iss: "https://appleid.apple.com",
    sub: "001.abc.1",
    email: "x1@privaterelay.appleid.com",
    email_verified: "true",
    is_private_email: "true",
  };

  test("posts its answer, takes a JWT for a secret, and says true as text", async () => {
    let nonce = "";
    s.script({
      "appleid.apple.com/auth/keys": { body: jwks },
      "appleid.apple.com/auth/token": async () => ({
        body: { ...TOKEN, id_token: await idToken(claims, nonce) },
      }),
    });
    const claimed = await begin(s.world, {
      sub: "apple",
      session: { allowed_providers: ["apple"] },
    });
    const { browser, session_id } = claimed;
    const reply = await browser.page("authorize", { session_id, provider: "apple" });
    const { searchParams } = new URL(String(reply.body["authorization_url"]));
    nonce = searchParams.get("nonce") ?? "";
    expect(searchParams.get("response_mode")).toBe("form_post");
    // Across sites, so without our cookie; the name comes this once and is not kept.
    const form = new URLSearchParams({
      code: "c",
      state: searchParams.get("state") ?? "",
      user: JSON.stringify({ name: { firstName: "Ann" } }),
    });
    const posted = await s.world.call("/oauth/callback/apple", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form,
    });
    await land(browser, B + String(posted.headers.get("location")));
    success(await outcomeOf(s.world, claimed));
    expect((await grantsOf(s.world, "apple"))[0]).toMatchObject({
      account_identifier: "x1@privaterelay.appleid.com",
    });
    expect(s.sent("appleid.apple.com/auth/token")[0]?.form.get("client_secret")).toMatch(
      /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/,
    );
  });

  test("a client secret that is no key is a sentence in the log, without the key", async () => {
    const client = s.world.config.apps.get("demo")?.providers.get("apple");
    if (!client) throw new Error("no client");
    const { client_secret } = client;
    client.client_secret = `-----BEGIN PRIVATE KEY-----${randomBytes(40).toString("base64")}`;
    const { view } = await withNonce("apple", "appleid.apple.com/auth/token", async () => ({}));
    expect(view).toMatchObject({ phase: "failed" });
    expect(s.lastLog("callback_failed")).toMatchObject({
      kind: "apple-client-secret:client_secret_is_no_pkcs8_key",
    });
    expect(JSON.stringify(s.world.logs)).not.toContain(client.client_secret.slice(30, 60));
    client.client_secret = client_secret;
  });
});

test("Google's partial consent: a scope that was unticked is no connection where it is required", async () => {
  const calendar = "https://www.googleapis.com/auth/calendar.readonly";
  const reply = (scope: string) => async (nonce: string) => ({
    ...{ ...TOKEN, scope },
    id_token: await idToken(
      {
        aud: "client-of-google2",
        iss: "https://accounts.google.com",
        sub: "g",
        email: "ann@gmail.test",
        email_verified: true,
      },
      nonce,
    ),
  });
  const callback = {
    iss: "https://accounts.google.com",
    scope: "email openid",
    authuser: "0",
    prompt: "consent",
  };
  const partial = await withNonce(
    "google2",
    "oauth2.googleapis.com/token",
    reply("openid https://www.googleapis.com/auth/userinfo.email"),
    { callback },
  );
  expect(partial.view).toMatchObject({ phase: "failed", failure: "scopes_missing" });
  expect(partial.grant).toBeUndefined();
  const whole = await withNonce(
    "google2",
    "oauth2.googleapis.com/token",
    reply(`openid ${calendar}`),
    { callback },
  );
  success(whole.outcome);
});

test("QuickBooks' realmId comes on the callback and is the app's to read", async () => {
  s.script({
    "oauth.platform.intuit.com/oauth2/v1/tokens/bearer": {
      body: { ...TOKEN, x_refresh_token_expires_in: 8726400 },
    },
    "accounts.platform.intuit.com/v1/openid_connect/userinfo": {
      body: { sub: "u", email: "ann@qb.test", emailVerified: true },
    },
  });
  const { outcome, grant } = await s.connect("quickbooks", { callback: { realmId: "9341453" } });
  success(outcome);
  expect(grant).toMatchObject({ metadata: { realm_id: "9341453" } });
});

test("Salesforce's instance URL comes with the token, and is where the token goes", async () => {
  s.script({
    "login.salesforce.com/services/oauth2/token": {
      body: {
        access_token: "00D",
        token_type: "Bearer",
        refresh_token: "5Aep",
        instance_url: "https://acme--dev.sandbox.my.salesforce.com",
        id: "https://login.salesforce.com/id/00D/005",
        issued_at: "1764500000000",
        signature: "x",
        scope: "refresh_token openid",
      },
    },
    "acme--dev.sandbox.my.salesforce.com/services/oauth2/userinfo": {
      body: { user_id: "005", organization_id: "00D", preferred_username: "ann@sf.test" },
    },
  });
  success((await s.connect("salesforce", { sub: "sf" })).outcome);
  const host = "acme--dev.sandbox.my.salesforce.com";
  expect((await s.token("salesforce", "sf", host)).body).toMatchObject({ allowed_hosts: [host] });
  expect((await s.token("salesforce", "sf", "login.salesforce.com")).body["code"]).toBe(
    "host_not_allowed",
  );
});

test("Mailchimp's data centre comes from its metadata, and its tokens never end", async () => {
  s.script({
    "login.mailchimp.com/oauth2/token": {
      body: { access_token: "mc", expires_in: 0, scope: null },
    },
    "login.mailchimp.com/oauth2/metadata": {
      body: {
        dc: "us21",
        role: "owner",
        accountname: "Acme",
        user_id: 1,
        login: { login_id: 2, email: "ann@mc.test" },
        api_endpoint: "https://us21.api.mailchimp.com",
      },
    },
  });
  const { outcome, grant } = await s.connect("mailchimp", { sub: "mc" });
  success(outcome);
  expect(grant).toMatchObject({ credential_expires_at: null, metadata: { dc: "us21" } });
  expect((await s.token("mailchimp", "mc", "us21.api.mailchimp.com")).body).toMatchObject({
    expires_at: null,
    injection: { template: "OAuth {token}" },
  });
});

test("LinkedIn without token_type, without PKCE, without a nonce", async () => {
  s.script({
    "www.linkedin.com/oauth/v2/accessToken": {
      body: { access_token: "li", expires_in: 5183999, scope: "email,openid,profile" },
    },
    "api.linkedin.com/v2/userinfo": {
      body: { sub: "li1", name: "Ann", email: "ann@li.test", email_verified: true },
    },
  });
  const { outcome, grant, authorization } = await s.connect("linkedin");
  success(outcome);
  expect(grant).toMatchObject({
    account_identifier: "ann@li.test",
    scopes: ["email", "openid", "profile"],
  });
  for (const name of ["code_challenge", "nonce"])
    expect(authorization.searchParams.has(name)).toBe(false);
});
