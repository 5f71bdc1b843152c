/**
 * What began under one configuration and goes on under another: codes, tokens and secrets of one server never get to
 * the one that has taken its place. The configuration is changed under the running broker, as a restart would.
 */
import { afterEach, expect, test } from "vitest";
import { factsNow } from "../../../broker/src/oauth/facts.ts";
import { begin, grantsOf, land, outcomeOf } from "../steps.ts";
import { B, OTHER, type Json } from "../world.ts";
import { startScripted, type Script } from "./scripted.ts";

const WORK = "https://git.work.example";
const KEYCLOAK = { base_url: "https://login.example.com", realm: "one" };
const s = await startScripted(
  {
    ...{
      gitlab: { scopes: ["read_user"], optional_scopes: ["read_api"] },
      salesforce: {},
      shopify: {},
    },
    ...{ "gitlab-work": { variables: { base_url: WORK } }, keycloak: { variables: KEYCLOAK } },
    ...{ facebook: {}, mercadolibre: {}, regional: { variables: { region: "eu" }, scopes: [] } },
  },
  {
    providers: {
      "gitlab-work": { extends: "gitlab", name: "GitLab (work)" },
      regional: {
        name: "Regional",
        variables: { region: { label: "Region", pattern: "[a-z]+" } },
        authorization_endpoint: "https://regional.example/authorize",
        token_endpoint: "https://regional.example/token",
        refresh: { with: "refresh_token", endpoint: "https://{region}.regional.example/refresh" },
        identity: { source: "token_response", id: "user", label: "user" },
        api_hosts: ["api.regional.example"],
      },
    },
  },
);

const NEW = "new.example";
const TOKEN = { access_token: "first", token_type: "Bearer", expires_in: 3600, refresh_token: "r" };
const gitlab = (host: string): Script => ({
  [`${host}/oauth/token`]: { body: { ...TOKEN, scope: "read_user" } },
  [`${host}/api/v4/user`]: { body: { id: 1, username: "ann" } },
});

const clientOf = (id: string, app = "demo") => {
  const client = s.world.config.apps.get(app)?.providers.get(id);
  if (!client) throw new Error(`no ${id}`);
  return client;
};
const undo: (() => void)[] = [];
afterEach(() => {
  for (const back of undo.splice(0)) back();
});
const change = <T extends object>(what: T, values: Partial<T>): void => {
  const before = Object.fromEntries(Object.keys(values).map((key) => [key, what[key as keyof T]]));
  undo.push(() => Object.assign(what, before));
  Object.assign(what, values);
};

const moveGitlab = () => change(clientOf("gitlab").variables, { base_url: `https://${NEW}` });

test.each<[string, () => void]>([
  ["the operator's server", moveGitlab],
  ["the OAuth client", () => change(clientOf("gitlab"), { client_id: "another" })],
])(
  "a grant from before %s changed goes nowhere, and is good again once it is back",
  async (what, move) => {
    s.script(gitlab("gitlab.com"));
    const sub = `grant ${what}`;
    expect((await s.connect("gitlab", { sub })).outcome).toMatchObject({ status: "success" });
    s.world.pass(7_200_000);
    s.script({ ...gitlab("gitlab.com"), ...gitlab(NEW) });
    move();
    const before = await s.world.snapshot();
    for (const host of ["gitlab.com", NEW])
      expect((await s.token("gitlab", sub, host)).status).toBeGreaterThanOrEqual(400);
    for (const host of ["gitlab.com", NEW]) expect(s.sent(`${host}/oauth/token`)).toEqual([]);
    for (const back of undo.splice(0)) back();
    expect(await s.world.snapshot()).toBe(before);
    expect((await s.token("gitlab", sub, "gitlab.com")).body["access_token"]).toBe("first");
  },
);

test("a token that is still good is refused as well, by the code that has the user connect again", async () => {
  s.script(gitlab("gitlab.com"));
  await s.connect("gitlab", { sub: "still good" });
  moveGitlab();
  const { body } = await s.token("gitlab", "still good", "gitlab.com");
  expect(body).toMatchObject({ code: "credential_revoked" });
});

test("whoever connects again has a grant of the new place, with less if that is what was given", async () => {
  const sub = "again";
  const at = (access_token: string, scope: string): Script => ({
    ...gitlab("gitlab.com"),
    "gitlab.com/oauth/token": { body: { ...TOKEN, access_token, scope } },
  });
  s.script(at("first", "read_user read_api"));
  await s.connect("gitlab", { sub });
  change(clientOf("gitlab"), { client_id: "another" });
  s.script(at("second", "read_user"));
  const { grant } = await s.connect("gitlab", { sub });
  expect(grant).toMatchObject({ scopes: ["read_user"] });
  const { body } = await s.token("gitlab", sub, "gitlab.com");
  expect(body).toMatchObject({ access_token: "second" });
});

test("the old place's refresh token is not inherited by a new connection that has none", async () => {
  const [OLD, OTHER_DOMAIN] = ["login.salesforce.com", "other.my.salesforce.com"];
  const at = (host: string, body: Json): Script => ({
    [`${host}/services/oauth2/token`]: {
      body: { ...body, instance_url: "https://acme.my.salesforce.com" },
    },
    "acme.my.salesforce.com/services/oauth2/userinfo": {
      body: { user_id: "u", organization_id: "inherits", email: "ann@sf.test" },
    },
  });
  s.script(at(OLD, { ...TOKEN, refresh_token: "of-the-old-place" }));
  await s.connect("salesforce", { sub: "inherits" });
  change(clientOf("salesforce").variables, { domain: OTHER_DOMAIN });
  s.script(at(OTHER_DOMAIN, { ...TOKEN, refresh_token: undefined }));
  expect((await s.connect("salesforce", { sub: "inherits" })).outcome).toMatchObject({
    status: "success",
  });
  s.world.pass(90_000_000);
  await s.token("salesforce", "inherits", "acme.my.salesforce.com");
  const said = s.sent(`${OTHER_DOMAIN}/services/oauth2/token`).map(({ text }) => text);
  expect(said.join()).toContain("code=");
  expect(said.join()).not.toContain("of-the-old-place");
});

test.each<[string, string, Record<string, string>, string]>([
  ["the host that only refreshes", "regional", { region: "us" }, "us.regional.example/refresh"],
  [
    "the realm, which is another issuer on the same host",
    "keycloak",
    { realm: "two" },
    "login.example.com/realms/two/protocol/openid-connect/token",
  ],
])("%s is a place too", async (what, id, moved, there) => {
  const realm = "login.example.com/realms/one/protocol/openid-connect";
  s.script({
    "regional.example/token": { body: { ...TOKEN, user: "ann" } },
    [`${realm}/token`]: { body: { ...TOKEN, scope: "openid" } },
    [`${realm}/userinfo`]: { body: { sub: "u1", preferred_username: "ann" } },
  });
  const callback = id === "keycloak" ? { iss: "https://login.example.com/realms/one" } : {};
  change(clientOf(id).provider, { openid: "scope_only" });
  const { outcome } = await s.connect(id, { sub: what, callback });
  expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
    status: "success",
  });
  change(clientOf(id).variables, moved);
  s.world.pass(7_200_000);
  s.script({ [there]: { body: { ...TOKEN, access_token: "second" } } });
  const host = id === "keycloak" ? "login.example.com" : "api.regional.example";
  expect((await s.token(id, what, host)).body).toMatchObject({ code: "credential_revoked" });
  expect(s.sent(there)).toEqual([]);
});

test("a version of an API is no place, and neither is the login page alone", () => {
  const now = (id: string, moved: Record<string, string>) => {
    const client = clientOf(id);
    return factsNow({ ...client, variables: { ...client.variables, ...moved } }, client.variables);
  };
  expect(now("facebook", { version: "v25.0" })).toMatchObject({ version: "v25.0" });
  const auth_host = "auth.mercadolivre.com.br";
  expect(now("mercadolibre", { auth_host })).toMatchObject({ auth_host });
});

test("its revocation stays at home: destroyed here, and no secret goes to the new server", async () => {
  s.script(gitlab("gitlab.com"));
  await s.connect("gitlab", { sub: "revoked" });
  s.script({ [`${NEW}/oauth/revoke`]: { body: {} } });
  moveGitlab();
  const [grant] = await grantsOf(s.world, "revoked");
  const { body } = await s.world
    .backend()
    .revoke(String(grant?.["grant_id"]), await s.world.userToken("revoked"));
  expect(body).toMatchObject({ status: "revoked", provider_revocation: "unsupported" });
  expect(s.sent(`${NEW}/oauth/revoke`)).toEqual([]);
});

test.each<[string, () => void]>([
  ["server", moveGitlab],
  ["client", () => change(clientOf("gitlab"), { client_id: "another" })],
  [
    "authorization endpoint",
    () => change(clientOf("gitlab").provider, { authorization_endpoint: `https://${NEW}/a` }),
  ],
])("a code that comes back after the %s changed is exchanged nowhere", async (what, move) => {
  s.script({ ...gitlab("gitlab.com"), ...gitlab(NEW) });
  const { view, grant } = await s.connect("gitlab", { sub: `code ${what}`, left: move });
  expect(view).toMatchObject({ phase: "failed", failure: "provider_reply_invalid" });
  expect(s.lastLog("callback_failed")).toMatchObject({ kind: "configuration_changed" });
  expect(grant).toBeUndefined();
  for (const host of ["gitlab.com", NEW]) expect(s.sent(`${host}/oauth/token`)).toEqual([]);
});

test("without such a change the same goes through, at either server [H3]", async () => {
  s.script({ ...gitlab("gitlab.com"), ...gitlab("git.work.example") });
  const sub = "both";
  expect((await s.connect("gitlab", { sub })).outcome).toMatchObject({ status: "success" });
  expect((await s.connect("gitlab-work", { sub })).outcome).toMatchObject({ status: "success" });
  // Both servers number their users from one.
  expect(await grantsOf(s.world, sub)).toHaveLength(2);
});

test("a code of one server cannot be brought to the other's callback; nothing is consumed [H3]", async () => {
  s.script({ ...gitlab("gitlab.com"), ...gitlab("git.work.example") });
  const claimed = await begin(s.world, {
    sub: "mixed",
    session: { allowed_providers: ["gitlab", "gitlab-work"] },
  });
  const { browser, session_id } = claimed;
  const left = await browser.page("authorize", { session_id, provider: "gitlab-work" });
  const sentTo = new URL(String(left.body["authorization_url"]));
  expect(sentTo.origin).toBe(WORK);
  const back = (id: string) =>
    land(
      browser,
      `${B}/oauth/callback/${id}?code=c&state=${sentTo.searchParams.get("state") ?? ""}`,
    );
  const before = await s.world.snapshot();
  expect(await back("gitlab")).toBe("/connect/lost");
  expect(s.lastLog("callback_refused")).toMatchObject({ reason: "other_provider" });
  expect(await s.world.snapshot()).toBe(before);
  expect(s.sent("gitlab.com/oauth/token")).toEqual([]);
  await back("gitlab-work");
  expect(await outcomeOf(s.world, claimed)).toMatchObject({ status: "success" });
});

test("twin: with two servers behind one callback, the code of one goes to the other [H3]", async () => {
  s.script({ ...gitlab("gitlab.com"), ...gitlab(NEW) });
  // The configuration refuses this (config.test.ts); changed behind its back, this is what it would do.
  const theirs = s.world.config.apps.get("other");
  theirs?.providers.set("gitlab", {
    ...clientOf("gitlab"),
    variables: { base_url: `https://${NEW}` },
  });
  undo.push(() => void theirs?.providers.delete("gitlab"));
  const created = await s.world.backend(s.world.keys.other.key).createSession({
    user_token: await s.world.userToken("victim"),
    allowed_origin: OTHER,
    allowed_providers: ["gitlab"],
  });
  const browser = s.world.browser();
  const claim = await browser.claim(String(created.body["session_token"]), {
    opener_origin: OTHER,
  });
  const session_id = String(claim.body["session_id"]);
  const left = await browser.page("authorize", { session_id, provider: "gitlab" });
  const state = new URL(String(left.body["authorization_url"])).searchParams.get("state");
  await land(browser, `${B}/oauth/callback/gitlab?code=of-gitlab.com&state=${state ?? ""}`);
  expect(s.sent(`${NEW}/oauth/token`)[0]?.form.get("code")).toBe("of-gitlab.com");
});

test("what a session says of a tenant holds only while it is the user's to say", async () => {
  s.script({});
  const claimed = await begin(s.world, {
    sub: "shops",
    session: {
      allowed_providers: ["shopify"],
      provider_variables: { shopify: { shop: "from-the-app" } },
    },
  });
  const host = async () => {
    const { browser, session_id } = claimed;
    const left = await browser.page("authorize", { session_id, provider: "shopify" });
    return new URL(String(left.body["authorization_url"])).host;
  };
  expect(await host()).toBe("from-the-app.myshopify.com");
  const client = clientOf("shopify");
  change(client, { open_variables: [], variables: { ...client.variables, shop: "acme" } });
  expect(await host()).toBe("acme.myshopify.com");
});

test("a renewed token with a tenant that cannot be is kept, for the tenant that it had", async () => {
  const at = (body: Json): Script => ({
    "login.salesforce.com/services/oauth2/token": { body },
    "acme.my.salesforce.com/services/oauth2/userinfo": {
      body: { user_id: "u", organization_id: "o", email: "ann@sf.test" },
    },
  });
  const home = "https://acme.my.salesforce.com";
  s.script(at({ ...TOKEN, instance_url: home }));
  const { outcome } = await s.connect("salesforce", { sub: "sf" });
  expect(outcome, JSON.stringify(s.lastLog("callback_failed"))).toMatchObject({
    status: "success",
  });
  s.world.pass(90_000_000);
  s.script(at({ ...TOKEN, access_token: "second", instance_url: "https://evil.example" }));
  const host = "acme.my.salesforce.com";
  const { token_id } = (await s.token("salesforce", "sf", host)).body;
  const { body } = await s.token("salesforce", "sf", host, { refused_token_id: token_id });
  expect(body).toMatchObject({ access_token: "second", allowed_hosts: [host] });
});
