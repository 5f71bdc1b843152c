/**
 * An API without OAuth: remembers what reached it and answers what it is told to. Knows HTTP and nothing of tokens.
 *
 *   const api = await startApi();
 *   api.answer((received, response) => response.writeHead(302, { location: "/elsewhere" }).end());
 *   expect(api.received).toEqual([]);
 */
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { jsonReply, listen, readBody, type Listening } from "./http.ts";

/** What reached a server. */
export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
export type Answer = (received: Received, response: ServerResponse) => void | Promise<void>;

export type TestApi = Listening & {
  host: string;
  received: Received[];
  /** Answers everything from now on. */
  answer: (next: Answer) => void;
};

/** By default, 200 with what it got. */
export const startApi = async (first: Answer = echo): Promise<TestApi> => {
  const received: Received[] = [];
  let answer = first;
  const server = await listen(async (request, response) => {
    const { method = "", url = "", headers } = request;
    // Whoever hangs up in the middle has sent nothing.
    const body = await readBody(request).catch(() => undefined);
    if (!body) return;
    const one = { method, url, headers, body: body.toString() };
    received.push(one);
    await answer(one, response);
  });
  return {
    ...server,
    host: `localhost:${server.port}`,
    received,
    answer: (next) => {
      answer = next;
    },
  };
};

export const echo: Answer = (received, response) => {
  const { status, headers, body } = jsonReply(received);
  response.writeHead(status, headers).end(body);
};
