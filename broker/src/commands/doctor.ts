/**
 * `alter-broker doctor`: everything around the broker, checked from where its operator sits. In this order, each with a
 * code, what was expected, what came and what to do. Writes nothing, refreshes nothing, and prints no secret.
 */
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/error.ts";
import { createAsk } from "../doctor/ask.ts";
import { checkFile, checkNode } from "../doctor/configuration.ts";
import { checkDatabase } from "../doctor/database.ts";
import { codeOf, fail, ok, skipped, type Finding } from "../doctor/finding.ts";
import { checkIdentityProviders, checkProviders } from "../doctor/others.ts";
import { checkOutside } from "../doctor/outside.ts";
import { checkWallet } from "../doctor/wallet.ts";
import { lookAtStore } from "../store/store.ts";
import { openVault, type Vault } from "../vault.ts";
import { VaultError } from "../vault/error.ts";
import type { KeyStore } from "../vault/keyring.ts";

export const DOCTOR_OPTIONS = { "from-outside": { type: "string" } } as const;

export type DoctorDeps = {
  file: string;
  /** @throws ConfigError */
  read: () => Config;
  say: (line: string) => void;
  now: () => number;
  version: string;
  node: string;
  fetch?: typeof fetch;
  ca?: string | undefined;
  /** How long an answer is held, and a piece kept back: see doctor/passage.ts. */
  held?: number;
  piece?: number;
};

type Area = { area: string; findings: Finding[] };

/** True: nothing failed. @throws Error for what was asked wrongly. */
export const runDoctor = async (
  deps: DoctorDeps,
  words: string[],
  options: { json?: boolean | undefined; "from-outside"?: string | undefined },
): Promise<boolean> => {
  if (words.length) throw new Error("doctor: expected no more words");
  const at = readAddress(options["from-outside"]);
  const areas = await examine(deps, at);
  const all = areas.flatMap(({ findings }) => findings);
  const count = (state: Finding["state"]) =>
    all.filter((finding) => finding.state === state).length;
  if (options.json === true)
    deps.say(
      JSON.stringify(
        {
          version: deps.version,
          failed: count("fail"),
          warned: count("warn"),
          findings: areas.flatMap(({ area, findings }) =>
            findings.map((one) => ({ area, ...one })),
          ),
        },
        null,
        2,
      ),
    );
  else {
    for (const { area, findings } of areas) print(area, findings, deps.say);
    deps.say(
      `\n${count("fail")} failed, ${count("warn")} warned, ${count("ok")} fine, ${count("skipped")} skipped`,
    );
  }
  return count("fail") === 0;
};

const readAddress = (given: string | undefined): URL | undefined => {
  if (given === undefined) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search)
    throw new Error(
      `--from-outside: expected an address such as https://203.0.113.9, got "${given}"`,
    );
  return url;
};

const examine = async (deps: DoctorDeps, at: URL | undefined): Promise<Area[]> => {
  const { now, version } = deps;
  const node = checkNode(deps.node);
  let config: Config;
  let text: string;
  try {
    config = deps.read();
    text = readFileSync(deps.file, "utf8");
  } catch (error) {
    return [{ area: "configuration", findings: [node, ...unread(deps.file, error)] }];
  }
  const { opened, close } = await lookAtVault(config);
  const fetch = deps.fetch ?? globalThis.fetch;
  const is_running = await answersAt(config);
  const outside = {
    ...{ config, now, version, at, is_running, ca: deps.ca },
    // Without one nothing here shows the broker who asks.
    vault: "why" in opened ? { mac: () => randomBytes(32).toString("base64url") } : opened.vault,
    newNonce: () => randomBytes(18).toString("base64url"),
    ...(deps.held === undefined ? {} : { held: deps.held }),
    ...(deps.piece === undefined ? {} : { piece: deps.piece }),
  };
  const work: [string, () => Promise<Finding[]>][] = [
    [
      "configuration",
      async () => [node, ...checkFile(deps.file, text, config), running(config, is_running)],
    ],
    ["database and vault", () => checkDatabase(config, opened, now)],
    ["identity providers", () => checkIdentityProviders({ config, now, fetch })],
    ["wallet", () => checkWallet({ config, now, fetch })],
    ["providers", () => checkProviders({ config, now, fetch })],
    [`from outside: ${at?.origin ?? config.base_url}`, () => checkOutside(outside)],
  ];
  const areas = await Promise.all(
    work.map(async ([area, check]) => ({
      area,
      findings: await check().catch((error: unknown) => [
        fail("check_failed", area, {
          came: codeOf(error),
          todo: "tell the maintainers: a check must not fail itself",
        }),
      ]),
    })),
  );
  await close();
  return areas;
};

/** Its keys as they are stored: a look makes none. */
const lookAtVault = async (
  config: Config,
): Promise<{
  opened: { vault: Vault; from: KeyStore } | { why: string };
  close: () => Promise<void>;
}> => {
  const { storage } = config;
  if (storage.kind === "sqlite" && !existsSync(storage.file))
    return { opened: { why: "no_database_yet" }, close: async () => undefined };
  const from = lookAtStore(storage);
  try {
    const vault = await openVault({ config, store: from, is_looking: true });
    return { opened: { vault, from }, close: from.close };
  } catch (error) {
    const why = error instanceof VaultError ? error.code : codeOf(error);
    return { opened: { why }, close: from.close };
  }
};

const unread = (file: string, error: unknown): Finding[] => {
  if (error instanceof ConfigError)
    return error.issues.map(({ key, message }) =>
      fail("invalid_config", key, { expected: "see docs/configuration.md", came: message }),
    );
  return [
    fail("configuration_unreadable", file, {
      ...{ expected: "a file", came: codeOf(error) },
      todo: `name one with --config; its folder is ${dirname(file)}`,
    }),
  ];
};

/** On its own port, past every proxy. */
const answersAt = async ({ listen }: Config): Promise<boolean> => {
  const host = ["0.0.0.0", "::", ""].includes(listen.host) ? "127.0.0.1" : listen.host;
  const own = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${listen.port}`);
  const answer = await createAsk(own)("/healthz", { timeout: 3_000 }).catch(() => undefined);
  return answer?.status === 200;
};

const running = ({ listen }: Config, is: boolean): Finding => {
  const what = `the broker on ${listen.host}:${listen.port}`;
  return is
    ? ok("broker_running", `${what} runs`)
    : skipped("broker_not_here", `${what}: does not run here`);
};

const print = (area: string, findings: Finding[], say: (line: string) => void): void => {
  say(`\n${area}`);
  for (const { state, code, what, expected, came, todo } of findings) {
    say(`  ${(state === "fail" ? "FAIL" : state).padEnd(8)}${code}: ${what}`);
    for (const [label, text] of [
      ["expected", expected],
      ["came", came],
      ["do", todo],
    ] as const)
      if (text !== undefined) say(`          ${label.padEnd(9)}${text}`);
  }
};
