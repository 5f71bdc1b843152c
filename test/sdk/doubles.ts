/**
 * The two servers an SDK talks to, on real sockets: a broker that speaks the protocol's table, and a provider's API.
 * Both remember what reached them. The broker double knows no rules: those are tested on the real one.
 */
import { backend, proxy } from "@alter-ai/protocol/backend";
import { ERRORS, problemSchema, type ErrorCode, type Problem } from "@alter-ai/protocol/http";
import type { ServerResponse } from "node:http";
import { test, vi } from "vitest";
import { createClient, type Client } from "../../sdk/src/client.ts";
import type { Clock } from "../../sdk/src/clock.ts";
import { readConfiguration } from "../../sdk/src/configuration.ts";
import { App, type AppOptions } from "../../sdk/src/index.ts";
import { startApi, type Answer, type Received } from "../servers/api.ts";

// Real sockets on a machine that may be busy with other suites: nothing here waits that long by itself.
vi.setConfig({ testTimeout: 20_000 });

export const API_KEY = `alter_rk_${"k".repeat(43)}`;
export const USER_TOKEN = "head.user-jwt.signature";
export const ACCESS_TOKEN = "access-token-of-ann";

type EndpointName = keyof typeof backend;
type ReplyOf<Name extends EndpointName> = ReturnType<(typeof backend)[Name]["reply"]["parse"]>;
export type TokenReply = ReplyOf<"token">;

export type { Answer, Received } from "../servers/api.ts";

export const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

/** A provider's API that answers 200 with what it got. */
export const startProvider = () => startApi();

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
      token_id: "t1",
      expires_at: null,
      cache_seconds: 0,
      scopes: ["calendar.read"],
      grant_kind: "oauth",
      grant_id: "g1",
      allowed_hosts: allowedHosts(),
      injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
    }),
    wallet: () => ({ url: "https://connect.example.com/wallet?app=day-planner" }),
    verifyUser: () => ({
      issuer: "https://idp.example.com",
      subject: "ann",
      label: "ann@example.com",
      label_kind: "verified_email",
      expires_at: "2026-11-22T11:00:00Z",
    }),
    listGrants: () => ({ grants: [], next_cursor: null }),
    revokeGrant: () => ({ grant_id: "g1", status: "revoked", provider_revocation: "done" }),
    providers: () => ({
      providers: [
        { id: "calendar", name: "Calendar", scopes: ["read"], optional_scopes: ["write"] },
      ],
    }),
  };

  const byTable: Answer = async (received, response) => {
    if (received.url === proxy.path) return forward(received, response, replies.token());
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

  const server = await startApi(byTable);
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

/** What a call to /v1/proxy says in its header. */
export const proxied = ({ headers }: Received): Record<string, unknown> => {
  const header = String(headers[proxy.requestHeader.toLowerCase()]);
  return proxy.request.parse(JSON.parse(Buffer.from(header, "base64url").toString()));
};

/** The header of a proxied answer. */
export const proxyReply = (reply: { grant_id: string; token_id: string }) => ({
  [proxy.replyHeader]: Buffer.from(JSON.stringify(reply)).toString("base64url"),
});

/** Makes the call as a broker does, without any of its checks. */
const forward = async (received: Received, response: ServerResponse, token: TokenReply) => {
  const { method, url, headers } = proxy.request.parse(proxied(received));
  const body = method === "GET" || method === "HEAD" ? null : received.body;
  const answer = await fetch(url, {
    method,
    headers: [...headers, ["authorization", `Bearer ${token.access_token}`]],
    body,
    redirect: "manual",
  });
  const { grant_id, token_id } = token;
  const kept = [...answer.headers].filter(
    ([name]) => !["connection", "keep-alive", "transfer-encoding", "content-length"].includes(name),
  );
  response.writeHead(answer.status, {
    ...Object.fromEntries(kept),
    ...proxyReply({ grant_id, token_id }),
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
};

/** Time that passes only by sleeping and by being told to; chance that is always a half. */
export const stillClock = () => {
  let time = Date.parse("2026-11-22T10:00:00Z");
  const slept: number[] = [];
  let meanwhile: () => void = () => undefined;
  return {
    slept,
    /** Done during each sleep. */
    meanwhile: (work: () => void) => {
      meanwhile = work;
    },
    pass: (ms: number) => {
      time += ms;
    },
    now: () => time,
    random: () => 0.5,
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
      meanwhile();
    },
  } satisfies Clock & Record<string, unknown>;
};

type Fixtures = {
  api: Awaited<ReturnType<typeof startProvider>>;
  /** Another host, which no grant allows. */
  elsewhere: Awaited<ReturnType<typeof startProvider>>;
  broker: Awaited<ReturnType<typeof startBroker>>;
  /** Without retries, so that no test waits by the real clock. */
  makeApp: (options?: Partial<AppOptions>) => App;
  clock: ReturnType<typeof stillClock>;
  /** All that App is, with retries, on `clock`. */
  makeClient: (options?: Partial<AppOptions>) => Client;
  client: Client;
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
          maxRetries: 0,
          ...options,
        }),
    );
  },
  clock: async ({ task: _ }, use) => {
    await use(stillClock());
  },
  makeClient: async ({ broker, clock }, use) => {
    const common = { apiKey: API_KEY, baseUrl: broker.url, userTokenGetter: () => USER_TOKEN };
    await use((options = {}) => createClient(readConfiguration({ ...common, ...options }), clock));
  },
  client: async ({ makeClient }, use) => {
    await use(makeClient());
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
