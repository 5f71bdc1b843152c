/**
 * What is kept of discovery: a provider's own document, for all records of that issuer, and nothing of any record. The
 * providers' side is a function that counts; attempts that go wrong on their way are in providers.test.ts.
 */
import { jwksCache } from "oauth4webapi";
import { expect, test } from "vitest";
import { createOAuth } from "../../broker/src/oauth/oauth.ts";
import { createServers } from "../../broker/src/oauth/server.ts";
import { findProvider } from "../../broker/src/providers/catalogue.ts";
import type { Provider } from "../../broker/src/providers/schema.ts";
import type { Json } from "./world.ts";

const ISSUER = "https://login.example";

const documentOf = (issuer: string): Json => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/keys`,
});

const EMPTY = {
  ...{ scopes: [], optional_scopes: [], required_scopes: [], variables: {}, open_variables: [] },
  ...{ authorize_parameters: {}, grant_lifetime: null, rules: [] },
};

const start = (documents: Record<string, Json> = {}) => {
  const asked: string[] = [];
  let now = 0;
  const servers = createServers({
    fetch: (input) => {
      const { origin } = new URL(input instanceof Request ? input.url : input);
      asked.push(origin);
      return Promise.resolve(Response.json(documents[origin] ?? documentOf(origin)));
    },
    now: () => now,
    timeout: 5_000,
  });
  return { ...servers, asked, pass: (ms: number) => (now += ms) };
};

const record = (own: Json = {}): Provider => {
  const found = findProvider("own", {
    ...{ name: "Own", issuer: ISSUER, api_hosts: ["api.example"] },
    ...own,
  });
  if (!found?.ok) throw new Error(JSON.stringify(found?.issues));
  return found.provider;
};

test("two records of one issuer have one document, and each its own pins", async () => {
  const { serverOf, asked } = start();
  const one = record({ token_endpoint: "https://one.example/token" });
  const two = record({ userinfo_endpoint: "https://two.example/userinfo" });
  for (let round = 0; round < 2; round += 1) {
    expect(await serverOf(one)).toMatchObject({
      token_endpoint: "https://one.example/token",
      userinfo_endpoint: `${ISSUER}/userinfo`,
    });
    expect(await serverOf(two)).toMatchObject({
      token_endpoint: `${ISSUER}/token`,
      userinfo_endpoint: "https://two.example/userinfo",
    });
    expect(await serverOf(record())).toMatchObject(documentOf(ISSUER));
  }
  expect(asked).toEqual([ISSUER]);
});

test("two connections of one record have each its own variables' endpoint, and none without", async () => {
  const { serverOf, asked } = start();
  const provider = record({
    variables: { tenant: { label: "Tenant", pattern: "[a-z]+" } },
    token_endpoint: "https://{tenant}.example/token",
  });
  for (const tenant of ["acme", "globex", "acme"])
    expect((await serverOf(provider, { tenant })).token_endpoint).toBe(
      `https://${tenant}.example/token`,
    );
  expect((await serverOf(provider)).token_endpoint).toBe(`${ISSUER}/token`);
  expect(asked).toEqual([ISSUER]);
});

test("iss is required where the record says so, whatever the document says of it, and of no other record", async () => {
  const key = "authorization_response_iss_parameter_supported";
  const { serverOf } = start();
  for (let round = 0; round < 2; round += 1) {
    expect(await serverOf(record())).not.toHaveProperty(key);
    expect(await serverOf(record({ iss_parameter: true }))).toHaveProperty(key, true);
  }
  const denied = start({ [ISSUER]: { ...documentOf(ISSUER), [key]: false } });
  expect(await denied.serverOf(record({ iss_parameter: true }))).toHaveProperty(key, true);
  const said = start({ [ISSUER]: { ...documentOf(ISSUER), [key]: true } });
  expect(await said.serverOf(record())).toHaveProperty(key, true);
});

test("iss that a record requires is required while its document cannot be had", async () => {
  const { checkResponse } = createOAuth({
    fetch: () => Promise.reject(new TypeError("down")),
    now: () => 0,
    timeout: 5_000,
    log: () => undefined,
  });
  const check = (own: Json, more: Record<string, string> = {}) =>
    checkResponse(
      { provider: record(own), client_id: "c", client_secret: "s", ...EMPTY },
      new URLSearchParams({ code: "c", state: "s", ...more }),
      { tenant: "acme" },
    );
  expect(await check({ iss_parameter: true })).toBe("issuer_mismatch");
  expect(await check({})).toBe("fine");
  const tenants = {
    issuer: "https://{tenant}.example",
    variables: { tenant: { label: "Tenant", pattern: "[a-z]+" } },
  };
  expect(await check(tenants, { iss: "https://acme.example" })).toBe("fine");
  expect(await check(tenants, { iss: "https://globex.example" })).toBe("issuer_mismatch");
});

test("what is useless to one record is not kept from being asked for again", async () => {
  const documents = { [ISSUER]: { ...documentOf(ISSUER), token_endpoint: undefined } as Json };
  const { serverOf, asked } = start(documents);
  await expect(serverOf(record())).rejects.toThrow("endpoint_missing");
  documents[ISSUER] = documentOf(ISSUER);
  expect(await serverOf(record())).toMatchObject(documentOf(ISSUER));
  expect(asked).toHaveLength(2);
});

test("an hour long", async () => {
  const { serverOf, asked, pass } = start();
  await serverOf(record());
  pass(60 * 60_000 - 1);
  await serverOf(record());
  expect(asked).toHaveLength(1);
  pass(1);
  await serverOf(record());
  expect(asked).toHaveLength(2);
});

test("no more than 256 documents: the oldest goes", async () => {
  const { serverOf, asked } = start();
  const ask = (i: number) => serverOf(record({ issuer: `https://${i}.example` }));
  for (let i = 0; i <= 256; i += 1) await ask(i);
  await ask(1);
  await ask(256);
  expect(asked).toHaveLength(257);
  await ask(0);
  expect(asked).toHaveLength(258);
});

test("no more than 256 caches of keys: the one used longest ago goes", () => {
  const { keyOptions } = start();
  const cacheOf = (i: number) => keyOptions(`https://${i}.example/keys`)[jwksCache];
  const [first, second] = [cacheOf(0), cacheOf(1)];
  for (let i = 2; i <= 256; i += 1) {
    cacheOf(i);
    expect(cacheOf(0)).toBe(first);
  }
  expect(cacheOf(1)).not.toBe(second);
  expect(cacheOf(0)).toBe(first);
});
