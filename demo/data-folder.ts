/**
 * The folder where a demo keeps what must survive a restart, and the secrets made at its first start.
 * Knows files and randomness; what the secrets are for is the caller's affair.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createOidcKeys, type OidcKeys } from "./oidc/keys.ts";
import type { Ports } from "./ports.ts";

export type Secrets = {
  /** Issuers, hosts and redirect URIs carry ports, so a folder belongs to the ports it was made with. */
  ports: Ports;
  /** Base64url, 32 bytes. */
  vaultKey: string;
  apiKey: string;
  /** What Acme Weather gave the company: a managed secret, which the broker puts on requests. */
  weatherKey: string;
  /** Seals the app's own cookie. */
  cookieKey: string;
  /** What each client tells the server it is registered at. */
  clientSecrets: Record<"idp" | "wallet" | "calendar" | "files", string>;
  oidcKeys: Record<"idp" | "calendar" | "files", OidcKeys>;
};

const SECRETS = "secrets.json";

/** `undefined` for a folder in which no demo has run yet. */
export const readSecrets = async (folder: string): Promise<Secrets | undefined> => {
  let text: string;
  try {
    text = await readFile(join(folder, SECRETS), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let kept: Partial<Secrets>;
  try {
    kept = JSON.parse(text) as Partial<Secrets>;
  } catch {
    // Without the parser's message, which quotes what it read.
    throw new Error(`${join(folder, SECRETS)} is damaged. Start anew: npm start -- --reset`);
  }
  if (kept.weatherKey === undefined || kept.clientSecrets?.wallet === undefined)
    throw new Error(`${folder} is of an older version. Start anew: npm start -- --reset`);
  return kept as Secrets;
};

export const createSecrets = async (folder: string, ports: Ports): Promise<Secrets> => {
  const [idp, calendar, files] = await Promise.all([
    createOidcKeys(),
    createOidcKeys(),
    createOidcKeys(),
  ]);
  const secrets: Secrets = {
    ports,
    vaultKey: random(),
    apiKey: `alter_rk_${random()}`,
    weatherKey: random(),
    cookieKey: random(),
    clientSecrets: { idp: random(), wallet: random(), calendar: random(), files: random() },
    oidcKeys: { idp, calendar, files },
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, SECRETS), JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  return secrets;
};

/** Removes a demo's folder. One that holds other things is left alone: `--data ~ --reset` is a typing error. */
export const resetDataFolder = async (folder: string): Promise<void> => {
  const entries = await readdir(folder).catch((error: unknown): string[] => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  if (entries.length && !entries.includes(SECRETS))
    throw new Error(`${folder} is not a folder of this demo, so --reset leaves it as it is`);
  await rm(folder, { recursive: true, force: true });
};

const random = () => randomBytes(32).toString("base64url");
