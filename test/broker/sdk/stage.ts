/**
 * Where the SDK's scenarios play: a world (world.ts) whose broker runs in this process or as the built program, and
 * the SDK on top of it as an app's backend has it. A scenario does not know which; nothing of it is doubled.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { stringify } from "yaml";
import { createApp } from "../../../broker/src/app.ts";
import { runSecrets } from "../../../broker/src/commands/secrets.ts";
import { readConfig } from "../../../broker/src/config/config.ts";
import { openStore } from "../../../broker/src/store/store.ts";
import { openVault } from "../../../broker/src/vault.ts";
import {
  AlterSDKError,
  App,
  type AppOptions,
  type CreateConnectSessionOptions,
  type Fetch,
  type OAuthGrant,
  type RequestOptions,
} from "../../../sdk/src/index.ts";
import { startApi } from "../../servers/api.ts";
import { startBroker } from "../../servers/broker.ts";
import type { Visitor } from "../../servers/headless.ts";
import { freePort } from "../../servers/http.ts";
import { startRaw } from "../../servers/raw.ts";
import { land, outcomeOf } from "../steps.ts";
import { A, B, startWorld, type Browser, type Json } from "../world.ts";
import { offer, registerVariants, type File, type ProviderId } from "./offers.ts";
import { NOTHING_BUILT } from "../built.ts";

export type RunningBroker = { url: string; fetch: Fetch; stop: () => Promise<void> };
/** A broker by a configuration file. */
export type Run = (file: File, now: () => number) => Promise<RunningBroker>;

/** Its app function, called through the SDK's `fetch` seam. */
export const inProcess: Run = async (file, now) => {
  const config = readConfig(stringify(file), {});
  const store = await openStore(config.storage);
  const vault = await openVault({ config, store, now });
  const broker = createApp({
    config,
    store,
    vault,
    built: NOTHING_BUILT,
    log: () => undefined,
    now,
  });
  return {
    url: B,
    fetch: (url, init) => broker.fetch(new Request(url, init)),
    stop: async () => {
      broker.close();
      await broker.settled();
      await store.close();
    },
  };
};

/** The built program, over HTTP. Only its socket is elsewhere, as behind a proxy: it goes on by the name of B. */
export const overHttp: Run = async (file) => {
  const port = await freePort();
  const { providers, apps } = file;
  const config = { ...file, listen: { host: "127.0.0.1", port } };
  const { url, stop } = await startBroker({ port, providers, apps, config });
  return { url, fetch, stop: async () => void (await stop()) };
};

export type Stage = Awaited<ReturnType<typeof startStage>>;

export const startStage = async (run: Run) => {
  const api = await startApi();
  const evil = await startApi();
  const raw = await startRaw();
  const closed = `localhost:${await freePort()}`;
  const legacyKey = `alter_key_${randomBytes(24).toString("hex")}`;
  const hash = `sha256:${createHash("sha256").update(legacyKey).digest("hex")}`;
  let file: File | undefined;
  // Its own broker stays idle: browsers and the SDK get the one that `run` starts.
  const world = await startWorld({
    configure: (given) => {
      file = offer(given, [api.host, raw.host, closed], { hash });
    },
    answer: (path, init) => broker.fetch(broker.url + path, { ...init, redirect: "manual" }),
  });
  registerVariants(world.calendar);
  if (!file) throw new Error("the world was not configured");
  const configuration = file;
  const broker = await run(configuration, world.now);
  const others: RunningBroker[] = [];

  const users = new AsyncLocalStorage<string>();
  /** The broker's origin is answered by the broker, everything else by the network. */
  const fetchAt =
    ({ url: origin, fetch: toBroker }: RunningBroker): Fetch =>
    (url, init) =>
      url.startsWith(`${origin}/`) ? toBroker(url, init) : fetch(url, init);
  const optionsFor = (at: RunningBroker): AppOptions => ({
    apiKey: world.keys.demo.key,
    baseUrl: at.url,
    userTokenGetter: () => users.getStore(),
    fetch: fetchAt(at),
  });
  const makeApp = (more: Partial<AppOptions> = {}): App =>
    new App({ ...optionsFor(broker), ...more });
  const app = makeApp();

  const jwts = new Map<string, Promise<string>>();
  /** The same one for as long as a user stays logged in, as apps have it. */
  const userToken = (user: string, claims: Json = {}): Promise<string> => {
    const name = JSON.stringify([user, claims]);
    const exp = Math.floor(world.now() / 1000) + 3600;
    const jwt = jwts.get(name) ?? world.userToken(user, { exp, ...claims });
    jwts.set(name, jwt);
    return jwt;
  };

  /** What the guide's handlers do: the call's user is in scope. */
  const as = async <T>(user: string, work: () => Promise<T>, claims: Json = {}): Promise<T> =>
    users.run(await userToken(user, claims), work);

  /** `alter-broker secrets`, on the broker's own file; resolves with what it printed. */
  const operator = async (words: string[], options: Json, value: string): Promise<string> => {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const stdin = Readable.from([Buffer.from(`${value}\n`)]);
    const { config, now } = world;
    await runSecrets({ config, stdin, say, now }, words, options);
    return lines.join("\n");
  };

  /** The person at the browser: confirms, logs in, answers, comes back. */
  const visit = async (
    browser: Browser,
    session_id: string,
    provider: ProviderId,
    visitor: Visitor,
  ): Promise<string> => {
    const left = await browser.page("authorize", { session_id, provider });
    const { control } = provider === "files" ? world.files : world.calendar;
    const { url } = await control.authorize(String(left.body["authorization_url"]), visitor);
    return url;
  };

  return {
    ...{ world, broker, api, evil, raw, closed, legacyKey, app, makeApp, as, userToken, visit },
    options: () => optionsFor(broker),
    /** What nobody may read: keys, user tokens, and the access tokens that have been used. */
    secrets: async (): Promise<string[]> =>
      [
        ...[world.keys.demo.key, legacyKey, ...(await Promise.all(jwts.values()))],
        ...world.calendar.control
          .calls("api")
          .map(({ headers }) => headers["authorization"]?.replace("Bearer ", "") ?? ""),
      ].filter(Boolean),
    fetch: fetchAt(broker),
    /** What the guide calls: says whose token it got. */
    calendar: `${world.calendar.url}/api/me`,

    /** Steps 1 and 2 of the guide, with the widget's part done by hand. Resolves with the session's outcome. */
    connect: async (
      user: string,
      options: Omit<Visitor, "deny"> &
        Partial<CreateConnectSessionOptions> & { provider?: ProviderId } = {},
    ): Promise<Json> => {
      const { provider = "calendar", account = `${user}@work.test`, ...rest } = options;
      const { without, ...session } = rest;
      const { sessionToken: token } = await app.createConnectSession({
        ...{ allowedProviders: [provider], allowedOrigin: A, ...session },
        userToken: await userToken(user),
      });
      const browser = world.browser();
      const { body, verifier } = await browser.claim(token);
      const session_id = String(body["session_id"]);
      const visitor = { account, ...(without && { without }) };
      await land(browser, await visit(browser, session_id, provider, visitor));
      return outcomeOf(world, { token, verifier });
    },

    /** Step 3, as that user. */
    request: (
      user: string,
      { provider = "calendar", ...options }: Partial<Omit<RequestOptions, "grantId">> = {},
      by = app,
    ): Promise<Response> =>
      as(user, () => by.request("GET", `${world.calendar.url}/api/me`, { provider, ...options })),

    /** What the user has connected; managed secrets, which other scenarios set for everyone, are not. */
    grantsOf: async (user: string, by = app): Promise<OAuthGrant[]> => {
      const { grants } = await as(user, () => by.listGrants({ kind: "oauth" }));
      return grants.filter((grant) => grant.grantKind === "oauth");
    },

    /** Resolves with the secret's grant id. */
    setSecret: async (secret: string, value: string, about: Json = { everyone: true }) =>
      (await operator(["set"], { app: "demo", secret, ...about }, value)).split(" ")[1] ?? "",
    revokeSecret: (id: string) => operator(["revoke", id], {}, ""),

    /** A second broker on the same database, as after a change of the configuration; and an App of its own. */
    alongside: async (change: (file: File) => void): Promise<App> => {
      const changed = structuredClone(configuration);
      change(changed);
      const other = await run(changed, world.now);
      others.push(other);
      return new App(optionsFor(other));
    },

    stop: async () => {
      await Promise.all([broker, ...others].map(({ stop }) => stop()));
      await Promise.all([world, api, evil, raw].map(({ stop }) => stop()));
    },
  };
};

/** What a call was rejected with: always an error of the SDK. */
export const failure = async (work: Promise<unknown>): Promise<AlterSDKError> => {
  const error = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AlterSDKError)) throw error;
  return error;
};

/** What a loop over it would see. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
};
