/** Calls that the broker makes in the app's place: the credential stays here, both bodies are streams with limits. */
import { proxy } from "@alter-ai/protocol/backend";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runSecrets } from "../../broker/src/commands/secrets.ts";
import { listen, readBody, type Listening } from "../servers/http.ts";
import { grantsOf } from "./steps.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

type Answer = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

let world: World;
let api: Listening;
let host: string;
let answer: Answer;
const reached: { method: string; url: string; headers: Json; body: Buffer }[] = [];

const LIMITS = { timeout_seconds: 1, most_request_bytes: 2_000_000, most_reply_bytes: 100_000 };

beforeAll(async () => {
  api = await listen((req, res) => void answer(req, res));
  host = new URL(api.url).host;
  world = await startWorld({
    configure: (file) => {
      const providers = file["providers"] as Record<string, { api_hosts: string[] }>;
      providers["calendar"]?.api_hosts.push(host);
      file["proxy"] = LIMITS;
      for (const app of file["apps"] as Json[])
        app["secrets"] = {
          maps: { name: "Maps", api_hosts: [host], inject: { query: "key" } },
          scarce: {
            name: "Scarce",
            api_hosts: [host],
            inject: { header: "X-Api-Key" },
            policies: [
              { name: "once", kind: "rate_limit", per: "user", limit: 1, window_seconds: 3600 },
            ],
          },
        };
    },
  });
  await connect(world, { sub: "ann" });
  for (const name of ["maps", "scarce"]) await setSecret(name);
});
afterAll(async () => {
  await world.stop();
  await api.stop();
});
beforeEach(() => {
  reached.length = 0;
  answer = async (req, res) => {
    const { method = "", url = "", headers } = req;
    reached.push({ method, url, headers, body: await readBody(req) });
    res.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  };
});

const SECRET = "a secret/of the operator's".replaceAll(" ", "+");

const setSecret = (secret: string): Promise<void> => {
  const stdin = Readable.from([Buffer.from(SECRET)]);
  const { config, now } = world;
  return runSecrets({ config, stdin, now, say: () => undefined }, ["set"], {
    app: "demo",
    secret,
    everyone: true,
  });
};

const call = async (
  asked: Json,
  { body, headers = {}, sub = "ann" }: { body?: BodyInit; headers?: Json; sub?: string } = {},
): Promise<Response> =>
  world.broker.fetch(
    new Request(`http://127.0.0.1:4999${proxy.path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.keys.demo.key}`,
        "alter-user-token": await world.userToken(sub),
        [proxy.requestHeader]: Buffer.from(
          JSON.stringify({ provider: "calendar", method: "GET", headers: [], ...asked }),
        ).toString("base64url"),
        ...(headers as Record<string, string>),
      },
      ...(body === undefined ? {} : { body, duplex: "half" }),
    }),
  );

const url = (path = "/v1/things?of=mine") => `http://${host}${path}`;
const accessToken = async () =>
  String(
    (
      await world
        .backend()
        .token({ user_token: await world.userToken("ann"), provider: "calendar" })
    ).body["access_token"],
  );

test("the provider gets the token, the app gets the provider's answer and never the token", async () => {
  const token = await accessToken();
  answer = async (req, res) => {
    reached.push({
      method: String(req.method),
      url: String(req.url),
      headers: req.headers,
      body: await readBody(req),
    });
    res.writeHead(201, {
      "content-type": "text/plain",
      "x-rate": "9",
      "set-cookie": "a=b",
      "alter-proxy-reply": "forged",
    });
    res.end("made");
  };
  const response = await call(
    {
      method: "POST",
      url: url(),
      headers: [
        ["content-type", "text/x-note"],
        ["x-mine", "1"],
      ],
    },
    { body: "hello", headers: { "content-length": "5" } },
  );
  expect(response.status).toBe(201);
  expect(await response.text()).toBe("made");
  expect(response.headers.get("x-rate")).toBe("9");
  expect(response.headers.get("set-cookie")).toBeNull();
  const said = JSON.parse(
    Buffer.from(response.headers.get(proxy.replyHeader) ?? "", "base64url").toString(),
  ) as Json;
  expect(said).toEqual({ grant_id: expect.any(String), token_id: expect.any(String) });
  expect(reached).toHaveLength(1);
  const [got] = reached;
  expect(got).toMatchObject({
    method: "POST",
    url: "/v1/things?of=mine",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "text/x-note",
      "x-mine": "1",
      "content-length": "5",
    },
  });
  expect(got?.body.toString()).toBe("hello");
  // Of the call to the broker nothing goes on.
  expect(Object.keys(got?.headers ?? {}).filter((name) => name.startsWith("alter-"))).toEqual([]);
  expect(JSON.stringify([...response.headers])).not.toContain(token);
  expect(await world.audit()).toContainEqual(
    expect.objectContaining({
      event: "proxy.called",
      subject: "ann",
      provider: "calendar",
      key_prefix: world.keys.demo.key.slice(0, 13),
    }),
  );
});

test("nothing of URL, query or headers is logged or written down", async () => {
  await call({ url: url("/secret-path?secret=query"), headers: [["x-note", "secret-header"]] });
  expect(JSON.stringify([world.logs, await world.audit()])).not.toMatch(
    /secret-(path|query|header)|secret=/,
  );
});

test("a long body goes through in pieces, and comes back before it is whole", async () => {
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  answer = async (req, res) => {
    const body = await readBody(req);
    res.writeHead(200);
    res.write(`${body.length}:`);
    await held;
    res.end("rest");
  };
  const part = new Uint8Array(500_000);
  const body = new ReadableStream({
    start: (controller) => {
      for (let i = 0; i < 3; i++) controller.enqueue(part);
      controller.close();
    },
  });
  const response = await call({ method: "PUT", url: url() }, { body });
  const reader = response.body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toBe("1500000:");
  letGo();
  const second = await reader?.read();
  expect(Buffer.from(second?.value ?? []).toString()).toBe("rest");
});

describe("the token goes to the grant's hosts or nowhere", () => {
  const attacker = { url: "" };
  let evil: Listening;
  let seen = 0;
  beforeAll(async () => {
    evil = await listen((_req, res) => {
      seen += 1;
      res.end("thank you");
    });
    attacker.url = evil.url;
  });
  afterAll(() => evil.stop());

  test.each([
    ["another host", () => evil.url, "host_not_allowed"],
    ["another port of the same host", () => `http://localhost:${evil.port}/`, "host_not_allowed"],
    [
      "the allowed host as a user name",
      () => `http://${host}@localhost:${evil.port}/`,
      "invalid_request",
    ],
    [
      "the allowed host behind a backslash",
      () => `http://localhost:${evil.port}\\@${host}/`,
      "host_not_allowed",
    ],
    [
      "a host with a dot behind it",
      () => `http://${host.replace("localhost", "localhost.")}/`,
      "invalid_request",
    ],
    ["http to a public host", () => "http://api.example.com/", "invalid_request"],
    ["a file", () => "file:///etc/passwd", "invalid_request"],
    ["an address inside", () => "https://169.254.169.254/latest/meta-data", "host_not_allowed"],
    ["no URL at all", () => "//x", "invalid_request"],
  ])("%s is refused", async (_name, to, code) => {
    seen = 0;
    const before = await grantsOf(world, "ann");
    const response = await call({ url: to() });
    expect(((await response.json()) as Json)["code"]).toBe(code);
    expect(response.headers.get(proxy.replyHeader)).toBeNull();
    expect([seen, reached.length]).toEqual([0, 0]);
    expect(await grantsOf(world, "ann")).toEqual(before);
  });

  test("a redirect is handed back and not followed", async () => {
    seen = 0;
    answer = (_req, res) => void res.writeHead(302, { location: evil.url }).end();
    const response = await call({ url: url() });
    expect([response.status, response.headers.get("location")]).toEqual([302, evil.url]);
    expect(seen).toBe(0);
    // The twin: a client that follows it arrives there.
    await fetch(url(), { headers: { authorization: "Bearer a-token" } });
    expect(seen).toBe(1);
  });
});

test.each([
  ["authorization", "Bearer mine"],
  ["host", "tenant.example.com"],
  ["cookie", "a=b"],
  ["transfer-encoding", "chunked"],
  ["x-forwarded-for", "10.0.0.1"],
  ["alter-user-token", "x"],
  ["x-note", "two\r\nlines: 1"],
  ["not a name", "x"],
])("the header %s is not the caller's to set so", async (name, value) => {
  const response = await call({ url: url(), headers: [[name, value]] });
  expect(await response.json()).toMatchObject({ status: 400, code: "invalid_request" });
  expect(reached).toHaveLength(0);
});

describe("limits", () => {
  test("a request larger than allowed is refused before it is sent, and in the middle if it did not say so", async () => {
    const big = new Uint8Array(LIMITS.most_request_bytes + 1);
    const said = await call(
      { method: "POST", url: url() },
      { body: big, headers: { "content-length": String(big.length) } },
    );
    expect(await said.json()).toMatchObject({ status: 413, code: "payload_too_large" });
    expect(reached).toHaveLength(0);
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(big);
        controller.close();
      },
    });
    const unsaid = await call({ method: "POST", url: url() }, { body });
    expect(await unsaid.json()).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  test("an endless reply is broken off", async () => {
    let closed = () => {};
    const hungUp = new Promise<void>((done) => (closed = done));
    answer = (_req, res) => {
      res.on("close", closed);
      res.writeHead(200);
      const more = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(16_384)));
        if (!res.destroyed) res.once("drain", more);
      };
      more();
    };
    const response = await call({ url: url() });
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    await hungUp;
  });

  test("a provider that says nothing, and one that stops in the middle", async () => {
    answer = () => undefined;
    expect(await (await call({ url: url() })).json()).toMatchObject({
      status: 504,
      code: "provider_timeout",
    });
    for (const answers of [
      (res: ServerResponse) => void res.writeHead(200).write("half"),
      (res: ServerResponse) => res.writeHead(200).flushHeaders(),
    ]) {
      answer = (_req, res) => answers(res);
      const response = await call({ url: url() });
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  test("a caller that reads slowly is no silent provider", async () => {
    const part = Buffer.alloc(30_000);
    answer = (_req, res) => void res.writeHead(200).end(Buffer.concat([part, part, part]));
    const reader = (await call({ url: url() })).body?.getReader();
    let bytes = 0;
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      if (bytes === 0)
        await new Promise((done) => setTimeout(done, LIMITS.timeout_seconds * 1000 + 200));
      bytes += (read.value as Uint8Array).length;
    }
    expect(bytes).toBe(90_000);
  });

  test("headers without end, and a connection that breaks, are a provider that is unavailable", async () => {
    answer = (_req, res) => void res.writeHead(200, { "x-bomb": "x".repeat(200_000) }).end();
    expect(await (await call({ url: url() })).json()).toMatchObject({
      status: 502,
      code: "provider_unavailable",
    });
    answer = (req) => void req.socket.destroy();
    expect(await (await call({ url: url() })).json()).toMatchObject({
      status: 502,
      code: "provider_unavailable",
    });
  });

  test("a compressed reply is not asked for, so that none can grow in here", async () => {
    await call({ url: url() });
    expect(reached[0]?.headers["accept-encoding"]).toBe("identity");
  });
});

test.each([
  ["no grant", { provider: "files", url: () => `http://${host}/` }, 404, "grant_not_found"],
  ["both names", { grant_id: "g", url: () => url() }, 400, "invalid_request"],
  ["a method that is none", { method: "TRACE", url: () => url() }, 400, "invalid_request"],
  [
    "a scope that is missing",
    { required_scopes: ["x"], url: () => url() },
    403,
    "scope_reauth_required",
  ],
])("%s is refused as for a token, and nothing is sent", async (_name, asked, status, code) => {
  const response = await call({ ...asked, url: asked.url() });
  expect(await response.json()).toMatchObject({ status, code });
  expect(reached).toHaveLength(0);
});

test("without API key, user token or a readable header there is no call", async () => {
  const without = async (name: string, value: string) =>
    (await (await call({ url: url() }, { headers: { [name]: value } })).json()) as Json;
  expect(await without("authorization", "Bearer alter_rk_x")).toMatchObject({
    code: "invalid_api_key",
  });
  expect(await without("alter-user-token", "x.y.z")).toMatchObject({ code: "invalid_user_token" });
  expect(await without(proxy.requestHeader, "%%%")).toMatchObject({ code: "invalid_request" });
  expect(reached).toHaveLength(0);
});

describe("a call that cannot be made costs nothing", () => {
  const scarce = (more: Json = {}) => call({ provider: "scarce", url: url(), ...more });

  test.each([
    ["a header that is not the caller's", { headers: [["cookie", "a=b"]] }],
    ["a header that carries the credential", { headers: [["x-api-key", "mine"]] }],
    ["a method that is none", { method: "TRACE" }],
  ])("%s", async (_name, more) => {
    const before = (await world.audit()).filter(({ event }) => event === "proxy.called").length;
    expect(await (await scarce(more)).json()).toMatchObject({ code: "invalid_request" });
    expect((await world.audit()).filter(({ event }) => event === "proxy.called")).toHaveLength(
      before,
    );
    expect(reached).toHaveLength(0);
  });

  test("so that the one call the policy allows is still there", async () => {
    expect((await scarce()).status).toBe(200);
    expect(reached[0]?.headers["x-api-key"]).toBe(SECRET);
    // The twin: that one did cost.
    expect(await (await scarce()).json()).toMatchObject({ code: "policy_violation" });
  });
});

describe("a secret in the query is not handed back by a provider that quotes it", () => {
  test("in a redirect, from which it is taken out", async () => {
    answer = (req, res) => {
      reached.push({ method: "", url: req.url ?? "", headers: {}, body: Buffer.from("") });
      res.writeHead(301, { location: `/v2?of=mine&${(req.url ?? "").split("&").at(-1)}` }).end();
    };
    const response = await call({ provider: "maps", url: url() });
    expect(new URL(reached[0]?.url ?? "", api.url).searchParams.get("key")).toBe(SECRET);
    expect(response.headers.get("location")).toBe(`${api.url}/v2?of=mine`);
    // Whoever follows it gets it put in anew, and may not bring one of its own.
    const own = await call({ provider: "maps", url: url("/v1?key=mine") });
    expect(await own.json()).toMatchObject({ code: "invalid_request" });
  });

  test.each([
    ["as it is", (secret: string) => secret],
    ["encoded", encodeURIComponent],
    ["encoded in small letters", (secret: string) => encodeURIComponent(secret).toLowerCase()],
    [
      "encoded but for slashes",
      (secret: string) => encodeURIComponent(secret).replaceAll("%2F", "/"),
    ],
  ])("%s, in any other header", async (_name, spelt) => {
    answer = (_req, res) =>
      void res.writeHead(200, { link: `<${spelt(SECRET)}>; rel="self"` }).end();
    const response = await call({ provider: "maps", url: url() });
    expect(response.headers.get("link")).toBe('<***>; rel="self"');
  });
});

test("a caller that dawdles gets no credential used after its revocation", async () => {
  const sub = "dawdler";
  await connect(world, { sub });
  const grant = (await grantsOf(world, sub)).find((one) => one["grant_kind"] === "oauth");
  let rest: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      rest = controller;
      controller.enqueue(new Uint8Array([1]));
    },
  });
  const calling = call(
    { method: "POST", url: url() },
    { sub, body, headers: { "content-length": "2" } },
  );
  const revoked = await world
    .backend()
    .revoke(String(grant?.["grant_id"]), await world.userToken(sub));
  expect(revoked.status).toBe(200);
  rest?.enqueue(new Uint8Array([2]));
  rest?.close();
  expect(await (await calling).json()).toMatchObject({ code: "grant_revoked" });
  expect(reached).toHaveLength(0);
});

test("a body that breaks off is no call", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("the caller has gone")),
  });
  const response = await call(
    { method: "POST", url: url() },
    { body, headers: { "content-length": "2" } },
  );
  expect(await response.json()).toMatchObject({ status: 400, code: "invalid_request" });
  expect(reached).toHaveLength(0);
});

test("a status that HTTP has not is said as such, and its body is let go", async () => {
  let closed = () => {};
  const hungUp = new Promise<void>((done) => (closed = done));
  answer = (_req, res) => {
    res.on("close", closed);
    res.writeHead(999).write("endless");
  };
  const response = await call({ method: "POST", url: url() }, { body: "x" });
  expect(await response.json()).toMatchObject({
    code: "provider_unavailable",
    detail: expect.stringContaining("status"),
  });
  await hungUp;
});

test("a slow caller is no silent provider", async () => {
  let sent = 0;
  const body = new ReadableStream({
    pull: async (controller) => {
      // Longer in all than the provider may keep silent.
      await new Promise((done) => setTimeout(done, (LIMITS.timeout_seconds * 1000) / 4));
      controller.enqueue(new Uint8Array(10));
      if (++sent === 6) controller.close();
    },
  });
  const response = await call({ method: "POST", url: url() }, { body });
  expect(response.status).toBe(200);
  expect(reached[0]?.body).toHaveLength(60);
});
