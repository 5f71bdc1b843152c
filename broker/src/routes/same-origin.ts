/** The one guard of wire.md section 4, for calls that set or read a cookie of ours. Knows no session. */
import type { MiddlewareHandler } from "hono";
import type { Env } from "../context.ts";
import { refuse } from "../error.ts";
import { mediaType } from "./request.ts";

/**
 * C1: without this, a text/plain form on any site plants its own session, cookie included, in the victim's
 * browser. A missing Origin is refused: every browser sends it on a POST. No CORS headers ever leave these paths.
 */
export const sameOriginJson =
  (base_url: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    const site = c.req.header("sec-fetch-site");
    if (c.req.method !== "POST") throw refuse("method_not_allowed", "Expected POST.");
    if (c.req.header("origin") !== base_url || (site !== undefined && site !== "same-origin"))
      throw refuse("cross_site_refused");
    if (mediaType(c) !== "application/json")
      throw refuse("unsupported_media_type", "Expected application/json.");
    await next();
  };
