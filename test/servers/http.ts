/**
 * A loopback HTTP server in a few lines, for all test servers. Knows node:http and nothing of OAuth.
 * It listens on 127.0.0.1 and ::1 with one port, because `localhost` may be either, and never elsewhere.
 */
import { randomInt } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Listening = { port: number; url: string; stop: () => Promise<void> };

/** What a server answers, whole. */
export type Reply = { status: number; headers: Record<string, string | string[]>; body: Buffer };

const ATTEMPTS = 20;

/** Serves `handler` on http://localhost:<port> and http://127.0.0.1:<port>; port 0 picks a free one. */
export const listen = async (handler: RequestListener, port = 0): Promise<Listening> => {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind(handler, "127.0.0.1", port);
    const taken = (v4.address() as AddressInfo).port;
    try {
      const servers = [v4, await bind(handler, "::1", taken)];
      return { port: taken, url: `http://localhost:${taken}`, stop: () => stopAll(servers) };
    } catch (error) {
      // A machine without IPv6 resolves localhost to 127.0.0.1 only.
      if (codeOf(error) === "EADDRNOTAVAIL" || codeOf(error) === "EAFNOSUPPORT")
        return { port: taken, url: `http://localhost:${taken}`, stop: () => stopAll([v4]) };
      await stopAll([v4]);
      if (port !== 0 || attempt === ATTEMPTS) throw error;
    }
  }
};

/** Below those that systems give to whoever connects somewhere: of these a busy machine takes any at any moment. */
const PORTS = { from: 10_000, to: 32_000 };

/** A port that was free a moment ago: for programs that must be told theirs before they start. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    try {
      await (await listen((_req, res) => res.end(), port)).stop();
      return port;
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || attempt === ATTEMPTS) throw error;
    }
  }
};

export const readBody = async (req: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export const htmlReply = (markup: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  body: Buffer.from(markup),
});

export const jsonReply = (value: unknown, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: Buffer.from(JSON.stringify(value)),
});

export const redirectReply = (location: string, status = 303): Reply => ({
  status,
  headers: { location, "cache-control": "no-store" },
  body: Buffer.alloc(0),
});

/** A whole page around `body`, which must be markup already. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><body>${body}</body></html>`;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** JSON that may stand inside a <script>: no `<` can end it early. */
export const inScript = (value: unknown): string =>
  (JSON.stringify(value) ?? "undefined").replaceAll("<", "\\u003c");

const bind = (handler: RequestListener, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });

/** Kept-alive and hanging connections would hold `close` back for ever, so they are cut. */
const stopAll = async (servers: Server[]): Promise<void> => {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
