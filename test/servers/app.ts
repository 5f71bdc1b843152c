/**
 * A customer's app: a page with a Connect button (app-page.ts) and a back end that holds the API key. Knows the
 * broker's public HTTP API and its own users' JWTs. Of our SDK it uses only what completes a session.
 *
 *   const app = await startApp({ broker: B, apiKey: key, idp });
 *   page.goto(app.page({ run, user: "ann", providers: ["calendar"] }));
 *   await app.journal.wait(run, "success");
 *   await app.call("ann", `${calendar.url}/api/me`, { provider: "calendar" });
 */
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { resolve } from "node:path";
import { appPage, embeddingPage, type PageOptions } from "./app-page.ts";
import { htmlReply, jsonReply, listen, page, redirectReply, type Reply } from "./http.ts";
import type { TestIdp } from "./idp.ts";
import { createJournal, type Journal } from "./journal.ts";

export type { PageOptions };

export type SessionOptions = {
  providers?: string[];
  multiple?: boolean;
  origin?: string;
  returnUrl?: string;
  completion?: "backend";
  locale?: string;
};

export type TestApp = {
  origin: string;
  journal: Journal;
  /** The options stay on the server by `run`: they survive reloads, returns and new tabs. */
  page: (options: PageOptions) => string;
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

/** What the broker's configuration must know of an app on `origin`: any visit may come back there. */
export const returnUrls = (origin: string): string[] => [
  `${origin}/return/`,
  `${origin}/complete/`,
];

const ROOT = resolve(import.meta.dirname, "../..");
const SCRIPTS: Record<string, string> = {
  "/app.js": resolve(import.meta.dirname, "pages/app.js"),
  "/reference.js": resolve(import.meta.dirname, "pages/reference.js"),
  "/dist/index.js": resolve(ROOT, "dist/index.js"),
  "/dist/reference-connect.js": resolve(
    ROOT,
    "node_modules/reference-connect/dist/alter-connect.umd.js",
  ),
};

export const startApp = async ({ broker, apiKey, idp, port = 0 }: AppOptions): Promise<TestApp> => {
  const journal = createJournal();
  const visits = new Map<string, PageOptions>();

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
        completion: options.completion,
        locale: options.locale,
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
    const [, act = "", run = ""] = url.pathname.split("/").map(decodeURIComponent);
    if (act === "sdk")
      return htmlReply(page("Hosted page", "<h1>The reference client's page</h1>"));
    const visit = visits.get(run);
    if (!visit) return jsonReply({}, 404);
    switch (act) {
      // Where the redirect flow comes back to is the same page, since most customers have one.
      case "app":
      case "return": {
        const reply = htmlReply(await appPage(broker, visit));
        return { ...reply, headers: { ...reply.headers, ...visit.headers } };
      }
      case "embed":
        return htmlReply(embeddingPage(`/app/${run}`, visit.embedded ?? {}));
      case "session": {
        // The delay of a busy back end, which WebKit's popup blocker does not forgive.
        await new Promise((resolve) => setTimeout(resolve, visit.delay ?? 0));
        const { status, body } = await createSession(visit.user ?? "ann", {
          ...visit,
          ...(visit.returns ? { returnUrl: `${server.url}/return/${run}` } : {}),
        });
        return status === 201
          ? jsonReply({ sessionToken: body.session_token })
          : jsonReply({ code: body.code }, status);
      }
      case "start": {
        const { body } = await createSession(visit.user ?? "ann", {
          ...visit,
          returnUrl: `${server.url}/complete/${run}`,
          completion: "backend",
        });
        return redirectReply(String(body.connect_url));
      }
      case "complete":
        journal.add({ run, type: "completed", detail: await complete(visit, url) });
        return htmlReply(page("Customer's app", "<h1>Back at the app</h1>"));
      default:
        return jsonReply({}, 404);
    }
  };

  /** The way of a server-rendered app: no widget, no script, our SDK. */
  const complete = async (visit: PageOptions, url: URL): Promise<unknown> => {
    const code = url.searchParams.get("alter_connect_code");
    if (code === null) return Object.fromEntries(url.searchParams);
    // Only here: most tests run before the SDK is built.
    const { App } = await import("@alter-ai/alter-sdk");
    const sdk = new App({ apiKey, baseUrl: broker });
    const token = await userToken(visit.completedBy ?? visit.user ?? "ann");
    return sdk.completeConnectSession({ code, userToken: token }).catch((error: unknown) => ({
      code: error instanceof Error && "code" in error ? error.code : String(error),
    }));
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
    page: (options) => {
      visits.set(options.run, options);
      return `${server.url}/${options.embedded ? "embed" : "app"}/${encodeURIComponent(options.run)}`;
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
      const { name, template } = token.body["injection"] as { name: string; template: string };
      const value = template.replace("{token}", () => String(token.body["access_token"]));
      const response = await fetch(url, { headers: { [name]: value } });
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

const scriptReply = (body: Buffer): Reply => ({
  status: 200,
  headers: {
    "content-type": "text/javascript",
    "cache-control": "no-store",
    // A page in a sandbox has no origin, so its own scripts are foreign to it.
    "access-control-allow-origin": "*",
  },
  body,
});

const objectOf = async (response: Response): Promise<Record<string, unknown>> => {
  const text = await response.text();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
};
