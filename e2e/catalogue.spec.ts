/**
 * Providers of the catalogue through the real popup: one of each family, and those whose way through a window is their
 * own (a form that is posted, an opener that is cut off, a signed return, a shop to be named). The provider is the
 * simulator, the record comes from the broker's own command, and an operator's file leads the one to the other.
 */
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { test as base, type Page } from "@playwright/test";
import { returnUrls, startApp, type TestApp } from "../test/servers/app.ts";
import { newApiKey, redirectUri, startBroker, type TestBroker } from "../test/servers/broker.ts";
import { freePort } from "../test/servers/http.ts";
import { startIdp } from "../test/servers/idp.ts";
import { startSimulator, type Simulator } from "../test/simulator/simulator.ts";
import { expect, press } from "./test.ts";
import { createVisitor } from "./visit.ts";

type Row = {
  id: string;
  /** What the operator configures besides id and secret. */
  client?: Record<string, unknown>;
  /** What the user says on the page. */
  fields?: Record<string, string>;
  /** Of the record's variables, as the provider knows them. */
  variables?: Record<string, string>;
};

const ROWS: Row[] = [
  { id: "google" },
  { id: "microsoft" },
  { id: "github" },
  { id: "slack" },
  { id: "shopify", fields: { "Your shop's address": "acme" }, variables: { shop: "acme" } },
  { id: "apple", client: { variables: { team_id: "TEAM123456", key_id: "KEY1234567" } } },
  { id: "atlassian" },
  { id: "facebook" },
  { id: "salesforce" },
  { id: "notion" },
];

const ROOT = resolve(import.meta.dirname, "..");
type ProviderRecord = Parameters<Simulator["play"]>[0];
const records = new Map<string, Promise<ProviderRecord>>();
/** As the program tells it, asked once: to start it takes most of a second. */
const recordOf = (id: string): Promise<ProviderRecord> => {
  const asked = records.get(id) ?? ask(id);
  records.set(id, asked);
  return asked;
};
const ask = async (id: string): Promise<ProviderRecord> => {
  const command = ["broker/dist/main.js", "providers", "show", id, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT });
  return JSON.parse(stdout) as ProviderRecord;
};

type World = { simulator: Simulator; broker: TestBroker; app: TestApp; stop: () => Promise<void> };

const startWorld = async (): Promise<World> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [simulator, idp] = await Promise.all([
    startSimulator(),
    startIdp({ audience: "test-app" }),
  ]);
  const key = newApiKey();
  const app = await startApp({ broker: url, apiKey: key.key, idp });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const providers: Record<string, unknown> = {};
  const clients: Record<string, unknown> = {};
  await Promise.all(ROWS.map(({ id }) => recordOf(id)));
  for (const { id, client = {}, variables = {} } of ROWS) {
    const record = await recordOf(id);
    const registered = {
      client_id: `client-${id}`,
      client_secret: id === "apple" ? pem : "s3cr3t",
    };
    const known = { ...(client["variables"] as Record<string, string> | undefined), ...variables };
    simulator.play(record, { ...registered, redirect_uri: redirectUri(url, id), variables: known });
    providers[id] = simulator.overridesFor(record);
    clients[id] = { ...registered, ...client };
  }
  const broker = await startBroker({
    port,
    providers,
    apps: [
      {
        ...{ id: "planner", name: "Day Planner", origins: [app.origin] },
        return_urls: returnUrls(app.origin),
        api_keys: [{ id: "first", hash: key.hash }],
        identity_provider: { name: "Test Accounts", issuer: idp.issuer, audience: idp.audience },
        providers: clients,
      },
    ],
  });
  return {
    ...{ simulator, broker, app },
    stop: async () => {
      await broker.stop();
      await Promise.all([simulator, idp, app].map((server) => server.stop()));
    },
  };
};

const test = base.extend<object, { catalogue: World }>({
  catalogue: [
    async ({ browserName: _engine }, use) => {
      const world = await startWorld();
      await use(world);
      await world.stop();
    },
    { scope: "worker" },
  ],
});

/** To the provider, as users go: what only they know, the click, the consent. */
const consent = async (popup: Page, name: string, fields: Record<string, string>) => {
  for (const [label, value] of Object.entries(fields)) await popup.getByLabel(label).fill(value);
  await press(popup, `Continue to ${name}`);
  await popup.getByTestId("allow").click({ noWaitAfter: true });
};

for (const { id, fields = {} } of ROWS)
  test(`${id}: connected, and its token works at its API`, async ({ page, catalogue }) => {
    const { app, simulator, broker } = catalogue;
    const record = await recordOf(id);
    const ann = createVisitor(app, { providers: [id] });
    await page.goto(ann.url);
    await ann.told("loaded");
    const opened = page.waitForEvent("popup");
    await page.getByTestId("connect").click();
    const popup = await opened;
    await expect(
      popup.getByRole("heading", { name: `Connect ${record.name} to Day Planner` }),
    ).toBeVisible();
    await consent(popup, record.name, fields);

    const { label } = simulator.account(id, `ann@${id}.test`);
    expect(await ann.told("outcome")).toMatchObject({
      status: "success",
      connections: [{ provider: id, account_identifier: label, operation: "creation" }],
    });
    // Whatever the provider hung on the address stays behind; the outcome may be here before the page has drawn itself.
    await expect.poll(() => !popup.isClosed() && popup.url().includes("#_")).toBe(false);
    if (record.identity_only) return;

    const host = new URL(simulator.url).host;
    const issued = await app.broker("/v1/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ user_token: await app.userToken(ann.user), provider: id },
        request: { method: "GET", host },
      }),
    });
    expect(issued.status, broker.output()).toBe(200);
    const { injection, access_token } = issued.body as {
      injection: { name: string; template: string };
      access_token: string;
    };
    const [grant] = await ann.grants();
    const { instance_url } = grant?.["metadata"] as { instance_url?: string };
    const api = instance_url ?? `${simulator.url}/${record.api_hosts[0] ?? "acme.myshopify.com"}`;
    const headers = { [injection.name]: injection.template.replace("{token}", access_token) };
    const reply = await fetch(`${api}/any/thing`, { headers });
    expect([reply.status, await reply.text()]).toEqual([
      200,
      expect.stringContaining(`ann@${id}.test`),
    ]);
  });

test("a shop that cannot be one: said on the page, nothing lost, and the next click goes on", async ({
  page,
  catalogue,
}) => {
  const ann = createVisitor(catalogue.app, { providers: ["shopify"] });
  await page.goto(ann.url);
  await ann.told("loaded");
  const opened = page.waitForEvent("popup");
  await page.getByTestId("connect").click();
  const popup = await opened;
  const field = popup.getByLabel("Your shop's address");
  await field.fill("no shop");
  await press(popup, "Continue to Shopify");
  await expect(
    popup.getByText("This is not how Shopify writes it. An example: acme"),
  ).toBeVisible();
  await expect(field).toHaveValue("no shop");
  await expect(field).toBeFocused();
  await field.fill("acme.myshopify.com");
  // Armed once the user has had time to see what is there [L17].
  const go = popup.getByRole("button", { name: "Continue to Shopify" });
  await expect(go).not.toHaveAttribute("aria-disabled");
  await field.press("Enter");
  await popup.getByTestId("allow").click({ noWaitAfter: true });
  expect(await ann.told("outcome")).toMatchObject({ status: "success" });
});
