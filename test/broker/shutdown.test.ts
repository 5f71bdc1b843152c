/**
 * The built program, stopped under load: everything that it has taken on gets its answer. Requests are counted where
 * they are sent; clients keep their connections, as backends do, and turn to another broker when they are told that
 * the connection ends.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { newApiKey, redirectUri, startBroker, type TestBroker } from "../servers/broker.ts";
import { APP_ORIGIN, createConnecting } from "../servers/connecting.ts";
import { freePort, listen, type Listening } from "../servers/http.ts";
import { startIdp, type TestIdp } from "../servers/idp.ts";
import { startProvider, type TestProvider } from "../servers/provider.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CLIENTS = 100;
const POLLS = 100;
const api = newApiKey();
const authorization = `Bearer ${api.key}`;
const folder = mkdtempSync(join(tmpdir(), "alter-shutdown-test-"));

let idp: TestIdp;
let calendar: TestProvider;
/** An API that answers as slowly as the test wants. */
let slow: Listening;
let streaming = (_: ServerResponse): void => undefined;
let port: number;

beforeAll(async () => {
  const parts = ["script", "page", "broker", "served"];
  const build = [join(ROOT, "scripts/build.mjs"), "--stale", ...parts];
  await promisify(execFile)(process.execPath, build);
  port = await freePort();
  idp = await startIdp({ audience: "day-planner" });
  calendar = await startProvider({ name: "calendar" });
  calendar.control.register({
    client_id: "c1",
    client_secret: "s1",
    redirect_uris: [redirectUri(`http://127.0.0.1:${port}`, "calendar")],
  });
  slow = await listen((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("one ");
    streaming(response);
  });
}, 120_000);
afterAll(async () => {
  await Promise.all([idp.stop(), calendar.stop(), slow.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const start = async (shutdown: object): Promise<TestBroker> => {
  const broker = await startBroker({
    port,
    directory: folder,
    config: { shutdown },
    providers: {
      calendar: {
        name: "Acme Calendar",
        issuer: calendar.issuer,
        scopes: { "calendar.read": "See your events" },
        api_hosts: [calendar.host, new URL(slow.url).host],
      },
    },
    apps: [
      {
        id: "demo",
        name: "Day Planner",
        origins: [APP_ORIGIN],
        api_keys: [{ id: "first", hash: api.hash }],
        identity_provider: { name: "Test IdP", issuer: idp.issuer, audience: idp.audience },
        providers: {
          calendar: {
            client_id: "c1",
            client_secret: "s1",
            scopes: ["openid", "email", "offline_access", "calendar.read"],
          },
        },
      },
    ],
  });
  onTestFinished(broker.kill);
  return broker;
};

const connect = async (broker: TestBroker, sub: string): Promise<void> =>
  createConnecting(
    broker,
    api.key,
  )({
    user_token: await idp.sign({ sub }),
    provider: "calendar",
    consent: (url) => calendar.control.authorize(url),
  });

type Answer = { status: number; closes: boolean; body: string };

/** Every request of the test goes through here: what was sent, what was answered, what was not. */
const createCounter = (agent: Agent) => {
  const counted = { sent: 0, answered: 0, dropped: [] as unknown[] };
  const send = (
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer | undefined> =>
    new Promise((done) => {
      const method = body === undefined ? "GET" : "POST";
      const asked = request({ agent, port, host: "127.0.0.1", path, method, headers });
      asked.once("error", (error: NodeJS.ErrnoException) => {
        // Never connected, so never sent: whoever comes now is late, and may know it.
        if (error.code !== "ECONNREFUSED") counted.dropped.push([path, error.code, error.message]);
        done(undefined);
      });
      asked.once("finish", () => (counted.sent += 1));
      asked.once("response", (response: IncomingMessage) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.once("error", (error) => {
          counted.dropped.push([path, "body", error.message]);
          done(undefined);
        });
        response.once("end", () => {
          counted.answered += 1;
          const closes = response.headers.connection === "close";
          done({ status: response.statusCode ?? 0, closes, body: text });
        });
      });
      asked.end(body);
    });
  return { counted, send };
};

const json = { authorization, "content-type": "application/json" };

test("stopped under load, it answers all that was sent, and nothing else comes of it", async () => {
  const broker = await start({ drain_seconds: 2, grace_seconds: 20 });
  await connect(broker, "ann");
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  onTestFinished(() => agent.destroy());
  const { counted, send } = createCounter(agent);
  const user_token = await idp.sign({ sub: "ann" });

  const polls = Array.from({ length: POLLS }, async () => {
    const minting = JSON.stringify({ user_token, allowed_origin: APP_ORIGIN });
    const minted = await send("/v1/connect/sessions", json, minting);
    const { session_token } = JSON.parse(minted?.body ?? "{}") as { session_token: string };
    return () =>
      send("/v1/connect/outcome?wait=25", {
        origin: APP_ORIGIN,
        authorization: `Bearer ${session_token}`,
      });
  });
  const waiting = (await Promise.all(polls)).map((poll) => poll());

  // Somebody is in the middle of connecting: the provider has not answered with the tokens yet.
  let release = (): void => undefined;
  const released = new Promise<void>((go) => (release = go));
  let exchanging = (): void => undefined;
  const exchange = new Promise<void>((go) => (exchanging = go));
  calendar.control.fail("token", async (real) => {
    exchanging();
    await released;
    return real();
  });
  const connecting = connect(broker, "ben");
  // And an answer of the proxy is on its way.
  const streamed = new Promise<ServerResponse>((begun) => (streaming = begun));
  const asked = { provider: "calendar", method: "GET", url: `${slow.url}/events`, headers: [] };
  const proxied = send(
    "/v1/proxy",
    {
      authorization,
      "alter-user-token": user_token,
      "alter-proxy-request": Buffer.from(JSON.stringify(asked)).toString("base64url"),
    },
    "",
  );
  await exchange;
  const stream = await streamed;

  const host = calendar.host;
  const asking = JSON.stringify({
    user_token,
    provider: "calendar",
    request: { method: "GET", host },
  });
  const answers: Answer[] = [];
  let begun = 0;
  let busy = (): void => undefined;
  const underLoad = new Promise<void>((resolve) => (busy = resolve));
  const backend = async (): Promise<void> => {
    // Told that its connection ends, it turns to another broker: behind a balancer there is one.
    for (let closes = false, first = true; !closes; first = false) {
      const answer = await send("/v1/tokens", json, asking);
      if (!answer) return;
      answers.push(answer);
      // All of them are there, with a connection of their own, however slow the machine is.
      if (first && (begun += 1) === CLIENTS) busy();
      closes = answer.closes;
    }
  };
  const load = Array.from({ length: CLIENTS }, backend);

  await underLoad;
  broker.signal("SIGTERM");
  await broker.logged("stopping");
  await Promise.all(load);
  // Only when nobody is served any more but those who have been waiting all along.
  await Promise.all(waiting);
  release();
  stream.end("two");
  await connecting;
  const [reply, code] = [await proxied, await broker.ended];

  expect(counted.dropped).toEqual([]);
  expect(counted.answered).toBe(counted.sent);
  expect(code).toBe(0);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(answers.length).toBeGreaterThan(CLIENTS);
  expect(answers.filter(({ closes }) => closes)).toHaveLength(CLIENTS);
  expect(reply).toMatchObject({ status: 200, body: "one two" });
  for (const poll of await Promise.all(waiting)) expect(poll?.status).toBe(200);
  expect(broker.logs.map((line) => line["event"])).not.toContain("cut_off");
  console.log(`stopped under load: ${counted.sent} sent, ${counted.answered} answered, 0 dropped`);

  // What was acknowledged stands: whoever connected in the middle of it is connected.
  const again = await start({ drain_seconds: 0 });
  const grants = await fetch(`${again.url}/v1/grants`, {
    headers: { authorization, "alter-user-token": await idp.sign({ sub: "ben" }) },
  });
  expect(((await grants.json()) as { grants: unknown[] }).grants).toHaveLength(1);
  expect(await again.stop()).toBe(0);
}, 60_000);

/** A call of the proxy whose answer has begun and does not end. */
const hang = async (broker: TestBroker): Promise<Response> => {
  await connect(broker, "ann");
  const asked = { provider: "calendar", method: "GET", url: `${slow.url}/events`, headers: [] };
  return fetch(`${broker.url}/v1/proxy`, {
    method: "POST",
    headers: {
      authorization,
      "alter-user-token": await idp.sign({ sub: "ann" }),
      "alter-proxy-request": Buffer.from(JSON.stringify(asked)).toString("base64url"),
    },
  });
};

test("what does not end is cut off when the grace is over", async () => {
  const broker = await start({ drain_seconds: 0, grace_seconds: 1 });
  const response = await hang(broker);
  const rest = expect(response.text()).rejects.toThrow();
  expect(await broker.stop()).toBe(0);
  await rest;
  expect(await broker.logged("cut_off")).toMatchObject({ connections: 1, level: 40 });
});

test("a second signal waits for nobody", async () => {
  const broker = await start({ drain_seconds: 60, grace_seconds: 600 });
  const response = await hang(broker);
  const rest = expect(response.text()).rejects.toThrow();
  broker.signal("SIGINT");
  await broker.logged("stopping");
  expect((await fetch(`${broker.url}/readyz`)).status).toBe(503);
  expect(await broker.stop()).toBe(1);
  await rest;
});
