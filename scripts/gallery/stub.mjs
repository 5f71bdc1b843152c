/**
 * Serves the built pages as a broker does, beside a stub of the broker's page calls, in which session id and token name
 * the state to show and the language to show it in: `confirm-ar`. The Wallet has neither; there a header names it.
 * On this machine only. Must not know who looks: pictures, a test and the gallery do.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { runnerImport } from "vite";
import { STATES, viewOf } from "./states.mjs";

import { walletAnswer } from "./wallet.mjs";

const broker = resolve(import.meta.dirname, "../../broker");
const built = join(broker, "dist/page");
const builtWallet = join(broker, "dist/wallet");
/** Which state the Wallet is to show. */
export const STATE_HEADER = "x-gallery-state";
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#c2410c"/>' +
  '<path d="M11 14h18v15H11zM11 19h18M16 11v5M24 11v5" fill="none" stroke="#fff" stroke-width="2.4"/></svg>';
export const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".html": "text/html; charset=utf-8",
};
/** As the broker's, but for who may frame the page. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Opens the page as an app would, and answers its `ready` with the token. */
const APP = `<!doctype html><title>App</title><button>Connect</button><script>
  const token = location.hash.slice(1);
  addEventListener("message", ({ source, data }) => data.type === "alter-connect:ready" &&
    source.postMessage({ type: "alter-connect:session", v: 1, token, challenge: "c".repeat(43) }, origin));
  document.querySelector("button").onclick = () => open("/connect");
</script>`;

/**
 * `dress`: what becomes of the page's HTML before it is served, and then the page may be framed by its own origin.
 * `more`: what is served beside it, as path -> { type, body }.
 */
export const startStub = async ({ port = 0, dress, more = {} } = {}) => {
  for (const folder of [built, builtWallet])
    if (!existsSync(join(folder, "index.html")))
      throw new Error("The pages are not built: node scripts/build.mjs page wallet");
  const policy = `${POLICY}; frame-ancestors ${dress ? "'self'" : "'none'"}`;

  const serve = (response, path) => {
    if (path === "/app") return send(response, 200, APP, TYPES[".html"]);
    if (path === "/page/logo.svg") return send(response, 200, LOGO, TYPES[".svg"], policy);
    if (Object.hasOwn(more, path)) return send(response, 200, more[path].body, more[path].type);
    for (const [base, folder] of [
      ["/page/", built],
      ["/wallet/page/", builtWallet],
    ]) {
      if (!path.startsWith(base)) continue;
      const file = join(folder, path.slice(base.length));
      if (!file.startsWith(folder + sep) || !existsSync(file)) return send(response, 404, "");
      return send(response, 200, readFileSync(file), TYPES[extname(file)], policy);
    }
    const folder = /^\/wallet(\/activity)?$/.test(path) ? builtWallet : built;
    const html = readFileSync(join(folder, "index.html"), "utf8");
    send(response, 200, dress ? dress(html) : html, TYPES[".html"], policy);
  };

  // The broker's sources are TypeScript for a bundler: Vite reads them here as it does there.
  const { module: words } = await runnerImport(join(broker, "src/providers/words.ts"), {
    configFile: false,
    logLevel: "error",
  });

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://stub");
    if (request.method !== "POST") return serve(response, pathname);
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const body = JSON.parse(text);
      const call = pathname.slice(pathname.lastIndexOf("/") + 1);
      if (pathname.startsWith("/v1/wallet/"))
        return answerAs(walletAnswer(call, body, request.headers[STATE_HEADER]), response);
      answer(call, body, response, words);
    });
  });
  await new Promise((listening, failed) => {
    server.once("error", failed).listen(port, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
};

/** Answers a call of the page. */
const answer = (call, body, response, { inWords }) => {
  const [, name, locale = "en"] = /^([a-z_]+)(?:-([\w-]+))?$/.exec(body.session_id ?? body.token);
  const { silent, problem, claim, here, view, refuse: refusing, ...state } = STATES[name];
  const { phase, failure, outcome } = state;
  const standing = {
    ...{ view: told(viewOf({ ...view, locale }), inWords), phase, failure, outcome },
    allowed_origin: "https://planner.example.com",
    close_at_once: false,
  };
  if (call === silent) return;
  if (call === "page") return here ? refuse(response, here.problem) : send(response, 204);
  if (call === "claim" && claim) return refuse(response, claim.problem);
  if (call === "claim") return json(response, 200, { session_id: body.token, ...standing });
  if (refusing && (call === "authorize" || call === "credential"))
    return refuse(response, refusing);
  if (problem) return refuse(response, problem);
  json(response, 200, standing);
};

/** As the broker does: the sentences in the user's language, and a logo for each brand that one was built for. */
const told = (view, inWords) => {
  const say = (sentence) => inWords(view.locale, sentence);
  return {
    ...view,
    providers: view.providers.map(({ scopes, fields, ...provider }) => ({
      ...marked(provider),
      scopes: scopes.map(say),
      ...(fields ? { fields: fields.map((one) => ({ ...one, label: say(one.label) })) } : {}),
    })),
  };
};

const marked = (provider) => {
  const logo = `logos/${provider.id}.svg`;
  return { ...(existsSync(join(built, logo)) ? { logo_url: `/page/${logo}` } : {}), ...provider };
};

/** Of the Wallet. */
const answerAs = (reply, response) => {
  if (reply === "silent") return;
  if (reply === undefined) return send(response, 204);
  if (reply.problem) return refuse(response, reply.problem);
  const { providers } = reply.body;
  json(response, 200, providers ? { ...reply.body, providers: providers.map(marked) } : reply.body);
};

/** A problem of the broker, or what a proxy says in front of one that is gone. */
const refuse = (response, { status, code }) =>
  code
    ? json(response, status, { type: "", title: "", status, code, request_id: "req_7Kd2mPq9xT" })
    : send(response, status, "<h1>Bad gateway</h1>", TYPES[".html"]);

const json = (response, status, body) =>
  send(response, status, JSON.stringify(body), "application/json");

const send = (response, status, body, type = "text/plain", policy = undefined) => {
  response.writeHead(status, {
    "content-type": type,
    ...(policy ? { "content-security-policy": policy } : {}),
  });
  response.end(body);
};
