/**
 * The link between a browser and the world: a forward proxy that all of its plain HTTP goes through, so that
 * origins stay what they are. Knows HTTP and the link's shape; must not know what is said over it.
 *
 * The model, the same for whoever uses it:
 * - a new connection to a host costs one round trip, from the moment the browser opened it. Connections that the
 *   browser takes to a second host would have been new ones without a proxy, so they cost one again;
 * - a request costs one round trip, half on the way there and half on the way back, and what the server takes;
 * - the bodies of all replies share one rate, packet by packet in turn.
 * Uploads, heads, TLS and slow start cost nothing.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { readBody, type Reply } from "../test/servers/http.ts";

export type Shape = {
  /** Milliseconds. */
  roundTrip: number;
  /** Of all downloads together. */
  bitsPerSecond: number;
};

/** One request that passed. Times are of this machine's clock, in milliseconds since the epoch. */
export type Passage = {
  method: string;
  url: URL;
  /** It had to wait for a new connection. */
  opened: boolean;
  asked: number;
  /** The server has sent its reply; `Infinity` until then. */
  answered: number;
  /** The browser has the last byte of it; `Infinity` until then. */
  done: number;
  /** Of the reply's body, as it was sent. */
  bytes: number;
};

/** Answers in a server's place, or leaves the request to the server. */
export type Answer = (req: IncomingMessage, url: URL) => Promise<Reply> | undefined;

export type Link = {
  /** What the browser is given as its proxy. */
  proxy: string;
  shape: (shape: Shape) => void;
  /** All that passed since the last `cut`. */
  passages: () => readonly Passage[];
  /** Closes every connection, so that what comes next begins with none, and forgets what passed. */
  cut: () => void;
  stop: () => Promise<void>;
};

const PACKET = 1_460;
const LOOPBACK = new Set(["localhost", "127.0.0.1"]);

export const startLink = async (answer: Answer): Promise<Link> => {
  const agent = new Agent({ keepAlive: true });
  const connections = new Map<Socket, { at: number; hosts: Set<string> }>();
  let shape: Shape = { roundTrip: 0, bitsPerSecond: Infinity };
  let passages: Passage[] = [];
  let wireFree = 0;

  /** Resolves once this browser connection would stand; tells whether the request had to wait for it. */
  const connect = async (socket: Socket, host: string): Promise<boolean> => {
    const connection = connections.get(socket);
    if (!connection || connection.hosts.has(host)) return false;
    const from = connection.hosts.size === 0 ? connection.at : Date.now();
    connection.hosts.add(host);
    await until(from + shape.roundTrip);
    return true;
  };

  const transmit = async (bytes: number): Promise<void> => {
    wireFree = Math.max(Date.now(), wireFree) + (bytes * 8_000) / shape.bitsPerSecond;
    await until(wireFree);
  };

  const pass = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? "");
    // A browser's own errands, such as updates: nothing but this machine can be reached, and they do not count.
    if (!LOOPBACK.has(url.hostname)) return void req.socket.destroy();
    const times = { asked: Date.now(), answered: Infinity, done: Infinity, bytes: 0 };
    const passage: Passage = { method: req.method ?? "GET", url, opened: false, ...times };
    passages.push(passage);
    passage.opened = await connect(req.socket, url.host);
    await sleep(shape.roundTrip / 2);
    const reply = await (answer(req, url) ?? forward(req, res, url, agent));
    passage.answered = Date.now();
    passage.bytes = reply.body.length;
    await sleep(shape.roundTrip / 2);
    res.writeHead(reply.status, { ...reply.headers, "content-length": reply.body.length });
    for (let sent = 0; sent < reply.body.length; sent += PACKET) {
      const packet = reply.body.subarray(sent, sent + PACKET);
      await transmit(packet.length);
      res.write(packet);
    }
    res.end();
    passage.done = Date.now();
  };

  // Longer than any pause in a run: whether a connection is warm is for the browser to decide.
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    pass(req, res).catch(() => req.socket.destroy());
  });
  server.on("connection", (socket) => {
    connections.set(socket, { at: Date.now(), hosts: new Set() });
    socket.once("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shape: (next) => {
      shape = next;
    },
    passages: () => passages,
    cut: () => {
      for (const socket of connections.keys()) socket.destroy();
      passages = [];
    },
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const until = async (time: number): Promise<void> => {
  const left = time - Date.now();
  if (left > 0) await sleep(left);
};

const forward = async (
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  agent: Agent,
): Promise<Reply> => {
  const body = await readBody(req);
  return new Promise((resolve, reject) => {
    const inner = request(
      url,
      { agent, method: req.method, headers: endToEnd(req.headers) },
      (reply) => {
        readBody(reply).then(
          (received) =>
            resolve({
              status: reply.statusCode ?? 502,
              headers: endToEnd(reply.headers) as Reply["headers"],
              body: received,
            }),
          reject,
        );
      },
    );
    // A question the browser no longer waits for must not stay open at the broker.
    res.once("close", () => inner.destroy());
    inner.once("error", reject);
    inner.end(body);
  });
};

const endToEnd = (headers: IncomingMessage["headers"]): IncomingMessage["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

/** Of one connection only; the length of a reply is counted anew. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length",
]);
