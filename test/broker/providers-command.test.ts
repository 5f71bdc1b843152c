/** `alter-broker providers`: what an operator reads of the catalogue, and whether a record still says what its provider says. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProviders } from "../../broker/src/commands/providers.ts";
import { readConfig } from "../../broker/src/config/config.ts";
import { catalogueIds } from "../../broker/src/providers/catalogue.ts";
import { jsonReply, listen, type Listening } from "../servers/http.ts";
import { expectNoLeak } from "../servers/leaks.mjs";
import { newKey, type Json } from "./world.ts";

/** Discovery documents by host, over a real socket. */
let server: Listening;
let documents: Record<string, unknown> = {};
const asked: string[] = [];
beforeAll(async () => {
  server = await listen((req, res) => {
    const host = String(req.headers["x-to"]);
    asked.push(host + (req.url ?? ""));
    const document = documents[host];
    const { status, headers, body } = jsonReply(document ?? {}, document ? 200 : 404);
    res.writeHead(status, headers).end(body);
  });
});
afterAll(() => server.stop());

const fetching: typeof fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const headers = new Headers(init?.headers);
  headers.set("x-to", url.host);
  return fetch(server.url + url.pathname, { ...init, headers });
};

type Options = { json?: boolean; config?: ReturnType<typeof readConfig> };

const run = async (words: string[], options: Options & { guarded?: boolean } = {}) => {
  const lines: string[] = [];
  const { config, guarded = false, ...rest } = options;
  const fine = await runProviders(
    // Guarded, it is on its own, as the command line has it.
    { config, say: (line) => void lines.push(line), ...(guarded ? {} : { fetch: fetching }) },
    words,
    rest,
  );
  expectNoLeak("what a command wrote", lines.join("\n"));
  return { fine, text: lines.join("\n"), lines };
};

const operators = (more: Json = {}, inside = "https://inside.example") =>
  readConfig(
    JSON.stringify({
      ...more,
      base_url: "https://connect.acme.example",
      storage: { sqlite: ":memory:" },
      vault: {
        keys: [
          {
            id: "k1",
            key: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url"),
          },
        ],
      },
      providers: {
        "gitlab-work": { extends: "gitlab", name: "GitLab (work)" },
        inside: { name: "Inside", issuer: inside, api_hosts: ["api.acme.example"] },
      },
      apps: [
        {
          id: "planner",
          name: "Planner",
          origins: ["https://app.acme.example"],
          api_keys: [{ id: "first", hash: newKey().hash }],
          identity_provider: {
            name: "IdP",
            issuer: "https://idp.acme.example",
            audience: "planner",
          },
          providers: {
            "gitlab-work": {
              client_id: "c",
              client_secret: "s",
              variables: { base_url: "https://git.acme.example" },
            },
            inside: { client_id: "c", client_secret: "s", scopes: ["openid"] },
          },
        },
      ],
    }),
    {},
  );

test("lists the catalogue, and the operator's own", async () => {
  const { lines } = await run(["list"]);
  expect(lines).toHaveLength(catalogueIds().length);
  expect(lines.find((line) => line.startsWith("google "))).toMatch(/Google\s+identity$/);
  const own = await run(["list"], { config: operators(), json: true });
  expect((JSON.parse(own.text) as Json[]).find(({ id }) => id === "gitlab-work")).toMatchObject({
    name: "GitLab (work)",
  });
});

test("shows one as a page, with the operator's redirect URI, or as it is", async () => {
  const config = operators();
  expect((await run(["show", "slack"], { config })).text).toContain(
    "`https://connect.acme.example/oauth/callback/slack`",
  );
  expect((await run(["show", "gitlab-work"], { config })).text).toContain(
    "/oauth/callback/gitlab-work",
  );
  const record = JSON.parse((await run(["show", "slack"], { json: true })).text) as Json;
  expect(record).toMatchObject({ id: "slack", pkce: "none", token_response: { error: "error" } });
});

describe("holds records against discovery documents", () => {
  const GOOGLE = {
    issuer: "https://accounts.google.com",
    authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
    token_endpoint: "https://oauth2.googleapis.com/token",
    userinfo_endpoint: "https://openidconnect.googleapis.com/v1/userinfo",
    revocation_endpoint: "https://oauth2.googleapis.com/revoke",
    jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
    code_challenge_methods_supported: ["plain", "S256"],
    authorization_response_iss_parameter_supported: true,
  };

  test("of the server that the configuration names, where it names one", async () => {
    const config = readConfig(
      JSON.stringify({
        base_url: "https://connect.acme.example",
        storage: { sqlite: ":memory:" },
        vault: { keys: [{ id: "k1", key: randomBytes(32).toString("base64url") }] },
        apps: [
          {
            id: "demo",
            name: "Demo",
            origins: ["https://app.example"],
            api_keys: [{ id: "first", hash: `sha256:${"a".repeat(64)}` }],
            identity_provider: { name: "IdP", issuer: "https://idp.example", audience: "demo" },
            providers: {
              gitlab: {
                ...{ client_id: "c", client_secret: "s" },
                variables: { base_url: "https://git.acme.example" },
              },
            },
          },
        ],
      }),
      {},
    );
    documents = { "git.acme.example": { issuer: "https://git.acme.example" } };
    expect((await run(["check", "gitlab"], { config })).text).toBe("gitlab: as its document says");
    expect((await run(["check", "gitlab"])).text).toContain("https://gitlab.com/");
  });

  test("the same", async () => {
    documents = { "accounts.google.com": GOOGLE };
    expect(await run(["check", "google"])).toMatchObject({
      fine: true,
      text: "google: as its document says",
    });
  });

  test.each<[string, Json, RegExp]>([
    [
      "another endpoint",
      { token_endpoint: "https://oauth3.googleapis.com/token" },
      /token_endpoint is "https:\/\/oauth3.*", here https:\/\/oauth2/,
    ],
    ["another issuer", { issuer: "https://login.google.com" }, /issuer is/],
  ])("%s", async (_, change, expected) => {
    documents = { "accounts.google.com": { ...GOOGLE, ...change } };
    const { fine, text } = await run(["check", "google"]);
    expect([fine, text]).toEqual([false, expect.stringMatching(expected)]);
  });

  test("PKCE and iss that the record does not use yet", async () => {
    documents = {
      "www.linkedin.com": {
        issuer: "https://www.linkedin.com/oauth",
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
      },
    };
    const { fine, text } = await run(["check", "linkedin"]);
    expect(fine).toBe(false);
    expect(text).toMatch(/takes PKCE/);
    expect(text).toMatch(/sends iss/);
  });

  test("no document, and nothing to ask for", async () => {
    documents = {};
    expect((await run(["check", "google"])).text).toMatch(/answered 404/);
    expect(await run(["check", "notion"])).toMatchObject({
      fine: true,
      text: expect.stringMatching(/no discovery document/) as string,
    });
  });

  test.each<[string, unknown]>([
    ["longer than a megabyte", { ...GOOGLE, filler: "x".repeat(1 << 20) }],
    ["a text", "no object"],
  ])("%s is no document", async (_, document) => {
    documents = { "accounts.google.com": document };
    const { fine, text } = await run(["check", "google"]);
    expect([fine, text]).toEqual([false, expect.stringMatching(/gave no document$/)]);
  });

  test("a private address is asked only where the operator allows it", async () => {
    const before = asked.length;
    const check = (more: Json) =>
      run(["check", "inside"], { guarded: true, config: operators(more, server.url) });
    expect((await check({})).text).toMatch(/gave no document$/);
    expect(asked).toHaveLength(before);
    // The twin.
    const private_addresses = ["127.0.0.0/8", "::1"];
    expect((await check({ private_addresses })).text).toMatch(/answered 404$/);
    expect(asked).toHaveLength(before + 1);
  });

  test("GitHub's, at an address of its own (RFC 8414)", async () => {
    documents = {};
    await run(["check", "github"]);
    expect(asked.at(-1)).toBe("github.com/.well-known/oauth-authorization-server/login/oauth");
  });
});

test.each([
  [[]],
  [["show"]],
  [["show", "a", "b"]],
  [["list", "x"]],
  [["steal"]],
  [["show", "nobody-knows-it"]],
])("%j is an error that says what is expected", async (words) => {
  await expect(run(words)).rejects.toThrow(
    /expected list, show ID or check|there is no nobody-knows-it/,
  );
});
