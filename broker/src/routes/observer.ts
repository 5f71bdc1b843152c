/** One request as metrics and traces see it: by the pattern of its route, never by its path. */
import type { Context, Next } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../config/config.ts";
import type { Env } from "../context.ts";
import { among, type Metrics } from "../metrics.ts";
import type { Tracing } from "../tracing.ts";
import { hashSecret } from "../vault.ts";
import { bearer } from "./request.ts";

const METHODS = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"];

export const createObserver = (deps: { config: Config; metrics: Metrics; tracing: Tracing }) => {
  /** Whose word on traces counts: a stranger's could have every request of theirs recorded. */
  const isOurs = (c: Context<Env>): boolean => {
    const key = c.req.header("traceparent") === undefined ? undefined : bearer(c);
    return key !== undefined && deps.config.api_keys.has(hashSecret(key));
  };

  return (c: Context<Env>, next: Next): Promise<void> => {
    const started = performance.now();
    return deps.tracing.request(isOurs(c) ? c.req.raw.headers : undefined, async (told) => {
      await next();
      const route = routeOf(c);
      const method = among(METHODS, c.req.method);
      const { status } = c.res;
      deps.metrics.observe(
        "alter_request_duration_seconds",
        { route, method, status: `${Math.floor(status / 100)}xx` },
        (performance.now() - started) / 1000,
      );
      told.name = `${method} ${route}`;
      told.failed = status >= 500;
      told.attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "alter.request_id": c.get("requestId"),
        "alter.app": c.get("app"),
      };
    });
  };
};

/** What stands in the table of routes; what is nowhere in it has one name for all. */
const routeOf = (c: Context<Env>): string =>
  matchedRoutes(c)
    .map(({ path }) => path)
    .findLast((path) => path !== "/*") ?? "(none)";
