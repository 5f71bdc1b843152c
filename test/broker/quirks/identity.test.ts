/** Whose account it is, where these providers say it; and what stands for nobody at all. */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { rowsOf } from "../steps.ts";
import type { Json } from "../world.ts";
import { startScripted, type Script } from "./scripted.ts";

const TID = "11111111-2222-3333-4444-555555555555";
const OTHER_TID = "99999999-2222-3333-4444-555555555555";
const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
const stranger = await generateKeyPair("RS256");
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" }] };

const s = await startScripted(
  {
    ...{
      google: {},
      microsoft: {},
      linear: {},
      monday: {},
      dropbox: {},
      vk: {},
      stripe: {},
      notion: {},
    },
    ...{
      hubspot: {},
      line: {},
      paypal: {},
      atlassian: {},
      instagram: {},
      kakao: {},
      facebook: {},
      gong: {},
    },
    ...{
      slack: {},
      mailchimp: {},
      yandex: {},
      etsy: {},
      xero: {},
      generic: { scopes: ["openid"] },
    },
  },
  {
    providers: {
      // Generic OpenID Connect: an issuer, a host, and all else by discovery.
      generic: {
        name: "Generic",
        issuer: "https://login.generic.example",
        api_hosts: ["api.generic.example"],
      },
    },
  },
);

const TOKEN = {
  access_token: "the-token",
  token_type: "bearer",
  expires_in: 3600,
  refresh_token: "r",
};
const now = () => Math.floor(Date.now() / 1000);
const idToken = (claims: Json, nonce: string | null, key = privateKey): Promise<string> =>
  new SignJWT({ ...(nonce === null ? {} : { nonce }), ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuedAt(now())
    .setExpirationTime(now() + 300)
    .sign(key);

const hs256 = await new SignJWT({ sub: "x", nonce: "n" })
  .setProtectedHeader({ alg: "HS256" })
  .setIssuer("https://access.line.me")
  .setAudience("client-of-line")
  .setIssuedAt()
  .setExpirationTime("5m")
  .sign(new TextEncoder().encode("s3cr3t".padEnd(32, "x")));

/** The account id as stored. */
const storedId = async (sub: string) => (await rowsOf(s.world, sub))[0]?.["account_id"];
const label = (grant: Json | undefined) => grant?.["account_identifier"];

describe("in replies of other calls", () => {
  const graphql = (data: Json) => ({ body: { data } });
  test.each<[string, Script, string, string]>([
    [
      "linear",
      {
        "api.linear.app/oauth/token": { body: { ...TOKEN, expires_in: 86399, scope: "read" } },
        "api.linear.app/graphql": graphql({
          viewer: { id: "v1", name: "Ann", email: "ann@lin.test" },
          organization: { id: "o1" },
        }),
      },
      "v1",
      "ann@lin.test",
    ],
    [
      "monday",
      {
        "auth.monday.com/oauth2/token": {
          body: { access_token: "the-token", token_type: "Bearer", scope: "me:read" },
        },
        "api.monday.com/v2": graphql({
          me: { id: "77", name: "Ann", email: "ann@mon.test", account: { id: "1" } },
        }),
      },
      "77",
      "ann@mon.test",
    ],
    [
      "dropbox",
      {
        "api.dropboxapi.com/oauth2/token": { body: { ...TOKEN, account_id: "dbid:1" } },
        "api.dropboxapi.com/2/users/get_current_account": {
          body: { account_id: "dbid:1", email: "ann@db.test", name: { display_name: "Ann" } },
        },
      },
      "dbid:1",
      "ann@db.test",
    ],
    [
      "notion",
      {
        "api.notion.com/v1/oauth/token": {
          body: {
            ...TOKEN,
            expires_in: undefined,
            bot_id: "b1",
            workspace_name: "Acme",
            owner: { type: "user", user: { person: { email: "ann@no.test" } } },
          },
        },
      },
      "b1",
      "ann@no.test",
    ],
    [
      "hubspot",
      {
        "api.hubapi.com/oauth/v3/token": { body: TOKEN },
        "api.hubapi.com/oauth/v1/access-tokens/the-token": {
          body: { user: "ann@hub.test", user_id: 5, hub_id: 6, hub_domain: "acme.test" },
        },
      },
      "6:5",
      "ann@hub.test",
    ],
    [
      "slack",
      {
        "slack.com/api/oauth.v2.access": {
          body: { ok: true, access_token: "xoxb", token_type: "bot", scope: "users:read" },
        },
        "slack.com/api/auth.test": {
          body: { ok: true, team: "Acme", team_id: "T1", user: "bot", user_id: "U1" },
        },
      },
      "T1:U1",
      "Acme",
    ],
  ])("%s", async (id, script, account, shown) => {
    s.script(script);
    const sub = `identity ${id}`;
    const { outcome, grant } = await s.connect(id, { sub });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect([await storedId(sub), label(grant)]).toEqual([account, shown]);
  });

  test("hubspot: the token in the address is in no log", async () => {
    const secret = "hub-token-that-nobody-may-see";
    s.script({
      "api.hubapi.com/oauth/v3/token": { body: { ...TOKEN, access_token: secret } },
      [`api.hubapi.com/oauth/v1/access-tokens/${secret}`]: {
        status: 500,
        body: { message: `no ${secret}` },
      },
    });
    const { view } = await s.connect("hubspot");
    expect(view).toMatchObject({ failure: "identity_unavailable" });
    expect(s.lastLog("callback_failed")).toMatchObject({ step: "identity", status: 500 });
    expect(JSON.stringify(s.world.logs)).not.toContain(secret);
  });

  test("etsy: whose token it is stands before its dot", async () => {
    s.script({
      "api.etsy.com/v3/public/oauth/token": {
        body: { ...TOKEN, access_token: "12345678.secretpart" },
      },
      "openapi.etsy.com/v3/application/users/12345678": {
        body: { user_id: 12345678, primary_email: "ann@etsy.test" },
      },
    });
    const { outcome, grant } = await s.connect("etsy");
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(label(grant)).toBe("ann@etsy.test");
  });

  test.each<[string, string, string, Json, string]>([
    [
      "mailchimp",
      "login.mailchimp.com/oauth2/token",
      "login.mailchimp.com/oauth2/metadata",
      { dc: "us6", user_id: 1, login: { login_id: 2, email: "ann@mc.test" } },
      "OAuth the-token",
    ],
    [
      "yandex",
      "oauth.yandex.com/token",
      "login.yandex.ru/info",
      { id: "1", default_email: "ann@ya.test" },
      "OAuth the-token",
    ],
  ])("%s: a scheme of its own, here and at the API", async (id, token, whose, account, scheme) => {
    s.script({
      [token]: { body: { ...TOKEN, expires_in: id === "mailchimp" ? 0 : 3600 } },
      [whose]: { body: account },
    });
    const sub = `scheme ${id}`;
    const { outcome } = await s.connect(id, { sub });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(s.sent(whose)[0]?.headers.get("authorization")).toBe(scheme);
    const host = id === "mailchimp" ? "us6.api.mailchimp.com" : "cloud-api.yandex.net";
    expect((await s.token(id, sub, host)).body).toMatchObject({
      injection: { template: "OAuth {token}" },
    });
  });
});

describe("numbers that JavaScript would round", () => {
  const BIG = "17841405309211844999";
  test.each<[string, string, string, (id: string) => string, Script]>([
    [
      "instagram",
      "api.instagram.com/oauth/access_token",
      "graph.instagram.com/me",
      (id) => `{"user_id":${id},"username":"ann"}`,
      {
        "graph.instagram.com/access_token": {
          body: { access_token: "long", token_type: "bearer", expires_in: 5184000 },
        },
      },
    ],
    [
      "kakao",
      "kauth.kakao.com/oauth/token",
      "kapi.kakao.com/v2/user/me",
      (id) => `{"id":${id},"kakao_account":{"email":"ann@ka.test"}}`,
      {},
    ],
    [
      "facebook",
      "graph.facebook.com/v24.0/oauth/access_token",
      "graph.facebook.com/v24.0/me",
      (id) => `{"id":${id},"name":"Ann"}`,
      {},
    ],
  ])("%s: two accounts that differ in the last digit", async (id, token, whose, body, more) => {
    const sub = `big ${id}`;
    for (const account of [BIG, BIG.replace(/9$/, "8")]) {
      s.script({
        [token]: {
          body: { access_token: "short", token_type: "bearer", expires_in: 3600, user_id: 1 },
        },
        [whose]: { type: "application/json", body: body(account) },
        ...more,
      });
      const { outcome } = await s.connect(id, { sub });
      expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
        status: "success",
      });
    }
    expect(new Set((await rowsOf(s.world, sub)).map(({ account_id }) => account_id))).toEqual(
      new Set([BIG, BIG.replace(/9$/, "8")]),
    );
  });
});

describe("nobody says", () => {
  test("gong: the label is honest, and each connection a grant of its own", async () => {
    s.script({
      "app.gong.io/oauth2/generate-customer-token": {
        body: { ...TOKEN, api_base_url_for_customer: "https://us-1.api.gong.io" },
      },
    });
    const sub = "nobody";
    await s.connect("gong", { sub });
    const { grant } = await s.connect("gong", { sub });
    expect(label(grant)).toMatch(/^Gong, \d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/);
    expect((await rowsOf(s.world, sub)).map(({ account_id }) => account_id)).toEqual([null, null]);
  });

  test.each<[string, Json]>([
    ["no id", { email: "ann@db.test" }],
    ["an id that is no text", { account_id: { x: 1 }, email: "ann@db.test" }],
    ["an id that is inherited", { __proto__x: 1 }],
    ["nothing", {}],
  ])("a reply with %s is no connection", async (_, body) => {
    s.script({
      "api.dropboxapi.com/oauth2/token": { body: TOKEN },
      "api.dropboxapi.com/2/users/get_current_account": { body },
    });
    const { view, grant } = await s.connect("dropbox");
    expect(view).toMatchObject({ failure: "identity_unavailable" });
    expect(grant).toBeUndefined();
  });
});

describe("in an id_token, which is checked", () => {
  const MICROSOFT = "login.microsoftonline.com/common/oauth2/v2.0/token";
  const KEYS: Script = {
    "login.microsoftonline.com/common/discovery/v2.0/keys": { body: jwks },
    "www.googleapis.com/oauth2/v3/certs": { body: jwks },
  };
  /** The nonce that the browser took along comes back in the token, so the reply is made when it is asked for. */
  const connect = async (
    id: string,
    address: string,
    claims: (nonce: string) => Promise<string>,
    sub: string,
  ) => {
    let nonce = "";
    s.script({
      ...KEYS,
      [address]: async () => ({ body: { ...TOKEN, id_token: await claims(nonce) } }),
    });
    return s.connect(id, {
      sub,
      callback: id === "google" ? { iss: "https://accounts.google.com" } : {},
      left: ({ searchParams }) => (nonce = searchParams.get("nonce") ?? ""),
    });
  };
  const account = {
    aud: "client-of-microsoft",
    sub: "pairwise",
    oid: "oid-1",
    tid: TID,
    preferred_username: "ann@ms.test",
  };
  const issuer = (tid: string) => `https://login.microsoftonline.com/${tid}/v2.0`;

  test("Microsoft: an issuer that differs by tenant, and an account that is known by tenant and object id", async () => {
    const { outcome, grant } = await connect(
      "microsoft",
      MICROSOFT,
      (nonce) => idToken({ ...account, iss: issuer(TID) }, nonce),
      "ms",
    );
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect([await storedId("ms"), label(grant)]).toEqual([`${TID}:oid-1`, "ann@ms.test"]);
    // Nothing was discovered: its document has a literal {tenantid} that no issuer is.
    expect(
      s.sent("login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"),
    ).toEqual([]);
  });

  test.each<[string, (nonce: string) => Promise<string>]>([
    [
      "an issuer of another tenant than the token's",
      (nonce) => idToken({ ...account, iss: issuer(OTHER_TID) }, nonce),
    ],
    [
      "the template itself for an issuer",
      (nonce) => idToken({ ...account, iss: issuer("{tenantid}") }, nonce),
    ],
    [
      "a tenant that leads elsewhere",
      (nonce) => idToken({ ...account, tid: "x/../y", iss: issuer("x/../y") }, nonce),
    ],
    ["no tenant", (nonce) => idToken({ ...account, tid: undefined, iss: issuer(TID) }, nonce)],
    ["another nonce", () => idToken({ ...account, iss: issuer(TID) }, "another")],
    [
      "another client's audience",
      (nonce) => idToken({ ...account, aud: "other", iss: issuer(TID) }, nonce),
    ],
    [
      "a stranger's signature",
      (nonce) => idToken({ ...account, iss: issuer(TID) }, nonce, stranger.privateKey),
    ],
  ])("Microsoft with %s: no connection", async (what, claims) => {
    const { view, grant } = await connect("microsoft", MICROSOFT, claims, `ms ${what}`);
    expect(view).toMatchObject({ phase: "failed", failure: "provider_reply_invalid" });
    expect(grant).toBeUndefined();
  });

  test("Google: a verified address is one, and closes the window at once if it is the user's own", async () => {
    const claims = { aud: "client-of-google", iss: "https://accounts.google.com", sub: "g1" };
    const own = { ...claims, email: "goog@example.com", email_verified: true };
    const { view, outcome } = await connect(
      "google",
      "oauth2.googleapis.com/token",
      (nonce) => idToken(own, nonce),
      "goog",
    );
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(view).toMatchObject({ close_at_once: true });
  });

  test("Google: an address that it does not vouch for is a label, and has to be looked at [L15]", async () => {
    const claims = { aud: "client-of-google", iss: "https://accounts.google.com", sub: "g2" };
    const claimed = { ...claims, email: "goog2@example.com", email_verified: false };
    const { view, grant } = await connect(
      "google",
      "oauth2.googleapis.com/token",
      (nonce) => idToken(claimed, nonce),
      "goog2",
    );
    expect(grant).toMatchObject({ account_identifier: "goog2@example.com" });
    expect(view).toMatchObject({ close_at_once: false });
  });

  test("generic OpenID Connect: endpoints and keys by discovery", async () => {
    const base = "https://login.generic.example";
    const claims = { aud: "client-of-generic", iss: base, sub: "s1", email: "ann@ge.test" };
    let nonce = "";
    s.script({
      "login.generic.example/.well-known/openid-configuration": {
        body: {
          ...{ issuer: base, authorization_endpoint: `${base}/a` },
          ...{ token_endpoint: `${base}/t`, jwks_uri: `${base}/k` },
        },
      },
      "login.generic.example/k": { body: jwks },
      "login.generic.example/t": async () => ({
        body: { ...TOKEN, id_token: await idToken(claims, nonce) },
      }),
    });
    const left = ({ searchParams }: URL) => void (nonce = searchParams.get("nonce") ?? "");
    const { outcome } = await s.connect("generic", { sub: "ge", left });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
  });
});

describe("id_tokens that nobody can check", () => {
  test("LINE's, signed with the client secret: the profile says who it is", async () => {
    s.script({
      "api.line.me/oauth2/v2.1/token": { body: { ...TOKEN, scope: "profile", id_token: hs256 } },
      "api.line.me/v2/profile": { body: { userId: "U1", displayName: "Ann" } },
    });
    const { outcome, grant } = await s.connect("line");
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(label(grant)).toBe("Ann");
  });

  test("PayPal's, which never comes, whatever its metadata says", async () => {
    s.script({
      "api-m.paypal.com/v1/oauth2/token": { body: { ...TOKEN, scope: "openid email" } },
      "api-m.paypal.com/v1/identity/oauth2/userinfo": {
        body: {
          user_id: "https://www.paypal.com/webapps/auth/identity/user/x",
          name: "Ann",
          emails: [{ value: "ann@pp.test" }],
        },
      },
    });
    const { outcome, grant } = await s.connect("paypal");
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(label(grant)).toBe("ann@pp.test");
  });

  test("Atlassian lists openid and refuses it: it is not asked for", async () => {
    s.script({});
    const { authorization } = await s.connect("atlassian");
    expect(authorization.searchParams.get("scope")?.split(" ")).not.toContain("openid");
    expect(authorization.searchParams.has("nonce")).toBe(false);
  });
});
