/**
 * What comes back to the callback besides code and state: signed, extra, hostile. A refusal consumes nothing: the same
 * state, brought once more as it should be, still connects.
 */
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { begin, grantsOf, land, outcomeOf } from "../steps.ts";
import { B, type Json } from "../world.ts";
import { startScripted, type Script } from "./scripted.ts";

const s = await startScripted({
  ...{ google: {}, github: {}, shopify: {}, quickbooks: {}, zoho: {}, datadog: {}, salesforce: {} },
  ...{
    pipedrive: {},
    mailchimp: {},
    zendesk: {},
    docusign: {},
    notion: {},
    wrike: {},
    facebook: {},
  },
  ...{ "github-app": {}, linkedin: {}, slack: {}, vk: {}, zoom: {}, gong: {}, strava: {} },
});

const ISS = "https://github.com/login/oauth";
const TOKEN = {
  access_token: "the-token",
  token_type: "bearer",
  expires_in: 3600,
  refresh_token: "r",
};
const GITHUB: Script = {
  "github.com/login/oauth/access_token": { body: { ...TOKEN, scope: "read:user" } },
  "api.github.com/user": { body: { id: 1, login: "ann" } },
};

/** At the provider, with the callback to be made up: returns what brings it, as often as one likes. */
const away = async (id: string, sub: string, variables?: Json) => {
  const claimed = await begin(s.world, { sub, session: { allowed_providers: [id] } });
  const { browser, session_id } = claimed;
  const reply = await browser.page("authorize", {
    ...{ session_id, provider: id },
    ...(variables && {
      variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
    }),
  });
  const authorization = new URL(String(reply.body["authorization_url"]));
  const state = authorization.searchParams.get("state") ?? "";
  const back = (parameters: Record<string, string>) => {
    const url = new URL(`${B}/oauth/callback/${id}`);
    for (const [name, value] of Object.entries({ code: "the-code", state, ...parameters }))
      url.searchParams.set(name, value);
    return land(browser, url.href);
  };
  return { ...claimed, authorization, state, back };
};

const lost = "/connect/lost";

describe("iss (RFC 9207)", () => {
  test.each<[string, Record<string, string>]>([
    ["another issuer's", { iss: "https://evil.example" }],
    ["none, from one that sends it always", {}],
  ])("%s: refused, and nothing is consumed", async (_, parameters) => {
    s.script(GITHUB);
    const session = await away("github", `iss-${Object.keys(parameters).length}`);
    const before = await s.world.snapshot();
    expect(await session.back(parameters)).toBe(lost);
    expect(s.lastLog("callback_refused")).toMatchObject({ reason: "issuer_mismatch" });
    expect(await s.world.snapshot()).toBe(before);
    expect(s.sent("github.com/login/oauth/access_token")).toEqual([]);
    // The twin: as it should be.
    await session.back({ iss: ISS });
    expect(await outcomeOf(s.world, session)).toMatchObject({ status: "success" });
  });

  test("one that nobody expects is logged and not fatal", async () => {
    s.script({
      "api.notion.com/v1/oauth/token": {
        body: {
          ...TOKEN,
          bot_id: "b1",
          workspace_name: "Acme",
          owner: { user: { person: { email: "ann@n.test" } } },
        },
      },
    });
    const { outcome } = await s.connect("notion", { callback: { iss: "https://api.notion.com" } });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(s.lastLog("issuer_unexpected")).toMatchObject({ provider: "notion" });
  });
});

describe("Shopify signs", () => {
  const SHOP = "acme.myshopify.com";
  const script: Script = {
    [`${SHOP}/admin/oauth/access_token`]: {
      body: {
        access_token: "shpat",
        scope: "read_products",
        expires_in: 3600,
        refresh_token: "r",
        refresh_token_expires_in: 7776000,
      },
    },
    [`${SHOP}/admin/api/2026-10/graphql.json`]: {
      body: { data: { shop: { id: "gid://shopify/Shop/1", name: "Acme", myshopifyDomain: SHOP } } },
    },
  };
  const signed = (
    parameters: Record<string, string>,
    secret = "s3cr3t",
  ): Record<string, string> => {
    const message = Object.entries(parameters)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join("&");
    return { ...parameters, hmac: createHmac("sha256", secret).update(message).digest("hex") };
  };
  const back = (state: string, shop = SHOP) => ({
    code: "the-code",
    state,
    shop,
    host: "aG9zdA",
    timestamp: "1764500000",
  });

  test.each<[string, (state: string) => Record<string, string>]>([
    ["no signature", (state) => back(state)],
    ["a signature by another secret", (state) => signed(back(state), "another")],
    ["a parameter changed after signing", (state) => ({ ...signed(back(state)), timestamp: "1" })],
    ["another shop, signed by Shopify", (state) => signed(back(state, "evil.myshopify.com"))],
    ["a signature that is no hex", (state) => ({ ...back(state), hmac: "zz" })],
    [
      "a parameter moved into the value of the one before",
      (state) => {
        const { host, ...rest } = signed(back(state));
        return { ...rest, code: `the-code&host=${String(host)}` };
      },
    ],
    [
      "a parameter moved into the name of the one behind",
      (state) => {
        const { host, locale, ...rest } = signed({ ...back(state), locale: "en" });
        return { ...rest, [`host=${String(host)}&locale`]: String(locale) };
      },
    ],
    [
      "a value moved into its name",
      (state) => {
        const { host, ...rest } = signed({ ...back(state), host: "aG9zdA=" });
        return { ...rest, [String(host).replace(/^(.*)=$/, "host=$1")]: "" };
      },
    ],
  ])("%s: refused, nothing consumed; the same state signed connects", async (what, make) => {
    s.script(script);
    const session = await away("shopify", `shop ${what}`, { shop: "acme" });
    expect(session.authorization.host).toBe(SHOP);
    const before = await s.world.snapshot();
    expect(await session.back(make(session.state))).toBe(lost);
    expect(s.lastLog("callback_refused")).toMatchObject({ reason: "signature_mismatch" });
    expect(await s.world.snapshot()).toBe(before);
    await session.back(signed(back(session.state)));
    expect(await outcomeOf(s.world, session)).toMatchObject({ status: "success" });
  });

  test.each<[string, Record<string, string>]>([
    ["an empty error", { error: "" }],
    ["an error beside the code", { error: "access_denied" }],
  ])("%s is no way around the signature; nothing is consumed", async (what, more) => {
    s.script(script);
    const session = await away("shopify", `shop ${what}`, { shop: "acme" });
    const before = await s.world.snapshot();
    expect(await session.back({ ...back(session.state), ...more })).toBe(lost);
    expect(s.lastLog("callback_refused")).toMatchObject({ reason: "malformed" });
    expect(await s.world.snapshot()).toBe(before);
    expect(s.sent(`${SHOP}/admin/oauth/access_token`)).toEqual([]);
    await session.back(signed(back(session.state)));
    expect(await outcomeOf(s.world, session)).toMatchObject({ status: "success" });
  });

  test("padding in host is no reason to refuse, and the order of the parameters is none of the URL's", async () => {
    s.script(script);
    const session = await away("shopify", "shop padding", { shop: "acme" });
    const parameters = Object.entries(signed({ ...back(session.state), host: "aG9zdA==" }));
    await session.back(Object.fromEntries(parameters.reverse()));
    expect(await outcomeOf(s.world, session)).toMatchObject({ status: "success" });
  });

  test("the token goes to that shop by Shopify's header, and to no other", async () => {
    s.script(script);
    const session = await away("shopify", "shop token", {
      shop: "https://ACME.myshopify.com/admin",
    });
    await session.back(signed(back(session.state)));
    const [sent] = s.sent(`${SHOP}/admin/api/2026-10/graphql.json`);
    expect(sent?.headers.get("x-shopify-access-token")).toBe("shpat");
    const { body } = await s.token("shopify", "shop token", SHOP);
    expect(body).toMatchObject({
      allowed_hosts: [SHOP],
      injection: { in: "header", name: "X-Shopify-Access-Token", template: "{token}" },
    });
    for (const host of ["evil.myshopify.com", "myshopify.com", "acme.myshopify.com.evil.example"])
      expect((await s.token("shopify", "shop token", host)).body["code"]).toBe("host_not_allowed");
  });
});

describe("what is captured", () => {
  const USER = { sub: "u1", email: "ann@qb.test", emailVerified: true };
  test("QuickBooks' realmId: the app reads it, and two companies of one user are two grants", async () => {
    s.script({
      "oauth.platform.intuit.com/oauth2/v1/tokens/bearer": {
        body: { ...TOKEN, x_refresh_token_expires_in: 8726400 },
      },
      "accounts.platform.intuit.com/v1/openid_connect/userinfo": { body: USER },
    });
    const sub = "two companies";
    for (const realmId of ["9341453", "9341454"]) {
      const { outcome } = await s.connect("quickbooks", { sub, callback: { realmId } });
      expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
        status: "success",
      });
    }
    const grants = await grantsOf(s.world, sub);
    expect(new Set(grants.map(({ metadata }) => (metadata as Json)["realm_id"]))).toEqual(
      new Set(["9341453", "9341454"]),
    );
  });

  test.each<[string, Record<string, string>]>([
    ["quickbooks", {}],
    ["quickbooks", { realmId: "../../v3/company/1" }],
    ["zoho", { "accounts-server": "https://evil.example" }],
    ["zoho", { "accounts-server": "https://accounts.zoho.com.evil.example" }],
    ["datadog", { domain: "evil.example", site: "evil.example" }],
  ])("%s with %o: refused before anything is consumed or sent", async (id, parameters) => {
    s.script({});
    const session = await away(id, `hostile ${id} ${JSON.stringify(parameters)}`);
    const before = await s.world.snapshot();
    expect(await session.back(parameters)).toBe(lost);
    expect(s.lastLog("callback_refused")).toMatchObject({ reason: "unexpected_value" });
    expect(await s.world.snapshot()).toBe(before);
    expect(s.sent("evil.example/oauth/v2/token")).toEqual([]);
  });

  test("Zoho's region: code, account and refresh go to the server that the callback names", async () => {
    s.script({
      "accounts.zoho.eu/oauth/v2/token": {
        body: { ...TOKEN, api_domain: "https://www.zohoapis.eu" },
      },
      "accounts.zoho.eu/oauth/user/info": { body: { ZUID: 7, Email: "ann@zoho.test" } },
    });
    const callback = { location: "eu", "accounts-server": "https://accounts.zoho.eu" };
    const { outcome, grant } = await s.connect("zoho", { sub: "zoho eu", callback });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect(grant).toMatchObject({
      metadata: {
        accounts_server: "https://accounts.zoho.eu",
        api_domain: "https://www.zohoapis.eu",
      },
    });
    const { body } = await s.token("zoho", "zoho eu", "www.zohoapis.eu");
    expect(body).toMatchObject({ injection: { template: "Zoho-oauthtoken {token}" } });
    s.world.pass(3_600_000);
    s.script({
      "accounts.zoho.eu/oauth/v2/token": { body: { ...TOKEN, access_token: "renewed" } },
    });
    expect((await s.token("zoho", "zoho eu", "www.zohoapis.eu")).body).toMatchObject({
      access_token: "renewed",
    });
  });

  test("what a GitHub App's callback says of installations proves nothing, and is not kept", async () => {
    s.script(GITHUB);
    const { grant } = await s.connect("github-app", {
      callback: { iss: ISS, installation_id: "123456" },
    });
    expect(grant).toMatchObject({ metadata: {} });
  });

  test("no tenant's name is longer than 512 characters", async () => {
    s.script({});
    const session = await away("quickbooks", "long realm");
    expect(await session.back({ realmId: "1".repeat(600) })).toBe(lost);
    expect(s.lastLog("callback_refused")).toMatchObject({ reason: "unexpected_value" });
  });
});

describe("the host of the API comes with the token", () => {
  type Row = [id: string, script: (url: string) => Script, good: string, host: string];
  const rows: Row[] = [
    [
      "salesforce",
      (url) => ({
        "login.salesforce.com/services/oauth2/token": { body: { ...TOKEN, instance_url: url } },
        "acme.my.salesforce.com/services/oauth2/userinfo": {
          body: { user_id: "1", organization_id: "2", preferred_username: "ann@sf.test" },
        },
      }),
      "https://acme.my.salesforce.com",
      "acme.my.salesforce.com",
    ],
    [
      "pipedrive",
      (url) => ({
        "oauth.pipedrive.com/oauth/token": { body: { ...TOKEN, api_domain: url } },
        "acme.pipedrive.com/api/v1/users/me": {
          body: { data: { id: 1, company_id: 2, email: "ann@pd.test" } },
        },
      }),
      "https://acme.pipedrive.com",
      "acme.pipedrive.com",
    ],
    [
      "mailchimp",
      (dc) => ({
        "login.mailchimp.com/oauth2/token": { body: { access_token: "the-token", expires_in: 0 } },
        "login.mailchimp.com/oauth2/metadata": {
          body: { dc, user_id: 1, login: { login_id: 2, email: "ann@mc.test" } },
        },
      }),
      "us6",
      "us6.api.mailchimp.com",
    ],
    [
      "docusign",
      (url) => ({
        "account.docusign.com/oauth/token": { body: TOKEN },
        "account.docusign.com/oauth/userinfo": {
          body: {
            sub: "1",
            email: "ann@ds.test",
            accounts: [{ account_id: "a-1", base_uri: url }],
          },
        },
      }),
      "https://na4.docusign.net",
      "na4.docusign.net",
    ],
    [
      "wrike",
      (host) => ({
        "login.wrike.com/oauth2/token": { body: { ...TOKEN, host } },
        "app-eu.wrike.com/api/v4/contacts": {
          body: { data: [{ id: "1", firstName: "Ann", profiles: [{ email: "ann@wr.test" }] }] },
        },
      }),
      "app-eu.wrike.com",
      "app-eu.wrike.com",
    ],
  ];

  test.each(rows)("%s", async (id, script, good, host) => {
    s.script(script(good));
    const sub = `host of ${id}`;
    const { outcome } = await s.connect(id, { sub });
    expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
      status: "success",
    });
    expect((await s.token(id, sub, host)).status).toBe(200);
    expect((await s.token(id, sub, "evil.example")).body["code"]).toBe("host_not_allowed");
  });

  test.each(rows)("%s: one that is not the vendor's is no connection", async (id, script) => {
    for (const bad of [
      "https://evil.example",
      "evil.example",
      "https://acme.my.salesforce.com.evil.example",
      "us6.evil.example/",
    ]) {
      s.script(script(bad));
      const { view, grant } = await s.connect(id);
      expect(view).toMatchObject({ phase: "failed" });
      expect(grant).toBeUndefined();
      expect(JSON.stringify(s.lastLog("callback_failed"))).toContain("unexpected_");
      expect(s.sent("evil.example/services/oauth2/userinfo")).toEqual([]);
    }
  });
});

describe("tenants", () => {
  test.each([
    "acme.evil",
    "acme@evil",
    "",
    "acme.zendesk.com.evil.example",
    "a b",
    "127.0.0.1:80/",
  ])("zendesk: %j is no subdomain, and nobody leaves", async (subdomain) => {
    s.script({});
    const claimed = await begin(s.world, {
      sub: `tenant ${subdomain}`,
      session: { allowed_providers: ["zendesk"] },
    });
    const before = await s.world.snapshot();
    const reply = await claimed.browser.page("authorize", {
      ...{ session_id: claimed.session_id, provider: "zendesk" },
      variables: [{ name: "subdomain", value: subdomain }],
    });
    expect([reply.status, reply.body["code"]]).toEqual([400, "invalid_variable"]);
    expect(await s.world.snapshot()).toBe(before);
  });

  test("what the app's session says is not asked for, and the user cannot change it", async () => {
    s.script({});
    const claimed = await begin(s.world, {
      sub: "said",
      session: {
        allowed_providers: ["zendesk"],
        provider_variables: { zendesk: { subdomain: "acme" } },
      },
    });
    const { browser, session_id } = claimed;
    const view = (await browser.page("view", { session_id })).body as {
      view: { providers: Json[] };
    };
    expect(view.view.providers[0]).not.toHaveProperty("fields");
    const reply = await browser.page("authorize", {
      ...{ session_id, provider: "zendesk", variables: [{ name: "subdomain", value: "evil" }] },
    });
    expect(new URL(String(reply.body["authorization_url"])).host).toBe("acme.zendesk.com");
    expect(reply.body["drop_opener"]).toBe(true);
  });

  test.each<[Json, string]>([
    [{ zendesk: { subdomain: "acme.evil" } }, "invalid_request"],
    [{ zendesk: { region: "eu" } }, "invalid_request"],
    [{ google: { tenant: "x" } }, "invalid_request"],
  ])("a session with %o is refused", async (provider_variables, code) => {
    const reply = await s.world.backend().createSession({
      ...{ user_token: await s.world.userToken("bad"), allowed_origin: "http://localhost:4998" },
      ...{ allowed_providers: ["zendesk"], provider_variables },
    });
    expect(reply.body["code"]).toBe(code);
  });

  test("a redirect on the token call is not followed: the code stays here", async () => {
    s.script({
      "acme.zendesk.com/oauth/tokens": {
        status: 302,
        body: "",
        headers: { location: "https://evil.example/steal" },
      },
    });
    const { view } = await s.connect("zendesk", { variables: { subdomain: "acme" } });
    expect(view).toMatchObject({ phase: "failed", failure: "provider_reply_invalid" });
    expect(s.sent("evil.example/steal")).toEqual([]);
  });

  test("two tenants of one user with the same number are two grants", async () => {
    const sub = "two tenants";
    for (const subdomain of ["acme", "globex"]) {
      s.script({
        [`${subdomain}.zendesk.com/oauth/tokens`]: { body: { ...TOKEN, scope: "read" } },
        [`${subdomain}.zendesk.com/api/v2/users/me.json`]: {
          body: { user: { id: 1, email: `ann@${subdomain}.test` } },
        },
      });
      await s.connect("zendesk", { sub, variables: { subdomain } });
    }
    expect(await grantsOf(s.world, sub)).toHaveLength(2);
    expect(
      (await s.token("zendesk", sub, "globex.zendesk.com", { account: "ann@acme.test" })).body[
        "code"
      ],
    ).toBe("host_not_allowed");
    expect(
      (await s.token("zendesk", sub, "globex.zendesk.com", { account: "ann@globex.test" })).status,
    ).toBe(200);
  });
});

describe("a user who says no", () => {
  test.each([
    ["google", "access_denied"],
    ["linkedin", "user_cancelled_login"],
    ["linkedin", "user_cancelled_authorize"],
    ["pipedrive", "user_denied"],
  ])("%s: %s", async (id, error) => {
    s.script({});
    const iss = id === "google" ? { iss: "https://accounts.google.com" } : {};
    const { view } = await s.connect(id, { callback: { error, ...iss } });
    expect(view).toMatchObject({ phase: "failed", failure: "access_denied" });
  });
});

describe("partial consent", () => {
  test.each<[string, Script, Record<string, string>, string]>([
    [
      "strava",
      {
        "www.strava.com/oauth/token": { body: TOKEN },
        "www.strava.com/api/v3/athlete": { body: { id: 5, username: "ann" } },
      },
      { scope: "read" },
      "activity:read_all",
    ],
    [
      "facebook",
      {
        "graph.facebook.com/v24.0/oauth/access_token": { body: TOKEN },
        "graph.facebook.com/v24.0/me": { body: { id: "5", name: "Ann" } },
      },
      { granted_scopes: "public_profile", denied_scopes: "email" },
      "email",
    ],
  ])("%s: what was left out is named when it is needed", async (id, script, callback, missing) => {
    s.script(script);
    const sub = `partial ${id}`;
    await s.connect(id, { sub, callback });
    const host = Object.keys(script)[0]?.split("/", 1)[0] ?? "";
    const { body } = await s.token(id, sub, host, { required_scopes: [missing] });
    expect(body).toMatchObject({ code: "scope_reauth_required", missing_scopes: [missing] });
  });
});
