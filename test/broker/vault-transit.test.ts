/**
 * Data keys wrapped by a transit engine, over HTTP: what the two calls send, and what the operator is told of each way
 * that they can fail. With `OPENBAO=<its program>` in the environment the table of the protocol runs against that, too.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { VaultError } from "../../broker/src/vault/error.ts";
import { createTransit, type TransitConfig } from "../../broker/src/vault/transit.ts";
import { freePort, htmlReply, jsonReply, redirectReply } from "../servers/http.ts";
import { startTransit, type Transit } from "../servers/transit.ts";

const TOKEN = "dev-4Tf9kQm2Zx";
const KEY = new Uint8Array(randomBytes(32));
const OF = { id: "dk_1", purpose: "seal" };
const folder = mkdtempSync(join(tmpdir(), "alter-transit-test-"));
let transit: Transit;

type Server = { url: string; token: string };

/** Its own API, as its administrator uses it: the stand-in has the same. */
const admin = async ({ url, token }: Server, path: string, body: object = {}): Promise<void> => {
  const headers = { "x-vault-token": token };
  await fetch(`${url}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
};

const wrappingAt = (url: string, over: Partial<TransitConfig> = {}) =>
  createTransit({
    ...{ address: url, mount: "transit", key: "alter", namespace: undefined },
    ...{ token: { value: TOKEN }, ca_file: undefined, timeout: 5_000 },
    ...over,
  });

/** What the operator would read. */
const failure = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof VaultError)) throw error;
  return error.message;
};

beforeAll(async () => {
  transit = await startTransit({ token: TOKEN });
  const server = { url: transit.url, token: TOKEN };
  await admin(server, "sys/mounts/transit", { type: "transit" });
  await admin(server, "transit/keys/alter");
});
afterEach(() => transit.answer(undefined));
afterAll(async () => {
  await transit.stop();
  rmSync(folder, { recursive: true, force: true });
});

const OPENBAO = process.env["OPENBAO"];

/** In its development mode: in memory, on loopback, unsealed, with a root token of ours. */
const startOpenBao = async (program: string): Promise<Server & { stop: () => void }> => {
  const port = await freePort();
  const options = [`-dev-root-token-id=${TOKEN}`, `-dev-listen-address=127.0.0.1:${port}`];
  const child = spawn(program, ["server", "-dev", "-dev-no-store-token", ...options]);
  let said = "";
  await new Promise<void>((ready, failed) => {
    child.once("exit", () => failed(new Error(`${program} ended:\n${said}`)));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Development mode should NOT be used")) ready();
    });
  });
  return { url: `http://127.0.0.1:${port}`, token: TOKEN, stop: () => child.kill() };
};

describe.each([
  ["the stand-in", async () => ({ ...(await startTransit({ token: TOKEN })), token: TOKEN })],
  ...(OPENBAO === undefined ? [] : [["OpenBao", () => startOpenBao(OPENBAO)] as const]),
] as [string, () => Promise<Server & { stop: () => unknown }>][])(
  "the protocol: %s",
  (_, start) => {
    let server: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      server = await start();
      await admin(server, "sys/mounts/transit", { type: "transit" });
      await admin(server, "transit/keys/alter");
      await admin(server, "transit/keys/rsa", { type: "rsa-2048" });
    });
    afterAll(() => server.stop());
    const at = (over: Partial<TransitConfig> = {}) => wrappingAt(server.url, over);

    test("wraps, unwraps, and says which key did", async () => {
      const wrapped = await at().wrap(KEY, OF);
      expect(wrapped).toMatch(/^vault:v1:/);
      expect(wrapped).not.toContain(Buffer.from(KEY).toString("base64"));
      expect(await at().unwrap(wrapped, OF)).toEqual(KEY);
      expect(at().name).toBe("transit:transit/alter");
    });

    test.each([
      ["another row", { ...OF, id: "dk_2" }],
      ["another purpose", { ...OF, purpose: "mac" }],
    ])("for %s it does not unwrap", async (_name, of) => {
      const wrapped = await at().wrap(KEY, OF);
      expect(await failure(at().unwrap(wrapped, of))).toMatch(
        /^vault_key_mismatch: data key dk_\w does not unwrap\. .* by 400: cipher: message authentication failed$/,
      );
    });

    test("its own rotation: old versions unwrap until they are disallowed, new ones are wrapped", async () => {
      const old = await at({ key: "turning" }).wrap(KEY, OF);
      await admin(server, "transit/keys/turning/rotate");
      const fresh = await at({ key: "turning" }).wrap(KEY, OF);
      expect([old, fresh]).toEqual([
        expect.stringMatching(/^vault:v1:/),
        expect.stringMatching(/^vault:v2:/),
      ]);
      expect(await at({ key: "turning" }).unwrap(old, OF)).toEqual(KEY);
      await admin(server, "transit/keys/turning/config", { min_decryption_version: 2 });
      expect(await failure(at({ key: "turning" }).unwrap(old, OF))).toMatch(
        /^vault_key_mismatch: .*disallowed by policy \(too old\)$/,
      );
      expect(await at({ key: "turning" }).unwrap(fresh, OF)).toEqual(KEY);
    });

    test.each<[string, Partial<TransitConfig>, RegExp]>([
      ["a wrong token", { token: { value: "s.wrong" } }, /vault_refused: .* by 403: permission/],
      ["no such engine", { mount: "nowhere" }, /vault_refused: .* by 404: no handler for route/],
      [
        "a namespace that is none",
        { namespace: "team" },
        /vault_refused: .* by 404: namespace not/,
      ],
      ["a key that takes no associated data", { key: "rsa" }, /vault_refused: .* non-AEAD cipher/],
    ])("%s is told in its words, and no secret", async (_name, over, words) => {
      const message = await failure(at(over).wrap(KEY, OF));
      expect(message).toMatch(words);
      expect(message).not.toContain(Buffer.from(KEY).toString("base64"));
      expect(message).not.toMatch(/s\.wrong|4Tf/);
    });

    test("what another key has wrapped, or nobody, does not unwrap", async () => {
      const wrapped = await at().wrap(KEY, OF);
      await at({ key: "other" }).wrap(KEY, OF);
      expect(await failure(at({ key: "other" }).unwrap(wrapped, OF))).toMatch(
        /^vault_key_mismatch/,
      );
      expect(await failure(at({ key: "nobody" }).unwrap(wrapped, OF))).toMatch(
        /^vault_key_mismatch: .* by 400: encryption key not found/,
      );
      expect(await failure(at().unwrap("vault:v9:AAAA", OF))).toMatch(/version is too new/);
      expect(await failure(at().unwrap("local", OF))).toMatch(/invalid ciphertext: no prefix/);
    });

    test("sealed, it says so", async () => {
      await admin(server, "sys/seal");
      expect(await failure(at().wrap(KEY, OF))).toMatch(
        /^vault_refused: .* by 503: Vault is sealed/,
      );
    });
  },
);

describe("the calls", () => {
  test("bring token and namespace, as POST to the two paths of the key alone", async () => {
    const before = transit.calls.length;
    await wrappingAt(transit.url, { namespace: "team/broker" })
      .wrap(KEY, OF)
      .catch(() => undefined);
    expect(transit.calls.slice(before)).toEqual([
      { path: "/v1/transit/encrypt/alter", token: TOKEN, namespace: "team/broker" },
    ]);
  });

  test("the token of a file is read anew for each of them, and a file without one is named", async () => {
    const file = join(folder, "token");
    const wrapping = wrappingAt(transit.url, { token: { file } });
    expect(await failure(wrapping.wrap(KEY, OF))).toBe(
      "vault_unreachable: vault.transit.token_file: ENOENT",
    );
    writeFileSync(file, "s.old\n");
    expect(await failure(wrapping.wrap(KEY, OF))).toMatch(/by 403/);
    writeFileSync(file, `${TOKEN}\n`);
    expect(await wrapping.wrap(KEY, OF)).toMatch(/^vault:v1:/);
    writeFileSync(file, "two words\n");
    expect(await failure(wrapping.wrap(KEY, OF))).toBe(
      "vault_unreachable: vault.transit.token_file: holds no token",
    );
  });

  test("a redirect is not followed: the token goes to the configured address only", async () => {
    const elsewhere = await startTransit({ token: TOKEN });
    transit.answer(redirectReply(`${elsewhere.url}/v1/transit/encrypt/alter`, 307));
    expect(await failure(wrappingAt(transit.url).wrap(KEY, OF))).toMatch(
      /^vault_refused: .* by 307\. Name the active node/,
    );
    expect(elsewhere.calls).toEqual([]);
    await elsewhere.stop();
  });

  test.each([
    ["HTML", htmlReply("<h1>Welcome to nginx!</h1>"), /answered encrypt by something else/],
    ["no ciphertext", jsonReply({ data: {} }), /answered encrypt by something else/],
    ["HTML and 502", htmlReply("<h1>Bad gateway</h1>", 502), /by 502$/],
  ])("%s is no answer", async (_name, reply, words) => {
    transit.answer(reply);
    expect(await failure(wrappingAt(transit.url).wrap(KEY, OF))).toMatch(words);
  });

  test("a key of another length is none", async () => {
    transit.answer(jsonReply({ data: { plaintext: Buffer.alloc(16).toString("base64") } }));
    expect(await failure(wrappingAt(transit.url).unwrap("vault:v1:AAAA", OF))).toMatch(
      /^vault_refused: .*unwrapped dk_1 to something else$/,
    );
  });

  test("a server that repeats what it was sent is not quoted", async () => {
    transit.answer(jsonReply({ errors: [`bad token ${TOKEN}`] }, 400));
    const message = await failure(wrappingAt(transit.url).wrap(KEY, OF));
    expect(message).toMatch(/ by 400$/);
    expect(message).not.toContain(TOKEN);
  });

  test("one that is not there, or does not end, is unreachable", async () => {
    const gone = `http://127.0.0.1:${await freePort()}`;
    expect(await failure(wrappingAt(gone).wrap(KEY, OF))).toBe(
      `vault_unreachable: vault.transit (${gone}) did not answer (ECONNREFUSED)`,
    );
    transit.answer(new Promise(() => undefined));
    expect(await failure(wrappingAt(transit.url, { timeout: 50 }).wrap(KEY, OF))).toMatch(
      /^vault_unreachable: .* \(timeout\)$/,
    );
  });
});
