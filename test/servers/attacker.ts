/**
 * An evil origin. Its host is cross-site to both the app's and the broker's, as an attacker's is:
 * browsers resolve every name under `localhost` to this machine by themselves.
 *
 *   const evil = await startAttacker();
 *   page.goto(evil.page("/opener", { run, broker: B, token: stolen, challenge }));
 *   expect(await evil.journal.wait(run, "message", { nth: 1 })).toMatchObject({ code: "…" });
 */
import type { Hooks } from "./front.ts";
import { htmlReply, inScript, listen, type Reply } from "./http.ts";
import { createJournal, type Journal } from "./journal.ts";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { resolve } from "node:path";

export type AttackPath =
  "/form" | "/fetch" | "/opener" | "/frame" | "/child" | "/holder" | "/names" | "/storage";

export type TestAttacker = {
  origin: string;
  journal: Journal;
  /** `config` is what the page of that path reads (pages/attacker.js). */
  page: (path: AttackPath, config: { run: string } & Record<string, unknown>) => string;
  /**
   * Hooks of a front that stands before another server: on that origin these pages are then served, too, as a
   * hole in it would.
   */
  hole: Hooks;
  stop: () => Promise<void>;
};

const SCRIPT = resolve(import.meta.dirname, "pages/attacker.js");

export const startAttacker = async ({ port = 0 } = {}): Promise<TestAttacker> => {
  const journal = createJournal();

  const serve = async (url: URL): Promise<Reply> => {
    if (url.pathname === "/attacker.js")
      return {
        status: 200,
        headers: { "content-type": "text/javascript" },
        body: await readFile(SCRIPT),
      };
    const config: unknown = JSON.parse(url.searchParams.get("config") ?? "{}");
    return htmlReply(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Evil</title><body>
<script type="application/json" id="config">${inScript(config)}</script>
<script type="module" src="/attacker.js"></script></body></html>`);
  };

  const answer = async (req: IncomingMessage): Promise<Reply> => {
    const url = new URL(req.url ?? "/", "http://localhost");
    if (url.pathname !== "/log") return serve(url);
    await journal.receive(req);
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  };

  const server = await listen((req, res) => {
    answer(req).then(
      (reply) => res.writeHead(reply.status, reply.headers).end(reply.body),
      () => res.writeHead(500).end(),
    );
  }, port);
  const origin = `http://evil.localhost:${server.port}`;

  return {
    origin,
    journal,
    page: (path, config) => `${origin}${path}?config=${encodeURIComponent(JSON.stringify(config))}`,
    hole: {
      before: ({ url }) =>
        url.pathname === "/child" || url.pathname === "/attacker.js" ? () => serve(url) : undefined,
      after: (_call, reply) => reply,
    },
    stop: server.stop,
  };
};
