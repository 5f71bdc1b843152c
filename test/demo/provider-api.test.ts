/** The API beside a demo provider: whose data it gives, and which tokens it refuses. */
import * as oauth from "openid-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { OidcServer } from "../../demo/oidc/server.ts";
import { files } from "../../demo/providers/files.ts";
import { ANN_HOME, ANN_WORK, callApi, createCustomer, prepareProvider } from "./connection.ts";

// Real servers and keys, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let provider: Awaited<ReturnType<typeof prepareProvider>>;
let server: OidcServer;
let ann: ReturnType<typeof createCustomer>;

beforeAll(async () => {
  provider = await prepareProvider();
  server = await provider.start();
});

beforeEach(() => {
  ann = createCustomer(server.issuer);
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  await server.stop();
  await provider.remove();
});

it("answers for the token's own account, the same at each call", async () => {
  const work = await ann.connect(ANN_WORK);
  const first: unknown = await (await callApi(server.issuer, work.tokens.access_token)).json();
  expect(first).toMatchObject({ account: ANN_WORK });
  expect(first).toHaveProperty("events.length", 5);
  expect(await (await callApi(server.issuer, work.tokens.access_token)).json()).toEqual(first);
  const home = await ann.connect(ANN_HOME);
  expect(await (await callApi(server.issuer, home.tokens.access_token)).json()).not.toMatchObject({
    account: ANN_WORK,
  });
});

it("401 without a token, with an unknown one, and with one in the URL", async () => {
  const { tokens } = await ann.connect();
  const bare = await callApi(server.issuer);
  expect(bare.status).toBe(401);
  expect(bare.headers.get("www-authenticate")).toBe('Bearer realm="api"');
  const unknown = await callApi(server.issuer, "nothing-we-issued");
  expect(unknown.status).toBe(401);
  expect(unknown.headers.get("www-authenticate")).toContain('error="invalid_token"');
  const inUrl = await fetch(`${server.issuer}/api/events?access_token=${tokens.access_token}`);
  expect(inUrl.status).toBe(401);
});

it("401 for another provider's token", async () => {
  const { tokens } = await ann.connect();
  const others = await prepareProvider(files);
  const other = await others.start();
  try {
    const answer = await fetch(`${other.issuer}/api/files`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: "invalid_token" });
  } finally {
    await other.stop();
    await others.remove();
  }
});

it("403 without the scope, and says which", async () => {
  const { tokens } = await ann.connect(ANN_WORK, "openid email offline_access");
  const answer = await callApi(server.issuer, tokens.access_token);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ error: "insufficient_scope" });
  expect(answer.headers.get("www-authenticate")).toContain('scope="calendar.read"');
});

it("401 once two minutes have passed, and 200 again after a refresh", async () => {
  const { client, tokens, refreshToken } = await ann.connect();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 119_000 });
  expect((await callApi(server.issuer, tokens.access_token)).status).toBe(200);
  vi.setSystemTime(Date.now() + 2_000);
  expect((await callApi(server.issuer, tokens.access_token)).status).toBe(401);
  const { access_token } = await oauth.refreshTokenGrant(client, refreshToken);
  expect((await callApi(server.issuer, access_token)).status).toBe(200);
});

describe("POST /api/events", () => {
  const WRITING = "openid email offline_access calendar.read calendar.write";
  const add = (token: string, body: object) =>
    fetch(`${server.issuer}/api/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const titles = async (token: string) => {
    const { events } = (await (await callApi(server.issuer, token)).json()) as {
      events: { title: string; start: string }[];
    };
    expect(events.map(({ start }) => start)).toEqual(events.map(({ start }) => start).sort());
    return events.map(({ title }) => title);
  };

  it("adds an event to the token's own account", async () => {
    const zoe = (await ann.connect("zoe@acme.test", WRITING)).tokens.access_token;
    const work = (await ann.connect(ANN_WORK)).tokens.access_token;
    const answer = await add(zoe, { title: " Lunch " });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ account: "zoe@acme.test", title: "Lunch" });
    expect(await titles(zoe)).toContain("Lunch");
    expect(await titles(work)).not.toContain("Lunch");
  });

  it("403 without its scope, and says which; nothing is added", async () => {
    const { tokens } = await ann.connect(ANN_WORK);
    const before = await titles(tokens.access_token);
    const answer = await add(tokens.access_token, { title: "Lunch" });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("www-authenticate")).toContain('scope="calendar.write"');
    expect(await titles(tokens.access_token)).toEqual(before);
  });

  it.each([{}, { title: "" }, { title: 7 }, { title: "x".repeat(81) }])(
    "400 for %o; nothing is added",
    async (body) => {
      const { tokens } = await ann.connect("kim@acme.test", WRITING);
      expect((await add(tokens.access_token, body)).status).toBe(400);
      expect(await titles(tokens.access_token)).toHaveLength(5);
    },
  );
});
