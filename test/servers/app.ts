/**
 * A customer's app: a page with a Connect button and a back end that holds the API key. Knows the
 * broker's public HTTP API and its own users' JWTs; uses neither our SDK nor our source.
 *
 *   const app = await startApp({ broker: B, apiKey: key, idp });
 *   page.goto(app.page({ run, user: "ann", providers: ["calendar"] }));
 *   await app.journal.wait(run, "success");
 *   await app.call("ann", `${calendar.url}/api/me`, { provider: "calendar" });
 */
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { resolve } from "node:path";
import { escape, htmlReply, inScript, jsonReply, listen, type Reply } from "./http.ts";
import type { TestIdp } from "./idp.ts";
import { createJournal, type Journal } from "./journal.ts";

export type PageOptions = {
  /** Marks this visit in the journal. */
  run: string;
  user?: string;
  providers?: string[];
  multiple?: boolean;
  /** How the widget is loaded; `pinned` is the versioned file with its integrity hash. */
  load?: "script" | "pinned" | "esm";
  /** What `open` gets as token; `given` is the string below. */
  token?: "promise" | "function" | "string" | "given";
  given?: string;
  /** Milliseconds until a promised token is there. */
  delay?: number;
  /** `at load` opens without any click, as a popup blocker must refuse. */
  opens?: "at load";
  /** Extra options of `open` and of `create`. */
  open?: Record<string, unknown>;
  create?: Record<string, unknown>;
  /** A page to embed in an iframe. */
  frame?: string;
};

export type SessionOptions = {
  providers?: string[];
  multiple?: boolean;
  origin?: string;
  returnUrl?: string;
};

export type TestApp = {
  origin: string;
  journal: Journal;
  page: (options: PageOptions) => string;
  /** Sends these headers with the page from now on. */
  setHeaders: (headers: Record<string, string>) => void;
  userToken: (user: string) => Promise<string>;
  mint: (user: string, options?: SessionOptions) => Promise<string>;
  /** The broker's back-end API with this app's key. */
  broker: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Fetches `url` as the user: asks the broker for the token, puts it on the request. */
  call: (
    user: string,
    url: string,
    grant: { provider?: string; grant_id?: string; account?: string },
  ) => Promise<Answer>;
  /** What the broker says of a session to whoever holds its token, as the widget on this origin asks. */
  standing: (token: string, verifier?: string) => Promise<Answer>;
  grants: (user: string) => Promise<Record<string, unknown>[]>;
  stop: () => Promise<void>;
};

export type Answer = { status: number; body: Record<string, unknown> };

export type AppOptions = { broker: string; apiKey: string; idp: TestIdp; port?: number };

const ROOT = resolve(import.meta.dirname, "../..");
const SCRIPTS: Record<string, string> = {
  "/app.js": resolve(import.meta.dirname, "pages/app.js"),
  "/dist/index.js": resolve(ROOT, "dist/index.js"),
};

export const startApp = async ({ broker, apiKey, idp, port = 0 }: AppOptions): Promise<TestApp> => {
  const journal = createJournal();
  let headers: Record<string, string> = {};

  const callBroker = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${broker}${path}`, {
      ...init,
      headers: {
        ...(init.body === undefined ? {} : { "content-type": "application/json" }),
        ...Object.fromEntries(new Headers(init.headers)),
        authorization: `Bearer ${apiKey}`,
      },
    });
    return { status: response.status, body: await objectOf(response) };
  };

  const userToken = (user: string): Promise<string> =>
    idp.sign({
      sub: `user-${user}`,
      email: `${user}@example.com`,
      email_verified: true,
      name: user,
    });

  const createSession = async (user: string, options: SessionOptions = {}): Promise<Answer> =>
    callBroker("/v1/connect/sessions", {
      method: "POST",
      body: JSON.stringify({
        user_token: await userToken(user),
        allowed_origin: options.origin ?? server.url,
        allowed_providers: options.providers,
        multiple: options.multiple,
        return_url: options.returnUrl,
      }),
    });

  const answer = async (req: IncomingMessage): Promise<Reply> => {
    const url = new URL(req.url ?? "/", server.url);
    const script = SCRIPTS[url.pathname];
    if (script !== undefined) return scriptReply(await readFile(script));
    if (url.pathname === "/log") {
      await journal.receive(req);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const options = optionsOf(url);
    if (url.pathname === "/session" && req.method === "POST") {
      const { status, body } = await createSession(options.user ?? "ann", options);
      return status === 201
        ? jsonReply({ sessionToken: body.session_token })
        : jsonReply({ code: body.code }, status);
    }
    if (url.pathname !== "/") return jsonReply({}, 404);
    const reply = htmlReply(await appPage(broker, options));
    return { ...reply, headers: { ...reply.headers, ...headers } };
  };

  const server = await listen((req, res) => {
    answer(req)
      .catch((error: unknown) => jsonReply({ code: String(error) }, 500))
      .then(
        (reply) => res.writeHead(reply.status, reply.headers).end(reply.body),
        () => res.destroy(),
      );
  }, port);

  return {
    origin: server.url,
    journal,
    page: (options) => `${server.url}/?options=${encodeURIComponent(JSON.stringify(options))}`,
    setHeaders: (next) => {
      headers = next;
    },
    userToken,
    mint: async (user, options) => {
      const { status, body } = await createSession(user, options);
      if (status !== 201) throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
      return String(body.session_token);
    },
    broker: callBroker,
    call: async (user, url, grant) => {
      const { host } = new URL(url);
      const user_token = await userToken(user);
      const token = await callBroker("/v1/tokens", {
        method: "POST",
        body: JSON.stringify({ user_token, ...grant, request: { method: "GET", host } }),
      });
      if (token.status !== 200) return token;
      const bearer = String(token.body.access_token);
      const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
      return { status: response.status, body: await objectOf(response) };
    },
    standing: async (token, verifier = "") => {
      const response = await fetch(`${broker}/v1/connect/outcome?wait=0`, {
        headers: {
          authorization: `Bearer ${token}`,
          "alter-connect-verifier": verifier,
          origin: server.url,
        },
      });
      return { status: response.status, body: await objectOf(response) };
    },
    grants: async (user) => {
      const { body } = await callBroker("/v1/grants", {
        headers: { "Alter-User-Token": await userToken(user) },
      });
      return body.grants as Record<string, unknown>[];
    },
    stop: server.stop,
  };
};

const optionsOf = (url: URL): PageOptions =>
  JSON.parse(url.searchParams.get("options") ?? '{"run":"none"}') as PageOptions;

const appPage = async (broker: string, options: PageOptions): Promise<string> => {
  const { load = "script", token = "promise", frame } = options;
  const config = { broker, ...options, load, token, create: createOptions(broker, options) };
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Customer's app</title>
${await widgetTag(broker, load)}
<h1>Logged in as ${options.user ?? "ann"}</h1>
<button data-testid="connect">Connect</button>
<button data-testid="close">Close</button>
<button data-testid="named">Open a named window</button>
${frame === undefined ? "" : `<iframe src="${escape(frame)}" title="frame"></iframe>`}
<ul id="log"></ul>
<script type="application/json" id="config">${inScript(config)}</script>
<script type="module" src="/app.js"></script></html>`;
};

/** The ESM build does not know where it was loaded from, as <script> does. */
const createOptions = (broker: string, { load, create }: PageOptions): unknown =>
  load === "esm" ? (create ?? { baseURL: broker }) : create;

const widgetTag = async (broker: string, load: PageOptions["load"]): Promise<string> => {
  if (load === "esm") return "";
  if (load === "script") return `<script src="${broker}/connect.js"></script>`;
  const { url, integrity } = await objectOf(await fetch(`${broker}/connect.json`));
  const source = new URL(String(url), broker).href;
  return `<script src="${source}" integrity="${String(integrity)}" crossorigin="anonymous"></script>`;
};

const scriptReply = (body: Buffer): Reply => ({
  status: 200,
  headers: { "content-type": "text/javascript", "cache-control": "no-store" },
  body,
});

const objectOf = async (response: Response): Promise<Record<string, unknown>> => {
  const text = await response.text();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
};
