/** For whoever watches: alive, and ready to work. */
import { Hono } from "hono";
import type { Broker, Env } from "../context.ts";
import { refuse } from "../error.ts";

export const healthRoutes = ({ store }: Pick<Broker, "store">): Hono<Env> =>
  new Hono<Env>()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      await store.ping().catch(() => {
        throw refuse("shutting_down", "The database does not answer.");
      });
      return c.json({ status: "ready" });
    });
