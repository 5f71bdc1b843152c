/**
 * One HTTP request as it goes over the wire: every header as it came, however often; no redirect followed; a certificate that
 * is wrong is a finding and no reason to see nothing. Goes to the broker's own address alone, so it needs no guard.
 */
import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";

export type Answer = {
  status: number;
  headers: IncomingMessage["headers"];
  /** Every value of a header, one for each time that it came. */
  all: (name: string) => string[];
  body: string;
  /** Milliseconds from the sending to the first byte of the body and to its end. */
  first: number;
  end: number;
};

export type Ask = (path: string, init?: AskInit) => Promise<Answer>;
export type AskInit = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Resolves at "100 Continue", before any body: `status` is then 100. */
  expects?: boolean;
  timeout?: number;
};

const TIMEOUT = 10_000;
const MOST_BYTES = 1 << 20;

/** `at`: where to connect to, if not to where `base` says: a proxy that no name leads to yet. */
export const createAsk = (
  base: URL,
  at: URL = base,
  clock: () => number = () => performance.now(),
): Ask => {
  const send = at.protocol === "https:" ? secure : plain;
  const hostname = base.hostname.replace(/^\[|\]$/g, "");
  return (path, { method = "GET", headers = {}, body, expects = false, timeout = TIMEOUT } = {}) =>
    new Promise((resolve, reject) => {
      const sent = clock();
      const asked = send(
        {
          host: at.hostname.replace(/^\[|\]$/g, ""),
          port: at.port || (at.protocol === "https:" ? 443 : 80),
          path,
          method,
          agent: false,
          headers: { host: base.host, "user-agent": "alter-broker doctor", ...headers },
          // Said by the check of TLS; here the question is what the proxy does.
          rejectUnauthorized: false,
          ...(isIP(hostname) ? {} : { servername: hostname }),
          signal: AbortSignal.timeout(timeout),
        },
        (reply) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          let first: number | undefined;
          const all = (name: string) => reply.headersDistinct[name] ?? [];
          const answer = (): Answer => ({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            all,
            body: Buffer.concat(chunks).toString(),
            first: first ?? clock() - sent,
            end: clock() - sent,
          });
          reply.on("data", (chunk: Buffer) => {
            first ??= clock() - sent;
            if ((bytes += chunk.length) <= MOST_BYTES) chunks.push(chunk);
            else reply.destroy();
          });
          reply.once("end", () => resolve(answer()));
          reply.once("error", reject);
        },
      );
      asked.once("error", reject);
      if (expects) {
        asked.once("continue", () => {
          resolve({ status: 100, headers: {}, all: () => [], body: "", first: 0, end: 0 });
          asked.destroy();
        });
        asked.flushHeaders();
      } else asked.end(body);
    });
};
