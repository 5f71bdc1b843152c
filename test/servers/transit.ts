/**
 * A stand-in for the transit engine of HashiCorp Vault and OpenBao: the same paths, headers, JSON and errors, keys with
 * versions that its own paths rotate. What it answers was written down from OpenBao 2.7.2, and
 * test/broker/vault-transit.test.ts holds both against the same table where `OPENBAO` names that program.
 *
 *   const transit = await startTransit({ token: "s.abc" });
 *   await fetch(`${transit.url}/v1/transit/encrypt/alter`, { method: "POST", headers: { "x-vault-token": "s.abc" }, body });
 *   transit.calls.filter(({ path }) => path.includes("/decrypt/"));
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { jsonReply, listen, readBody, type Reply } from "./http.ts";

export type TransitCall = {
  path: string;
  token: string | undefined;
  namespace: string | undefined;
};

export type Transit = {
  url: string;
  calls: TransitCall[];
  /** In place of its own answer, until `undefined` is given. A promise that never ends is a server that hangs. */
  answer: (reply: Reply | Promise<Reply> | undefined) => void;
  stop: () => Promise<void>;
};

type TransitKey = { type: string; versions: Buffer[]; min_decryption_version: number };
type Body = Record<string, unknown>;

export const startTransit = async ({ token }: { token: string }): Promise<Transit> => {
  const keys = new Map<string, TransitKey>();
  const mounts = new Set<string>();
  const calls: TransitCall[] = [];
  let sealed = false;
  let override: Reply | Promise<Reply> | undefined;

  const route = (method: string, path: string, body: Body): Reply => {
    if (path === "/v1/sys/seal") {
      sealed = true;
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const [, mounted] = /^\/v1\/sys\/mounts\/(\w+)$/.exec(path) ?? [];
    if (mounted !== undefined) {
      mounts.add(mounted);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const inner = path.slice("/v1/".length);
    const [mount = "", operation = "", name = "", verb] = inner.split("/");
    if (!mounts.has(mount))
      return failed(404, `no handler for route "${inner}". route entry not found.`);
    if (operation === "keys" && verb === undefined) {
      keys.set(name, newKey(text(body["type"]) || "aes256-gcm96"));
      return answered({ name });
    }
    const key = keys.get(name);
    if (operation === "keys" && key) {
      if (verb === "rotate") key.versions.push(randomBytes(32));
      else key.min_decryption_version = Number(body["min_decryption_version"]);
      return answered({ name });
    }
    if (method !== "POST" && method !== "PUT") return failed(405, "unsupported operation");
    if (operation === "encrypt") {
      if (body["plaintext"] === undefined) return failed(400, "missing plaintext to encrypt");
      // As with a token that may create keys.
      const used = key ?? newKey("aes256-gcm96");
      keys.set(name, used);
      return encrypt(used, body);
    }
    if (operation === "decrypt") {
      if (!body["ciphertext"]) return failed(400, "missing ciphertext to decrypt");
      return key ? decrypt(key, body) : failed(400, "encryption key not found");
    }
    return failed(404, "1 error occurred:\n\t* unsupported path\n\n");
  };

  const server = await listen((req, res) => {
    void (async () => {
      const sent = await readBody(req);
      const header = (name: string) => req.headers[name]?.toString();
      const path = req.url ?? "";
      const call = { path, token: header("x-vault-token"), namespace: header("x-vault-namespace") };
      calls.push(call);
      let body: Body = {};
      try {
        body = JSON.parse(sent.toString()) as Body;
      } catch {
        // It takes what it cannot read for nothing.
      }
      const own = (): Reply => {
        if (sealed) return failed(503, "Vault is sealed");
        if (call.namespace !== undefined) return failed(404, "namespace not found");
        return call.token === token
          ? route(req.method ?? "", path, body)
          : failed(403, "permission denied");
      };
      const reply = await (override ?? own());
      res.writeHead(reply.status, reply.headers).end(reply.body);
    })();
  });

  return {
    url: server.url,
    calls,
    answer: (reply) => {
      override = reply;
    },
    stop: server.stop,
  };
};

const newKey = (type: string): TransitKey => {
  return { type, versions: [randomBytes(32)], min_decryption_version: 1 };
};

const encrypt = (key: TransitKey, body: Body): Reply => {
  const plain = base64(text(body["plaintext"]));
  if (!plain) return failed(400, "illegal base64 data at input byte 0");
  const associated = text(body["associated_data"]);
  if (associated && !isAead(key))
    return failed(400, `'[0].associated_data' provided for non-AEAD cipher suite ${key.type}`);
  const key_version = key.versions.length;
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.versions.at(-1) ?? "", nonce);
  cipher.setAAD(Buffer.from(associated, "base64"));
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return answered({
    ciphertext: `vault:v${key_version}:${sealed.toString("base64")}`,
    key_version,
  });
};

const decrypt = (key: TransitKey, body: Body): Reply => {
  const [, number, sealed = ""] = /^vault:v(\d+):(.*)$/.exec(text(body["ciphertext"])) ?? [];
  if (number === undefined) return failed(400, "invalid ciphertext: no prefix");
  const version = Number(number);
  if (version > key.versions.length) return failed(400, "invalid ciphertext: version is too new");
  if (version < key.min_decryption_version)
    return failed(400, "ciphertext or signature version is disallowed by policy (too old)");
  const bytes = Buffer.from(sealed, "base64");
  try {
    const cipher = createDecipheriv(
      "aes-256-gcm",
      key.versions[version - 1] ?? "",
      bytes.subarray(0, 12),
      { authTagLength: 16 },
    );
    cipher.setAAD(Buffer.from(text(body["associated_data"]), "base64"));
    cipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]);
    return answered({ plaintext: plain.toString("base64") });
  } catch {
    return failed(400, "cipher: message authentication failed");
  }
};

const isAead = ({ type }: TransitKey): boolean => /gcm|poly1305/.test(type);

const base64 = (value: string): Buffer | undefined =>
  /^[\w+/]*={0,2}$/.test(value) ? Buffer.from(value, "base64") : undefined;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const answered = (value: Body): Reply =>
  jsonReply({
    ...{ request_id: randomUUID(), lease_id: "", renewable: false, lease_duration: 0 },
    ...{ data: value, wrap_info: null, warnings: null, auth: null },
  });

const failed = (status: number, error: string): Reply => jsonReply({ errors: [error] }, status);
