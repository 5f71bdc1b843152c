/** Built files and their headers: the hosted page, the Wallet, their assets, the widget's scripts. Read once, at start. */
import { Hono, type Context } from "hono";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Config } from "../config/config.ts";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import type { Env } from "../context.ts";
import { refuse } from "../error.ts";

/** Its document, and the files that it is made of by name. */
type BuiltPage = { shell: string; assets: Map<string, Buffer> };

export type Built = {
  page: BuiltPage;
  wallet: BuiltPage;
  /** By the name they are served under, without `.js`. */
  scripts: Record<"connect" | "connect-button", Buffer>;
  version: string;
};

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};
const FOR_EVER = "public, max-age=31536000, immutable";
const A_DAY = "public, max-age=86400";

/** Vite puts a hash into every name below assets/. A brand's new logo may be a day late. */
const cachingOf = (name: string): string => {
  if (name.startsWith("assets/")) return FOR_EVER;
  return name.startsWith("logos/") ? A_DAY : "no-cache";
};

/** @throws when something has not been built: a broker without its page would only fail later. */
export const readBuilt = (folder: string, version: string): Built => {
  const shells = {
    page: join(folder, "page/index.html"),
    wallet: join(folder, "wallet/index.html"),
  };
  const script = join(folder, "widget/connect.js");
  const button = join(folder, "widget/connect-button.js");
  for (const file of [...Object.values(shells), script, button])
    if (!existsSync(file)) throw new Error(`Not built: ${file} is missing. Run npm run build.`);
  const pageIn = (name: keyof typeof shells): BuiltPage => ({
    shell: readFileSync(shells[name], "utf8"),
    assets: assetsIn(join(folder, name)),
  });
  const scripts = { connect: readFileSync(script), "connect-button": readFileSync(button) };
  return { page: pageIn("page"), wallet: pageIn("wallet"), scripts, version };
};

const assetsIn = (folder: string): Map<string, Buffer> => {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => extname(name) in TYPES,
  );
  return new Map(
    names.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name))]),
  );
};

export const pageRoutes = (config: Config, built: Built): Hono<Env> => {
  const routes = new Hono<Env>();
  const policy = contentSecurityPolicy(config);

  const page = (
    { shell, assets }: BuiltPage,
    { at, files, headers = {} }: { at: string[]; files: string; headers?: Record<string, string> },
  ): void => {
    const document = encoded(Buffer.from(themed(shell, config)));
    for (const path of at)
      routes.get(path, (c) =>
        document(c, {
          "Content-Type": "text/html; charset=utf-8",
          "Content-Security-Policy": policy,
          "X-Frame-Options": "DENY",
          "Cache-Control": "no-store",
          ...headers,
        }),
      );
    const served = new Map([...assets].map(([name, file]) => [name, encoded(file)]));
    routes.get(`${files}*`, (c) => {
      const name = c.req.path.slice(files.length);
      const file = served.get(name);
      if (!file) throw refuse("not_found");
      return file(c, {
        "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
        "Cache-Control": cachingOf(name),
      });
    });
  };
  page(built.page, { at: ["/connect", "/connect/s/:id", "/connect/lost"], files: "/page/" });
  page(built.wallet, {
    at: ["/wallet", "/wallet/activity"],
    files: "/wallet/page/",
    // Nobody waits for this one in another window, and nobody gets a handle of it.
    headers: { "Cross-Origin-Opener-Policy": "same-origin" },
  });

  /** For <script>: readable from every origin, since SRI needs CORS and the files are public [M18]. */
  const script = (name: keyof Built["scripts"]) => {
    const file = encoded(built.scripts[name]);
    const served = (caching: string) => (c: Context<Env>) =>
      file(c, {
        "Content-Type": "text/javascript; charset=utf-8",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": caching,
      });
    const versioned = `/${name}-${built.version}.js`;
    routes.get(`/${name}.js`, served("public, max-age=300"));
    routes.get(versioned, served(FOR_EVER));
    const hash = createHash("sha384").update(built.scripts[name]).digest("base64");
    return { url: config.base_url + versioned, integrity: `sha384-${hash}` };
  };
  const [connect, button] = [script("connect"), script("connect-button")];
  routes.get("/connect.json", (c) =>
    c.json({ version: built.version, ...connect, button }, 200, {
      "Access-Control-Allow-Origin": "*",
    }),
  );
  return routes;
};

/**
 * A theme that all apps wish for the page has from the start: whose it is it learns a round trip later, and would turn
 * dark before the user's eyes.
 */
const themed = (page: string, { apps }: Config): string => {
  const [theme, ...others] = new Set([...apps.values()].map((app) => app.theme));
  return theme && !others.length ? page.replace("<html", `<html data-theme="${theme}"`) : page;
};

/**
 * A file in each form a browser may take it, made once: uncompressed, the page's script alone is a third of a
 * second of a phone's connection. Public files, so what their length tells is no secret.
 */
const encoded = (file: Buffer) => {
  const forms = [
    ["br", brotliCompressSync(file)],
    ["gzip", gzipSync(file, { level: 9 })],
  ] as const;
  return (c: Context<Env>, headers: Record<string, string>): Response => {
    const accepted = (c.req.header("accept-encoding") ?? "").split(/[\s,]+/);
    const form = forms.find(([name]) => accepted.includes(name));
    return c.body(new Uint8Array(form?.[1] ?? file), 200, {
      ...headers,
      Vary: "Accept-Encoding",
      ...(form ? { "Content-Encoding": form[0] } : {}),
    });
  };
};
