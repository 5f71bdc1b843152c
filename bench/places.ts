/**
 * What the bench itself answers on the origins of the app and of the broker: the customer's page with either
 * client, its session endpoint, and the page the reference client opens. Knows paths; measures nothing.
 */
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../e2e/world.ts";
import { htmlReply, inScript, jsonReply, page, type Reply } from "../test/servers/http.ts";
import type { Answer } from "./link.ts";

export type Client = "ours" | "reference";

export type Places = {
  answer: Answer;
  /** The customer's page. */
  page: (client: Client, user: string) => string;
};

/** Milliseconds a customer's session endpoint takes: its own work, and its call of the broker. */
export const SESSION_TAKES = 300;

const ROOT = resolve(import.meta.dirname, "..");
/** Folders that are served whole, by the first part of the path. */
const FOLDERS: Record<string, string> = {
  "/bench/ours/": resolve(ROOT, "dist"),
  "/bench/reference/": resolve(ROOT, "node_modules/reference-connect/dist"),
  "/bench/pages/": resolve(import.meta.dirname, "pages"),
};
const LIBRARIES: Record<Client, string> = {
  ours: "/bench/ours/index.js",
  reference: "/bench/reference/alter-connect.esm.js",
};
/** Where the reference client goes, below its `baseURL`. */
const REFERENCE_PAGE = "/sdk/oauth/connect";

export const createPlaces = ({ app, broker }: World): Places => {
  const mint = async (user: string): Promise<Reply> => {
    const [session_token] = await Promise.all([
      app.mint(user, { providers: ["calendar"] }),
      sleep(SESSION_TAKES),
    ]);
    return jsonReply({ session_token });
  };

  const customer = (url: URL): Promise<Reply> | undefined => {
    const user = url.searchParams.get("user") ?? "";
    if (url.pathname === "/api/session") return mint(user);
    const client = url.searchParams.get("client") === "reference" ? "reference" : "ours";
    return url.pathname === "/bench"
      ? Promise.resolve(customerPage(client, user, broker.url))
      : undefined;
  };

  const hosted = (url: URL): Promise<Reply> | undefined =>
    url.pathname === REFERENCE_PAGE ? Promise.resolve(htmlReply(HOSTED)) : undefined;

  return {
    answer: (_req, url) => {
      if (url.origin !== app.origin && url.origin !== broker.url) return undefined;
      return file(url.pathname) ?? (url.origin === app.origin ? customer(url) : hosted(url));
    },
    page: (client, user) => `${app.origin}/bench?${new URLSearchParams({ client, user })}`,
  };
};

const customerPage = (client: Client, user: string, broker: string): Reply => {
  const session = `/api/session?${new URLSearchParams({ user })}`;
  const config = { client, library: LIBRARIES[client], broker, session };
  return htmlReply(
    page(
      "Customer's app",
      `<button>Connect</button>
<script type="application/json" id="config">${inScript(config)}</script>
<script type="module" src="/bench/pages/app.js"></script>`,
    ),
  );
};

const HOSTED = page("Connect", `<script type="module" src="/bench/pages/hosted.js"></script>`);

/** Cached for ever, so that whoever has been here before asks for documents and calls only. */
const file = (path: string): Promise<Reply> | undefined => {
  const prefix = Object.keys(FOLDERS).find((candidate) => path.startsWith(candidate));
  const folder = prefix && FOLDERS[prefix];
  if (!folder) return undefined;
  return readFile(resolve(folder, basename(path))).then((body) => ({
    status: 200,
    headers: {
      "content-type": "text/javascript",
      "cache-control": "public, max-age=31536000, immutable",
    },
    body,
  }));
};
