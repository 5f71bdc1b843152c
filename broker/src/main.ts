#!/usr/bin/env node
/**
 * The command line: serve, keys, users, config check, secrets, providers, doctor, schema, backup, vault, audit. The only file that reads the environment,
 * the arguments and the clock of the process; everything below gets what it needs as an argument.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createApp } from "./app.ts";
import { AUDIT_OPTIONS, exportAudit } from "./commands/audit.ts";
import { VERIFY_OPTIONS, verifyAudit } from "./commands/audit-verify.ts";
import { runBackup, runRestore } from "./commands/backup.ts";
import { DOCTOR_OPTIONS, runDoctor } from "./commands/doctor.ts";
import { KEYS_OPTIONS, runKeys } from "./commands/keys.ts";
import { PROVIDERS_OPTIONS, runProviders } from "./commands/providers.ts";
import { runSchema, SCHEMA_OPTIONS } from "./commands/schema.ts";
import { runSecrets, SECRETS_OPTIONS } from "./commands/secrets.ts";
import { runUsers, USERS_OPTIONS } from "./commands/users.ts";
import { runVault, VAULT_OPTIONS } from "./commands/vault.ts";
import { readConfig, type Config } from "./config/config.ts";
import { ConfigError } from "./config/error.ts";
import { warningsOnKeys } from "./config/keys.ts";
import { createLog } from "./log.ts";
import { counted, NO_METRICS } from "./metrics.ts";
import { createPrometheus } from "./prometheus.ts";
import { readBuilt } from "./routes/pages.ts";
import { startServing } from "./serve.ts";
import { DatabaseError, SCHEMA_NEWER } from "./store/error.ts";
import { openStore } from "./store/store.ts";
import { openVault } from "./vault.ts";

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
  alter-broker keys list --config FILE [--app ID]
                                                which keys there are, until when, and when each was last used
  alter-broker keys revoke --config FILE --app ID --key ID
                                                refuse a key from now on, in every broker, and end the sessions it opened
  alter-broker users deprovision --config FILE --app ID --subject SUBJECT
                                                end all that a user has here, and believe no token of theirs from before
  alter-broker users restore --config FILE --app ID --subject SUBJECT
                                                take tokens from before again
  alter-broker secrets set --config FILE --app ID --secret ID (--everyone | --group NAME | --user SUBJECT) [--expires TIME]
                                                set or replace the value that stands on standard input
  alter-broker secrets list --config FILE --app ID
                                                what is set, and for whom; never a value
  alter-broker secrets revoke --config FILE ID  destroy a value
  alter-broker providers list [--json]          the catalogue, and your own providers where there is a configuration
  alter-broker providers show ID [--json]       how to register a client there, with your redirect URI; or the record itself
  alter-broker providers check [ID…]            hold records against what their providers say of themselves
  alter-broker doctor --config FILE [--json] [--from-outside URL]
                                                clock, database, vault, identity providers, providers, and the broker's address
                                                as browsers reach it: what is wrong, and what to do
  alter-broker schema status --config FILE [--json]
                                                the version of the database's tables, and whether this broker runs on it
  alter-broker schema migrate --config FILE [--to N] [--yes]
                                                up to this broker's, or back to N: says what that loses before it does it
  alter-broker backup --config FILE TO          copy the database (SQLite) while brokers run
  alter-broker restore --config FILE FROM [--yes]
                                                put a copy in the database's place; what was there stays beside it
  alter-broker vault rotate --config FILE [--offline]
                                                a new key for all that is stored, beside running brokers; goes on where it stopped
  alter-broker vault rewrap --config FILE       wrap the data keys with the key that the configuration names now
  alter-broker vault verify --config FILE       open every stored value, name the rows that do not open
  alter-broker audit export --config FILE [--app ID] [--since TIME] [--until TIME] [--event NAME]
                                                the audit log as JSON lines
  alter-broker audit verify --config FILE [--json] [--heads FILE]
                                                is the log what was written? Ends with 1 if a row is changed, gone or added

--config defaults to $ALTER_CONFIG, then ./alter.yaml`;

/** sysexits' EX_CONFIG: the systemd unit in deploy/ does not try again after it. */
const NOT_BY_RESTARTING = 78;

const say = (text: string) => process.stdout.write(`${text}\n`);
const fail = (text: string, code = 1): never => {
  process.stderr.write(`${text}\n`);
  process.exit(code);
};

const readConfigAt = (path: string, env: NodeJS.ProcessEnv = process.env): Config => {
  const config = readConfig(readFileSync(path, "utf8"), env);
  // Relative to the file, so that the place a broker is started from does not decide where tokens live.
  const { storage } = config;
  if (storage.kind === "sqlite" && storage.file !== ":memory:")
    storage.file = resolve(dirname(path), storage.file);
  const { transit } = config.vault;
  if (transit && "file" in transit.token)
    transit.token.file = resolve(dirname(path), transit.token.file);
  if (transit?.ca_file !== undefined) transit.ca_file = resolve(dirname(path), transit.ca_file);
  return config;
};

const loadConfig = (path: string, env: NodeJS.ProcessEnv = process.env): Config => {
  if (!existsSync(path)) return fail(`No configuration at ${path}. Name one with --config.`);
  try {
    return readConfigAt(path, env);
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
  const log = createLog(config.log_level, process.stdout);
  const prometheus = config.metrics && createPrometheus(__VERSION__);
  const warn = counted(prometheus ?? NO_METRICS, log);
  for (const warning of [...config.warnings, ...warningsOnKeys(config, Date.now())])
    warn("config_warning", { warning });

  const store = await openStore(config.storage);
  const vault = await openVault({ config, store });
  const built = readBuilt(import.meta.dirname, __VERSION__);
  const app = createApp({
    config,
    store,
    vault,
    built,
    log,
    ...(prometheus && { metrics: prometheus }),
  });
  const starting = startServing({ config, port, app, store, vault, log, prometheus });

  let asked = 0;
  const stop = (signal: string) => {
    asked += 1;
    // Whoever asks twice has no more patience. What has been acknowledged is on disk.
    if (asked > 1) process.exit(1);
    void starting
      .then((serving) => serving.stop(signal))
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  await starting;
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
      ...SCHEMA_OPTIONS,
      ...DOCTOR_OPTIONS,
      ...KEYS_OPTIONS,
      ...USERS_OPTIONS,
      ...VERIFY_OPTIONS,
      ...VAULT_OPTIONS,
    },
  });
  const file = resolve(values.config ?? process.env["ALTER_CONFIG"] ?? "alter.yaml");
  const command = positionals.join(" ");
  if (values.version) return say(__VERSION__);
  if (values.help || command === "") return say(USAGE);
  if (command === "keys create") return createKey();
  if (command === "config check") {
    const config = loadConfig(file);
    const { warnings, apps } = config;
    for (const warning of [...warnings, ...warningsOnKeys(config, Date.now())])
      say(`warning: ${warning}`);
    return say(`ok: ${apps.size} app${apps.size === 1 ? "" : "s"}`);
  }
  // `| head` has had enough: a command that changes something is still to do it all, and none is to end in a stack.
  process.stdout.on("error", () => undefined);
  const [first, ...words] = positionals;
  if (first === "secrets")
    return runSecrets({ config: loadConfig(file), stdin: process.stdin, say }, words, values);
  if (first === "keys") return runKeys({ config: loadConfig(file), say }, words, values);
  if (first === "users") return runUsers({ config: loadConfig(file), say }, words, values);
  if (first === "providers") {
    // Only says something: nothing is left to do for nobody.
    process.stdout.on("error", () => process.exit(0));
    // Its own providers count where there is a configuration; the catalogue needs none.
    const named = values.config ?? process.env["ALTER_CONFIG"];
    const config =
      named !== undefined || existsSync(file) ? loadConfig(file, withStandIns()) : undefined;
    const fine = await runProviders({ config, say }, words, { json: values.json });
    if (!fine) process.exitCode = 1;
    return;
  }
  if (first === "doctor") {
    process.stdout.on("error", () => process.exit(0));
    const process_ = { now: Date.now, version: __VERSION__, node: process.version };
    const fine = await runDoctor(
      { file, read: () => readConfigAt(file), say, ...process_ },
      words,
      {
        ...{ json: values.json, "from-outside": values["from-outside"] },
      },
    );
    if (!fine) process.exitCode = 1;
    return;
  }
  if (first === "schema") {
    const { to, yes, json } = values;
    const fine = await runSchema({ config: loadConfig(file), say }, words, { to, yes, json });
    if (!fine) process.exitCode = 1;
    return;
  }
  if (first === "backup" || first === "restore") {
    const deps = { config: loadConfig(file), say, now: Date.now };
    if (first === "backup") return runBackup(deps, words);
    if (!(await runRestore(deps, words, { yes: values.yes }))) process.exitCode = 1;
    return;
  }
  if (first === "vault") {
    if (!(await runVault({ config: loadConfig(file), say }, words, values))) process.exitCode = 1;
    return;
  }
  if (command === "audit export") return exportAudit(loadConfig(file), values, process.stdout);
  if (command === "audit verify") {
    const fine = await verifyAudit({ config: loadConfig(file), say }, values);
    if (!fine) process.exitCode = 1;
    return;
  }
  if (command !== "serve") return fail(`Unknown command "${positionals[0]}".\n\n${USAGE}`);
  const config = loadConfig(file);
  const port = values.port === undefined ? config.listen.port : Number(values.port || NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return fail(`--port: expected a port number, got "${values.port}"`);
  return runBroker(config, port);
};

main().catch((error: unknown) =>
  fail(
    error instanceof Error ? error.message : "The broker could not start",
    error instanceof DatabaseError && error.code === SCHEMA_NEWER ? NOT_BY_RESTARTING : 1,
  ),
);
