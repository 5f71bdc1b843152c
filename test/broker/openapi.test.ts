/** The OpenAPI document against the linter, against the routes that are mounted, and as it is served. */
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openapi } from "../../protocol/openapi/document.ts";
import { createScanner } from "./scanner.ts";
import { B, startWorld, type Json, type World } from "./world.ts";

const { found, keep, secrets } = createScanner();

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const document = openapi({ version: "9.9.9", base_url: B });

/** What the linter has to say, as sentences. */
const lint = async (source: unknown): Promise<string[]> => {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: {
      // Files, redirects and health have nothing to refuse.
      "operation-4xx-response": "off",
      // A callback is answered with a redirect, whatever it was.
      "operation-2xx-response": "off",
      // The broker that serves it: on a developer's machine that is loopback.
      "no-server-example.com": "off",
      "operation-operationId-unique": "error",
      "no-invalid-media-type-examples": "error",
      "no-unused-components": "off",
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(source), config });
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`,
  );
};

test("the linter finds nothing", async () => {
  expect(await lint(document)).toEqual([]);
});

test("and would: a reference that leads nowhere, an example of another shape, two operations of one name", async () => {
  const broken = structuredClone(document);
  const { schemas } = broken.components;
  delete schemas["Connection"];
  const operations = Object.values(broken.paths).flatMap((path) => Object.values(path));
  const named = (id: string) => operations.find(({ operationId }) => operationId === id);
  const verify = named("verifyUser")?.requestBody?.content["application/json"] as Json;
  verify["example"] = { user_token: 7 };
  Object.assign(named("cancel") ?? {}, { operationId: "outcome" });
  expect((await lint(broken)).map((sentence) => sentence.split(":")[0])).toEqual(
    expect.arrayContaining([
      "no-unresolved-refs",
      "no-invalid-media-type-examples",
      "operation-operationId-unique",
    ]),
  );
});

/** As Hono writes them: one file stands for all of them, and the script's version is its own. */
const spelt = (endpoint: string): string =>
  endpoint.replace("/page/*", "/page/:file").replace("-9.9.9.js", "-:version.js");
const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map(
    (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
  ),
);

test("has every route that is mounted, and none that is not", () => {
  // The doctor's own, which exists for whoever has the vault and for nobody else.
  const mounted = world.broker.endpoints.map(spelt).filter((one) => !one.endsWith(" /v1/doctor"));
  expect([...documented].sort()).toEqual([...new Set(mounted)].sort());
});

test("is served: to anybody, to keep for a while, with the broker's own version and address", async () => {
  const { status, headers, body } = await world.call("/openapi.json");
  expect(status).toBe(200);
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  expect(body).toMatchObject({ info: { version: "9.9.9" }, servers: [{ url: B }] });
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("cache-control")).toBe("public, max-age=300");
  expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("tells nothing of what is configured", async () => {
  secrets.clear();
  for (const { key } of Object.values(world.keys)) keep("API key", key);
  for (const word of [
    "secret-of-calendar",
    "client-calendar",
    world.idp.issuer,
    world.calendar.url,
  ])
    keep("configuration", word.padEnd(16));
  const text = JSON.stringify((await world.call("/openapi.json")).body);
  expect(found(text)).toEqual([]);
  for (const word of ['Day Planner","origins', world.calendar.host, world.idp.issuer])
    expect(text).not.toContain(word);
});
