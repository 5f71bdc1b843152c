/** A broker's listeners, by socket: what is too slow or too much is ended, and everybody else goes on. */
import { once } from "node:events";
import { connect as openSocket, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { limitsOf, limitsSchema } from "../../broker/src/config/limits.ts";
import { PATIENCE, type Patience } from "../../broker/src/connections.ts";
import { createPrometheus } from "../../broker/src/prometheus.ts";
import { startServing, type Serving } from "../../broker/src/serve.ts";
import { freePort } from "../servers/http.ts";
import { A, startWorld, type LogLine, type World } from "./world.ts";

const prometheus = createPrometheus("9.9.9");
let world: World;
beforeAll(async () => {
  world = await startWorld({ metrics: prometheus });
});
afterAll(() => world.stop());

const serve = async (
  options: {
    patience?: Partial<Patience>;
    connections?: number;
    drain?: number;
    port?: number;
    metrics_port?: number;
    logs?: LogLine[];
  } = {},
): Promise<Serving & { url: string; logs: LogLine[] }> => {
  const { connections = 100, drain = 0, logs = [] } = options;
  const serving = await startServing({
    config: {
      base_url: "http://127.0.0.1",
      listen: { host: "127.0.0.1", port: 0 },
      metrics: { host: "127.0.0.1", port: options.metrics_port ?? 0 },
      limits: limitsOf(limitsSchema.parse({ connections })),
      shutdown: { drain, grace: 10_000 },
    },
    vault: world.vault,
    port: options.port ?? 0,
    // Its end is this test's, the app goes on.
    app: { ...world.broker, close: () => undefined, drain: () => undefined },
    store: { close: async () => undefined },
    log: (event, about) => logs.push({ event, ...about }),
    prometheus,
    patience: { ...PATIENCE, ...options.patience },
  });
  onTestFinished(async () => void (await serving.stop("test")));
  return { ...serving, url: `http://127.0.0.1:${serving.port}`, logs };
};

/** One connection: what is said on it, and all that was heard when it ends. */
const dial = async (port: number) => {
  const socket: Socket = openSocket(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString())).on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const ended = once(socket, "close").then(() => heard);
  return {
    say: (text: string) => socket.write(text),
    ended,
    /** Once it has heard as much. */
    hears: async (words: string): Promise<string> => {
      while (!heard.includes(words)) await once(socket, "data");
      return heard;
    },
  };
};

const GET = "GET /healthz HTTP/1.1\r\nHost: broker\r\n\r\n";

test("a request whose headers do not come is ended, others go on, and one sent whole is answered", async () => {
  const { port, url } = await serve({ patience: { headers: 300 } });
  const [slow, whole] = [await dial(port), await dial(port)];
  slow.say("GET /healthz HTTP/1.1\r\nHost: bro");
  whole.say(GET);
  await whole.hears('{"status":"ok"}');
  expect(await slow.ended).toMatch(/^HTTP\/1\.1 408 /);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("so is one whose body does not come; the proxy's bodies may take their time, and long polls wait", async () => {
  const { port, logs } = await serve({ patience: { body: 300 } });
  const user_token = await world.userToken();
  const asked = {
    provider: "calendar",
    method: "POST",
    url: `${world.calendar.url}/x`,
    headers: [],
  };
  const to = (path: string, more = "") =>
    `POST ${path} HTTP/1.1\r\nHost: broker\r\nAuthorization: Bearer ${world.keys.demo.key}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n${more}\r\n{"half":`;
  const token = await world.mint();
  const [slow, stream, poll] = [await dial(port), await dial(port), await dial(port)];
  stream.say(
    to(
      "/v1/proxy",
      `Alter-User-Token: ${user_token}\r\nAlter-Proxy-Request: ${Buffer.from(JSON.stringify(asked)).toString("base64url")}\r\n`,
    ),
  );
  poll.say(
    `GET /v1/connect/outcome?wait=25 HTTP/1.1\r\nHost: broker\r\nOrigin: ${A}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  slow.say(to("/v1/tokens"));
  expect(await slow.ended).toMatch(/^HTTP\/1\.1 408 /);
  expect((await prometheus.scrape()).text).toContain("alter_requests_cut_total 1");
  stream.say('"a body"   }');
  // Heard to its end: nobody has connected anything.
  expect(await stream.hears("grant_not_found")).toMatch(/^HTTP\/1\.1 404 /);
  await world.browser().claim(token);
  expect(await poll.hears('"status":"pending"')).toMatch(/^HTTP\/1\.1 200 /);
  expect(logs.map(({ event }) => event)).toEqual(["listening", "metrics_listening"]);
});

test.each([
  ["headers", `GET /healthz HTTP/1.1\r\nHost: broker\r\nX: ${"x".repeat(65_536)}\r\n\r\n`],
  ["an address", `GET /healthz?${"x".repeat(65_536)} HTTP/1.1\r\nHost: broker\r\n\r\n`],
])("%s without end: 431, and the connection is over", async (_, text) => {
  const { port } = await serve();
  const caller = await dial(port);
  caller.say(text);
  expect(await caller.ended).toMatch(/^HTTP\/1\.1 431 /);
});

test("one connection too many is turned away, told in the log, and the others are served", async () => {
  const { port, logs } = await serve({ connections: 2 });
  const open = [await dial(port), await dial(port)];
  const late = await dial(port);
  expect(await late.ended).toBe("");
  for (const one of open) one.say(GET);
  for (const one of open) await one.hears('{"status":"ok"}');
  while (!logs.some(({ event }) => event === "connections_dropped"))
    await new Promise((next) => setTimeout(next, 20));
  expect(logs.at(-1)).toEqual({ event: "connections_dropped", count: 1, limit: 2 });
});

test("clients are told for how long a connection may be used again, unless they want none", async () => {
  const { port } = await serve();
  const [keeps, closes] = [await dial(port), await dial(port)];
  keeps.say(GET);
  const kept = await keeps.hears('{"status":"ok"}');
  expect(kept).toMatch(/^connection: keep-alive\r$/im);
  expect(kept.match(/^keep-alive: timeout=\d+\r$/gim)).toHaveLength(1);
  closes.say(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  expect(await closes.ended).toMatch(/^connection: close\r$/im);
});

test("metrics are on their own port and nothing else is; the public one has none [L9]", async () => {
  const { url, metrics_port } = await serve();
  const scraped = await fetch(`http://127.0.0.1:${metrics_port}/metrics`);
  expect([scraped.status, scraped.headers.get("content-type")]).toEqual([
    200,
    expect.stringContaining("text/plain"),
  ]);
  const numbers = await scraped.text();
  expect(numbers).toMatch(/^alter_connections \d+$/m);
  // Lines of this part as well: an alert asks for purge_bug, which is one.
  expect(numbers).toMatch(/^alter_log_events_total\{event="listening"\} \d+$/m);
  // And what an alert waits for before it has happened: `increase` does not see a counter's first step from nothing.
  expect(numbers).toMatch(/^alter_log_events_total\{event="purge_bug"\} 0$/m);
  expect(numbers).toMatch(/^alter_refusals_total\{code="overloaded"\} 0$/m);
  expect(numbers).toMatch(/^alter_connections_dropped_total \d+$/m);
  expect((await fetch(`http://127.0.0.1:${metrics_port}/healthz`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

test("a port that is taken, be it the metrics', is said before anything is called listening, and the other is free again", async () => {
  const taken = await serve();
  const logs: LogLine[] = [];
  const free = await freePort();
  await expect(serve({ port: free, metrics_port: taken.port, logs })).rejects.toThrow(
    `Port ${taken.port} is in use. Choose another with metrics.port`,
  );
  await expect(serve({ port: taken.port, metrics_port: free, logs })).rejects.toThrow(
    `Port ${taken.port} is in use. Choose another with --port`,
  );
  expect(logs).toEqual([]);
  // The twin: nothing was left open.
  expect((await serve({ port: free })).port).toBe(free);
});

test("stopping, it serves on and closes each connection with its answer; then takes no new ones", async () => {
  const { url, port, stop } = await serve({ drain: 300 });
  const idle = await dial(port);
  idle.say(GET);
  await idle.hears('{"status":"ok"}');
  const stopped = stop("SIGTERM");
  const last = await fetch(`${url}/healthz`);
  expect([last.status, last.headers.get("connection")]).toEqual([200, "close"]);
  // On a connection from before: its next answer is its last.
  idle.say(GET);
  expect(await idle.ended).toMatch(/^connection: close\r$/im);
  expect(await stopped).toBe(0);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
