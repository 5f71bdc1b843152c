#!/usr/bin/env node
/**
 * The command line: serve, keys create, config check, secrets, providers, vault, audit export. The only file that reads the environment,
 * the arguments and the clock of the process; everything below gets what it needs as an argument.
 */
import { serve } from "@hono/node-server";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { createApp } from "./app.ts";
import { AUDIT_OPTIONS, exportAudit } from "./commands/audit.ts";
import { PROVIDERS_OPTIONS, runProviders } from "./commands/providers.ts";
import { runSecrets, SECRETS_OPTIONS } from "./commands/secrets.ts";
import { runVault, VAULT_OPTIONS } from "./commands/vault.ts";
import { readConfig, type Config } from "./config/config.ts";
import { ConfigError } from "./config/error.ts";
import { describeBug } from "./error.ts";
import { readBuilt } from "./routes/pages.ts";
import { openStore } from "./store/store.ts";
import { LOOK_EVERY, openVault } from "./vault.ts";
import { VaultError } from "./vault/error.ts";

/** For commands that use no secret, and tell how to get one: what is not set stands as something. */
const withStandIns = (): NodeJS.ProcessEnv =>
  new Proxy(process.env, {
    get: (env, name: string) => env[name] || randomBytes(32).toString("base64url"),
  });

declare const __VERSION__: string;

const USAGE = `alter-broker ${__VERSION__}

  alter-broker serve --config FILE [--port N]   run the broker
  alter-broker config check --config FILE       check the configuration, start nothing
  alter-broker keys create                      make an API key: shown once, its hash goes into the configuration
  alter-broker secrets set --config FILE --app ID --secret ID (--everyone | --group NAME | --user SUBJECT) [--expires TIME]
                                                set or replace the value that stands on standard input
  alter-broker secrets list --config FILE --app ID
                                                what is set, and for whom; never a value
  alter-broker secrets revoke --config FILE ID  destroy a value
  alter-broker providers list [--json]          the catalogue, and your own providers where there is a configuration
  alter-broker providers show ID [--json]       how to register a client there, with your redirect URI; or the record itself
  alter-broker providers check [ID…]            hold records against what their providers say of themselves
  alter-broker vault rotate --config FILE [--offline]
                                                a new key for all that is stored, beside running brokers; goes on where it stopped
  alter-broker vault rewrap --config FILE       wrap the data keys with the key that the configuration names now
  alter-broker vault verify --config FILE       open every stored value, name the rows that do not open
  alter-broker audit export --config FILE [--app ID] [--since TIME] [--until TIME] [--event NAME]
                                                the audit log as JSON lines

--config defaults to $ALTER_CONFIG, then ./alter.yaml`;

const PURGE_EVERY = 60_000;
const MOST_HEADERS = 64 * 1024;
/** Long enough for an exchange with a slow provider to end, short enough for an orchestrator. */
const SHUTDOWN_GRACE = 25_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const fail = (text: string): never => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const loadConfig = (path: string, env: NodeJS.ProcessEnv = process.env): Config => {
  if (!existsSync(path)) return fail(`No configuration at ${path}. Name one with --config.`);
  try {
    const config = readConfig(readFileSync(path, "utf8"), env);
    // Relative to the file, so that the place a broker is started from does not decide where tokens live.
    if (config.storage.kind === "sqlite" && config.storage.file !== ":memory:")
      config.storage.file = resolve(dirname(path), config.storage.file);
    const { transit } = config.vault;
    if (transit && "file" in transit.token)
      transit.token.file = resolve(dirname(path), transit.token.file);
    if (transit?.ca_file !== undefined) transit.ca_file = resolve(dirname(path), transit.ca_file);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) return fail(`invalid_config: ${path}\n${error.message}`);
    throw error;
  }
};

const createKey = () => {
  const key = `alter_rk_${randomBytes(32).toString("base64url")}`;
  say(`API key (shown once, for the app's backend):\n  ${key}\n`);
  say(
    `Its hash, for api_keys in the configuration:\n  sha256:${createHash("sha256").update(key).digest("hex")}`,
  );
};

const runBroker = async (config: Config, port: number) => {
  // Straight to stdout, errors ignored: once its reader is gone, pino's own stream would try for ever at exit,
  // and a broker must neither stop for want of a log nor be unable to.
  process.stdout.on("error", () => undefined);
  const logger = pino({ level: config.log_level, base: null }, process.stdout);
  const log = (event: string, about: Record<string, unknown>) =>
    logger[event === "bug" || event.endsWith("_bug") ? "error" : "info"]({ event, ...about });
  for (const warning of config.warnings) logger.warn({ event: "config_warning", warning });

  const store = await openStore(config.storage);
  const vault = await openVault({ config, store });
  const built = readBuilt(import.meta.dirname, __VERSION__);
  const app = createApp({ config, store, vault, built, log });
  const server = serve(
    {
      fetch: (request, { incoming }) =>
        app.fetch(request, { remote_address: incoming.socket.remoteAddress }),
      hostname: config.listen.host,
      port,
      // A user's token and the proxy's description of a request are headers.
      serverOptions: { maxHeaderSize: MOST_HEADERS },
    },
    (address) => logger.info({ event: "listening", port: address.port, base_url: config.base_url }),
  ) as Server;
  server.on("error", (error: NodeJS.ErrnoException) =>
    fail(
      error.code === "EADDRINUSE"
        ? `Port ${port} is in use. Choose another with --port or listen.port.`
        : `Cannot listen: ${error.code}`,
    ),
  );
  const purge = () => void app.purge().catch(() => log("purge_bug", {}));
  const timer = setInterval(purge, PURGE_EVERY);
  // What it has opens what it opened before; the next look may find the database or the KMS there again.
  const look = () =>
    void vault.look().catch((error: unknown) => {
      const why = error instanceof VaultError ? { why: error.message } : {};
      log("vault_look_failed", { ...describeBug(error), ...why });
    });
  const looking = setInterval(look, LOOK_EVERY);

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ event: "stopping", signal });
    clearInterval(timer);
    clearInterval(looking);
    app.close();
    server.close(() => {
      void app
        .settled()
        .then(store.close)
        .then(() => {
          logger.info({ event: "stopped" });
          process.exit(0);
        });
    });
    // Again and again: a connection is idle only once its last answer is out, and would then be kept for seconds.
    setInterval(() => server.closeIdleConnections(), 50).unref();
    setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE).unref();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
};

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: "string", short: "c" },
      port: { type: "string", short: "p" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
      ...SECRETS_OPTIONS,
      ...AUDIT_OPTIONS,
      ...PROVIDERS_OPTIONS,
      ...VAULT_OPTIONS,
    },
  });
  const file = resolve(values.config ?? process.env["ALTER_CONFIG"] ?? "alter.yaml");
  const command = positionals.join(" ");
  if (values.version) return say(__VERSION__);
  if (values.help || command === "") return say(USAGE);
  if (command === "keys create") return createKey();
  if (command === "config check") {
    const { warnings, apps } = loadConfig(file);
    for (const warning of warnings) say(`warning: ${warning}`);
    return say(`ok: ${apps.size} app${apps.size === 1 ? "" : "s"}`);
  }
  const [first, ...words] = positionals;
  if (first === "secrets")
    return runSecrets({ config: loadConfig(file), stdin: process.stdin, say }, words, values);
  if (first === "providers") {
    // `| head` has had enough: that is how it says so.
    process.stdout.on("error", () => process.exit(0));
    // Its own providers count where there is a configuration; the catalogue needs none.
    const named = values.config ?? process.env["ALTER_CONFIG"];
    const config =
      named !== undefined || existsSync(file) ? loadConfig(file, withStandIns()) : undefined;
    const fine = await runProviders({ config, say }, words, { json: values.json });
    if (!fine) process.exitCode = 1;
    return;
  }
  if (first === "vault") {
    if (!(await runVault({ config: loadConfig(file), say }, words, values))) process.exitCode = 1;
    return;
  }
  if (command === "audit export") return exportAudit(loadConfig(file), values, process.stdout);
  if (command !== "serve") return fail(`Unknown command "${positionals[0]}".\n\n${USAGE}`);
  const config = loadConfig(file);
  const port = values.port === undefined ? config.listen.port : Number(values.port || NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return fail(`--port: expected a port number, got "${values.port}"`);
  return runBroker(config, port);
};

main().catch((error: unknown) =>
  fail(error instanceof Error ? error.message : "The broker could not start"),
);
