/** What this broker can be asked, for generators and linters: the document made of the endpoint tables. Public. */
import { openapi } from "@alter-ai/protocol/openapi";
import { Hono } from "hono";
import type { Config } from "../config/config.ts";
import type { Env } from "../context.ts";
import type { Built } from "./pages.ts";

export const openapiRoutes = (
  { base_url }: Pick<Config, "base_url">,
  { version }: Pick<Built, "version">,
): Hono<Env> => {
  const document = openapi({ version, base_url });
  return new Hono<Env>().get("/openapi.json", (c) =>
    c.json(document, 200, {
      "Access-Control-Allow-Origin": "*",
      "Cache-Control": "public, max-age=300",
    }),
  );
};
