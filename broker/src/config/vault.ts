/**
 * The configuration's word on who wraps the vault's data keys: keys in the file, or the transit engine of an external
 * HashiCorp Vault or OpenBao. Knows the form and what it means; opens nothing.
 */
import { z } from "zod";
import { isSecureUrl, parseUrl } from "../providers/url.ts";
import type { TransitConfig } from "../vault/transit.ts";
import type { VaultKey } from "../vault/wrapping.ts";
import type { Complain } from "./error.ts";

export type VaultConfig = {
  /** The first wraps, unless a KMS does; all of them open what they have wrapped or sealed before. */
  keys: VaultKey[];
  transit: TransitConfig | undefined;
  wrap_with: "transit" | "keys";
};

const serverOrigin = z.string().refine((value) => {
  const url = parseUrl(value);
  return url !== undefined && url.origin === value && isSecureUrl(url);
}, "must be an origin such as https://vault.example.com:8200 (http only on loopback; no path)");

/** Of one path segment, or several for mounts and namespaces: nothing that could lead to another path. */
const segment = /^[A-Za-z0-9_-][\w.-]*$/;
const segments = /^[A-Za-z0-9_-][\w.-]*(\/[A-Za-z0-9_-][\w.-]*)*$/;

export const vaultSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, "must be 1-32 letters, digits, - or _"),
        key: z.string(),
      }),
    )
    .min(1)
    .optional(),
  transit: z
    .strictObject({
      address: serverOrigin,
      mount: z.string().regex(segments, "must be a mount path such as transit").default("transit"),
      key: z.string().regex(segment, "must be the name of a transit key"),
      namespace: z.string().regex(segments, "must be a namespace such as team/broker").optional(),
      token: z
        .string()
        .regex(/^[\x21-\x7e]+$/, "must be a token: printable ASCII without spaces")
        .optional(),
      token_file: z.string().min(1).optional(),
      ca_file: z.string().min(1).optional(),
      timeout_seconds: z.int().min(1).max(30).default(5),
    })
    .optional(),
  wrap_with: z.enum(["transit", "keys"]).optional(),
});

export const vaultOf = (file: z.infer<typeof vaultSchema>, complain: Complain): VaultConfig => {
  const keys = (file.keys ?? []).map(({ id, key }, i) => {
    const bytes = Buffer.from(key, "base64url");
    if (bytes.length === 32 && bytes.every((byte) => byte === bytes[0]))
      complain(`vault.keys[${i}].key`, "must be random: openssl rand -base64 32");
    if (bytes.length !== 32)
      complain(`vault.keys[${i}].key`, `must be 32 bytes in base64, got ${bytes.length} bytes`);
    return { id, key: new Uint8Array(bytes) };
  });
  if (new Set(keys.map(({ id }) => id)).size !== keys.length)
    complain("vault.keys", "two keys have the same id");
  const transit = file.transit && transitOf(file.transit, complain);
  if (!keys.length && !transit)
    complain("vault", "needs keys (openssl rand -base64 32) or transit, or both");
  const wrap_with = file.wrap_with ?? (transit ? "transit" : "keys");
  if (wrap_with === "transit" && !transit)
    complain("vault.wrap_with", "is transit, and vault.transit is not there");
  if (file.wrap_with === "keys" && !keys.length)
    complain("vault.wrap_with", "is keys, and vault.keys is not there");
  return { keys, transit, wrap_with };
};

const transitOf = (
  file: NonNullable<z.infer<typeof vaultSchema>["transit"]>,
  complain: Complain,
): TransitConfig => {
  const { token, token_file, timeout_seconds, ...rest } = file;
  if ((token === undefined) === (token_file === undefined))
    complain("vault.transit", "needs either token or token_file");
  return {
    ...{ address: rest.address, mount: rest.mount, key: rest.key },
    ...{ namespace: rest.namespace, ca_file: rest.ca_file },
    token: token_file === undefined ? { value: token ?? "" } : { file: token_file },
    timeout: timeout_seconds * 1000,
  };
};
