/**
 * A reverse proxy in front of one server, as an operator might set one up: with TLS or without, right or wrong in ways that
 * are asked for. Knows HTTP and nothing of a broker.
 */
import { createServer, request, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.ts";

export type Fault = {
  /** Last word on what the browser gets: header names in lower case, `undefined` for none. */
  reply?: (headers: Record<string, string | string[] | undefined>, path: string) => void;
  /** Last word on what the server gets. */
  asked?: (headers: IncomingHttpHeaders) => void;
  /** `append`, as it should be; `pass`: what the caller wrote, and no more; `drop`: nothing. */
  forwarded_for?: "append" | "pass" | "drop";
  /** The body is sent once it is whole. */
  buffers?: boolean;
  /** Gives up an answer that it is asked to wait for and that has not begun by then, with 504. */
  patience?: number;
  most_body?: number;
  most_header?: number;
  /** Its own page in place of answers that are refusals. */
  error_pages?: boolean;
};

export type ReverseProxy = {
  url: string;
  /** What is wrong from now on. */
  be: (fault: Fault) => void;
  stop: () => Promise<void>;
};

export const startReverseProxy = async (
  port: number,
  { tls, proto = tls ? "https" : "http" }: { tls?: Certificate; proto?: string } = {},
): Promise<ReverseProxy> => {
  let fault: Fault = {};
  const forward: RequestListener = (req, res) => {
    const given = fault;
    const length = Number(req.headers["content-length"] ?? 0);
    const longest = Math.max(0, ...Object.values(req.headers).map((value) => String(value).length));
    if (length > (given.most_body ?? Infinity)) return void res.writeHead(413).end("too large");
    if (longest > (given.most_header ?? Infinity)) return void res.writeHead(400).end("too large");
    const headers: IncomingHttpHeaders = { ...req.headers, "x-forwarded-proto": proto };
    const [before, peer] = [headers["x-forwarded-for"], req.socket.remoteAddress ?? ""];
    const how = given.forwarded_for ?? "append";
    if (how === "append") headers["x-forwarded-for"] = [before, peer].filter(Boolean).join(", ");
    if (how === "drop") delete headers["x-forwarded-for"];
    given.asked?.(headers);
    const inner = request(
      { host: "127.0.0.1", port, method: req.method, path: req.url, headers, agent: false },
      (reply) => {
        clearTimeout(patience);
        const out: Record<string, string | string[] | undefined> = { ...reply.headers };
        delete out["connection"];
        given.reply?.(out, req.url ?? "");
        for (const [name, value] of Object.entries(out))
          if (value === undefined) Reflect.deleteProperty(out, name);
        const status = reply.statusCode ?? 502;
        if (given.error_pages === true && status >= 400) {
          reply.resume();
          res.writeHead(status, { "content-type": "text/html" }).end("<h1>Oops</h1>");
          return;
        }
        if (given.buffers !== true) {
          res.writeHead(status, out);
          // Else it would wait for a body to send it with.
          res.flushHeaders();
          reply.pipe(res);
          return;
        }
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.once("end", () => res.writeHead(status, out).end(Buffer.concat(chunks)));
      },
    );
    const patience =
      given.patience === undefined || !req.url?.includes("wait=")
        ? undefined
        : setTimeout(() => inner.destroy(), given.patience);
    inner.once("error", () => {
      clearTimeout(patience);
      if (res.headersSent) res.destroy();
      else res.writeHead(inner.destroyed && given.patience !== undefined ? 504 : 502).end();
    });
    req.pipe(inner);
  };
  const options = { maxHeaderSize: 64 * 1024 };
  const server = tls
    ? createSecureServer({ ...options, ...tls }, forward)
    : createServer(options, forward);
  server.on("checkContinue", (req, res) => {
    const length = Number(req.headers["content-length"] ?? 0);
    if (length > (fault.most_body ?? Infinity)) return void res.writeHead(413).end();
    res.writeContinue();
    forward(req, res);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${taken}`,
    be: (wanted) => void (fault = wanted),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
