/**
 * The doctor before a real broker behind a real reverse proxy: nothing to say of a healthy one, and a code for each thing
 * that is wrong. Whatever it finds, nothing is written.
 */
import { serve } from "@hono/node-server";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import Libsql from "libsql";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../broker/src/app.ts";
import { runDoctor } from "../../broker/src/commands/doctor.ts";
import { readConfig, type Config } from "../../broker/src/config/config.ts";
import { checkFile, checkNode } from "../../broker/src/doctor/configuration.ts";
import { checkDatabase, type OpenedVault } from "../../broker/src/doctor/database.ts";
import type { Finding } from "../../broker/src/doctor/finding.ts";
import { checkOutside } from "../../broker/src/doctor/outside.ts";
import { passFor } from "../../broker/src/doctor/pass.ts";
import { openStore } from "../../broker/src/store/store.ts";
import type { Vault } from "../../broker/src/vault.ts";
import { makeCertificate } from "../servers/certificate.ts";
import { freePort, listen } from "../servers/http.ts";
import { startReverseProxy, type Fault, type ReverseProxy } from "../servers/reverse-proxy.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { accepted, issue } from "./steps.ts";
import { connect, startWorld, type World } from "./world.ts";
import type { Storage } from "../../broker/src/store/storage.ts";
import { postgresUrl } from "./database.ts";

const HOST = "connect.example.test";
const BASE = `https://${HOST}`;
const folder = mkdtempSync(join(tmpdir(), "alter-doctor-test-"));
const file = join(folder, "alter.yaml");
const certificate = makeCertificate({ host: HOST });

let world: World;
let ours: Config;
let vault: Vault;
let server: Server;
let proxy: ReverseProxy;
const proxies: ReverseProxy[] = [];

beforeAll(async () => {
  const port = await freePort();
  world = await startWorld({
    engine: "sqlite",
    configure: (file) => {
      file["listen"] = { host: "127.0.0.1", port };
      file["trusted_proxies"] = ["127.0.0.1"];
    },
  });
  await connect(world, { sub: "ann", account: "ann@work.test" });
  ours = { ...world.config, base_url: BASE };
  vault = world.vault;
  writeFileSync(file, "# the configuration is made in memory\n", { mode: 0o600 });
  // The same broker once more, at its address behind a proxy.
  const broker = createApp({
    ...{ config: ours, store: world.store, vault, now: world.now, log: () => undefined },
    built: {
      page: { shell: "<!doctype html><title>page</title>", assets: new Map() },
      wallet: { shell: "<!doctype html><title>wallet</title>", assets: new Map() },
      scripts: {
        connect: Buffer.from("window.AlterConnect = {};"),
        "connect-button": Buffer.from("window.AlterConnect = { button: true };"),
      },
      version: "9.9.9",
    },
  });
  server = serve({
    fetch: (request, { incoming }) =>
      broker.fetch(request, { remote_address: incoming.socket.remoteAddress }),
    hostname: "127.0.0.1",
    port,
    serverOptions: { maxHeaderSize: 64 * 1024 },
  }) as Server;
  if (!server.listening) await new Promise((done) => server.once("listening", done));
  proxy = await behind(certificate);
});
afterEach(() => proxy.be({}));
afterAll(async () => {
  await Promise.all(proxies.map((one) => one.stop()));
  await new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const behind = async (tls?: ReturnType<typeof makeCertificate>): Promise<ReverseProxy> => {
  const started = await startReverseProxy(
    (server.address() as AddressInfo).port,
    tls ? { tls } : { proto: "https" },
  );
  proxies.push(started);
  return started;
};

type Found = Finding & { area: string };
type Examined = { fine: boolean; findings: Found[]; text: string; bad: (string | undefined)[] };

/** `bad`: the codes of what has failed or is a warning. */
const examine = async (
  over: Partial<Parameters<typeof runDoctor>[0]> & { config?: Config; outside?: string } = {},
): Promise<Examined> => {
  const lines: string[] = [];
  const { config = ours, outside = proxy.url, ...deps } = over;
  const fine = await runDoctor(
    {
      ...{ file, read: () => config, say: (line: string) => lines.push(line), now: world.now },
      ...{ version: "9.9.9", node: process.version, ca: certificate.cert, held: 100, piece: 200 },
      ...deps,
    },
    [],
    { json: true, "from-outside": outside },
  );
  const text = lines.join("\n");
  expectNoLeak("what the doctor wrote", text);
  const { findings } = JSON.parse(text) as { findings: Found[] };
  const bad = findings
    .filter((one) => one.state === "fail" || one.state === "warn")
    .map(({ code }) => code);
  return { fine, findings, text, bad };
};
/** The machine's own disk and the lack of HSTS are nobody's fault here. */
const faults = ({ bad }: Examined) =>
  bad.filter((code) => code !== "disk_full" && code !== "no_hsts");

const stored = async () => (await world.snapshot()) + JSON.stringify(await world.audit());
const unwritten = async <T>(work: () => Promise<T>): Promise<T> => {
  const was = await stored();
  const result = await work();
  // Not toBe: all of the database twice is no message.
  expect((await stored()) === was).toBe(true);
  return result;
};

test("a healthy broker: nothing is wrong, everything was looked at, and nothing was written", async () => {
  const healthy = await unwritten(() => examine());
  expect(faults(healthy)).toEqual([]);
  expect(healthy.fine).toBe(true);
  const codes = new Set(healthy.findings.map(({ code }) => code));
  for (const code of [
    ...[
      "node",
      "configuration",
      "broker_running",
      "database",
      "schema",
      "database_writable",
      "vault",
    ],
    ...[
      "identity_provider",
      "provider",
      "clock",
      "tls_certificate",
      "tls_version",
      "headers",
      "calls",
    ],
    ...[
      "metrics",
      "broker",
      "headers_passed_on",
      "cookies",
      "forwarded_for",
      "long_headers",
      "long_bodies",
    ],
    ...["long_poll", "pieces"],
  ])
    expect(codes).toContain(code);
});

test("no secret is printed", async () => {
  const { body } = await accepted(() => issue(world, "ann"));
  const { text } = await examine();
  const keys = world.config.vault.keys.map(({ key }) => Buffer.from(key).toString("base64url"));
  for (const secret of [
    String(body["access_token"]),
    "secret-of-calendar",
    world.keys.demo.hash,
    ...keys,
  ])
    expect(text).not.toContain(secret);
  expect(text).not.toMatch(/Alter-Doctor \d/);
});

const setting =
  (name: string, value: string | string[] | undefined, path = /./) =>
  (headers: Record<string, unknown>, at: string): void => {
    if (!path.test(at)) return;
    headers[name] = value;
  };

describe("a proxy that", () => {
  let plain: ReverseProxy;
  beforeAll(async () => {
    plain = await behind();
  });
  test.each<[string, Fault, Partial<Finding>]>([
    [
      "adds a stricter opener policy",
      { reply: setting("cross-origin-opener-policy", "same-origin") },
      {
        code: "header_changed",
        what: "cross-origin-opener-policy of /connect",
        expected: "unsafe-none",
        came: "same-origin",
      },
    ],
    [
      "adds a second one",
      { reply: setting("cross-origin-opener-policy", ["unsafe-none", "same-origin"]) },
      { code: "header_changed", came: "unsafe-none | same-origin" },
    ],
    [
      "strips the callback's opener policy",
      { reply: setting("cross-origin-opener-policy", undefined, /^\/oauth/) },
      { code: "header_missing", what: "cross-origin-opener-policy of /oauth/callback/doctor" },
    ],
    [
      "sends no referrers",
      { reply: setting("referrer-policy", "no-referrer") },
      { code: "header_changed" },
    ],
    [
      "has a CSP of its own",
      { reply: setting("content-security-policy", "default-src 'self'") },
      { code: "header_changed" },
    ],
    [
      "opens everything to everybody",
      { reply: setting("access-control-allow-origin", "*") },
      { code: "header_added", what: "access-control-allow-origin of /connect" },
    ],
    [
      "keeps the script to itself",
      { reply: setting("cross-origin-resource-policy", "same-origin") },
      { code: "header_changed", what: "cross-origin-resource-policy of /connect.js" },
    ],
    [
      "isolates the page",
      { reply: setting("cross-origin-embedder-policy", "require-corp") },
      { code: "header_added" },
    ],
    [
      "lets pages be cached",
      { reply: setting("cache-control", "public, max-age=60", /^\/connect$/) },
      { code: "header_changed" },
    ],
    [
      "rewrites redirects",
      {
        reply: (headers) => {
          if (headers["location"]) headers["location"] = `http://${HOST}/connect/lost`;
        },
      },
      { code: "redirect_rewritten" },
    ],
    ["takes cookies out", { reply: setting("set-cookie", undefined) }, { code: "cookie_lost" }],
    [
      "rewrites cookies",
      {
        reply: (headers) => {
          headers["set-cookie"] &&= String(headers["set-cookie"]).replace(
            "SameSite=Lax",
            "SameSite=None",
          );
        },
      },
      { code: "cookie_changed", came: "without samesite=lax" },
    ],
    ["has error pages of its own", { error_pages: true }, { code: "answers_replaced" }],
    [
      "strips Origin",
      { asked: (headers) => delete headers.origin },
      { code: "header_not_passed_on", what: "origin" },
    ],
    [
      "strips the verifier",
      { asked: (headers) => delete headers["alter-connect-verifier"] },
      { code: "header_not_passed_on", what: "alter-connect-verifier" },
    ],
    [
      "strips Authorization",
      { asked: (headers) => delete headers.authorization },
      { code: "not_this_broker" },
    ],
    [
      "lets callers choose their address",
      { forwarded_for: "pass" },
      { code: "forwarded_for_forged" },
    ],
    ["says nobody's address", { forwarded_for: "drop" }, { code: "forwarded_for_missing" }],
    ["gives up early", { patience: 30 }, { code: "long_poll_cut", came: "504" }],
    [
      "keeps answers until they are whole",
      { buffers: true },
      { code: "answers_buffered", came: "all at once" },
    ],
    ["takes small bodies only", { most_body: 1_000_000 }, { code: "bodies_limited", came: "413" }],
    ["takes short headers only", { most_header: 4_096 }, { code: "headers_limited", came: "400" }],
  ])("%s is named", async (_what, fault, finding) => {
    plain.be(fault);
    const outside = { config: ours, vault, now: world.now, version: "9.9.9", is_running: true };
    const found = await unwritten(() =>
      checkOutside({
        ...{ ...outside, at: new URL(plain.url), held: fault.patience ? 5_000 : 100, piece: 100 },
        newNonce: () => "n".repeat(24),
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ state: expect.stringMatching(/fail|warn/) as string, ...finding }),
    );
  });

  test("shows metrics to the world is named", async () => {
    const metrics = await listen((_req, res) => res.end("# HELP up\n# TYPE up gauge\nup 1\n"));
    const found = await examine({ outside: `http://127.0.0.1:${metrics.port}` });
    await metrics.stop();
    expect(faults(found)).toEqual(
      expect.arrayContaining(["metrics_public", "not_this_broker", "answers_replaced"]),
    );
    expect(found.fine).toBe(false);
  });

  test("is not in trusted_proxies is named", async () => {
    const trusted = ours.is_trusted_proxy;
    ours.is_trusted_proxy = () => false;
    const found = await examine();
    ours.is_trusted_proxy = trusted;
    expect(faults(found)).toEqual(["proxy_not_trusted"]);
    expect(found.fine).toBe(true);
  });
});

describe("TLS", () => {
  const day = 86_400_000;
  test.each<[string, Partial<Parameters<typeof makeCertificate>[0]>, boolean, string, string]>([
    ["that nobody knows", {}, false, "tls_certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "for another host",
      { host: "other.example.test" },
      true,
      "tls_certificate",
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "that is over",
      { from: Date.now() - 9 * day, until: Date.now() - 2 * day },
      true,
      "tls_certificate",
      "CERT_HAS_EXPIRED",
    ],
    ["that ends within days", { until: Date.now() + 5.5 * day }, true, "tls_expires", "5 days"],
  ])("a certificate %s", async (_what, over, trusted, code, came) => {
    const tls = makeCertificate({ host: HOST, ...over });
    const other = await behind(tls);
    const found = await unwritten(() =>
      examine({ outside: other.url, ca: trusted ? tls.cert : certificate.cert }),
    );
    expect(found.findings).toContainEqual(expect.objectContaining({ code, came }));
    expect(faults(found).filter((one) => !one?.startsWith("tls_"))).toEqual([]);
  });

  test("none at all, where https is asked for", async () => {
    const plain = await behind();
    const found = await examine({ outside: plain.url.replace("http:", "https:") });
    expect(faults(found)).toEqual(["tls_none"]);
    expect(faults(await examine({ outside: plain.url }))).toEqual([]);
  });
});

describe("the others", () => {
  test("a clock that is off is said of everybody whose clock is known", async () => {
    const off = (ms: number) => unwritten(() => examine({ now: () => world.now() + ms }));
    const little = await off(12_000);
    expect(little.fine).toBe(true);
    expect(faults(little).every((code) => code === "clock_off")).toBe(true);
    expect(
      little.findings.filter(({ code }) => code === "clock_off").map(({ what }) => what),
    ).toEqual(
      expect.arrayContaining([
        `this clock against ${world.idp.issuer}`,
        `this clock against ${HOST}`,
        "this clock against the broker's clock",
      ]),
    );
    expect(faults(await off(-45_000))).toContain("clock_wrong");
    // The pass is good for a minute: a clock further off cannot be told from another vault.
    expect(faults(await off(300_000))).toEqual(
      expect.arrayContaining(["clock_wrong", "not_this_broker"]),
    );
  });

  const app = (over: object) => {
    const [id, demo] = [...ours.apps][0] ?? [];
    if (!demo || id === undefined) throw new Error("no app");
    return { ...ours, apps: new Map([[id, { ...demo, ...over }]]) };
  };

  test("an identity provider that is down, or is none", async () => {
    const { identity_provider } = [...world.config.apps.values()][0] ?? {};
    const gone = `http://127.0.0.1:${await freePort()}`;
    const down = await examine({
      config: app({ identity_provider: { ...identity_provider, issuer: gone } }),
    });
    expect(down.findings).toContainEqual(
      expect.objectContaining({ code: "identity_provider_unavailable", came: "ECONNREFUSED" }),
    );
    const none = await listen((_req, res) =>
      res.end(JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0" }] })),
    );
    const jwks_uri = `http://127.0.0.1:${none.port}/keys`;
    const keyless = await examine({
      config: app({ identity_provider: { ...identity_provider, jwks_uri } }),
    });
    await none.stop();
    expect(faults(keyless)).toEqual(["identity_provider_keyless"]);
    expect(keyless.text).not.toContain("c2VjcmV0");
  });

  test("the way into the Wallet: found, and taken with this client and redirect URI", async () => {
    const client = { client_id: "doctor", client_secret: "canary-secret-of-the-doctor" };
    const { identity_provider } = [...world.config.apps.values()][0] ?? {};
    const withWallet = (over: object = {}, idp: object = {}) => {
      const wallet = {
        ...client,
        scopes: [],
        authorize_parameters: {},
        required_claims: {},
        ...over,
      };
      const config = app({ wallet, identity_provider: { ...identity_provider, ...idp } });
      return unwritten(() => examine({ config }));
    };
    const wallet = ({ findings }: Examined) =>
      findings
        .filter(({ area }) => area === "wallet")
        .map(({ code, state, came }) => [code, state, came]);
    const refusal = (came: string) => [["wallet_client_refused", "warn", came]];

    expect(wallet(await examine())).toEqual([["wallet_sign_in", "skipped", undefined]]);
    expect(wallet(await withWallet())).toEqual(refusal("status 400"));
    // Another redirect URI than the broker's own.
    world.idp.signIns.register({ ...client, redirect_uri: `${BASE}/wallet/callback/other` });
    expect(wallet(await withWallet())).toEqual(refusal("status 400"));
    world.idp.signIns.register({ ...client, redirect_uri: `${BASE}/wallet/callback/demo` });
    expect(wallet(await withWallet())).toEqual([["wallet_sign_in", "ok", undefined]]);
    expect(wallet(await withWallet({ scopes: ["unheard_of"] }))).toEqual(refusal("invalid_scope"));

    const gone = `http://127.0.0.1:${await freePort()}`;
    expect(wallet(await withWallet({}, { issuer: gone }))).toEqual([
      ["wallet_sign_in_unavailable", "fail", expect.any(String)],
    ]);
    expect(wallet(await withWallet({}, { issuer: `${world.idp.issuer}/` }))).toEqual([
      ["wallet_sign_in_unavailable", "fail", "issuer_spelling"],
    ]);

    const halfGone = await listen((_req, res) => {
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify({ ...metadata, authorization_endpoint: `${gone}/auth` }));
    });
    const issuer = `http://127.0.0.1:${halfGone.port}`;
    const metadata = {
      ...{ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` },
      ...{ response_types_supported: ["code"], subject_types_supported: ["public"] },
      id_token_signing_alg_values_supported: ["ES256"],
    };
    expect(wallet(await withWallet({}, { issuer }))).toEqual([
      ["wallet_sign_in_unreachable", "warn", "ECONNREFUSED"],
    ]);
    await halfGone.stop();
  });

  test("a provider at an address that is not allowed", async () => {
    const refused = await examine({ config: { ...ours, is_allowed_address: () => false } });
    expect(new Set(faults(refused))).toEqual(new Set(["provider_address_refused"]));
  });

  test("a broker that does not run is no fault of the proxy", async () => {
    const dead = await startReverseProxy(await freePort(), { tls: certificate });
    proxies.push(dead);
    const config = { ...ours, listen: { host: "127.0.0.1", port: await freePort() } };
    const found = await unwritten(() => examine({ config, outside: dead.url }));
    expect(faults(found)).toEqual([]);
    const skipped = found.findings.filter((one) => one.state === "skipped").map(({ code }) => code);
    expect(skipped).toEqual(["broker_not_here", "wallet_sign_in", "broker_not_running"]);
    // While it runs here, an address that does not lead to it is one.
    expect(faults(await examine({ outside: dead.url }))).toEqual(["unreachable"]);
  });
});

describe("the database", () => {
  const copied = (name: string): string => {
    const to = join(folder, name);
    for (const end of ["", "-wal"])
      if (existsSync(here() + end)) copyFileSync(here() + end, to + end);
    // What an open log still holds, whoever opens it first would put in its place.
    const db = new Libsql(to);
    db.exec("pragma wal_checkpoint(truncate)");
    db.close();
    chmodSync(to, 0o600);
    return to;
  };
  const here = (): string => (ours.storage.kind === "sqlite" ? ours.storage.file : "");
  const on = (file: string, by: OpenedVault = { vault, from: world.store }) =>
    checkDatabase({ storage: { kind: "sqlite", file } }, by, world.now);
  const wrong = (findings: Finding[]) =>
    findings.filter(({ state, code }) => state !== "ok" && code !== "disk_full");

  test("under another vault key does not open", async () => {
    const other = { id: "k1", key: new Uint8Array(randomBytes(32)) };
    const found = await unwritten(() => on(here(), { why: "vault_key_mismatch" }));
    expect(wrong(found)).toMatchObject([{ state: "fail", code: "vault_key_wrong" }]);
    expect(wrong(await on(here()))).toEqual([]);
    // Also where nothing is sealed yet: the broker would not start. Before it ever has, there is nothing to open.
    const unused = join(folder, "unused.db");
    await (await openStore({ kind: "sqlite", file: unused })).close();
    chmodSync(unused, 0o600);
    expect(wrong(await on(unused, { why: "vault_key_mismatch" }))).toMatchObject([
      { state: "fail", code: "vault_key_wrong", came: "vault_key_mismatch" },
    ]);
    expect(wrong(await on(unused, { why: "SQLITE_ERROR" }))).toEqual([]);
    // The broker that answers has the right one.
    const whole = await examine({ config: { ...ours, vault: { ...ours.vault, keys: [other] } } });
    expect(faults(whole)).toEqual(["vault_key_wrong", "not_this_broker"]);
  });

  test.each<[string, (path: string) => void, object]>([
    [
      "of something else",
      (path) => {
        rmSync(path);
        rmSync(`${path}-wal`, { force: true });
        const db = new Libsql(path);
        db.exec("create table migrations (name text)");
        db.close();
        chmodSync(path, 0o600);
      },
      { state: "fail", code: "database_foreign" },
    ],
    [
      "that is none",
      (path) => {
        rmSync(`${path}-wal`, { force: true });
        writeFileSync(path, "hello ".repeat(999));
      },
      { state: "fail", code: "database_unreadable", came: "SQLITE_NOTADB" },
    ],
    [
      "that others may read",
      (path) => chmodSync(path, 0o644),
      { state: "fail", code: "database_readable_by_others", came: "644" },
    ],
    [
      "of a newer broker",
      (path) => {
        const db = new Libsql(path);
        db.exec("insert into migrations (id, applied_at) values (999, 1)");
        db.close();
      },
      { state: "fail", code: "schema_newer_than_this_broker" },
    ],
  ])("%s is named, and left as it is", async (what, harm, finding) => {
    const path = copied(`${what.replaceAll(" ", "-")}.db`);
    harm(path);
    const was = [readFileSync(path), statSync(path).mode] as const;
    expect(wrong(await on(path))).toMatchObject([finding]);
    expect(readFileSync(path).equals(was[0])).toBe(true);
    expect(statSync(path).mode).toBe(was[1]);
  });

  test("that is not there yet is not made", async () => {
    const path = join(folder, "not-yet.db");
    expect(wrong(await on(path))).toMatchObject([{ state: "skipped", code: "database_absent" }]);
    expect(existsSync(path)).toBe(false);
  });
});

describe("the configuration", () => {
  const read = (text: string) => () => readConfig(text, {});

  test("that is wrong is said key by key, and nothing else is looked at", async () => {
    const found = await unwritten(() => examine({ read: read("base_url: 7\nnonsense: true\n") }));
    expect(found.fine).toBe(false);
    expect(new Set(found.findings.map(({ area }) => area))).toEqual(new Set(["configuration"]));
    expect(found.findings).toContainEqual(
      expect.objectContaining({ code: "invalid_config", what: "base_url" }),
    );
  });

  test("that is not there", async () => {
    const { bad } = await examine({ file: join(folder, "nowhere.yaml") });
    expect(bad).toEqual(["configuration_unreadable"]);
  });

  test.each<[number, string, string[]]>([
    [0o644, "client_secret: ${SECRET}\n", []],
    [0o644, "client_secret: abcdefghijklmnopqrstuvwxyz\n", ["configuration_readable_by_others"]],
    [0o600, "client_secret: abcdefghijklmnopqrstuvwxyz\n", []],
    [0o666, "client_secret: ${SECRET}\n", ["configuration_writable_by_others"]],
  ])("with permissions %o and %j", async (mode, text, codes) => {
    const path = join(folder, `mode-${mode}-${codes.length}.yaml`);
    writeFileSync(path, text);
    chmodSync(path, mode);
    const found = checkFile(path, text, ours).filter((one) => one.state !== "ok");
    expect(found.map(({ code }) => code)).toEqual(codes);
    expect(JSON.stringify(found)).not.toContain("abcdefghijklmnopqrstuvwxyz");
  });

  test("an old Node is named", () => {
    expect(checkNode("v20.18.1")).toMatchObject({ state: "fail", code: "node_old" });
    expect(checkNode("v20.19.0").state).toBe("ok");
    expect(checkNode("v22.0.0").state).toBe("ok");
  });
});

describe("the route that the doctor asks", () => {
  const ask = (authorization?: string) =>
    world.call("/v1/doctor", authorization === undefined ? {} : { headers: { authorization } });

  test("is not there for anybody else", async () => {
    const now = world.now();
    const pass = `Alter-Doctor ${now}.${"n".repeat(24)}.${"m".repeat(43)}`;
    for (const given of [undefined, `Bearer ${world.keys.demo.key}`, pass])
      await unwritten(async () => expect((await ask(given)).body["code"]).toBe("not_found"));
  });

  test("takes a pass for a minute, and for the one question it was made for", async () => {
    const nonce = "n".repeat(24);
    const good = passFor(vault, world.now(), nonce, "/v1/doctor");
    expect((await ask(good)).status).toBe(200);
    for (const wrong of [
      passFor(vault, world.now() - 61_000, nonce, "/v1/doctor"),
      passFor(vault, world.now() + 61_000, nonce, "/v1/doctor"),
      passFor(vault, world.now(), nonce, "/v1/doctor?wait=30000"),
      good.replace("n", "o"),
    ])
      expect((await ask(wrong)).body["code"]).toBe("not_found");
  });
});

if (postgresUrl() !== undefined)
  test("PostgreSQL: its version, its clock, its connections, and whether a row could be written", async () => {
    const live = await startWorld();
    await connect(live, { sub: "eve", account: "eve@work.test" });
    const { storage } = live.config;
    const opened = { vault: live.vault, from: live.store };
    const before = await live.snapshot();
    const findings = await checkDatabase({ storage }, opened, live.now);
    expect(findings.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual([
      ...["database", "schema", "database_writable", "clock", "database_server"],
      ...["database_way", "database_connections", "vault"],
    ]);
    const late = await checkDatabase({ storage }, opened, () => live.now() + 60_000);
    expect(late).toContainEqual(expect.objectContaining({ state: "fail", code: "clock_wrong" }));
    const many = { ...storage, pool_size: 199 } as typeof storage;
    expect(await checkDatabase({ storage: many }, opened, live.now)).toContainEqual(
      expect.objectContaining({ state: "warn", code: "database_connections_few" }),
    );
    const gone: Storage = {
      ...{ kind: "postgres", url: "postgres://alter:s3cr3t@127.0.0.1:1/none" },
      ...{ pool_size: 2, prepared_statements: true },
    };
    const unreachable = await checkDatabase({ storage: gone }, opened, live.now);
    expect(unreachable).toMatchObject([{ code: "database_unreadable", came: "ECONNREFUSED" }]);
    expect(JSON.stringify(unreachable)).not.toContain("s3cr3t");
    expect(await live.snapshot()).toBe(before);
    await live.stop();
  });
