/** The catalogue as data: every record is one under the schema, and says what the docs, the page and the engine need of it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogued, catalogueIds, findProvider } from "../../broker/src/providers/catalogue.ts";
import { COMMON_SCOPES } from "../../broker/src/config/client.ts";
import { readConfig } from "../../broker/src/config/config.ts";
import { ConfigError } from "../../broker/src/config/error.ts";
import type { Provider } from "../../broker/src/providers/schema.ts";
import { newKey, type Json } from "./world.ts";

const record = (id: string): Provider => {
  const found = findProvider(id, undefined);
  if (!found?.ok) throw new Error(`${id}: ${JSON.stringify(found)}`);
  return found.provider;
};

test("has 141 providers, each file found by being there", () => {
  expect(catalogueIds()).toHaveLength(141);
  const folder = join(import.meta.dirname, "../../broker/src/providers/catalogue");
  const files = readdirSync(folder).map((name) => name.replace(/\.ts$/, ""));
  expect(files.filter((name) => catalogued(name) === undefined)).toEqual([]);
});

describe.each(catalogueIds())("%s", (id) => {
  const provider = record(id);

  test("says where it comes from and how to register", () => {
    expect(provider.verified_at).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(provider.sources.length).toBeGreaterThan(0);
    expect(provider.setup.length).toBeGreaterThan(0);
    expect(provider.docs_url).toMatch(/^https:/);
    expect(provider.api_hosts_source).toBeTruthy();
    expect(provider.category).toBeTruthy();
  });

  test("its tokens go to exact hosts, and a tenant's by a pattern that is pinned to a domain", () => {
    for (const host of provider.api_hosts) expect(host).toMatch(/^[a-z0-9.-]+\.[a-z]+$/);
    for (const template of provider.tenant_hosts)
      for (const [, name = ""] of template.matchAll(/\{(\w+)\}/g)) {
        const { pattern = "" } = provider.variables[name] ?? provider.captures[name] ?? {};
        // Nothing that could be somebody else's: no free dot, and no slash, port, user or fragment.
        const evil = [
          "evil.example",
          "x.evil.example",
          "a/b",
          "a@b",
          "a:1",
          "a#b",
          "a?b",
          "a\\b",
          "",
        ];
        const whole = new RegExp(`^(?:${pattern})$`, "u");
        const fixed = template.replace(`{${name}}`, "") !== "";
        const self_hosted = provider.variables[name]?.self_hosted ?? false;
        for (const text of evil) {
          const value = pattern.startsWith("https") ? `https://${text}` : text;
          if (!(self_hosted && /^[\w.]+evil\.example$|^evil\.example$/.test(text)))
            expect(whole.test(value), `${name}: ${value}`).toBe(false);
        }
        if (!fixed && !self_hosted) expect(pattern, name).toMatch(/\\\.[a-z]+/);
      }
  });

  test("every scope that is asked for has words", () => {
    for (const scope of [...provider.base_scopes, ...provider.default_scopes])
      expect(provider.scopes[scope] ?? COMMON_SCOPES[scope], scope).toBeDefined();
    for (const words of Object.values(provider.scopes))
      expect(words.length).toBeLessThanOrEqual(90);
  });

  test("https, and no endpoint that could lead elsewhere", () => {
    for (const [key, value] of Object.entries(provider))
      if (/_endpoint$|_uri$|issuer/.test(key) && typeof value === "string")
        expect(value, key).toMatch(
          /^(?:https:\/\/|\{(?:base_url|accounts_server|instance_url|api_domain)\})/,
        );
    if (provider.manage_url !== undefined)
      expect(provider.manage_url).toMatch(/^(?:https:\/\/|\{base_url\})/);
  });

  test("an account is never known by its address", () => {
    const { identity } = provider;
    if (identity.source !== "none" && identity.source !== "check")
      for (const part of identity.id) expect(part).not.toMatch(/e?mail|username|^login$/i);
  });
});

describe("an operator's own words stand over a record", () => {
  const find = (id: string, override: Json): Provider => {
    const found = findProvider(id, override);
    if (!found?.ok) throw new Error(JSON.stringify(found));
    return found.provider;
  };

  test("scopes and variables entry by entry, all else whole", () => {
    const google = find("google", {
      scopes: { "x:y": "Do this" },
      api_hosts: ["forms.googleapis.com"],
    });
    expect(google.scopes).toMatchObject({ "x:y": "Do this", openid: "Confirm who you are" });
    expect(google.api_hosts).toEqual(["forms.googleapis.com"]);
    const shop = find("shopify", { variables: { shop: { allowed: ["acme"] } } });
    expect(shop.variables["shop"]).toMatchObject({ allowed: ["acme"], suffix: ".myshopify.com" });
    // The catalogue's own is as it was.
    expect(record("google").api_hosts).toContain("www.googleapis.com");
  });

  test("where users end what they have allowed, at an instance of their own", () => {
    const manage_url = "https://sso.example/me/apps";
    expect(find("google", { manage_url }).manage_url).toBe(manage_url);
    expect(record("google").manage_url).toBe("https://myaccount.google.com/connections");
  });

  test("another entry of the same provider", () => {
    expect(find("google-two", { extends: "google", name: "Two" })).toMatchObject({
      ...{ id: "google-two", name: "Two", issuer: "https://accounts.google.com" },
    });
  });

  test.each<[string, Json, string]>([
    ["an endpoint over http", { token_endpoint: "http://evil.example" }, "token_endpoint"],
    ["a page of the provider's over http", { manage_url: "http://evil.example" }, "manage_url"],
    ["a page that is a script", { manage_url: "javascript:alert(1)" }, "manage_url"],
    [
      "a page with a name that nobody knows",
      { manage_url: "https://{shop}.example" },
      "manage_url",
    ],
    ["a host with a wildcard", { api_hosts: ["*.googleapis.com"] }, "api_hosts.0"],
    ["no host at all", { api_hosts: [] }, "api_hosts"],
    ["a key that nobody knows", { tokenendpoint: "https://x.example" }, ""],
    ["a parent that is not there", { extends: "goggle" }, "extends"],
    [
      "a pattern with anchors of its own",
      { variables: { x: { label: "X", pattern: "^a$" } } },
      "variables.x.pattern",
    ],
    ["a variable that takes anything", { variables: { x: { label: "X" } } }, "variables.x"],
    [
      "a user's choice of somebody's own host",
      { variables: { x: { label: "X", pattern: "a", self_hosted: true, chosen_by: "user" } } },
      "variables.x.chosen_by",
    ],
    ["a name that is nobody's", { token_endpoint: "https://{nobody}.example/t" }, "token_endpoint"],
    [
      "an id_token that is dropped and read",
      { token_response: { id_token_ignored: true } },
      "token_response.id_token_ignored",
    ],
  ])("%s is refused", (_, override, path) => {
    const found = findProvider("google", override);
    expect(found).toMatchObject({ ok: false });
    if (found?.ok === false)
      expect(found.issues.map((issue) => issue.path.join("."))).toContain(path);
  });
});

describe("in a configuration", () => {
  const file = (providers: Json, clients: Json): string =>
    JSON.stringify({
      base_url: "https://connect.example.net",
      storage: { sqlite: ":memory:" },
      vault: { keys: [{ id: "k1", key: "${KEY}" }] },
      providers,
      apps: [
        {
          ...{ id: "app", name: "App", origins: ["https://app.example.com"] },
          api_keys: [{ id: "first", hash: newKey().hash }],
          identity_provider: { name: "IdP", issuer: "https://idp.example.com", audience: "app" },
          providers: clients,
        },
      ],
    });
  const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("base64");
  const read = (providers: Json, clients: Json) =>
    readConfig(file(providers, clients), { KEY }).apps.get("app")?.providers;
  const issues = (providers: Json, clients: Json) => {
    try {
      read(providers, clients);
    } catch (error) {
      if (error instanceof ConfigError) return error.issues.map(({ key }) => key);
      throw error;
    }
    return [];
  };
  const client = { client_id: "c", client_secret: "s" };

  test("a name, a client id and a secret are enough", () => {
    const clients = read({}, { google: client, slack: client, shopify: client, notion: client });
    expect(clients?.get("google")).toMatchObject({ scopes: ["openid", "email", "profile"] });
    expect(clients?.get("slack")?.scopes).toEqual(["users:read"]);
    expect(clients?.get("notion")?.scopes).toEqual([]);
    expect(clients?.get("shopify")).toMatchObject({ open_variables: ["shop"] });
  });

  test("scopes of one's own come beside those that are always needed", () => {
    const scope = "https://www.googleapis.com/auth/calendar.readonly";
    expect(read({}, { google: { ...client, scopes: [scope] } })?.get("google")?.scopes).toEqual([
      "openid",
      "email",
      scope,
    ]);
  });

  test("a GitLab of one's own is an entry of its own, with its own redirect URI", () => {
    const work = { ...client, variables: { base_url: "https://git.acme.example" } };
    const clients = read(
      { "gitlab-work": { extends: "gitlab" } },
      { gitlab: client, "gitlab-work": work },
    );
    expect(clients?.get("gitlab")?.variables).toEqual({ base_url: "https://gitlab.com" });
    expect(clients?.get("gitlab-work")?.variables).toEqual({
      base_url: "https://git.acme.example",
    });
  });

  test.each<[string, Json, Json, string[]]>([
    ["one that the catalogue has not", {}, { goggle: client }, ["goggle"]],
    ["a scope without words", {}, { google: { ...client, scopes: ["x:y"] } }, ["google.scopes"]],
    ["no secret", {}, { google: { client_id: "c" } }, ["google.client_secret"]],
    [
      "no secret where only the API wants it",
      {},
      { etsy: { client_id: "c" } },
      ["etsy.client_secret"],
    ],
    [
      "a tenant of the wrong form",
      {},
      { microsoft: { ...client, variables: { tenant: "evil.example/x" } } },
      ["microsoft.variables.tenant"],
    ],
    [
      "a base over http",
      {},
      { gitlab: { ...client, variables: { base_url: "http://git.acme.example" } } },
      ["gitlab.variables.base_url"],
    ],
    [
      "no value for what only the operator knows",
      {},
      { apple: client },
      ["apple.variables.team_id", "apple.variables.key_id"],
    ],
    [
      "a value for nothing",
      {},
      { google: { ...client, variables: { tenant: "x" } } },
      ["google.variables"],
    ],
    [
      "a parameter that is the broker's",
      {},
      { google: { ...client, authorize_parameters: { state: "x" } } },
      ["google.authorize_parameters"],
    ],
  ])("%s is an error at start that names its key", (_, providers, clients, keys) => {
    expect(issues(providers, clients)).toEqual(keys.map((key) => `apps[0].providers.${key}`));
  });
});
