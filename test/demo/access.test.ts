/** The page where the owner of an account takes an app's access away: what it shows, what it ends, who may use it. */
import * as oauth from "openid-client";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { OidcServer } from "../../demo/oidc/server.ts";
import { ANN_HOME, ANN_WORK, callApi, createCustomer, prepareProvider } from "./connection.ts";
import { createVisitor, type Visitor } from "./visitor.ts";

// Real servers and keys, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let provider: Awaited<ReturnType<typeof prepareProvider>>;
let server: OidcServer;
let ann: ReturnType<typeof createCustomer>;
/** A browser that has never been here. */
let owner: Visitor;

beforeAll(async () => {
  provider = await prepareProvider();
  server = await provider.start();
});

beforeEach(() => {
  ann = createCustomer(server.issuer);
  owner = createVisitor();
});

afterAll(async () => {
  await server.stop();
  await provider.remove();
});

const pageOf = (login: string) =>
  owner.open(`${server.issuer}/account?login=${encodeURIComponent(login)}`);

it("asks whose account it is, and shows what which app may do there", async () => {
  expect((await owner.open(`${server.issuer}/account`)).text).toContain("Whose is it?");
  expect((await pageOf("nobody")).text).toContain("Whose is it?");
  expect((await pageOf("nobody.yet@acme.test")).text).toContain("No app has access");
  await ann.connect(ANN_WORK);
  const { text } = await pageOf(ANN_WORK);
  expect(text).toContain("<strong>Day Planner</strong> has access");
  expect(text).toContain("See your calendar and its events");
  expect(text).not.toContain("Add events");
});

it("removed: access and refresh tokens are refused at once, those of other accounts are not", async () => {
  const [first, again] = [await ann.connect(ANN_WORK), await ann.connect(ANN_WORK)];
  const home = await ann.connect(ANN_HOME);
  const after = await owner.submit(await pageOf(ANN_WORK), "/remove", { login: ANN_WORK });
  expect(after.text).toContain("No app has access");
  for (const { client, tokens, refreshToken } of [first, again]) {
    expect((await callApi(server.issuer, tokens.access_token)).status).toBe(401);
    await expect(oauth.refreshTokenGrant(client, refreshToken)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  }
  expect((await callApi(server.issuer, home.tokens.access_token)).status).toBe(200);
  // What was removed can be given again.
  expect((await callApi(server.issuer, (await ann.connect()).tokens.access_token)).status).toBe(
    200,
  );
});

it.each(["https://evil.example", "null", undefined])(
  "a form that comes from %s removes nothing",
  async (origin) => {
    const { tokens } = await ann.connect(ANN_WORK);
    const remove = (from: string | undefined) =>
      owner.fetch(`${server.issuer}/account/remove`, {
        method: "POST",
        ...(from !== undefined && { headers: { origin: from } }),
        body: new URLSearchParams({ login: ANN_WORK }),
      });
    expect((await remove(origin)).status).toBe(403);
    expect((await callApi(server.issuer, tokens.access_token)).status).toBe(200);
    // The same from the page itself does.
    expect((await remove(server.issuer)).status).toBe(303);
    expect((await callApi(server.issuer, tokens.access_token)).status).toBe(401);
  },
);
