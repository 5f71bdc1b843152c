/**
 * How the doctor shows the broker that it is the operator: a keyed hash over one request and its time, by the vault that
 * both have. Nothing is stored for it, and it opens one route, which tells the caller only what the caller has sent.
 */
import type { Vault } from "../vault.ts";

export const DOCTOR_PATH = "/v1/doctor";
export const SCHEME = "Alter-Doctor";
export const PROBE_COOKIE = "ac_doctor";
/** Clocks differ; a pass that somebody has seen is of use for as long, and tells them their own request. */
export const PASS_LIFETIME = 60_000;
const PASS = /^Alter-Doctor (\d{1,16})\.([\w-]{22,64})\.([\w-]{43})$/;

type Mac = Pick<Vault, "mac">;

export const passFor = (vault: Mac, now: number, nonce: string, url: string): string =>
  `${SCHEME} ${now}.${nonce}.${vault.mac("doctor", String(now), nonce, url)}`;

/** `url`: path and query. The nonce of a good pass. */
export const readPass = (
  header: string | undefined,
  url: string,
  now: number,
  same: (a: string, b: string) => boolean,
  vault: Mac,
): string | undefined => {
  const [, at = "", nonce = "", mac = ""] = PASS.exec(header ?? "") ?? [];
  if (!mac || Math.abs(now - Number(at)) > PASS_LIFETIME) return undefined;
  return same(mac, vault.mac("doctor", at, nonce, url)) ? nonce : undefined;
};

/** What the broker has seen of a request. */
export type Seen = {
  version: string;
  base_url: string;
  now: number;
  /** The other end of the connection: a proxy, where there is one. */
  remote_address: string | null;
  /** Whose call it takes it for; null where it cannot say. */
  caller_address: string | null;
  is_trusted_proxy: boolean;
  forwarded_for: string | null;
  /** Of those that the doctor sends. */
  headers: Record<string, string>;
};
