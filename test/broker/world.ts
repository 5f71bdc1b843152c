/**
 * A whole broker in one process for its tests: the real app function on a real database (database.ts), a real identity
 * provider, two real OAuth providers, and browsers that are cookie jars. Time can be moved; nothing is mocked.
 */
import { createHash, randomBytes } from "node:crypto";
import { stringify } from "yaml";
import { createApp } from "../../broker/src/app.ts";
import { readConfig } from "../../broker/src/config/config.ts";
import type { Metrics } from "../../broker/src/metrics.ts";
import { openStore, type Store } from "../../broker/src/store/store.ts";
import { makeDatabase } from "./database.ts";
import { openVault } from "../../broker/src/vault.ts";
import type { Callback } from "../servers/callback.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import type { Visitor } from "../servers/headless.ts";
import { startIdp } from "../servers/idp.ts";
import { startProvider } from "../servers/provider.ts";

export const B = "http://127.0.0.1:4999";
export const A = "http://localhost:4998";
/** A second origin of the same app, and the origin of a second app. */
export const A2 = "http://localhost:4997";
export const OTHER = "http://localhost:4996";
export const RETURN_URL = `${A}/connected`;

export type Json = Record<string, unknown>;
export type Reply = { status: number; body: Json; headers: Headers };
export type LogLine = { event: string } & Json;

export const newKey = (): { key: string; hash: string } => {
  const key = `alter_rk_${randomBytes(32).toString("base64url")}`;
  return { key, hash: `sha256:${createHash("sha256").update(key).digest("hex")}` };
};

export const secret = (): string => randomBytes(32).toString("base64url");
export const s256 = (verifier: string): string =>
  createHash("sha256").update(verifier).digest("base64url");

export type World = Awaited<ReturnType<typeof startWorld>>;

export const startWorld = async (
  options: {
    /** Last word on the configuration file, as an object. */
    configure?: (file: Json) => void;
    /** For what is about files, or about a PostgreSQL of its own, whatever the run is about. */
    engine?: Parameters<typeof makeDatabase>[0];
    fetch?: typeof fetch;
    sleep?: (ms: number) => Promise<void>;
    metrics?: Metrics;
    /** The other end of every connection. Without one nobody's failures are counted. */
    address?: string;
    /** Stands between the broker and its store, to see what is asked of it. */
    watch?: (store: Store) => Store;
    /** Who answers every call below instead of this world's own broker: the same configuration elsewhere, say. */
    answer?: (path: string, init: RequestInit) => Promise<Response>;
    /** The broker itself, built in another way. */
    program?: {
      createApp: typeof createApp;
      readConfig: typeof readConfig;
      openStore: typeof openStore;
      openVault: typeof openVault;
    };
  } = {},
) => {
  const program = options.program ?? { createApp, readConfig, openStore, openVault };
  const idp = await startIdp({ audience: "day-planner" });
  const calendar = await startProvider({ name: "calendar" });
  const files = await startProvider({ name: "files", scopes: ["files.read"] });
  const database = await makeDatabase(options.engine);
  const keys = { demo: newKey(), other: newKey() };

  const app = (id: string, origins: string[], key: { hash: string }) => ({
    id,
    name: id === "demo" ? "Day Planner" : "Other App",
    origins,
    return_urls: id === "demo" ? [RETURN_URL, `${A}/app/`] : [],
    api_keys: [{ id: "first", hash: key.hash }],
    identity_provider: { name: "Test IdP", issuer: idp.issuer, audience: idp.audience },
    providers: {
      calendar: client(calendar, "calendar", [
        "openid",
        "email",
        "offline_access",
        "calendar.read",
      ]),
      files: client(files, "files", ["openid", "email", "offline_access", "files.read"]),
    },
  });
  const client = (provider: typeof calendar, id: string, scopes: string[]) => {
    const registered = {
      client_id: `client-${id}`,
      client_secret: `canary-secret-of-${id}`,
      redirect_uris: [`${B}/oauth/callback/${id}`],
    };
    provider.control.register(registered);
    return { client_id: registered.client_id, client_secret: registered.client_secret, scopes };
  };
  const record = (provider: typeof calendar, name: string, scopes: Json) => ({
    name,
    issuer: provider.issuer,
    scopes,
    api_hosts: [provider.host],
    prompt: "consent",
    revocation_scope: "token",
  });
  const file: Json = {
    base_url: B,
    storage: database.named,
    vault: { keys: [{ id: "k1", key: randomBytes(32).toString("base64url") }] },
    providers: {
      calendar: record(calendar, "Acme Calendar", { "calendar.read": "See your events" }),
      files: record(files, "Acme Files", { "files.read": "See your files" }),
    },
    apps: [app("demo", [A, A2], keys.demo), app("other", [OTHER], keys.other)],
    // Long: what a test holds it releases, however slow the machine is.
    provider_timeout_seconds: 20,
    log_level: "silent",
  };
  options.configure?.(file);
  const config = program.readConfig(stringify(file), {});

  let offset = 0;
  const now = () => Date.now() + offset;
  const logs: LogLine[] = [];
  /** Bodies of all refusals. */
  const problems: string[] = [];
  const store = await program.openStore(config.storage);
  const vault = await program.openVault({ config, store, now });
  const broker = program.createApp({
    config,
    store: options.watch?.(store) ?? store,
    vault,
    built: {
      page: {
        shell: '<!doctype html><html lang="en"><title>page</title>',
        assets: new Map([
          ["assets/main-abc.js", Buffer.from("export {};")],
          ["logos/google.svg", Buffer.from("<svg/>")],
        ]),
      },
      wallet: {
        shell: '<!doctype html><html lang="en"><title>wallet</title>',
        assets: new Map([["assets/main-def.js", Buffer.from("export {};")]]),
      },
      scripts: {
        connect: Buffer.from("window.AlterConnect = {};"),
        "connect-button": Buffer.from("window.AlterConnect = { button: true };"),
      },
      version: "9.9.9",
    },
    log: (event, about) => logs.push({ event, ...about }),
    now,
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(options.sleep ? { sleep: options.sleep } : {}),
    ...(options.metrics ? { metrics: options.metrics } : {}),
  });

  const answer =
    options.answer ??
    ((path, init) =>
      broker.fetch(new Request(new URL(path, B), init), { remote_address: options.address }));
  const call = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const response = await answer(path, init);
    const text = await response.text();
    if (response.status >= 400) problems.push(text);
    const json = response.headers.get("content-type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(text) as Json) : { text },
    };
  };

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });

  /** Calls of an app's backend. */
  const backend = (key = keys.demo.key) => {
    const authorization = `Bearer ${key}`;
    return {
      createSession: (body: Json) => post("/v1/connect/sessions", body, { authorization }),
      complete: (body: Json) => post("/v1/connect/complete", body, { authorization }),
      token: (body: Json) =>
        post(
          "/v1/tokens",
          { request: { method: "GET", host: calendar.host }, ...body },
          { authorization },
        ),
      listGrants: (user_token: string, query = "") =>
        call(`/v1/grants${query}`, {
          headers: { authorization, "alter-user-token": user_token },
        }),
      revoke: (id: string, user_token?: string) =>
        call(`/v1/grants/${id}`, {
          method: "DELETE",
          headers: {
            authorization,
            ...(user_token === undefined ? {} : { "alter-user-token": user_token }),
          },
        }),
    };
  };

  const userToken = (sub = "ann", claims: Json = {}) =>
    idp.sign({
      sub,
      email: `${sub}@example.com`,
      email_verified: true,
      exp: Math.floor(now() / 1000) + 300,
      ...claims,
    });

  /** A session token, minted the ordinary way. */
  const mint = async (body: Json = {}, sub = "ann"): Promise<string> => {
    const reply = await backend().createSession({
      user_token: await userToken(sub),
      allowed_origin: A,
      allowed_providers: ["calendar"],
      ...body,
    });
    if (reply.status !== 201) throw new Error(`no session: ${JSON.stringify(reply.body)}`);
    return String(reply.body["session_token"]);
  };

  const world = {
    ...{
      idp,
      calendar,
      files,
      config,
      store,
      vault,
      broker,
      logs,
      keys,
      now,
      call,
      post,
      backend,
      mint,
    },
    userToken,
    /** Moves the broker's clock; tokens minted before keep their own times. */
    pass: (ms: number) => {
      offset += ms;
    },
    browser: () => createBrowser(call, { calendar, files }),
    widget: (token: string, verifier: string, origin = A) => {
      const headers = {
        origin,
        authorization: `Bearer ${token}`,
        "alter-connect-verifier": verifier,
      };
      return {
        outcome: (wait = 0) => call(`/v1/connect/outcome?wait=${wait}`, { headers }),
        cancel: () => call("/v1/connect/cancel", { method: "POST", headers }),
      };
    },
    ...{ database, file },
    /** Everything stored but the audit log, to show that a refusal wrote nothing. */
    snapshot: async (): Promise<string> =>
      JSON.stringify(
        await Promise.all(
          [
            ...["sessions", "authorizations", "grants", "deprovisioned_users", "deliveries"],
            ...["wallet_sign_ins", "wallet_sessions"],
          ].map((table) => database.rows(`select * from ${table} order by 1`)),
        ),
      ),
    audit: async (): Promise<Json[]> => database.rows("select * from audit order by at, id"),
    /** Every world ends with a look at what it leaves behind; `leaks` names what a test has planted. */
    stop: async ({ leaks = [] as string[] } = {}): Promise<void> => {
      const left = await world.left();
      broker.close();
      await store.close();
      await Promise.all([idp.stop(), calendar.stop(), files.stop()]);
      await database.drop();
      for (const [where, text] of Object.entries(left))
        if (!leaks.includes(where)) expectNoLeak(where, text);
    },
    /** What may hold no secret: all logs, all refusals, all rows but what is hashed or sealed. */
    left: async (): Promise<Record<string, string>> => ({
      "the log": JSON.stringify(logs),
      "an error's body": problems.join("\n"),
      "a row": [
        ...(JSON.parse(await world.snapshot()) as Json[][]).flat(),
        ...(await world.audit()),
      ]
        .map((row) => JSON.stringify(Object.entries(row).filter(([name]) => !HIDDEN.test(name))))
        .join("\n"),
    }),
  };
  return world;
};

/** Hashes, sealed values; a challenge is a hash by itself, and a redirect's state is the app's. */
const HIDDEN = /_hash$|^(?:sealed|posted|challenge|redirect_state)$/;

export type Browser = ReturnType<typeof createBrowser>;

/** One browser: a cookie jar for the broker, the page's calls, and a user who can log in at a provider. */
const createBrowser = (
  call: (path: string, init?: RequestInit) => Promise<Reply>,
  providers: Record<string, Awaited<ReturnType<typeof startProvider>>>,
) => {
  const jar = new Map<string, string>();

  const withJar = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const headers = new Headers(init.headers);
    if (jar.size) headers.set("cookie", [...jar].map(([k, v]) => `${k}=${v}`).join("; "));
    const reply = await call(path, { ...init, headers });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
  const page = (name: string, body: Json, headers: Record<string, string> = {}) =>
    withJar(`/v1/connect/${name}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: B,
        "sec-fetch-site": "same-origin",
        ...headers,
      },
      body: JSON.stringify(body),
    });

  /** Confirms, goes to the provider, logs in, answers; returns the callback without calling it. */
  const consent = async (
    session_id: string,
    provider = "calendar",
    visitor: Visitor = {},
  ): Promise<Callback> => {
    const reply = await page("authorize", { session_id, provider });
    const url = String(reply.body["authorization_url"]);
    if (reply.status !== 200) throw new Error(`no authorization: ${JSON.stringify(reply.body)}`);
    return (await providers[provider]?.control.authorize(url, visitor)) ?? { url: "" };
  };

  return {
    jar,
    page,
    get: (path: string) => withJar(path),
    /** Claims in the popup shape, as the page does for the widget of `origin`. */
    claim: async (
      token: string,
      more: Json = {},
      headers: Record<string, string> = {},
    ): Promise<Reply & { verifier: string }> => {
      const verifier = secret();
      const body = {
        shape: "popup",
        token,
        opener_origin: A,
        challenge: s256(verifier),
        claim_id: secret(),
        ...more,
      };
      const reply = await page("claim", body, headers);
      return { ...reply, verifier };
    },
    /** Claims in the redirect shape, as the page does after the widget has left for it. */
    claimRedirect: async (token: string) => {
      const [verifier, state] = [secret(), secret()];
      const claim_id = secret();
      const challenge = s256(verifier);
      const reply = await page("claim", { shape: "redirect", token, claim_id, challenge, state });
      return { ...reply, verifier, state };
    },
    consent,
    /** The same, where the provider answers by query. */
    visit: async (...to: Parameters<typeof consent>): Promise<string> => (await consent(...to)).url,
    callback: (url: string) => withJar(url.slice(B.length)),
  };
};

/** A finished popup session: what most tests start from. */
export const connect = async (
  world: World,
  options: { sub?: string; provider?: string; account?: string; session?: Json } = {},
): Promise<{ token: string; verifier: string; session_id: string; browser: Browser }> => {
  const { sub = "ann", provider = "calendar", account } = options;
  const token = await world.mint({ allowed_providers: [provider], ...options.session }, sub);
  const browser = world.browser();
  const claimed = await browser.claim(token);
  const session_id = String(claimed.body["session_id"]);
  const back = await browser.visit(session_id, provider, account === undefined ? {} : { account });
  const landed = await browser.callback(back);
  if (landed.headers.get("location") !== `/connect/s/${session_id}`)
    throw new Error(`landed at ${landed.headers.get("location")}: ${JSON.stringify(world.logs)}`);
  return { token, verifier: claimed.verifier, session_id, browser };
};
