/**
 * The broker as one function from Request to Response: production, tests and the SDK's tests call the same
 * thing. Puts the parts together and owns what every answer has in common: id, log line, headers, errors.
 */
import { page } from "@alter-ai/protocol/http";
import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { randomBytes } from "node:crypto";
import { createAccess } from "./access.ts";
import { createArriving } from "./arriving.ts";
import { createAudit, createRecorder } from "./audit.ts";
import { chainAudit } from "./audit/chain.ts";
import { createRetention } from "./audit/retention.ts";
import { createSeals } from "./audit/seals.ts";
import type { Config } from "./config/config.ts";
import type { Broker, Env } from "./context.ts";
import { createDeprovisioning } from "./deprovisioning.ts";
import { createAlarm, createEnding } from "./ending.ts";
import { describeBug, refuse, Refusal, toProblem } from "./error.ts";
import { createErrands } from "./errands.ts";
import { createGiving } from "./giving.ts";
import { createGrants } from "./grants/grants.ts";
import { createIdentity } from "./identity.ts";
import { createInstruments } from "./instruments.ts";
import { createKeys } from "./keys.ts";
import { createLeaving } from "./leaving.ts";
import { createWatchman } from "./limits.ts";
import type { Log } from "./log.ts";
import { createManagedSecrets } from "./managed-secrets.ts";
import { NO_METRICS, type Metrics } from "./metrics.ts";
import { createOAuth } from "./oauth/oauth.ts";
import { createSignIn } from "./oauth/sign-in.ts";
import { createOutbound } from "./outbound.ts";
import { createPermission } from "./permission.ts";
import { createPool } from "./pool.ts";
import { createProxy } from "./proxy/proxy.ts";
import { createPurge } from "./purge.ts";
import { createMarks } from "./providers/mark.ts";
import { createReadiness } from "./readiness.ts";
import { createRedeem } from "./redeem.ts";
import { POSTED_LIFETIME } from "./routes/authorization-response.ts";
import { callbackRoutes } from "./routes/callback.ts";
import { whoseFailure } from "./routes/caller.ts";
import { connectRoutes } from "./routes/connect.ts";
import { createCookies } from "./routes/cookies.ts";
import { deprovisionRoutes } from "./routes/deprovision.ts";
import { doctorRoutes } from "./routes/doctor.ts";
import { grantRoutes } from "./routes/grants.ts";
import { healthRoutes } from "./routes/health.ts";
import { createObserver } from "./routes/observer.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { pageRoutes, type Built } from "./routes/pages.ts";
import { proxyRoutes } from "./routes/proxy.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { walletRoutes } from "./routes/wallet.ts";
import { widgetCors, widgetRoutes } from "./routes/widget.ts";
import { DatabaseError, isUnavailable, UNBINDABLE_TEXT } from "./store/error.ts";
import type { Store } from "./store/store.ts";
import { createTracing } from "./tracing.ts";
import type { Vault } from "./vault.ts";
import { createWaiters } from "./waiters.ts";
import { createRevoking } from "./wallet/revoking.ts";
import { createWalletSessions } from "./wallet/sessions.ts";
import { createViews } from "./wallet/views.ts";
import { createWorking } from "./working.ts";

export type App = {
  /** `remote_address`: the other end of the connection. Without it, rules about the caller's address refuse. */
  fetch: (request: Request, from?: Env["Bindings"]) => Promise<Response>;
  /** Removes what nobody may read or redeem any more. */
  purge: () => Promise<void>;
  /** Tells other brokers of the failures counted here. To be called every second or so. */
  share: () => Promise<void>;
  /** Not ready from now on, and still serving: for whoever balances the load to notice. */
  drain: () => void;
  /** Answers the waiting and waits for nobody; the caller closes the store. */
  close: () => void;
  /** Every method and path that has an answer, as `GET /v1/grants/:id`: what the OpenAPI document is held against. */
  endpoints: string[];
  /** Resolves when nothing is being worked on, no refresh included, and no audit row waits: only then may the store be closed. */
  settled: () => Promise<void>;
};

const MOST_BODY = 64 * 1024;
/** A page left open says that it is there, session or not: nobody guesses by it. */
const SIGN_OF_LIFE = page.page.path;

export const createApp = (deps: {
  config: Config;
  store: Store;
  /** Opened on that store. */
  vault: Vault;
  built: Built;
  log: Log;
  metrics?: Metrics;
  fetch?: typeof fetch;
  now?: () => number;
  random?: (bytes: number) => Uint8Array;
  sleep?: (ms: number) => Promise<void>;
}): App => {
  const { config, vault, metrics = NO_METRICS } = deps;
  const tracing = createTracing(deps.built.version);
  const instruments = createInstruments({ metrics, tracing, config });
  const log = instruments.log(deps.log);
  const now = deps.now ?? Date.now;
  const random = deps.random ?? randomBytes;
  const sleep = deps.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  const fetcher = deps.fetch ?? fetch;
  // To providers' hosts, which records and tenants name: never to where only this machine's network leads.
  const outbound = deps.fetch ?? createOutbound(config.is_allowed_address);
  const base64url = (bytes: number) => Buffer.from(random(bytes)).toString("base64url");
  const ids = deps.random ?? createPool(randomBytes);
  const newId = (prefix: string) =>
    `${prefix}${prefix && "_"}${Buffer.from(ids(16)).toString("base64url")}`;

  const sealsOf = createSeals(vault);
  const store = chainAudit(instruments.store(deps.store), { sealsOf, newId, now });
  const clerk = { now, newId: () => newId("aud") };
  const audit = createAudit(clerk);
  const { record, settled } = createRecorder({ ...clerk, store });
  const oauth = instruments.oauth(
    createOAuth({ fetch: outbound, now, timeout: config.provider_timeout, log }),
  );
  const grants = createGrants({ config, store, vault, oauth, audit, now, newId, sleep, log });
  const redeem = createRedeem({ store, grants, vault, now });
  const waiters = createWaiters({ look: store.sessions.marks });
  const errands = createErrands({ log });
  const endSession = createEnding({ store, grants, audit, waiters, errands, redeem, now });
  const newSecret = () => base64url(32);
  const managedSecrets = createManagedSecrets({ store, vault, now });
  const access = instruments.access(
    createAccess({
      now,
      find: [managedSecrets.find, grants.credential],
      permit: createPermission({ store, now }),
      record,
    }),
  );
  const keys = createKeys({ store, endSession, errands, now });
  const arriving = createArriving({ store, grants, redeem, keys, audit, now, log });
  const readiness = createReadiness({ store: deps.store, vault, sleep });
  const watchman = createWatchman({ limits: config.limits, store, vault, metrics, now });
  const markOf = createMarks({
    base_url: config.base_url,
    files: new Set(deps.built.page.assets.keys()),
  });
  const views = createViews({ config, store, managedSecrets, markOf, now });
  // The identity provider is the operator's own, wherever it is.
  const signIn = createSignIn({ fetch: fetcher, now, timeout: config.provider_timeout });
  const broker: Broker = {
    ...{ config, store, vault, oauth, grants, audit, record, redeem, waiters, now, newId, log },
    identity: createIdentity({ fetch: fetcher, now, log }),
    endSession,
    ...{ keys, arriving },
    deprovisioning: createDeprovisioning({ store, grants, audit, endSession, errands, now }),
    raiseAlarm: createAlarm({ store, audit, endSession }),
    leave: createLeaving({ config, store, vault, oauth, audit, waiters, now, newSecret, log }),
    give: createGiving({ config, store, oauth, audit, waiters, arriving, endSession, now, log }),
    newSecret,
    ...{ managedSecrets, access, readiness, watchman },
    markOf,
    wallet: {
      sessions: createWalletSessions({ config, store, vault, signIn, audit, now, newSecret, log }),
      ...{ views, revoking: createRevoking({ store, grants }) },
    },
    proxy: createProxy({ fetch: outbound, limits: config.proxy }),
  };
  const cookies = createCookies(broker);
  const retention = createRetention({
    ...{ store, sealsOf, audit, now, log },
    retention: config.audit_retention,
  });
  const kept = { outcome: config.deadlines.outcome, posted: POSTED_LIFETIME };
  let purged: Promise<void> | undefined;
  const purge = createPurge({ store, grants, retention, kept, now, sleep, log });
  /** To where logs are kept: whoever takes the database back to an older state cannot take back these. */
  const tellHeads = () => {
    for (const { writer, last_seq, last_hash } of store.grown())
      log("audit_head", { writer, seq: last_seq, hash: last_hash });
  };

  const working = createWorking();
  metrics.gauge("alter_requests_in_flight", () => [{ labels: {}, value: working.count() }]);
  metrics.gauge("alter_long_polls_waiting", () => [{ labels: {}, value: waiters.size() }]);
  const observe = createObserver({ config, metrics, tracing });

  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const started = now();
    c.set("requestId", newId("req"));
    await observe(c, next);
    const { headers } = c.res;
    headers.set("X-Request-Id", c.get("requestId"));
    headers.set("X-Content-Type-Options", "nosniff");
    // `no-referrer` would make Firefox and WebKit send `Origin: null` on the page's own POSTs.
    headers.set("Referrer-Policy", "same-origin");
    // A stricter opener policy here would sever every popup from the app that waits for it [M18].
    if (!headers.has("Cross-Origin-Opener-Policy"))
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
  app.route("/", widgetCors(config));
  app.use(async (c, next) => {
    // Those that wait do no work. Only calls: a page costs nothing, who comes back from a provider has no second
    // code, and restarting a broker that is busy helps nobody.
    const busy = working.count() - waiters.size() > config.limits.in_flight;
    if (busy && c.req.path.startsWith("/v1/"))
      throw new Refusal("overloaded", {}, `more than ${config.limits.in_flight} in flight`, 1);
    await next();
  });
  // Before the limit: these have their own. The callback's refusal is a page, the proxy's bodies are streams, and
  // a log stream sends many events at once.
  app.route("/", callbackRoutes(broker, cookies));
  app.route("/", proxyRoutes(broker));
  app.route("/", deprovisionRoutes(broker));
  const tooLarge = (): never => {
    throw refuse("payload_too_large", `Expected at most ${MOST_BODY} bytes.`);
  };
  const counted = bodyLimit({ maxSize: MOST_BODY, onError: tooLarge });
  app.use(async (c, next) => {
    const length = c.req.header("content-length");
    // A body of unknown length is counted as it comes. One of known length is not touched here: Node's parser holds it to
    // that, and to look at the stream costs more than all the rest of a call's HTTP.
    const known = length !== undefined && /^\d+$/.test(length);
    if (!known || c.req.header("transfer-encoding") !== undefined) return counted(c, next);
    if (Number(length) > MOST_BODY) tooLarge();
    await next();
  });
  for (const routes of [
    sessionRoutes(broker),
    tokenRoutes(broker),
    grantRoutes(broker),
    connectRoutes(broker, cookies),
    widgetRoutes(broker),
    walletRoutes(broker),
    pageRoutes(config, deps.built),
    doctorRoutes(broker, deps.built.version),
    openapiRoutes(config, deps.built),
    healthRoutes(broker),
  ])
    app.route("/", routes);

  const judged = (c: Context<Env>, error: Refusal): Refusal => {
    const refusal = watchman.judge(error, whoseFailure(config, c));
    // Says nothing of any session, and a widget that cannot read it would take it for a broker that is down [M7].
    if (refusal !== error) c.set("deny_cors", false);
    return refusal;
  };

  app.notFound((c) => answer(refuse("not_found"), c.get("requestId"), now()));
  app.onError((thrown, c) => {
    const requestId = c.get("requestId");
    const error = asRefusal(thrown);
    if (error !== thrown && thrown instanceof DatabaseError && thrown.code !== UNBINDABLE_TEXT)
      log("database_unavailable", { request_id: requestId, code: thrown.code });
    if (error instanceof Refusal) {
      const refusal = c.req.path === SIGN_OF_LIFE ? error : judged(c, error);
      const { code, why = refusal.extras.detail } = refusal;
      log("refused", { request_id: requestId, code, why });
      metrics.count("alter_refusals_total", { code });
      return answer(refusal, requestId, now());
    }
    log("bug", { request_id: requestId, ...describeBug(error) });
    metrics.count("alter_refusals_total", { code: "internal_error" });
    return answer(refuse("internal_error"), requestId, now());
  });

  return {
    fetch: (request, from = {}) => working.on(async () => app.fetch(request, from)),
    purge: async () => {
      await purge.run();
      tellHeads();
    },
    share: watchman.share,
    drain: readiness.drain,
    close: () => {
      waiters.close();
      errands.close();
      purged = purge.stop();
    },
    endpoints: app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path}`),
    settled: async () => {
      await working.idle();
      await purged;
      await grants.settled();
      await errands.settled();
      await settled();
      tellHeads();
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
  const seconds = retry_at
    ? Math.max(0, Math.ceil((Date.parse(retry_at) - now) / 1000))
    : refusal.retry_after;
  if (seconds !== undefined) headers.set("Retry-After", String(seconds));
  return Response.json(problem, { status: problem.status, headers });
};
