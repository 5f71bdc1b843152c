/**
 * Token replies as these providers send them (providers.md, section 4), and what each is without its switch: the strict
 * path refuses it, with the library's own reason in the log, and nothing is kept.
 */
import { describe, expect, test } from "vitest";
import type { Json } from "../world.ts";
import { startScripted, type Answer, type Script } from "./scripted.ts";

const s = await startScripted(
  {
    ...{ github: {}, slack: {}, zoho: {}, twitch: {}, mailchimp: {}, strava: {}, bitbucket: {} },
    ...{ notion: {}, naver: {}, mastodon: {}, tumblr: {}, square: {}, supabase: {}, sentry: {} },
    ...{ ebay: { variables: { ru_name: "Acme-AcmeApp-SBX-abcdef" } }, withings: {}, box: {} },
    ...{ atlassian: {}, quickbooks: {}, airtable: {}, "slack-user": {}, salesforce: {} },
    strict: { scopes: [] },
  },
  {
    providers: {
      strict: {
        name: "Strict",
        authorization_endpoint: "https://strict.example/authorize",
        token_endpoint: "https://strict.example/token",
        identity: {
          source: "request",
          request: { url: "https://strict.example/me" },
          id: "id",
          label: "email",
        },
        api_hosts: ["strict.example"],
      },
    },
  },
);

const HOUR = 3_600_000;
const form = (body: string): Answer => ({ type: "application/x-www-form-urlencoded", body });
const json = (body: Json, status = 200): Answer => ({ status, body });

/** Where the token and the account of each come from. */
const PLACES: Record<string, [token: string, identity: string, account: unknown]> = {
  github: ["github.com/login/oauth/access_token", "api.github.com/user", { id: 1, login: "ann" }],
  slack: [
    "slack.com/api/oauth.v2.access",
    "slack.com/api/auth.test",
    { ok: true, team_id: "T1", user_id: "U1", team: "Acme", user: "ann" },
  ],
  zoho: [
    "accounts.zoho.com/oauth/v2/token",
    "accounts.zoho.com/oauth/user/info",
    { ZUID: 9, Email: "ann@zoho.test" },
  ],
  twitch: [
    "id.twitch.tv/oauth2/token",
    "api.twitch.tv/helix/users",
    { data: [{ id: "7", login: "ann" }] },
  ],
  mailchimp: [
    "login.mailchimp.com/oauth2/token",
    "login.mailchimp.com/oauth2/metadata",
    {
      dc: "us6",
      accountname: "Acme",
      user_id: 3,
      login: { login_id: 4, email: "ann@mail.test" },
    },
  ],
  strava: [
    "www.strava.com/oauth/token",
    "www.strava.com/api/v3/athlete",
    { id: 5, username: "ann" },
  ],
  bitbucket: [
    "bitbucket.org/site/oauth2/access_token",
    "api.bitbucket.org/2.0/user",
    { uuid: "{u}", username: "ann" },
  ],
  naver: [
    "nid.naver.com/oauth2.0/token",
    "openapi.naver.com/v1/nid/me",
    { resultcode: "00", message: "success", response: { id: "n1", email: "ann@naver.test" } },
  ],
  mastodon: [
    "mastodon.social/oauth/token",
    "mastodon.social/api/v1/accounts/verify_credentials",
    { id: "11", acct: "ann" },
  ],
  tumblr: [
    "api.tumblr.com/v2/oauth2/token",
    "api.tumblr.com/v2/user/info",
    { response: { user: { name: "ann" } } },
  ],
  square: [
    "connect.squareup.com/oauth2/token",
    "connect.squareup.com/v2/merchants/me",
    { merchant: { id: "m1", business_name: "Acme" } },
  ],
  supabase: [
    "api.supabase.com/v1/oauth/token",
    "api.supabase.com/v1/organizations",
    [{ id: "org1", name: "Acme" }],
  ],
  sentry: ["sentry.io/oauth/token/", "sentry.io/oauth/userinfo/", {}],
  ebay: [
    "api.ebay.com/identity/v1/oauth2/token",
    "apiz.ebay.com/commerce/identity/v1/user/",
    { userId: "e1", username: "ann" },
  ],
  atlassian: [
    "auth.atlassian.com/oauth/token",
    "api.atlassian.com/me",
    { account_id: "a1", email: "ann@atl.test" },
  ],
  airtable: [
    "airtable.com/oauth2/v1/token",
    "api.airtable.com/v0/meta/whoami",
    { id: "usr1", email: "ann@air.test" },
  ],
  "slack-user": [
    "slack.com/api/oauth.v2.user.access",
    "slack.com/api/auth.test",
    { ok: true, team_id: "T1", user_id: "U1", team: "Acme", user: "ann" },
  ],
  salesforce: [
    "login.salesforce.com/services/oauth2/token",
    "acme.my.salesforce.com/services/oauth2/userinfo",
    { user_id: "005", organization_id: "00D", preferred_username: "ann@sf.test" },
  ],
  notion: ["api.notion.com/v1/oauth/token", "api.notion.com/v1/users/me", {}],
  withings: ["wbsapi.withings.net/v2/oauth2", "wbsapi.withings.net/none", {}],
  strict: ["strict.example/token", "strict.example/me", { id: "1", email: "ann@strict.test" }],
};

const scripted = (id: string, token: Answer): Script => {
  const [at = "", whose = "", account] = PLACES[id] ?? [];
  return { [at]: token, [whose]: { body: account } };
};
const connect = async (id: string, token: Answer, callback: Record<string, string> = {}) => {
  s.script(scripted(id, token));
  return s.connect(id, { callback: id === "github" ? { iss: ISS, ...callback } : callback });
};
const ISS = "https://github.com/login/oauth";
const BEARER = { access_token: "the-token", token_type: "bearer" };

describe("taken as they are meant", () => {
  const never = { credential_expires_at: null };
  test.each<[string, string, Answer, Json, Record<string, string>?]>([
    [
      "a form in place of JSON",
      "github",
      form("access_token=the-token&scope=read%3Auser%2Cuser%3Aemail&token_type=bearer"),
      { scopes: ["read:user", "user:email"], ...never },
    ],
    [
      "scopes with commas",
      "github",
      json({ ...BEARER, scope: "read:user,user:email" }),
      { scopes: ["read:user", "user:email"] },
    ],
    [
      "no token_type",
      "mailchimp",
      json({ access_token: "the-token", expires_in: 0, scope: null }),
      never,
    ],
    [
      "token_type bot",
      "slack",
      json({ ok: true, ...BEARER, token_type: "bot", scope: "users:read,chat:write" }),
      { scopes: ["users:read", "chat:write"], account_identifier: "Acme" },
    ],
    [
      "token_type User Access Token",
      "ebay",
      json({ ...BEARER, token_type: "User Access Token", expires_in: 7200 }),
      { account_identifier: "ann" },
    ],
    [
      "the only token nested",
      "slack",
      json({
        ok: true,
        team: { id: "T1" },
        authed_user: { id: "U1", ...BEARER, token_type: "user", scope: "chat:write" },
      }),
      { scopes: ["chat:write"] },
    ],
    ["201", "supabase", json({ ...BEARER, expires_in: 86400, refresh_token: "r" }, 201), {}],
    [
      "expires_in as text",
      "naver",
      json({ ...BEARER, expires_in: "3600", refresh_token: "r" }),
      {},
    ],
    [
      "expires_in 0 for never",
      "mailchimp",
      json({ access_token: "the-token", expires_in: 0 }),
      never,
    ],
    [
      "expires_in null",
      "mastodon",
      json({ ...BEARER, scope: "profile", created_at: 1, expires_in: null, refresh_token: null }),
      never,
    ],
    [
      "id_token false",
      "tumblr",
      json({
        ...BEARER,
        expires_in: 2520,
        scope: "basic offline_access",
        id_token: false,
        refresh_token: "r",
      }),
      {},
    ],
    [
      "no expires_in",
      "salesforce",
      json({
        ...BEARER,
        instance_url: "https://acme.my.salesforce.com",
        issued_at: "1764500000000",
        refresh_token: "r",
      }),
      {
        metadata: {
          domain: "login.salesforce.com",
          instance_url: "https://acme.my.salesforce.com",
        },
      },
    ],
    [
      "a list of scopes",
      "twitch",
      json({ ...BEARER, expires_in: 14000, refresh_token: "r", scope: ["user:read:email"] }),
      { scopes: ["user:read:email"] },
    ],
    [
      "scopes under another name",
      "bitbucket",
      json({ ...BEARER, scopes: "account email", expires_in: 7200, refresh_token: "r" }),
      { scopes: ["account", "email"] },
    ],
    [
      "scopes on the callback",
      "strava",
      json({ ...BEARER, expires_at: 9_999_999_999, expires_in: 21600, refresh_token: "r" }),
      { scopes: ["read", "activity:read"] },
      { scope: "read,activity:read" },
    ],
    [
      "an answer in an envelope",
      "withings",
      json({
        status: 0,
        body: { userid: 42, ...BEARER, scope: "user.info", expires_in: 10800, refresh_token: "r" },
      }),
      { account_identifier: "42", scopes: ["user.info"] },
    ],
    [
      "an unknown refresh token's end",
      "airtable",
      json({
        ...BEARER,
        expires_in: 3600,
        refresh_token: "r",
        refresh_expires_in: 5_184_000,
        scope: "user.email:read",
      }),
      { credential_expires_at: expect.stringMatching(/^\d{4}/), expiring: false },
    ],
  ])("%s (%s)", async (_, id, token, grant, callback) => {
    const { outcome, ...rest } = await connect(id, token, callback);
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(rest.grant).toMatchObject(grant);
  });

  test.each<[string, Answer]>([
    [
      "square",
      json({
        ...BEARER,
        expires_at: new Date(Date.now() + HOUR).toISOString(),
        refresh_token: "r",
        merchant_id: "m1",
      }),
    ],
    [
      "strava",
      json({ ...BEARER, expires_at: Math.floor((Date.now() + HOUR) / 1000), refresh_token: "r" }),
    ],
    [
      "sentry",
      json({
        ...BEARER,
        expires_at: new Date(Date.now() + HOUR).toISOString(),
        refresh_token: "r",
        user: { id: "1", email: "ann@sentry.test" },
      }),
    ],
  ])("an end as a time (%s)", async (id, token) => {
    const hosts: Record<string, string> = {
      square: "connect.squareup.com",
      strava: "www.strava.com",
      sentry: "sentry.io",
    };
    s.script(scripted(id, token));
    const sub = `ends-${id}`;
    const { outcome } = await s.connect(id, { sub, callback: { scope: "read" } });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    const { body } = await s.token(id, sub, hosts[id] ?? "");
    const left = Date.parse(String(body["expires_at"])) - s.world.now();
    expect(left).toBeGreaterThan(HOUR - 60_000);
    expect(left).toBeLessThanOrEqual(HOUR);
  });

  test("the end of a refresh token, by the key that QuickBooks has for it", async () => {
    const { provider } = s.world.config.apps.get("demo")?.providers.get("quickbooks") ?? {};
    expect(provider?.token_response.refresh_expires_in).toBe("x_refresh_token_expires_in");
  });
});

describe("errors with a status of success: the provider's own code, and nothing kept", () => {
  test.each<[string, Json, string]>([
    ["slack", { ok: false, error: "invalid_code" }, "invalid_code"],
    [
      "github",
      { error: "bad_verification_code", error_description: "The code is incorrect." },
      "bad_verification_code",
    ],
    ["zoho", { error: "invalid_code" }, "invalid_code"],
    [
      "naver",
      { error: "invalid_request", error_description: "no valid data in session" },
      "invalid_request",
    ],
    [
      "withings",
      { status: 503, error: "Invalid Params: invalid code", body: {} },
      "Invalid Params: invalid code",
    ],
  ])("%s", async (id, body, code) => {
    const { view, grant } = await connect(id, json(body));
    expect(view).toMatchObject({ phase: "failed", failure: "provider_refused" });
    expect(grant).toBeUndefined();
    expect(s.lastLog("callback_failed")).toMatchObject({
      ...{ provider: id, step: "token", kind: "error_reply", provider_error: code },
    });
  });

  test("the text is kept for the log, without what could be a secret or a person", async () => {
    const long = "x".repeat(40);
    const error_description = `Code ${long} of ann@work.test is no good.`;
    const { view } = await connect("github", json({ error: "bad_code", error_description }));
    expect(s.lastLog("callback_failed")).toMatchObject({
      provider_text: "Code (long) of (address) is no good.",
    });
    expect(JSON.stringify(view)).not.toContain("no good");
  });
});

describe("errors of other forms", () => {
  test("403 in place of 400 (Atlassian)", async () => {
    const { view } = await connect("atlassian", json({ error: "invalid_grant" }, 403));
    expect(view).toMatchObject({ failure: "provider_refused" });
    expect(s.lastLog("callback_failed")).toMatchObject({
      ...{ provider_error: "invalid_grant", status: 403 },
    });
  });

  test("a message in place of a code (Twitch)", async () => {
    const { view } = await connect(
      "twitch",
      json({ status: 400, message: "Invalid authorization code" }, 400),
    );
    expect(view).toMatchObject({ failure: "provider_refused" });
    expect(s.lastLog("callback_failed")).toMatchObject({
      provider_error: "Invalid authorization code",
    });
  });
});

describe("the strict path: what no switch asks for is refused", () => {
  test("as RFC 6749 has it, it works", async () => {
    const reply = json({ ...BEARER, token_type: "Bearer", expires_in: 3600, refresh_token: "r" });
    const { outcome } = await connect("strict", reply);
    expect(outcome).toMatchObject({ status: "success" });
  });

  test.each<[string, Answer, Json]>([
    [
      "a form",
      form("access_token=the-token&token_type=bearer"),
      { kind: "OAUTH_RESPONSE_IS_NOT_JSON" },
    ],
    ["no token_type", json({ access_token: "the-token" }), { kind: "OAUTH_INVALID_RESPONSE" }],
    [
      "another token_type",
      json({ ...BEARER, token_type: "bot" }),
      { kind: "OAUTH_UNSUPPORTED_OPERATION" },
    ],
    ["201", json(BEARER, 201), { kind: "OAUTH_RESPONSE_IS_NOT_CONFORM" }],
    ["a nested token", json({ ok: true, authed_user: BEARER }), { kind: "OAUTH_INVALID_RESPONSE" }],
    ["an error with 200", json({ error: "invalid_code" }), { kind: "OAUTH_INVALID_RESPONSE" }],
    ["nulls", json({ ...BEARER, expires_in: null }), { kind: "OAUTH_INVALID_RESPONSE" }],
    ["a list of scopes", json({ ...BEARER, scope: ["a"] }), { kind: "OAUTH_INVALID_RESPONSE" }],
    [
      "an id_token that is none",
      json({ ...BEARER, id_token: false }),
      { kind: "OAUTH_INVALID_RESPONSE" },
    ],
    [
      "a redirect",
      { status: 307, body: "", headers: { location: "https://strict.example/me" } },
      { status: 307 },
    ],
  ])("%s", async (_, reply, cause) => {
    const { view, grant, outcome } = await connect("strict", reply);
    expect(view).toMatchObject({ phase: "failed", failure: "provider_reply_invalid" });
    expect(outcome).toMatchObject({ status: "pending", phase: "failed" });
    expect(grant).toBeUndefined();
    expect(s.lastLog("callback_failed")).toMatchObject({ step: "token", ...cause });
    // Neither the code nor the token went anywhere else.
    expect(s.sent("strict.example/me")).toEqual([]);
  });

  test("expires_in 0 is an end that has come, where no record says otherwise", async () => {
    const { outcome } = await connect("strict", json({ ...BEARER, expires_in: 0 }));
    expect(outcome).toMatchObject({ status: "success" });
  });
});
