/**
 * `npm start`, after everything is installed and built: reads the options, starts the demo, prints where it is,
 * stops it. Knows the terminal and signals, nothing of the parts.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const DEFAULT_PORT = 3000;

const USAGE = `npm start -- [options]

  --port <n>     first of six ports (default 3000); 0 takes free ones
  --data <dir>   where logins, grants and secrets are kept (default .data/<port>)
  --reset        clear that folder first
  --json         print one line of JSON when everything is up, and nothing else
`;

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      data: { type: "string" },
      reset: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && (port === 0 || (port > 0 && port < 65531))))
    throw new Error("--port takes a number from 1 to 65530, or 0");
  return { ...values, port, data: resolve(values.data ?? defaultFolder(port)) };
};

/** One folder for each set of ports: logins and grants name the ports they were made on. */
const defaultFolder = (port = DEFAULT_PORT) =>
  resolve(import.meta.dirname, "../../.data", port === 0 ? "free" : String(port));

const run = async () => {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const stopping = new AbortController();
  // `on`, not `once`: a second Ctrl-C must not cut the stopping short and leave children behind.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      stopping.abort();
    });
  const { findBroker, startDemo } = await importCalmly();

  const demo = await startDemo({
    signal: stopping.signal,
    port: options.port,
    defaultPort: DEFAULT_PORT,
    reset: options.reset,
    dataDir: options.data,
    log: (line) => {
      if (!options.json) console.log(`  ${line} …`);
    },
    programs: { broker: await findBroker(), app: resolve(import.meta.dirname, "app.js") },
  });

  if (options.json) console.log(JSON.stringify({ urls: demo.urls, data: options.data }));
  else console.log(banner(demo.urls, options.data));

  const why = await Promise.race([demo.died, aborted(stopping.signal)]);
  if (why !== undefined) {
    console.error(`\n${why}\nStopping the rest.`);
    process.exitCode = 1;
  } else if (!options.json) console.log("\n  Stopping …");
  await demo.stop();
};

const aborted = (signal: AbortSignal) =>
  new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else
      signal.addEventListener("abort", () => {
        resolve(undefined);
      });
  });

const banner = (urls: Record<string, string>, data: string) => `
  Day Planner, the customer's app    ${urls.app ?? ""}      <- open this
  the guide's code, as it stands     ${urls.app ?? ""}/guide
  the same by a tag                  ${urls.app ?? ""}/tag
  the patterns, one page each        ${urls.app ?? ""}/patterns

  Alter broker                       ${urls.broker ?? ""}
  Acme Accounts (identity provider)  ${urls.idp ?? ""}
  Acme Calendar (OAuth provider)     ${urls.calendar ?? ""}
  Acme Files (OAuth provider)        ${urls.files ?? ""}
  Acme Weather (takes an API key)    ${urls.weather ?? ""}

  Kept in ${data} (npm start -- --reset clears it). Ctrl-C stops everything.
`;

/** oidc-provider says on Node 20 that it would rather have 22. We test on 20, so the first line is no alarm. */
const importCalmly = async () => {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes("Unsupported runtime")) warn(...args);
  };
  try {
    return await import("./demo.ts");
  } finally {
    console.warn = warn;
  }
};

try {
  await run();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
