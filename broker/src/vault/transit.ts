/**
 * Data keys wrapped by the transit engine of HashiCorp Vault or OpenBao: two calls, POST encrypt and POST decrypt. Knows
 * that protocol and how its server fails; no error quotes a key, a token or a wrapped key.
 */
import { readFile } from "node:fs/promises";
import { Agent, fetch as undiciFetch } from "undici";
import { z } from "zod";
import { KEY_BYTES } from "./aead.ts";
import { VaultError } from "./error.ts";
import { associatedData, type Wrapping } from "./wrapping.ts";

export type TransitConfig = {
  /** Origin of the server. */
  address: string;
  mount: string;
  key: string;
  namespace: string | undefined;
  token: { value: string } | { file: string };
  /** PEM, for a server whose certificate is of an authority of one's own. */
  ca_file: string | undefined;
  /** Milliseconds, per call. */
  timeout: number;
};

export const createTransit = (
  config: TransitConfig,
  /** By default one that trusts `ca_file`; never the guarded one: where a KMS is, the operator has said. */
  injected?: typeof fetch,
): Wrapping => {
  const where = `vault.transit (${config.address})`;

  const call = async <T>(
    operation: "encrypt" | "decrypt",
    body: Record<string, string>,
    reply: z.ZodType<T>,
  ): Promise<T> => {
    const fetcher = injected ?? (await fetchTrusting(config.ca_file));
    const token = await tokenOf(config.token);
    let status: number;
    let text: string;
    try {
      const url = `${config.address}/v1/${config.mount}/${operation}/${config.key}`;
      const response = await fetcher(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-vault-token": token,
          "x-vault-request": "true",
          ...(config.namespace === undefined ? {} : { "x-vault-namespace": config.namespace }),
        },
        body: JSON.stringify(body),
        // A standby answers 307 where it does not forward; the token goes to the address of the configuration alone.
        redirect: "manual",
        signal: AbortSignal.timeout(config.timeout),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new VaultError("vault_unreachable", `${where} did not answer (${causeOf(error)})`);
    }
    if (status !== 200) {
      const said = errorOf(text, [token, ...Object.values(body)]);
      throw new VaultError(
        "vault_refused",
        `${where} answered ${operation} with ${config.mount}/${config.key} by ${status}${said}${hintOf(status)}`,
      );
    }
    const parsed = reply.safeParse(parseJson(text));
    if (!parsed.success)
      throw new VaultError("vault_refused", `${where} answered ${operation} by something else`);
    return parsed.data;
  };

  return {
    name: `transit:${config.mount}/${config.key}`,

    wrap: async (key, of) => {
      const body = { plaintext: base64(key), associated_data: base64(associatedData(of)) };
      return (await call("encrypt", body, encrypted)).data.ciphertext;
    },

    unwrap: async (ciphertext, of) => {
      const body = { ciphertext, associated_data: base64(associatedData(of)) };
      const { data } = await call("decrypt", body, decrypted).catch((error: unknown) => {
        // Its word for "not by this key, or not for this": the key, the engine or the row is another one.
        if (error instanceof VaultError && / by 400\b/.test(error.message))
          throw new VaultError(
            "vault_key_mismatch",
            `data key ${of.id} does not unwrap. ${error.message.replace(/^\w+: /, "")}`,
          );
        throw error;
      });
      const key = new Uint8Array(Buffer.from(data.plaintext, "base64"));
      if (key.length !== KEY_BYTES)
        throw new VaultError("vault_refused", `${where} unwrapped ${of.id} to something else`);
      return key;
    },
  };
};

const encrypted = z.object({
  data: z.object({ ciphertext: z.string().regex(/^\w+:v\d+:[\w+/=-]+$/) }),
});
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Read anew for each call: an agent beside us renews it in its file. */
const tokenOf = async (token: TransitConfig["token"]): Promise<string> => {
  if ("value" in token) return token.value;
  const text = await readFile(token.file, "utf8").catch((error: unknown) => {
    throw new VaultError("vault_unreachable", `vault.transit.token_file: ${causeOf(error)}`);
  });
  const value = text.trim();
  // What a header cannot carry would be quoted by the error that says so.
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new VaultError("vault_unreachable", "vault.transit.token_file: holds no token");
  return value;
};

const fetchTrusting = async (ca_file: string | undefined): Promise<typeof fetch> => {
  if (ca_file === undefined) return fetch;
  const ca = await readFile(ca_file, "utf8").catch((error: unknown) => {
    throw new VaultError("vault_unreachable", `vault.transit.ca_file: ${causeOf(error)}`);
  });
  const dispatcher = new Agent({ connect: { ca } });
  // Its own fetch, since the runtime's takes no agent of another version.
  return ((url: string, init: object) =>
    undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch;
};

/** A code, which quotes nothing. */
const causeOf = (error: unknown): string => {
  const { name, code, cause } = error as {
    name?: unknown;
    code?: unknown;
    cause?: { code?: unknown };
  };
  if (name === "TimeoutError") return "timeout";
  return String(typeof code === "string" ? code : (cause?.code ?? name));
};

const MOST_SAID = 200;

/** The server's own first words, unless they repeat what it was sent. */
const errorOf = (text: string, secrets: string[]): string => {
  const parsed = failure.safeParse(parseJson(text));
  const said = parsed.success ? parsed.data.errors.join("; ") : "";
  if (said === "" || secrets.some((secret) => said.includes(secret))) return "";
  return `: ${said.replace(/[^\x20-\x7e]+/g, " ").slice(0, MOST_SAID)}`;
};
const failure = z.object({ errors: z.array(z.string()) });

const hintOf = (status: number): string => {
  if (status >= 300 && status < 400) return ". Name the active node, or a balancer before it";
  if (status === 403) return ". The token needs `update` on encrypt/ and decrypt/ of this key";
  if (status === 404) return ". Check mount and namespace";
  return "";
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
