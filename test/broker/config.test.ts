/** The configuration file: what is refused is named by its key, and no secret is ever quoted. */
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readConfig } from "../../broker/src/config/config.ts";
import { ConfigError } from "../../broker/src/config/error.ts";
import { RESERVED_PARAMETERS } from "../../broker/src/providers/schema.ts";

const ENV = {
  VAULT_KEY: Buffer.alloc(32, "vault-key-of-test").toString("base64url"),
  CLIENT_SECRET: "s3cr3t-of-the-client",
  EMPTY: "",
};
const SECRETS = [ENV.VAULT_KEY, ENV.CLIENT_SECRET];
const hash = (digit: string) => `sha256:${digit.repeat(64)}`;

type Json = Record<string, unknown>;

const calendar = (): Json => ({
  name: "Acme Calendar",
  issuer: "https://calendar.example",
  scopes: { "calendar.read": "See your events" },
  api_hosts: ["api.calendar.example"],
});
const client = (): Json => ({
  client_id: "c1",
  client_secret: "${CLIENT_SECRET}",
  scopes: ["openid", "calendar.read"],
});
const idp = (): Json => ({
  name: "Acme Accounts",
  issuer: "https://idp.example",
  audience: "day-planner",
});
const app = (): Json => ({
  id: "demo",
  name: "Day Planner",
  origins: ["https://app.example.com"],
  return_urls: ["https://app.example.com/done"],
  api_keys: [{ id: "first", hash: hash("a") }],
  identity_provider: idp(),
  providers: { calendar: client() },
});
const file = (over: Json = {}): Json => ({
  base_url: "https://connect.example.net",
  storage: { sqlite: "./alter.db" },
  vault: { keys: [{ id: "k1", key: "${VAULT_KEY}" }] },
  providers: { calendar: calendar() },
  apps: [app()],
  ...over,
});
const withApp = (over: Json): Json => file({ apps: [{ ...app(), ...over }] });
const withIdp = (over: Json): Json => withApp({ identity_provider: { ...idp(), ...over } });
const withClient = (over: Json): Json =>
  withApp({ providers: { calendar: { ...client(), ...over } } });
const withProvider = (over: Json): Json =>
  file({ providers: { calendar: { ...calendar(), ...over } } });
const withKeys = (...keys: Json[]): Json => file({ vault: { keys } });

const read = (value: Json, env: Record<string, string> = ENV) =>
  readConfig(JSON.stringify(value), env);

/** The keys complained about; every refusal in this file is also searched for secrets. */
const refusalOf = (text: string, env: Record<string, string> = ENV): ConfigError => {
  try {
    readConfig(text, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const secret of SECRETS) expect(error.message + error.stack).not.toContain(secret);
    expect(error.code).toBe("invalid_config");
    for (const { key } of error.issues) expect(error.message).toContain(`${key}: `);
    return error;
  }
  throw new Error("accepted");
};
const keysOf = (value: Json) => refusalOf(JSON.stringify(value)).issues.map(({ key }) => key);

test("the file that all others deviate from is accepted, as YAML and as JSON", () => {
  const config = read(file());
  const yaml = readConfig(stringify(file()), ENV);
  const { is_trusted_proxy, is_allowed_address } = config;
  expect({ ...yaml, is_trusted_proxy, is_allowed_address }).toEqual(config);
  expect(config).toMatchObject({
    base_url: "https://connect.example.net",
    listen: { host: "connect.example.net", port: 443 },
    provider_timeout: 12_000,
    audit_retention: null,
    deadlines: { unclaimed: 600_000, claimed: 900_000, claimed_most: 3_600_000 },
    warnings: [],
  });
  expect(config.vault.keys[0]).toEqual({
    id: "k1",
    key: new Uint8Array(Buffer.from(ENV.VAULT_KEY, "base64url")),
  });
  expect(config.apps.get("demo")?.providers.get("calendar")?.client_secret).toBe(ENV.CLIENT_SECRET);
  expect(config.api_keys.get("a".repeat(64))).toMatchObject({
    key_id: "first",
    app: { id: "demo" },
  });
  // A revocation reaches as far as it can unless somebody says that it does not.
  expect(config.apps.get("demo")?.providers.get("calendar")?.provider.revocation_scope).toBe(
    "user_client",
  );
});

describe("origins [L6, L7]", () => {
  const bad = [
    "*",
    "null",
    "https://*.example.com",
    "https://*",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://app.example.com?x",
    "https://app.example.com#x",
    "https://user@app.example.com",
    "https://APP.example.com",
    "https://app.example.com:443",
    "http://app.example.com",
    "http://10.0.0.1",
    "ftp://app.example.com",
    "app.example.com",
    "javascript:alert(1)",
    "",
  ];
  test.each(bad)("%s is none", (value) => {
    expect(keysOf(withApp({ origins: [value], return_urls: [] }))).toEqual(["apps[0].origins[0]"]);
    expect(keysOf(file({ base_url: value }))).toEqual(["base_url"]);
  });
  const good = [
    "https://app.example.com",
    "https://app.example.com:8443",
    "http://localhost:3000",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
    "http://app.localhost",
  ];
  test.each(good)("%s is one", (value) => {
    expect(() => read(withApp({ origins: [value], return_urls: [] }))).not.toThrow();
    expect(() =>
      read(
        file({
          base_url: value,
          apps: [{ ...app(), origins: ["https://other.example"], return_urls: [] }],
        }),
      ),
    ).not.toThrow();
  });
  test("the broker's own is refused, and so is none at all [M17]", () => {
    const own = withApp({ origins: ["https://connect.example.net"], return_urls: [] });
    expect(keysOf(own)).toEqual(["apps[0].origins"]);
    expect(keysOf(withApp({ origins: [], return_urls: [] }))).toEqual(["apps[0].origins"]);
  });
});

describe("return URLs [H5]", () => {
  test.each([
    "https://evil.example/done",
    "http://app.example.com/done",
    "https://user@app.example.com/done",
    "https://app.example.com/done#x",
    "https://app.example.com/done?alter_connect_code=x",
    "https://*.example.com/",
    "javascript:alert(1)",
    "/done",
  ])("%s is refused", (value) => {
    expect(keysOf(withApp({ return_urls: [value] }))).toEqual(["apps[0].return_urls[0]"]);
  });
  test.each(["https://app.example.com/done?from=alter", "https://app.example.com/app/"])(
    "%s is taken",
    (value) => {
      expect(read(withApp({ return_urls: [value] })).apps.get("demo")?.return_urls).toEqual([
        value,
      ]);
    },
  );
});

describe("hosts that receive tokens [M11]", () => {
  test.each([
    "*.example.com",
    "*",
    "api.example.com:8443",
    "api.example.com:443",
    "api.example.com/v1",
    "https://api.example.com",
    "API.example.com",
    "user@api.example.com",
    "api.example.com?x",
    "",
  ])("%s is not one exact host", (value) => {
    expect(keysOf(withProvider({ api_hosts: [value] }))).toEqual([
      "providers.calendar.api_hosts[0]",
    ]);
  });
  test.each(["api.example.com", "localhost:3003", "127.0.0.1:3003"])("%s is", (value) => {
    expect(() => read(withProvider({ api_hosts: [value] }))).not.toThrow();
  });
  test("there is no default", () => {
    expect(keysOf(withProvider({ api_hosts: undefined }))).toEqual([
      "providers.calendar.api_hosts",
    ]);
    expect(keysOf(withProvider({ api_hosts: [] }))).toEqual(["providers.calendar.api_hosts"]);
  });
});

describe("who may speak for a user [M10]", () => {
  test.each<[string, Json, string[]]>([
    ["neither audience nor clients", { audience: undefined }, ["audience"]],
    ["an empty audience", { audience: "" }, ["audience"]],
    ["no audiences", { audience: [] }, ["audience"]],
    ["an empty one among them", { audience: ["a", ""] }, ["audience[1]"]],
    ["no clients", { client_ids: [] }, ["client_ids"]],
    ["an empty client", { client_ids: [""] }, ["client_ids[0]"]],
    ["an issuer over http", { issuer: "http://idp.example" }, ["issuer"]],
    ["keys over http", { jwks_uri: "http://idp.example/jwks" }, ["jwks_uri"]],
    ["a subject of no name", { subject_claim: "" }, ["subject_claim"]],
  ])("%s is refused", (_name, over, keys) => {
    expect(keysOf(withIdp(over))).toEqual(keys.map((key) => `apps[0].identity_provider.${key}`));
  });
  test.each<[string, Json]>([
    ["clients without audience", { audience: undefined, client_ids: ["web"] }],
    ["several audiences", { audience: ["a", "b"] }],
    ["a claim of its own", { subject_claim: "oid" }],
  ])("%s will do", (_name, over) => {
    expect(() => read(withIdp(over))).not.toThrow();
  });
});

describe("what a provider record may not say", () => {
  test.each(RESERVED_PARAMETERS)("authorize_parameters.%s is the broker's [M13]", (name) => {
    expect(keysOf(withProvider({ authorize_parameters: { [name]: "x" } }))).toEqual([
      "providers.calendar.authorize_parameters",
    ]);
  });
  test("it answers by query and lets every browser in, unless it says otherwise", () => {
    expect(read(file()).apps.get("demo")?.providers.get("calendar")?.provider).toMatchObject({
      response_mode: "query",
      refuses_embedded_browsers: false,
    });
  });
  test("other parameters are its own", () => {
    expect(() =>
      read(withProvider({ authorize_parameters: { access_type: "offline" } })),
    ).not.toThrow();
  });

  const P = "providers.calendar";
  const C = "apps[0].providers.calendar";
  test.each<[string, Json, string[]]>([
    [
      "no endpoints and no issuer",
      withProvider({ issuer: undefined }),
      [`${P}.issuer`, `${P}.authorization_endpoint`, `${P}.token_endpoint`],
    ],
    [
      // The library could check its id_token against nothing, and every connection would fail after consent.
      "openid without an issuer",
      withProvider({
        issuer: undefined,
        authorization_endpoint: "https://calendar.example/a",
        token_endpoint: "https://calendar.example/t",
        identity: { source: "none" },
      }),
      [`${C}.scopes`],
    ],
    [
      "an endpoint over http",
      withProvider({ token_endpoint: "http://calendar.example/t" }),
      [`${P}.token_endpoint`],
    ],
    [
      "a logo over http",
      withProvider({ logo_url: "http://calendar.example/l.svg" }),
      [`${P}.logo_url`],
    ],
    ["a logo as data", withProvider({ logo_url: "data:image/png;base64,AA" }), [`${P}.logo_url`]],
    ["a scope with a space", withProvider({ scopes: { "a b": "Both" } }), [`${P}.scopes.a b`]],
    [
      "a scope without words",
      withProvider({ scopes: { "calendar.read": "" } }),
      [`${P}.scopes.calendar.read`],
    ],
    [
      "an id that is no path segment",
      file({ providers: { calendar: calendar(), "a/b": calendar() } }),
      ["providers.a/b"],
    ],
    [
      "an unknown identity source",
      withProvider({ identity: { source: "guess" } }),
      [`${P}.identity.source`],
    ],
    [
      "a response mode the broker cannot read",
      withProvider({ response_mode: "fragment" }),
      [`${P}.response_mode`],
    ],
    [
      "a word for a switch",
      withProvider({ refuses_embedded_browsers: "yes" }),
      [`${P}.refuses_embedded_browsers`],
    ],
    [
      "a client at a provider that is not there",
      withApp({ providers: { mail: client() } }),
      ["apps[0].providers.mail"],
    ],
    [
      "a client at an inherited name",
      withApp({ providers: { constructor: client() } }),
      ["apps[0].providers.constructor"],
    ],
    [
      "a scope that the record has no words for",
      withClient({ scopes: ["openid", "calendar.write"] }),
      [`${C}.scopes`],
    ],
    ["an inherited scope", withClient({ scopes: ["openid", "constructor"] }), [`${C}.scopes`]],
    ["an id_token without openid", withClient({ scopes: ["calendar.read"] }), [`${C}.scopes`]],
    ["no scopes", withClient({ scopes: [] }), [`${C}.scopes`]],
    ["no secret", withClient({ client_secret: undefined }), [`${C}.client_secret`]],
  ])("%s", (_name, value, keys) => {
    expect(keysOf(value)).toEqual(keys);
  });
});

describe("ids, keys, unknown names", () => {
  const k = (id: string, bytes = 32): Json => ({
    id,
    key: Buffer.alloc(bytes, id).toString("base64"),
  });
  const transit = { address: "https://vault.example.com:8200", key: "alter", token: "hvs.x" };
  test.each<[string, Json, string[]]>([
    ["a short vault key", withKeys(k("k1", 31)), ["vault.keys[0].key"]],
    ["a long vault key", withKeys(k("k1"), k("k2", 33)), ["vault.keys[1].key"]],
    ["a hex vault key", withKeys({ id: "k1", key: "ab".repeat(32) }), ["vault.keys[0].key"]],
    [
      "a passphrase",
      withKeys({ id: "k1", key: "correct horse battery staple" }),
      ["vault.keys[0].key"],
    ],
    [
      "a vault key of zeros",
      withKeys({ id: "k1", key: Buffer.alloc(32).toString("base64") }),
      ["vault.keys[0].key"],
    ],
    ["no vault key", withKeys(), ["vault.keys"]],
    ["no vault at all", file({ vault: {} }), ["vault"]],
    ["no key to wrap with", file({ vault: { transit, wrap_with: "keys" } }), ["vault.wrap_with"]],
    [
      "no transit to wrap with",
      file({ vault: { keys: [k("k1")], wrap_with: "transit" } }),
      ["vault.wrap_with"],
    ],
    [
      "transit over plain http",
      file({ vault: { transit: { ...transit, address: "http://vault.example.com:8200" } } }),
      ["vault.transit.address"],
    ],
    [
      "transit with a path in its address",
      file({ vault: { transit: { ...transit, address: "https://vault.example.com/v1" } } }),
      ["vault.transit.address"],
    ],
    [
      "a transit key that leads elsewhere",
      file({ vault: { transit: { ...transit, key: "../sys/seal", mount: "a/../b" } } }),
      ["vault.transit.mount", "vault.transit.key"],
    ],
    [
      "transit without a token",
      file({ vault: { transit: { ...transit, token: undefined } } }),
      ["vault.transit"],
    ],
    [
      "transit with two",
      file({ vault: { transit: { ...transit, token_file: "./token" } } }),
      ["vault.transit"],
    ],
    [
      "a token that no header can carry",
      file({ vault: { transit: { ...transit, token: "two\nlines" } } }),
      ["vault.transit.token"],
    ],
    ["two vault keys of one id", withKeys(k("k1"), { ...k("k2"), id: "k1" }), ["vault.keys"]],
    ["a vault key id with a dot", withKeys({ ...k("k1"), id: "k.1" }), ["vault.keys[0].id"]],
    [
      "two apps of one id",
      file({ apps: [app(), { ...app(), api_keys: [{ id: "x", hash: hash("b") }] }] }),
      ["apps[1].id"],
    ],
    [
      "one API key for two apps",
      file({ apps: [app(), { ...app(), id: "other" }] }),
      ["apps[1].api_keys[0].hash"],
    ],
    [
      "an API key itself",
      withApp({ api_keys: [{ id: "x", hash: `alter_rk_${"x".repeat(43)}` }] }),
      ["apps[0].api_keys[0].hash"],
    ],
    [
      "two API keys of one id",
      withApp({
        api_keys: [
          { id: "x", hash: hash("a") },
          { id: "x", hash: hash("b") },
        ],
      }),
      ["apps[0].api_keys"],
    ],
    ["no API key", withApp({ api_keys: [] }), ["apps[0].api_keys"]],
    ["no apps", file({ apps: [] }), ["apps"]],
    ["a port out of range", file({ listen: { port: 65536 } }), ["listen.port"]],
    [
      "a deadline beyond the wire's",
      file({ sessions: { unclaimed_seconds: 601 } }),
      ["sessions.unclaimed_seconds"],
    ],
    [
      "a provider timeout near the lease",
      file({ provider_timeout_seconds: 21 }),
      ["provider_timeout_seconds"],
    ],
    [
      "a log that forgets before anybody has looked",
      file({ audit: { retention_days: 29 } }),
      ["audit.retention_days"],
    ],
  ])("%s", (_name, value, keys) => {
    expect(keysOf(value)).toEqual(keys);
  });

  test.each<[string, Json]>([
    ["", file({ surprise: 1 })],
    ["storage", file({ storage: { sqlite: "x", surprise: 1 } })],
    ["apps[0]", withApp({ surprise: 1 })],
    ["apps[0].identity_provider", withIdp({ surprise: 1 })],
    ["apps[0].providers.calendar", withClient({ surprise: 1 })],
    ["providers.calendar", withProvider({ surprise: 1 })],
  ])("an unknown key in %s is refused by name", (at, value) => {
    const [issue] = refusalOf(JSON.stringify(value)).issues;
    expect(`${issue?.key}: ${issue?.message}`).toContain("surprise");
    expect(issue?.key).toBe(at || "(file)");
  });

  test("all that is wrong is said at once", () => {
    const value = file({ base_url: "*", storage: {}, apps: [{ ...app(), name: "" }] });
    expect(keysOf(value)).toEqual(["base_url", "storage", "apps[0].name"]);
  });
});

describe("deprovisioning", () => {
  const long = "x".repeat(32);
  const svix = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const saying = (kind: string, secrets: unknown, more: Json = {}) =>
    withIdp({ ...more, deprovisioning: { kind, secrets } });
  const several = { subject_claim: ["tid", "oid"] };

  test.each<[string, unknown, Json?]>([
    ["auth0", [long]],
    ["clerk", [svix, svix]],
    ["hmac", [long], several],
  ])("%s is taken", (kind, secrets, more) => {
    const app = read(saying(kind, secrets, more)).apps.get("demo");
    expect(app?.identity_provider.deprovisioning).toEqual({ kind, secrets });
  });

  test.each<[string, Json, string]>([
    ["no secret", saying("hmac", []), "secrets"],
    ["six of them", saying("hmac", Array<string>(6).fill(long)), "secrets"],
    ["one that could be guessed", saying("auth0", ["hunter2-hunter2"]), "secrets[0]"],
    ["one with a space", saying("auth0", [`Bearer ${long}`]), "secrets[0]"],
    ["Clerk's without its prefix", saying("clerk", [svix.slice(6)]), "secrets[0]"],
    ["Clerk's cut", saying("clerk", [svix, svix.slice(0, 20)]), "secrets[1]"],
    ["another kind", saying("scim", [long]), "kind"],
    ["a user that Auth0 does not name", saying("auth0", [long], several), "kind"],
    ["one that Clerk does not", saying("clerk", [svix], { subject_claim: "email" }), "kind"],
  ])("%s is refused", (_name, value, key) => {
    expect(keysOf(value)).toEqual([`apps[0].identity_provider.deprovisioning.${key}`]);
  });
});

test("an API key's end is an instant", () => {
  const ending = (expires_at: unknown) =>
    withApp({ api_keys: [{ id: "first", hash: hash("a"), expires_at }] });
  const key = read(ending("2027-01-31T01:00:00+01:00")).api_keys.get("a".repeat(64));
  expect(key?.expires_at).toBe(Date.parse("2027-01-31T00:00:00Z"));
  for (const wrong of ["2027-01-31", "soon", 1, null])
    expect(keysOf(ending(wrong))).toEqual(["apps[0].api_keys[0].expires_at"]);
});

describe("secrets", () => {
  test.each(["MISSING", "EMPTY"])("a variable that is %s is named with its key", (name) => {
    const error = refusalOf(JSON.stringify(withClient({ client_secret: `\${${name}}` })));
    expect(error.issues).toEqual([
      {
        key: "apps[0].providers.calendar.client_secret",
        message: `environment variable ${name} is not set`,
      },
    ]);
  });

  test("a variable's value is text: it is not read as YAML, nor filled in again", () => {
    const odd = '"]\n${VAULT_KEY}: *x';
    const config = read(file(), { ...ENV, CLIENT_SECRET: odd });
    expect(config.apps.get("demo")?.providers.get("calendar")?.client_secret).toBe(odd);
  });

  test("a secret of the wrong form is not quoted", () => {
    const env = { ...ENV, CLIENT_SECRET: ENV.VAULT_KEY };
    for (const value of [
      withKeys({ id: "k1", key: "${CLIENT_SECRET}x" }),
      withKeys({ id: "${VAULT_KEY}", key: "${VAULT_KEY}" }),
      withApp({ api_keys: [{ id: "x", hash: "${VAULT_KEY}" }] }),
      withApp({ id: "${VAULT_KEY} " }),
      file({ base_url: "${VAULT_KEY}" }),
      withApp({ theme: "${VAULT_KEY}" }),
    ])
      expect(refusalOf(JSON.stringify(value), env).issues.length).toBeGreaterThan(0);
  });

  test.each([
    ["a tab", "vault:\n\tkey: s3cr3t-in-file\n"],
    ["an open quote", 'a: 1\nkey: "s3cr3t-in-file\n'],
    ["a name twice", "key: s3cr3t-in-file\nkey: s3cr3t-in-file\n"],
    ["two documents", "a: 1\n---\nkey: s3cr3t-in-file\n"],
    ["an unknown alias", "key: *s3cr3t-in-file\n"],
    ["broken JSON", '{"key": "s3cr3t-in-file",, }'],
    ["nothing", ""],
    ["a list", "- s3cr3t-in-file\n"],
    ["a word", "s3cr3t-in-file"],
  ])("a file with %s is refused by place, its line not quoted", (_name, text) => {
    const { issues, message, stack } = refusalOf(text);
    expect(issues[0]?.key).toMatch(/^(line \d+, column \d+|\(file\))$/);
    expect(message + stack).not.toContain("s3cr3t-in-file");
  });

  test("nor does the parser warn about a line by quoting it", async () => {
    const warned: string[] = [];
    const listen = (warning: Error) => void warned.push(warning.message);
    process.on("warning", listen);
    const text = stringify(file()).replace("client_id: c1", "client_id: !odd s3cr3t-in-file");
    expect(readConfig(text, ENV).apps.get("demo")?.providers.get("calendar")?.client_id).toBe(
      "s3cr3t-in-file",
    );
    // Warnings are emitted in the next tick.
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warned).toEqual([]);
  });
});

test.each<[string, Json, string]>([
  [
    "a provider's API on the broker itself",
    withProvider({ api_hosts: ["connect.example.net"] }),
    "providers.calendar.api_hosts",
  ],
  [
    "a secret for the broker itself",
    withApp({
      secrets: { s: { name: "S", api_hosts: ["connect.example.net"], inject: "basic" } },
    }),
    "apps[0].secrets.s.api_hosts",
  ],
  [
    "everybody as a trusted proxy",
    file({ trusted_proxies: ["10.0.0.1", "::/0"] }),
    "trusted_proxies[1]",
  ],
  [
    "a drain that leaves no request any time to end",
    file({ shutdown: { drain_seconds: 25 } }),
    "shutdown.grace_seconds",
  ],
  ["metrics without a port", file({ metrics: {} }), "metrics.port"],
  [
    "a limit of none",
    file({ limits: { failures_per_address: { limit: 0 } } }),
    "limits.failures_per_address.limit",
  ],
  [
    "a provider at a private address that nobody has allowed",
    withProvider({ token_endpoint: "https://[64:ff9b::10.1.2.3]/token" }),
    "apps[0].providers.calendar",
  ],
  [
    "a variable that would end the host which it is a part of",
    file({
      providers: {
        calendar: {
          ...calendar(),
          issuer: undefined,
          variables: { tenant: { label: "Tenant", pattern: ".*" } },
          authorization_endpoint: "https://{tenant}.acme.example/authorize",
          token_endpoint: "https://acme.example/token",
          identity: { source: "none" },
        },
      },
      apps: [
        {
          ...app(),
          providers: {
            calendar: { ...client(), scopes: [], variables: { tenant: "evil.example/x?" } },
          },
        },
      ],
    }),
    "apps[0].providers.calendar.variables.tenant",
  ],
  [
    "two servers behind one redirect URI [H3]",
    file({
      apps: [undefined, "https://git.work.example"].map((base_url, i) => ({
        ...app(),
        id: `app${i}`,
        api_keys: [{ id: "first", hash: hash(String(i)) }],
        providers: {
          gitlab: { client_id: "c", client_secret: "s", variables: base_url ? { base_url } : {} },
        },
      })),
    }),
    "apps[1].providers.gitlab.variables.base_url",
  ],
  ...["0.0.0.0/0", "::/0"].map((all): [string, Json, string] => [
    `${all} as a private address of providers`,
    file({ private_addresses: ["10.0.0.0/8", all] }),
    "private_addresses[1]",
  ]),
  ...["Accept-Encoding", "X-Forwarded-For", "Alter-User-Token"].map(
    (header): [string, Json, string] => [
      `a secret as ${header}`,
      withApp({ secrets: { s: { name: "S", api_hosts: ["a.example"], inject: { header } } } }),
      "apps[0].secrets.s.inject",
    ],
  ),
])("refused at start: %s", (_name, value, key) => {
  expect(keysOf(value).join()).toContain(key);
});

describe("warnings: allowed, and probably not meant", () => {
  test.each([
    ["whom an e-mail address makes", withIdp({ subject_claim: "email" }), /subject_claim email/],
    [
      "an account that is its e-mail address",
      withProvider({ identity: { source: "id_token", id: "email" } }),
      /identity\.id email/,
    ],
  ])("%s", (_name, value, words) => {
    expect(read(value).warnings).toEqual([expect.stringMatching(words)]);
  });

  test.each<[string, string, RegExp]>([
    ["M17: a sibling of the broker", "https://app.example.net", /registrable domain/],
    ["a loopback origin on a public broker", "http://localhost:3000", /loopback origin/],
  ])("%s", (_name, origin, words) => {
    const { warnings } = read(withApp({ origins: [origin], return_urls: [] }));
    expect(warnings).toEqual([expect.stringMatching(words)]);
  });
  test("none for a demo that is all loopback", () => {
    const demo = withApp({ origins: ["http://localhost:3000"], return_urls: [] });
    expect(read({ ...demo, base_url: "http://127.0.0.1:3001" })).toMatchObject({
      warnings: [],
      listen: { host: "127.0.0.1", port: 3001 },
    });
  });
});

test("limits have defaults, a drain only where somebody may notice, and metrics are off", () => {
  const { limits, shutdown, metrics } = read(file());
  expect(limits).toEqual({
    failures_per_address: { limit: 60, window: 60_000 },
    failures_per_key: { limit: 600, window: 60_000 },
    calls_per_key: undefined,
    in_flight: 2_000,
    connections: 10_000,
  });
  expect([shutdown, metrics]).toEqual([{ drain: 5_000, grace: 25_000 }, undefined]);
  const own = file({ base_url: "http://127.0.0.1:4000" });
  expect(read(own).shutdown).toEqual({ drain: 0, grace: 25_000 });
  expect(read({ ...own, shutdown: { drain_seconds: 2 } }).shutdown.drain).toBe(2_000);
});

test("metrics on loopback are nobody else's; elsewhere a warning says so", () => {
  const on = (metrics: Json) => read(file({ metrics }));
  expect(on({ port: 9464 })).toMatchObject({
    metrics: { host: "127.0.0.1", port: 9464 },
    warnings: [],
  });
  expect(on({ port: 9464, host: "0.0.0.0" }).warnings).toEqual([
    expect.stringContaining("metrics.host 0.0.0.0"),
  ]);
});
