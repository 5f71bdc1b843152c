/**
 * An API without OAuth, as a provider's: it takes keys in a header of its own, or a user and a password, says whose they
 * are, and can be told to fail. Knows its keys and what reached it; nothing of the broker.
 *
 *   const api = await startKeyApi();
 *   const key = api.makeKey("ann@work.test");
 *   api.answer = (_received, response) => response.writeHead(500).end();      // from now on; undefined: as usual
 *   expect(api.received.at(-1)?.headers["x-api-key"]).toBe(key);
 */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Received } from "./api.ts";
import { jsonReply, listen, readBody } from "./http.ts";

export type KeyApi = Awaited<ReturnType<typeof startKeyApi>>;

export const startKeyApi = async () => {
  const accounts = new Map<string, { id: string; email: string }>();
  const received: Received[] = [];
  const control: {
    answer: ((received: Received, response: ServerResponse) => void | Promise<void>) | undefined;
  } = { answer: undefined };

  const server = await listen(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const one = { method, url, headers, body: (await readBody(request)).toString() };
    received.push(one);
    if (control.answer) return void (await control.answer(one, response));
    const account = accounts.get(keyIn(headers) ?? "");
    const reply = account
      ? jsonReply({ account, url })
      : jsonReply({ error: "That key is not one of ours" }, 401);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });

  return {
    url: server.url,
    host: `localhost:${server.port}`,
    port: server.port,
    received,
    control,
    /** Somebody makes a key in their account. */
    makeKey: (email: string): string => {
      const key = `key_${randomBytes(16).toString("hex")}`;
      accounts.set(key, { id: `account of ${email}`, email });
      return key;
    },
    /** What stands for a key where a user and a password are asked for: any user but an empty one. */
    endKey: (key: string): boolean => accounts.delete(key),
    stop: server.stop,
  };
};

const keyIn = (headers: IncomingHttpHeaders): string | undefined => {
  const own = headers["x-api-key"];
  if (typeof own === "string") return own;
  const encoded = /^Basic (\S+)$/.exec(headers.authorization ?? "")?.[1];
  const pair = Buffer.from(encoded ?? "", "base64").toString();
  const colon = pair.indexOf(":");
  return colon > 0 ? pair.slice(colon + 1) : undefined;
};
