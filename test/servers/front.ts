/**
 * A server in front of a server: counts, records and misbehaves, and otherwise passes everything on.
 * Knows HTTP and faults. What stands behind it stays a real, unchanged OAuth server.
 */
import {
  request,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import type { Fault } from "./faults.ts";
import { readBody, type Reply } from "./http.ts";

/** One call as it came in. Secrets are in it: it is for assertions, not for logs. */
export type Call = {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** The form fields of a POST; empty for anything else. */
  form: URLSearchParams;
};

export type Hooks = {
  /** Sees each call before it is answered; returns the fault to answer with, if any. */
  before: (call: Call) => Fault | undefined;
  /** Sees each real reply and may return another one. */
  after: (call: Call, reply: Reply) => Reply;
};

/** A listener that forwards to the plain HTTP server on 127.0.0.1:`port`, under the same Host. */
export const createFront =
  (port: () => number, hooks: Hooks): RequestListener =>
  (req, res) => {
    answer(req, port(), hooks).then(
      (reply) => send(res, reply),
      () => send(res, undefined),
    );
  };

const answer = async (
  req: IncomingMessage,
  port: number,
  hooks: Hooks,
): Promise<Reply | undefined> => {
  const body = await readBody(req);
  const call: Call = {
    method: req.method ?? "GET",
    url: new URL(req.url ?? "/", `http://${req.headers.host ?? "localhost"}`),
    headers: Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    ),
    form: new URLSearchParams(isForm(req) ? body.toString() : ""),
  };
  const real = async (): Promise<Reply> => hooks.after(call, await forward(req, body, port));
  const fault = hooks.before(call);
  return fault ? fault(real) : real();
};

const isForm = (req: IncomingMessage): boolean =>
  req.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;

const forward = (req: IncomingMessage, body: Buffer, port: number): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const inner = request(
      { host: "127.0.0.1", port, method: req.method, path: req.url, headers: req.headers },
      (reply) => {
        readBody(reply).then(
          (received) =>
            resolve({
              status: reply.statusCode ?? 502,
              headers: { ...(reply.headers as Reply["headers"]) },
              body: received,
            }),
          reject,
        );
      },
    );
    inner.once("error", reject);
    inner.end(body);
  });

const send = (res: ServerResponse, reply: Reply | undefined): void => {
  if (!reply) {
    res.socket?.resetAndDestroy();
    return;
  }
  const headers = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  res
    .writeHead(reply.status, {
      ...Object.fromEntries(headers),
      "content-length": reply.body.length,
    })
    .end(reply.body);
};

/** Of one connection only; and the body may have been changed, so its length is counted anew. */
const HOP_BY_HOP = new Set(["content-length", "transfer-encoding", "connection", "keep-alive"]);
