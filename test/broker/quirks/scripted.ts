/**
 * Providers of the catalogue with replies written down by hand, as those providers send them: each test says what comes
 * back, over a real socket, and looks at what was sent. Knows no quirk; the tests do.
 */
import { stringify } from "yaml";
import { afterAll, expect } from "vitest";
import { listen, readBody, type Listening } from "../../servers/http.ts";
import { begin, grantsOf, land, outcomeOf, viewOf, type Claimed } from "../steps.ts";
import { B, startWorld, type Json, type Reply, type World } from "../world.ts";

export type Sent = {
  method: string;
  /** As the broker asked for it, query included. */
  url: URL;
  headers: Headers;
  text: string;
  form: URLSearchParams;
};

/** An object is JSON; a text comes as it is, with a type of its own. */
export type Answer = {
  status?: number;
  type?: string;
  body: unknown;
  headers?: Record<string, string>;
};
export type Script = Record<string, Answer | ((sent: Sent) => Answer | Promise<Answer>)>;

export type Client = {
  client_id?: string;
  client_secret?: string;
  scopes?: string[];
  variables?: Record<string, string>;
} & Json;

export type Connected = Claimed & {
  /** Where the browser was sent. */
  authorization: URL;
  view: Json;
  outcome: Json;
  grant: Json | undefined;
};

export type Scripted = {
  world: World;
  /** What comes back from now on, by `host/path`; anything else is 404. */
  script: (script: Script) => void;
  sent: (address: string) => Sent[];
  /** Connects a fresh user unless told which; `callback` stands beside code and state. */
  connect: (id: string, options?: ConnectOptions) => Promise<Connected>;
  /** The token as the app's backend asks for it. */
  token: (id: string, sub: string, host: string, more?: Json) => Promise<Reply>;
  lastLog: (event: string) => Json;
};

export type ConnectOptions = {
  sub?: string;
  callback?: Record<string, string>;
  variables?: Record<string, string>;
  session?: Json;
  /** The browser has left; what its return needs can be made now. */
  left?: (authorization: URL) => void;
};

export const startScripted = async (
  clients: Record<string, Client>,
  more: { providers?: Record<string, Json> } = {},
): Promise<Scripted> => {
  let current: Script = {};
  const calls: Sent[] = [];
  const server: Listening = await listen((req, res) => {
    void (async () => {
      const origin = req.headers["x-to"];
      const text = (await readBody(req)).toString();
      const headers = new Headers();
      for (const [name, value] of Object.entries(req.headers))
        if (name !== "x-to") headers.set(name, String(value));
      const url = new URL(req.url ?? "/", String(origin));
      const form = new URLSearchParams(text);
      const sent: Sent = { method: req.method ?? "", url, headers, text, form };
      calls.push(sent);
      const found = current[url.host + url.pathname];
      const given = typeof found === "function" ? await found(sent) : found;
      const { status = 200, type, body, headers: extra = {} } = given ?? { status: 404, body: {} };
      res.writeHead(status, {
        "content-type": type ?? (typeof body === "string" ? "text/plain" : "application/json"),
        ...extra,
      });
      res.end(typeof body === "string" ? body : JSON.stringify(body));
    })();
  });

  const world = await startWorld({
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.hostname === "localhost" || url.hostname === "127.0.0.1") return fetch(input, init);
      const headers = new Headers(init?.headers);
      headers.set("x-to", url.origin);
      return fetch(server.url + url.pathname + url.search, { ...init, headers });
    },
    configure: (file) => {
      Object.assign(file["providers"] as Json, more.providers);
      const [app] = file["apps"] as { providers: Json }[];
      for (const [id, client] of Object.entries(clients))
        if (app)
          app.providers[id] = { client_id: `client-of-${id}`, client_secret: "s3cr3t", ...client };
      // What an operator would write, and nothing that YAML could not say.
      expect(stringify(file)).toContain("apps:");
    },
  });
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  let users = 0;
  return {
    world,
    script: (script) => {
      current = script;
      calls.length = 0;
    },
    sent: (address) => calls.filter(({ url }) => url.host + url.pathname === address),
    connect: async (
      id,
      { sub = `user-${(users += 1)}`, callback = {}, variables, session, left } = {},
    ) => {
      const claimed = await begin(world, { sub, session: { allowed_providers: [id], ...session } });
      const { browser, session_id } = claimed;
      const reply = await browser.page("authorize", {
        ...{ session_id, provider: id },
        ...(variables && {
          variables: Object.entries(variables).map(([name, value]) => ({ name, value })),
        }),
      });
      if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
      const authorization = new URL(String(reply.body["authorization_url"]));
      const state = authorization.searchParams.get("state") ?? "";
      left?.(authorization);
      const back = new URL(`${B}/oauth/callback/${id}`);
      const parameters = callback["error"] === undefined ? { code: "the-code" } : {};
      for (const [name, value] of Object.entries({ ...parameters, state, ...callback }))
        back.searchParams.set(name, value);
      await land(browser, back.href);
      return {
        ...claimed,
        authorization,
        view: await viewOf(claimed),
        outcome: await outcomeOf(world, claimed),
        grant: (await grantsOf(world, sub)).find(({ provider_id }) => provider_id === id),
      };
    },
    token: async (id, sub, host, asked = {}) =>
      world.backend().token({
        user_token: await world.userToken(sub),
        provider: id,
        request: { method: "GET", host },
        ...asked,
      }),
    lastLog: (event) => world.logs.findLast((line) => line.event === event) ?? {},
  };
};
