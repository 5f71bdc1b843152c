/** For whoever watches: alive, which asks nobody, and ready to work. Both say nothing but a code. */
import { Hono } from "hono";
import type { Broker, Env } from "../context.ts";
import { Refusal } from "../error.ts";

export const healthRoutes = ({ readiness }: Pick<Broker, "readiness">): Hono<Env> =>
  new Hono<Env>()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const reason = await readiness.check();
      if (reason === undefined) return c.json({ status: "ready" });
      throw reason === "shutting_down"
        ? new Refusal(reason)
        : new Refusal("not_ready", { reason }, reason, 1);
    });
