/** What leaves the broker besides JSON: the page, its files, the script, redirects, and the headers on all of it. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono";
import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBuilt } from "../../broker/src/routes/pages.ts";
import { A, B, connect, OTHER, startWorld, type Json, type Reply, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const [demo] = file["apps"] as [Json];
      demo["logo_url"] = "https://cdn.example.com/app/logo.svg?v=1";
      const { calendar } = file["providers"] as { calendar: Json };
      calendar["logo_url"] = "https://logos.example.com/calendar.svg";
    },
  });
});
afterAll(() => world.stop());

/** On every answer, whatever it is. A stricter opener policy on any of them would sever popups [M18]. */
const EVERYWHERE = {
  "cross-origin-opener-policy": "unsafe-none",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https://cdn.example.com https://logos.example.com",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");
const PAGE = {
  "cache-control": "no-store",
  "content-security-policy": CSP,
  "content-type": "text/html; charset=utf-8",
  vary: "Accept-Encoding",
  "x-frame-options": "DENY",
};
const SCRIPT = {
  "access-control-allow-origin": "*",
  "content-type": "text/javascript; charset=utf-8",
  "cross-origin-resource-policy": "cross-origin",
  vary: "Accept-Encoding",
};
const FOR_EVER = "public, max-age=31536000, immutable";
const headersOf = (reply: Pick<Reply, "headers">): Json => {
  const { "x-request-id": id, ...others } = Object.fromEntries(reply.headers);
  expect(id).toMatch(/^req_[\w-]{22}$/);
  return others;
};

describe("exactly these headers [M18]", () => {
  test.each<[string, number, Json]>([
    ["/connect", 200, PAGE],
    ["/connect?anything=1", 200, PAGE],
    ["/connect/s/any-id", 200, PAGE],
    ["/connect/lost", 200, PAGE],
    [
      "/page/assets/main-abc.js",
      200,
      {
        "cache-control": FOR_EVER,
        "content-type": "text/javascript; charset=utf-8",
        vary: "Accept-Encoding",
      },
    ],
    ["/connect.js", 200, { ...SCRIPT, "cache-control": "public, max-age=300" }],
    ["/connect-9.9.9.js", 200, { ...SCRIPT, "cache-control": FOR_EVER }],
    ["/connect-button.js", 200, { ...SCRIPT, "cache-control": "public, max-age=300" }],
    ["/connect-button-9.9.9.js", 200, { ...SCRIPT, "cache-control": FOR_EVER }],
    [
      "/connect.json",
      200,
      {
        "access-control-allow-origin": "*",
        "cache-control": "no-store",
        "content-type": "application/json",
      },
    ],
    [
      "/oauth/callback/calendar?state=unknown&code=x",
      303,
      { "cache-control": "no-store", location: "/connect/lost" },
    ],
    ["/healthz", 200, { "cache-control": "no-store", "content-type": "application/json" }],
    ["/nowhere", 404, { "cache-control": "no-store", "content-type": "application/problem+json" }],
  ])("GET %s", async (path, status, expected) => {
    const reply = await world.call(path);
    expect(reply.status).toBe(status);
    expect(headersOf(reply)).toEqual({ ...EVERYWHERE, ...expected });
    // A HEAD of the callback is answered by itself: it must not stand for the user (ends.test.ts).
    if (path.startsWith("/oauth/")) return;
    const head = await world.broker.fetch(new Request(B + path, { method: "HEAD" }));
    expect([head.status, headersOf(head)]).toEqual([status, headersOf(reply)]);
  });

  test("and on the callback that succeeds, whose URL held the code", async () => {
    const token = await world.mint();
    const browser = world.browser();
    const { body } = await browser.claim(token);
    const id = String(body["session_id"]);
    const landed = await browser.callback(await browser.visit(id));
    expect(landed.status).toBe(303);
    expect(headersOf(landed)).toEqual({
      ...EVERYWHERE,
      "cache-control": "no-store",
      location: `/connect/s/${id}`,
    });
  });

  test.each([
    ["br", "br", brotliDecompressSync],
    ["gzip, deflate", "gzip", gunzipSync],
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
  ])("files to a browser that takes %s", async (accepted, used, decode) => {
    for (const path of ["/connect", "/page/assets/main-abc.js", "/connect.js"]) {
      const ask = (headers: Record<string, string>) =>
        world.broker.fetch(new Request(B + path, { headers }));
      const reply = await ask({ "accept-encoding": accepted });
      expect(reply.headers.get("content-encoding")).toBe(used);
      const plain = await ask({});
      expect(plain.headers.get("content-encoding")).toBe(null);
      expect(decode(await reply.arrayBuffer()).toString()).toBe(await plain.text());
    }
  });

  test("no page call has CORS, whoever asks", async () => {
    for (const name of ["claim", "view", "authorize", "page", "finish"])
      for (const origin of [A, OTHER, B, "https://evil.example"])
        for (const method of ["OPTIONS", "POST"]) {
          const reply = await world.call(`/v1/connect/${name}`, { method, headers: { origin } });
          expect(
            [...reply.headers.keys()].filter((key) => key.startsWith("access-control")),
          ).toEqual([]);
        }
  });

  test("the twin: a framework's defaults would have severed the popup and blocked the script", async () => {
    const app = new Hono().use(secureHeaders()).get("/connect", (c) => c.html(""));
    const { headers } = await app.request("/connect");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
});

test.each<[string, string[], string]>([
  ["all apps wish for", ["dark", "dark"], '<html data-theme="dark" lang="en">'],
  ["some apps wish for", ["dark", "light"], '<html lang="en">'],
])("a theme that %s: whether the page opens in it", async (_, themes, start) => {
  const themed = await startWorld({
    configure: (file) => {
      for (const [nth, app] of (file["apps"] as Json[]).entries()) app["theme"] = themes[nth];
    },
  });
  const page = await themed.broker.fetch(new Request(`${B}/connect`));
  expect(await page.text()).toContain(start);
  await themed.stop();
});

test("the policy allows nothing inline, nothing from anywhere, and no frame around it [L20]", async () => {
  const policy = (await world.call("/connect")).headers.get("content-security-policy") ?? "";
  expect(policy).not.toMatch(/unsafe|\*|data:|blob:|https?:(?!\/\/)|nonce|strict-dynamic/);
  expect(policy).toContain("frame-ancestors 'none'");
});

describe("the scripts that <script> loads", () => {
  const bytesAt = async (url: string) =>
    Buffer.from(await (await world.broker.fetch(new Request(url))).arrayBuffer());

  test("their integrity is that of the bytes at the versioned addresses", async () => {
    const { body } = await world.call("/connect.json");
    const integrity = expect.stringMatching(/^sha384-/) as string;
    expect(body).toEqual({
      version: "9.9.9",
      url: `${B}/connect-9.9.9.js`,
      integrity,
      button: { url: `${B}/connect-button-9.9.9.js`, integrity },
    });
    for (const [file, latest] of [
      [body, "/connect.js"],
      [body["button"] as Json, "/connect-button.js"],
    ] as const) {
      const bytes = await bytesAt(String(file["url"]));
      const hash = createHash("sha384").update(bytes).digest("base64");
      expect(file["integrity"]).toBe(`sha384-${hash}`);
      expect(await bytesAt(B + latest)).toEqual(bytes);
    }
    expect(await bytesAt(`${B}/connect.js`)).not.toEqual(await bytesAt(`${B}/connect-button.js`));
  });

  test("another version's address is not this file under another name", async () => {
    for (const name of ["connect", "connect-button"])
      expect((await world.call(`/${name}-9.9.8.js`)).status).toBe(404);
  });
});

describe("what is not there", () => {
  test.each([
    "/",
    "/favicon.ico",
    "/connect/",
    "/CONNECT",
    "/connect/s/",
    "/connect/s/a/b",
    "/page/",
    "/page/index.html",
    "/page/missing.js",
    "/page/constructor",
    "/page/../main.js",
    "/page/%2e%2e/main.js",
    "/page/assets/..%2f..%2fmain.js",
    "/page/assets/%2e%2e%5cmain.js",
    "/v1",
    "/v1/connect",
    "/v1/nothing",
    "/.env",
    "/metrics",
  ])("%s is a problem with a code", async (path) => {
    const reply = await world.call(path);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.body).toEqual({
      type: "urn:alter:error:not_found",
      title: "No such endpoint",
      status: 404,
      code: "not_found",
      request_id: reply.headers.get("x-request-id"),
    });
  });

  test.each([
    ["POST", "/connect", "not_found"],
    ["GET", "/v1/tokens", "not_found"],
    ["GET", "/v1/connect/claim", "method_not_allowed"],
    ["PUT", "/v1/connect/finish", "method_not_allowed"],
  ])("%s %s is the wrong method", async (method, path, code) => {
    const before = await world.snapshot();
    const { body } = await world.call(path, { method, headers: { origin: B } });
    expect(body["code"]).toBe(code);
    expect(await world.snapshot()).toBe(before);
  });
});

describe("bodies", () => {
  const MOST = 65_536;
  const send = (length: number, declared: boolean, path = "/v1/connect/view") => {
    const body = JSON.stringify({ session_id: "x" }).padEnd(length);
    return world.call(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: path.includes("view") ? B : A,
        ...(declared ? { "content-length": String(length) } : {}),
      },
      body,
    });
  };
  test.each([
    ["said in advance", true],
    ["found while reading", false],
  ])("too large, %s", async (_name, declared) => {
    const before = await world.snapshot();
    expect(await send(MOST + 1, declared)).toMatchObject({
      status: 413,
      body: { code: "payload_too_large" },
    });
    expect(await world.snapshot()).toBe(before);
    // Read to the end, and refused for what it says.
    expect((await send(MOST, declared)).body["code"]).toBe("unknown_session");
  });
});

describe("every request has an id", () => {
  test("in the header, in the problem, in the log; ours, not the caller's", async () => {
    const reply = await world.call("/v1/grants", { headers: { "x-request-id": "theirs" } });
    const id = reply.headers.get("x-request-id");
    expect(id).not.toBe("theirs");
    expect(reply.body["request_id"]).toBe(id);
    const lines = world.logs.filter((line) => line["request_id"] === id);
    expect(lines).toMatchObject([
      { event: "refused", code: "invalid_api_key" },
      { event: "request", method: "GET", path: "/v1/grants", status: 401 },
    ]);
    expect((await world.call("/v1/grants")).headers.get("x-request-id")).not.toBe(id);
  });

  test("the log names no session, no query, no token [L5]", async () => {
    const from = world.logs.length;
    const { token, verifier, session_id } = await connect(world);
    await world.call(`/connect/s/${session_id}?secret=query-secret`);
    await world.widget(token, verifier).outcome();
    const text = JSON.stringify(world.logs.slice(from));
    for (const secret of [token, verifier, "query-secret", `/connect/s/${session_id}`, "code="])
      expect(text).not.toContain(secret);
  });
});

test("built files are read once, and a missing one is named before anything starts", () => {
  const folder = mkdtempSync(join(tmpdir(), "alter-built-test-"));
  const put = (path: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), path);
  };
  try {
    expect(() => readBuilt(folder, "1")).toThrow(/index\.html is missing/);
    put("page/index.html");
    expect(() => readBuilt(folder, "1")).toThrow(/wallet.index\.html is missing/);
    put("wallet/index.html");
    expect(() => readBuilt(folder, "1")).toThrow(/connect\.js is missing/);
    put("widget/connect.js");
    expect(() => readBuilt(folder, "1")).toThrow(/connect-button\.js is missing/);
    [
      "widget/connect-button.js",
      "page/assets/a.js",
      "page/assets/a.css",
      "page/.env",
      "page/x.pem",
    ].forEach(put);
    const built = readBuilt(folder, "1");
    expect([...built.page.assets.keys()].sort()).toEqual(["assets/a.css", "assets/a.js"]);
    expect(built.page.shell).toBe("page/index.html");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("health is the process, readiness the database", async () => {
  expect(await world.call("/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await world.call("/readyz")).toMatchObject({ status: 200, body: { status: "ready" } });
  await world.store.close();
  expect((await world.call("/healthz")).status).toBe(200);
  const { status, body, headers } = await world.call("/readyz");
  expect([status, body["code"], body["reason"]]).toEqual([
    503,
    "not_ready",
    "database_unavailable",
  ]);
  expect(headers.get("retry-after")).toBe("1");
});
