/** What is sent to these providers, by the browser and by the broker: each wants it in its own way (providers.md, section 4). */
import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import type { Json } from "../world.ts";
import { startScripted, type Script, type Sent } from "./scripted.ts";

const apple = await generateKeyPair("ES256", { extractable: true });
const SECRET = "s+/=cr é";

const s = await startScripted(
  {
    ...{
      google: {},
      microsoft: {},
      github: {},
      slack: {},
      notion: {},
      square: {},
      gong: {},
      tiktok: {},
    },
    ...{
      basecamp: {},
      withings: {},
      naver: {},
      vk: {},
      dropbox: {},
      reddit: {},
      zoho: {},
      linear: {},
    },
    ...{
      linkedin: {},
      asana: {},
      quickbooks: {},
      docusign: {},
      spotify: {},
      x: {},
      xero: {},
      box: {},
    },
    ...{ bamboohr: {}, notion2: {}, heroku: {}, twitch: {}, atlassian: {}, clickup: {} },
    "epic-games": { client_secret: SECRET },
    spotify2: { client_secret: SECRET },
    apple: {
      client_secret: await exportPKCS8(apple.privateKey),
      variables: { team_id: "TEAM123456", key_id: "KEY1234567" },
    },
    ebay: { variables: { ru_name: "Acme-AcmeApp-SBX-abcdef" } },
    etsy: {},
  },
  { providers: { notion2: { extends: "notion" }, spotify2: { extends: "spotify" } } },
);

const TOKEN = { access_token: "the-token", token_type: "bearer", expires_in: 3600 };
/** Enough for the exchange to be made; whose account it is, nobody says. */
const answering = (address: string, body: unknown = TOKEN): Script => ({ [address]: { body } });

const exchanged = async (
  id: string,
  address: string,
  callback: Record<string, string> = {},
  variables?: Record<string, string>,
): Promise<{ sent: Sent; authorization: URLSearchParams }> => {
  s.script(answering(address));
  const { authorization } = await s.connect(id, { callback, ...(variables && { variables }) });
  const [sent] = s.sent(address);
  if (!sent)
    throw new Error(
      `${id}: nothing was sent to ${address}: ${JSON.stringify(s.lastLog("callback_failed"))}`,
    );
  return { sent, authorization: authorization.searchParams };
};

describe("the authorization request", () => {
  test.each<[string, string, Record<string, string>]>([
    [
      "google: refresh tokens only if asked, and an account to choose",
      "google",
      {
        access_type: "offline",
        prompt: "select_account consent",
        include_granted_scopes: "true",
        code_challenge_method: "S256",
      },
    ],
    ["dropbox: refresh tokens only if asked", "dropbox", { token_access_type: "offline" }],
    ["reddit: for good", "reddit", { duration: "permanent" }],
    ["zoho: refresh tokens only if asked", "zoho", { access_type: "offline" }],
    ["gong: refresh tokens only if asked", "gong", { access_type: "offline" }],
    [
      "microsoft: PKCE, though its metadata has none; silent without a prompt",
      "microsoft",
      { code_challenge_method: "S256", prompt: "select_account" },
    ],
    ["notion: whose pages", "notion", { owner: "user" }],
    ["tiktok: another name for the client", "tiktok", { client_key: "client-of-tiktok" }],
    ["atlassian: for its API", "atlassian", { audience: "api.atlassian.com", prompt: "consent" }],
    ["basecamp: the draft's type", "basecamp", { type: "web_server" }],
    [
      "ebay: a name in place of the redirect URI",
      "ebay",
      { redirect_uri: "Acme-AcmeApp-SBX-abcdef" },
    ],
  ])("%s", async (_, id, parameters) => {
    s.script({});
    const { authorization } = await s.connect(id);
    expect(Object.fromEntries(authorization.searchParams)).toMatchObject(parameters);
  });

  test.each(["slack", "linkedin", "notion", "square", "reddit", "twitch"])(
    "%s: no PKCE, which would make it another client or fail",
    async (id) => {
      s.script({});
      const { authorization } = await s.connect(id);
      expect([...authorization.searchParams.keys()]).not.toContain("code_challenge");
      // The state and the session's cookie carry the load.
      expect(authorization.searchParams.get("state")).toMatch(/^[\w-]{43}$/);
    },
  );

  test.each(["asana", "linkedin", "quickbooks", "docusign", "dropbox"])(
    "%s: no nonce, which would not come back",
    async (id) => {
      s.script({});
      const { authorization } = await s.connect(id);
      expect([...authorization.searchParams.keys()]).not.toContain("nonce");
    },
  );

  test.each<[string, string]>([
    ["slack", "users:read"],
    ["linear", "read"],
    ["tiktok", "user.info.basic"],
  ])("%s: scopes with commas", async (id, first) => {
    s.script({});
    const { authorization } = await s.connect(id);
    const scope = authorization.searchParams.get("scope") ?? "";
    expect(scope.split(",")).toContain(first);
    expect(scope).not.toContain(" ");
  });

  test.each(["notion", "clickup", "basecamp"])("%s: no scope at all", async (id) => {
    s.script({});
    const { authorization } = await s.connect(id);
    expect(authorization.searchParams.has("scope")).toBe(false);
  });

  test.each<[string, string]>([
    ["microsoft", "offline_access"],
    ["x", "offline.access"],
    ["xero", "offline_access"],
    ["atlassian", "offline_access"],
  ])("%s: the scope that brings a refresh token", async (id, scope) => {
    s.script({});
    const { authorization } = await s.connect(id);
    expect(authorization.searchParams.get("scope")?.split(" ")).toContain(scope);
  });

  test("bamboohr: a parameter that is RFC 9101's elsewhere stands in its address", async () => {
    s.script({});
    const { authorization } = await s.connect("bamboohr", {
      variables: { company_domain: "acme" },
    });
    expect(authorization.host).toBe("acme.bamboohr.com");
    expect(authorization.searchParams.get("request")).toBe("authorize");
  });
});

describe("the token request", () => {
  test.each([
    ["notion", "api.notion.com/v1/oauth/token"],
    ["square", "connect.squareup.com/oauth2/token"],
  ])("%s: JSON", async (id, address) => {
    const { sent } = await exchanged(id, address);
    expect(sent.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(sent.text)).toMatchObject({
      grant_type: "authorization_code",
      code: "the-code",
    });
  });

  test("gong: all of it in the query of a POST", async () => {
    const { sent } = await exchanged("gong", "app.gong.io/oauth2/generate-customer-token");
    expect([sent.method, sent.text]).toEqual(["POST", ""]);
    expect(Object.fromEntries(sent.url.searchParams)).toMatchObject({
      ...{ grant_type: "authorization_code", code: "the-code" },
    });
    expect(sent.headers.get("authorization")).toMatch(/^Basic /);
  });

  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    [
      "tiktok",
      "open.tiktokapis.com/v2/oauth/token/",
      { client_key: "client-of-tiktok", client_secret: "s3cr3t" },
      {},
    ],
    ["basecamp", "launchpad.37signals.com/authorization/token", { type: "web_server" }, {}],
    ["withings", "wbsapi.withings.net/v2/oauth2", { action: "requesttoken" }, {}],
    [
      "naver",
      "nid.naver.com/oauth2.0/token",
      { state: expect.stringMatching(/^[\w-]{43}$/) as string },
      {},
    ],
    [
      "vk",
      "id.vk.com/oauth2/auth",
      { device_id: "dev-1", state: expect.stringMatching(/^[\w-]{43}$/) as string },
      { device_id: "dev-1" },
    ],
  ])("%s: fields of its own", async (id, address, fields, callback) => {
    const { sent } = await exchanged(id, address, callback);
    expect(Object.fromEntries(sent.form)).toMatchObject(fields);
    if (id === "tiktok") expect(sent.form.has("client_id")).toBe(false);
  });

  test("bamboohr: the address keeps its query", async () => {
    const address = "acme.bamboohr.com/token.php";
    const { sent } = await exchanged("bamboohr", address, {}, { company_domain: "acme" });
    expect(sent.url.searchParams.get("request")).toBe("token");
  });

  test("epic-games: Basic as it stands, where RFC 6749 would encode it first; the twin is encoded", async () => {
    const pairOf = (sent: Sent) =>
      Buffer.from((sent.headers.get("authorization") ?? "").slice(6), "base64").toString();
    const raw = await exchanged("epic-games", "api.epicgames.dev/epic/oauth/v2/token");
    expect(pairOf(raw.sent)).toBe(`client-of-epic-games:${SECRET}`);
    const encoded = await exchanged("spotify2", "accounts.spotify.com/api/token");
    expect(pairOf(encoded.sent)).toMatch(/^client%2Dof%2Dspotify2:s%2B%2F%3Dcr\+%C3%A9$/);
  });

  test("apple: the client secret is a JWT of the team's key, and the key goes nowhere", async () => {
    const { sent } = await exchanged("apple", "appleid.apple.com/auth/token");
    const secret = sent.form.get("client_secret") ?? "";
    expect(decodeProtectedHeader(secret)).toMatchObject({ alg: "ES256", kid: "KEY1234567" });
    const { payload } = await jwtVerify(secret, apple.publicKey, {
      ...{
        issuer: "TEAM123456",
        subject: "client-of-apple",
        audience: "https://appleid.apple.com",
      },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(15_777_000);
    expect(sent.text).not.toContain("PRIVATE");
  });

  test("etsy: a public client, told by its id and PKCE alone", async () => {
    const { sent } = await exchanged("etsy", "api.etsy.com/v3/public/oauth/token");
    expect(sent.headers.has("authorization")).toBe(false);
    expect(Object.fromEntries(sent.form)).toMatchObject({
      ...{
        client_id: "client-of-etsy",
        code_verifier: expect.stringMatching(/^[\w-]{43,}$/) as string,
      },
    });
  });

  test("ebay: the name in place of the redirect URI here as well", async () => {
    const { sent } = await exchanged("ebay", "api.ebay.com/identity/v1/oauth2/token");
    expect(sent.form.get("redirect_uri")).toBe("Acme-AcmeApp-SBX-abcdef");
  });

  test.each([
    ["github", "github.com/login/oauth/access_token", { iss: "https://github.com/login/oauth" }],
    ["reddit", "www.reddit.com/api/v1/access_token", {}],
  ])("%s: says who calls, and that JSON is wanted", async (id, address, callback) => {
    const { sent } = await exchanged(id, address, callback as Record<string, string>);
    expect(sent.headers.get("user-agent")).toBe("alter-broker");
    expect(sent.headers.get("accept")).toContain("application/json");
  });
});

describe("headers of the call that says whose account it is", () => {
  test.each<[string, string, string, Json, string, Record<string, string>?]>([
    [
      "github",
      "github.com/login/oauth/access_token",
      "api.github.com/user",
      { "x-github-api-version": "2022-11-28", authorization: "Bearer the-token" },
      "GET",
      { iss: "https://github.com/login/oauth" },
    ],
    [
      "twitch",
      "id.twitch.tv/oauth2/token",
      "api.twitch.tv/helix/users",
      { "client-id": "client-of-twitch" },
      "GET",
    ],
    [
      "heroku",
      "id.heroku.com/oauth/token",
      "api.heroku.com/account",
      { accept: "application/vnd.heroku+json; version=3" },
      "GET",
    ],
    [
      "square",
      "connect.squareup.com/oauth2/token",
      "connect.squareup.com/v2/merchants/me",
      { "square-version": expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string },
      "GET",
    ],
    [
      "dropbox",
      "api.dropboxapi.com/oauth2/token",
      "api.dropboxapi.com/2/users/get_current_account",
      { authorization: "Bearer the-token" },
      "POST",
    ],
  ])("%s", async (id, token, whose, headers, method, callback = {}) => {
    s.script({ ...answering(token), ...answering(whose, {}) });
    await s.connect(id, { callback });
    const [sent] = s.sent(whose);
    expect(sent?.method).toBe(method);
    expect(Object.fromEntries(sent?.headers ?? [])).toMatchObject(headers);
    // No body, and no type of one, where there is nothing to say.
    if (id === "dropbox")
      expect([sent?.text, sent?.headers.get("content-type")]).toEqual(["", null]);
  });
});
