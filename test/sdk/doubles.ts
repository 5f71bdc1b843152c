/**
 * The two servers an SDK talks to, on real sockets: a broker that speaks the protocol's table, and a provider's API.
 * Both remember what reached them. The broker double knows no rules: those are tested on the real one.
 */
import {
  backend,
  ERRORS,
  problemSchema,
  type ErrorCode,
  type Problem,
} from "@alter-ai/protocol/http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { test, vi } from "vitest";
import { App, type AppOptions } from "../../sdk/src/index.ts";
import { listen, readBody } from "../servers/http.ts";

// Real sockets on a machine that may be busy with other suites: nothing here waits that long by itself.
vi.setConfig({ testTimeout: 20_000 });

export const API_KEY = `alter_rk_${"k".repeat(43)}`;
export const USER_TOKEN = "head.user-jwt.signature";
export const ACCESS_TOKEN = "access-token-of-ann";

type EndpointName = keyof typeof backend;
type ReplyOf<Name extends EndpointName> = ReturnType<(typeof backend)[Name]["reply"]["parse"]>;
export type TokenReply = ReplyOf<"token">;

/** What reached a server. */
export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Answer = (received: Received, response: ServerResponse) => void | Promise<void>;

const startServer = async (first: Answer) => {
  const received: Received[] = [];
  let answer = first;
  const server = await listen(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const one = { method, url, headers, body: (await readBody(request)).toString() };
    received.push(one);
    await answer(one, response);
  });
  return {
    ...server,
    host: `localhost:${server.port}`,
    received,
    /** Answers everything from now on. */
    answer: (next: Answer) => {
      answer = next;
    },
  };
};

export const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

/** A provider's API that answers 200 with what it got. */
export const startProvider = () =>
  startServer((received, response) => json(response, 200, received));

export const startBroker = async (allowedHosts: () => string[]) => {
  const replies: { [Name in EndpointName]: () => ReplyOf<Name> } = {
    createSession: () => ({
      session_token: "alter_cs_abc.def",
      expires_at: "2026-11-22T10:10:00Z",
    }),
    complete: () => ({ connections: [] }),
    token: () => ({
      access_token: ACCESS_TOKEN,
      token_type: "Bearer",
      expires_at: null,
      scopes: ["calendar.read"],
      grant_id: "g1",
      allowed_hosts: allowedHosts(),
      injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
    }),
    listGrants: () => ({ grants: [], next_cursor: null }),
    revokeGrant: () => ({ grant_id: "g1", status: "revoked", provider_revocation: "done" }),
    providers: () => ({ providers: [{ id: "calendar", name: "Calendar", scopes: ["read"] }] }),
  };

  const byTable: Answer = (received, response) => {
    const path = received.url.replace(/\?.*/, "").replace(/^(\/v1\/grants\/)[^/]+$/, "$1:id");
    const name = (Object.keys(backend) as EndpointName[]).find(
      (each) => backend[each].path === path && backend[each].method === received.method,
    );
    if (!name) return json(response, 404, problem("not_found"));
    const endpoint = backend[name];
    if ("body" in endpoint && !endpoint.body.safeParse(JSON.parse(received.body)).success)
      return json(response, 400, problem("invalid_request", { detail: "not of the protocol" }));
    return json(response, endpoint.status, endpoint.reply.parse(replies[name]()));
  };

  const server = await startServer(byTable);
  return {
    ...server,
    /** Changes one endpoint's reply. */
    reply: <Name extends EndpointName>(name: Name, reply: Partial<ReplyOf<Name>>) => {
      const before: () => ReplyOf<Name> = replies[name];
      Object.assign(replies, { [name]: () => ({ ...before(), ...reply }) });
    },
    /** By the table again, after `refuse`. */
    accept: () => server.answer(byTable),
    refuse: (
      code: ErrorCode,
      more: Partial<Problem> = {},
      headers: Record<string, string> = {},
    ) => {
      server.answer((_, response) => {
        response.writeHead(ERRORS[code][0], {
          "content-type": "application/problem+json",
          ...headers,
        });
        response.end(JSON.stringify(problem(code, more)));
      });
    },
  };
};

export const problem = (code: ErrorCode, more: Partial<Problem> = {}): Problem =>
  problemSchema.parse({
    type: "about:blank",
    title: ERRORS[code][1],
    status: ERRORS[code][0],
    code,
    request_id: "req-1",
    ...more,
  });

type Fixtures = {
  api: Awaited<ReturnType<typeof startProvider>>;
  /** Another host, which no grant allows. */
  elsewhere: Awaited<ReturnType<typeof startProvider>>;
  broker: Awaited<ReturnType<typeof startBroker>>;
  makeApp: (options?: Partial<AppOptions>) => App;
  app: App;
};

export const it = test.extend<Fixtures>({
  // eslint asks for destructuring, and so does vitest: it reads a fixture's needs from this pattern.
  api: async ({ task: _ }, use) => {
    const api = await startProvider();
    await use(api);
    await api.stop();
  },
  elsewhere: async ({ task: _ }, use) => {
    const elsewhere = await startProvider();
    await use(elsewhere);
    await elsewhere.stop();
  },
  broker: async ({ api }, use) => {
    const broker = await startBroker(() => [api.host, "api.example.com", "xn--bcher-kva.example"]);
    await use(broker);
    await broker.stop();
  },
  makeApp: async ({ broker }, use) => {
    await use(
      (options = {}) =>
        new App({
          apiKey: API_KEY,
          baseUrl: broker.url,
          userTokenGetter: () => USER_TOKEN,
          ...options,
        }),
    );
  },
  app: async ({ makeApp }, use) => {
    await use(makeApp());
  },
});

/** What a promise was rejected with; fails if it was not. */
export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
};
