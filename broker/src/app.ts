/**
 * The broker as one function from Request to Response: production, tests and the SDK's tests call the same
 * thing. Puts the parts together and owns what every answer has in common: id, log line, headers, errors.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { randomBytes } from "node:crypto";
import { createAccess } from "./access.ts";
import { createAudit, createRecorder } from "./audit.ts";
import type { Config } from "./config/config.ts";
import type { Broker, Env } from "./context.ts";
import { createAlarm, createEnding } from "./ending.ts";
import { describeBug, refuse, Refusal, toProblem } from "./error.ts";
import { createGrants } from "./grants/grants.ts";
import { createIdentity } from "./identity.ts";
import { createLeaving } from "./leaving.ts";
import { createManagedSecrets } from "./managed-secrets.ts";
import { createOAuth } from "./oauth/oauth.ts";
import { createOutbound } from "./outbound.ts";
import { createPermission } from "./permission.ts";
import { createProxy } from "./proxy/proxy.ts";
import { createRedeem } from "./redeem.ts";
import { POSTED_LIFETIME } from "./routes/authorization-response.ts";
import { callbackRoutes } from "./routes/callback.ts";
import { connectRoutes } from "./routes/connect.ts";
import { createCookies } from "./routes/cookies.ts";
import { grantRoutes } from "./routes/grants.ts";
import { healthRoutes } from "./routes/health.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { pageRoutes, type Built } from "./routes/pages.ts";
import { proxyRoutes } from "./routes/proxy.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { widgetRoutes } from "./routes/widget.ts";
import { DatabaseError, isUnavailable, UNBINDABLE_TEXT } from "./store/error.ts";
import type { Store } from "./store/store.ts";
import { createVault } from "./vault.ts";
import { createWaiters } from "./waiters.ts";

export type Log = (event: string, about: Record<string, unknown>) => void;

export type App = {
  /** `remote_address`: the other end of the connection. Without it, rules about the caller's address refuse. */
  fetch: (request: Request, from?: Env["Bindings"]) => Promise<Response>;
  /** Removes what nobody may read or redeem any more. */
  purge: () => Promise<void>;
  /** Answers the waiting and waits for nobody; the caller closes the store. */
  close: () => void;
  /** Every method and path that has an answer, as `GET /v1/grants/:id`: what the OpenAPI document is held against. */
  endpoints: string[];
  /** Resolves when no refresh is under way and no audit row waits to be written: only then may the store be closed. */
  settled: () => Promise<void>;
};

const MOST_BODY = 64 * 1024;
/** Revoked grants and secrets stay this long, so that the app is told "revoked" and not "never connected". */
const REVOKED_KEPT = 90 * 86_400_000;
const PURGE_BATCH = 100;

export const createApp = (deps: {
  config: Config;
  store: Store;
  built: Built;
  log: Log;
  fetch?: typeof fetch;
  now?: () => number;
  random?: (bytes: number) => Uint8Array;
  sleep?: (ms: number) => Promise<void>;
}): App => {
  const { config, store, log } = deps;
  const now = deps.now ?? Date.now;
  const random = deps.random ?? randomBytes;
  const sleep = deps.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  const fetcher = deps.fetch ?? fetch;
  // To providers' hosts, which records and tenants name: never to where only this machine's network leads.
  const outbound = deps.fetch ?? createOutbound(config.is_allowed_address);
  const base64url = (bytes: number) => Buffer.from(random(bytes)).toString("base64url");
  const newId = (prefix: string) => `${prefix}${prefix && "_"}${base64url(16)}`;

  const vault = createVault(config.vault_keys, random);
  const clerk = { now, newId: () => newId("aud") };
  const audit = createAudit(clerk);
  const { record, settled } = createRecorder({ ...clerk, store });
  const oauth = createOAuth({ fetch: outbound, now, timeout: config.provider_timeout, log });
  const grants = createGrants({ config, store, vault, oauth, audit, now, newId, sleep, log });
  const redeem = createRedeem({ store, grants, vault, now });
  const waiters = createWaiters({ look: store.sessions.marks });
  const endSession = createEnding({ store, grants, audit, waiters, redeem, now });
  const newSecret = () => base64url(32);
  const managedSecrets = createManagedSecrets({ store, vault, now });
  const access = createAccess({
    config,
    now,
    find: [managedSecrets.find, grants.credential],
    permit: createPermission({ store, now }),
    record,
  });
  const broker: Broker = {
    ...{ config, store, vault, oauth, grants, audit, record, redeem, waiters, now, newId, log },
    identity: createIdentity({ fetch: fetcher, now, log }),
    endSession,
    raiseAlarm: createAlarm({ store, audit, endSession }),
    leave: createLeaving({ config, store, vault, oauth, audit, waiters, now, newSecret, log }),
    newSecret,
    ...{ managedSecrets, access },
    proxy: createProxy({ fetch: outbound, limits: config.proxy }),
  };
  const cookies = createCookies(broker);

  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const started = now();
    c.set("requestId", newId("req"));
    await next();
    const { headers } = c.res;
    headers.set("X-Request-Id", c.get("requestId"));
    headers.set("X-Content-Type-Options", "nosniff");
    // `no-referrer` would make Firefox and WebKit send `Origin: null` on the page's own POSTs.
    headers.set("Referrer-Policy", "same-origin");
    // A stricter opener policy here would sever every popup from the app that waits for it [M18].
    headers.set("Cross-Origin-Opener-Policy", "unsafe-none");
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    log("request", {
      request_id: c.get("requestId"),
      method: c.req.method,
      // The path alone, without its id: queries carry codes, and a session's id is nobody's business.
      path: c.req.path.replace(/^\/connect\/s\/.*/, "/connect/s/:id").slice(0, 200),
      status: c.res.status,
      ms: now() - started,
      app: c.get("app"),
    });
  });
  // Before the limit: these have their own. The callback's refusal is a page, the proxy's bodies are streams.
  app.route("/", callbackRoutes(broker, cookies));
  app.route("/", proxyRoutes(broker));
  app.use(
    bodyLimit({
      maxSize: MOST_BODY,
      onError: () => {
        throw refuse("payload_too_large", `Expected at most ${MOST_BODY} bytes.`);
      },
    }),
  );
  for (const routes of [
    sessionRoutes(broker),
    tokenRoutes(broker),
    grantRoutes(broker),
    connectRoutes(broker, cookies),
    widgetRoutes(broker),
    pageRoutes(config, deps.built),
    openapiRoutes(config, deps.built),
    healthRoutes(broker),
  ])
    app.route("/", routes);

  app.notFound((c) => answer(refuse("not_found"), c.get("requestId"), now()));
  app.onError((thrown, c) => {
    const requestId = c.get("requestId");
    const error = asRefusal(thrown);
    if (error !== thrown && thrown instanceof DatabaseError && thrown.code !== UNBINDABLE_TEXT)
      log("database_unavailable", { request_id: requestId, code: thrown.code });
    if (error instanceof Refusal) {
      log("refused", {
        request_id: requestId,
        code: error.code,
        why: error.why ?? error.extras.detail,
      });
      return answer(error, requestId, now());
    }
    log("bug", { request_id: requestId, ...describeBug(error) });
    return answer(refuse("internal_error"), requestId, now());
  });

  return {
    fetch: async (request, from = {}) => app.fetch(request, from),
    purge: async () => {
      await store.sessions.forgetPosted(now() - POSTED_LIFETIME);
      await store.sessions.purge(now() - config.deadlines.outcome);
      await grants.purgePending(await store.grants.orphans(PURGE_BATCH));
      await store.grants.purge(now() - REVOKED_KEPT);
      await store.managedSecrets.purge(now() - REVOKED_KEPT);
      await store.counters.purge(now());
      await grants.sweep(PURGE_BATCH);
    },
    close: () => waiters.close(),
    endpoints: app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path}`),
    settled: async () => {
      await grants.settled();
      await settled();
    },
  };
};

/** What the database says that is no bug of ours. */
const asRefusal = (thrown: unknown): unknown => {
  if (thrown instanceof DatabaseError && thrown.code === UNBINDABLE_TEXT)
    return refuse("invalid_request", "A text holds a NUL or half of a surrogate pair.");
  return isUnavailable(thrown) ? refuse("shutting_down", "The database does not answer.") : thrown;
};

const answer = (refusal: Refusal, requestId: string, now: number): Response => {
  const problem = toProblem(refusal, requestId);
  const headers = new Headers({ "Content-Type": "application/problem+json" });
  const retry_at = problem.policy_error?.retry_at;
  if (retry_at) {
    const seconds = Math.ceil((Date.parse(retry_at) - now) / 1000);
    headers.set("Retry-After", String(Math.max(0, seconds)));
  }
  return Response.json(problem, { status: problem.status, headers });
};
