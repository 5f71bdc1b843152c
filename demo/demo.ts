/**
 * The whole demo: an identity provider, two OAuth providers, a service with an API key, the broker and a customer's app, on localhost.
 * Knows in which order they start and what each must be told; how they work is theirs.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  APP_CLIENT_ID,
  brokerConfig,
  redirectUri,
  WALLET_CLIENT_ID,
  type Urls,
} from "./broker-config.ts";
import { runCommand } from "./command.ts";
import { createSecrets, readSecrets, resetDataFolder, type Secrets } from "./data-folder.ts";
import { startIdp } from "./idp/idp.ts";
import { assertFree, choosePorts, type Ports } from "./ports.ts";
import { startProgram, type Program } from "./program.ts";
import { calendar } from "./providers/calendar.ts";
import { files } from "./providers/files.ts";
import { startProvider } from "./providers/provider.ts";
import { weatherSecrets } from "./providers/weather-secrets.ts";
import { startWeather } from "./providers/weather.ts";

export type Demo = {
  urls: Urls;
  /** Resolves with a sentence if a part ends by itself; the rest still runs then. */
  died: Promise<string>;
  stop: () => Promise<void>;
};

/** Scripts to run as children. */
export type Programs = { broker: string; app: string };

const BROKER_CONFIG = "broker.json";

export const startDemo = async ({
  port,
  defaultPort = 0,
  reset = false,
  dataDir,
  log,
  programs,
  signal = new AbortController().signal,
}: {
  /** First of six ports; 0 takes free ones. A folder keeps the ports it was made with. */
  port: number | undefined;
  /** For a new folder when no port is asked for. */
  defaultPort?: number;
  /** Clears the folder first. */
  reset?: boolean;
  dataDir: string;
  log: (line: string) => void;
  programs: Programs;
  /** Gives up starting; what runs by then is stopped. */
  signal?: AbortSignal;
}): Promise<Demo> => {
  const known = reset ? undefined : await readSecrets(dataDir);
  if (known && port && known.ports.app !== port)
    throw new Error(
      `${dataDir} holds logins and grants for port ${String(known.ports.app)}. ` +
        `Start without --port, with another --data folder, or with --reset`,
    );
  const ports = known?.ports ?? (await choosePorts(port ?? defaultPort));
  await assertFree(ports);
  // Nothing was written up to here.
  if (reset) await resetDataFolder(dataDir);
  const secrets = known ?? (await createSecrets(dataDir, ports));
  const urls = urlsOf(ports);

  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    // Last started, first stopped: nobody loses a server it still talks to.
    for (const one of stops.splice(0).reverse()) await one();
  };
  const children: Program[] = [];
  const keep = (program: Program) => {
    children.push(program);
    stops.push(program.stop);
  };

  try {
    log("Starting the identity provider, two OAuth providers and a weather service");
    for (const server of await startServers(dataDir, ports, urls, secrets)) stops.push(server.stop);
    log("Starting the broker");
    const now = new Date();
    await writeFile(join(dataDir, BROKER_CONFIG), brokerConfig(urls, secrets.apiKey, now));
    keep(
      await startProgram({
        ...brokerProgram(dataDir, urls, secrets),
        file: programs.broker,
        signal,
      }),
    );
    log("Setting the company's weather key");
    for (const secret of Object.keys(weatherSecrets(urls.weather, now)))
      await runCommand({
        ...secretCommand(dataDir, secret, secrets),
        file: programs.broker,
        signal,
      });
    log("Starting the customer's app");
    keep(
      await startProgram({
        ...appProgram(dataDir, urls, secrets),
        file: programs.app,
        signal,
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, died: Promise.race(children.map(({ died }) => died)), stop };
};

/** The `alter-broker` program of the package that is installed. */
export const findBroker = async (): Promise<string> => {
  const manifest = createRequire(import.meta.url).resolve("@alter-ai/broker/package.json");
  const { bin } = JSON.parse(await readFile(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin["alter-broker"] ?? "");
};

const urlsOf = (ports: Ports): Urls => ({
  app: `http://localhost:${String(ports.app)}`,
  // Another site than the app's, as in life: cookies and SameSite then behave as they will there.
  broker: `http://127.0.0.1:${String(ports.broker)}`,
  idp: `http://localhost:${String(ports.idp)}`,
  calendar: `http://localhost:${String(ports.calendar)}`,
  files: `http://localhost:${String(ports.files)}`,
  weather: `http://localhost:${String(ports.weather)}`,
});

const startServers = (dataDir: string, ports: Ports, urls: Urls, secrets: Secrets) => {
  const client = (role: keyof Secrets["clientSecrets"], redirect: string) => ({
    client_id: APP_CLIENT_ID,
    client_name: "Day Planner",
    client_secret: secrets.clientSecrets[role],
    redirect_uris: [redirect],
  });
  const place = (
    role: "idp" | "calendar" | "files",
    redirect: string,
    ...others: ReturnType<typeof client>[]
  ) => ({
    port: ports[role],
    keys: secrets.oidcKeys[role],
    file: join(dataDir, `${role}.json`),
    clients: [client(role, redirect), ...others],
  });
  // The broker signs users in itself, for the Wallet.
  const wallet = {
    ...client("wallet", `${urls.broker}/wallet/callback/${APP_CLIENT_ID}`),
    ...{ client_id: WALLET_CLIENT_ID, client_name: "Your Wallet" },
  };
  return Promise.all([
    startIdp(place("idp", `${urls.app}/login/callback`, wallet)),
    startProvider(calendar, place("calendar", redirectUri(urls, "calendar"))),
    startProvider(files, place("files", redirectUri(urls, "files"))),
    startWeather({ port: ports.weather, key: secrets.weatherKey }),
  ]);
};

const brokerProgram = (dataDir: string, urls: Urls, secrets: Secrets) => ({
  name: "The broker",
  args: ["serve", "--config", join(dataDir, BROKER_CONFIG)],
  env: brokerEnv(secrets),
  logFile: join(dataDir, "broker.log"),
  health: `${urls.broker}/healthz`,
});

/** As an operator would: beside the running broker, the key by standard input. At a later start it is a rotation. */
const secretCommand = (dataDir: string, secret: string, secrets: Secrets) => ({
  name: "alter-broker secrets set",
  args: [
    ...["secrets", "set", "--config", join(dataDir, BROKER_CONFIG)],
    ...["--app", APP_CLIENT_ID, "--secret", secret, "--everyone"],
  ],
  env: brokerEnv(secrets),
  stdin: secrets.weatherKey,
});

const brokerEnv = (secrets: Secrets) => ({
  ALTER_VAULT_KEY: secrets.vaultKey,
  CALENDAR_CLIENT_SECRET: secrets.clientSecrets.calendar,
  FILES_CLIENT_SECRET: secrets.clientSecrets.files,
  WALLET_CLIENT_SECRET: secrets.clientSecrets.wallet,
});

const appProgram = (dataDir: string, urls: Urls, secrets: Secrets) => ({
  name: "The customer's app",
  env: {
    APP_ORIGIN: urls.app,
    COOKIE_KEY: secrets.cookieKey,
    IDP_ISSUER: urls.idp,
    IDP_CLIENT_ID: APP_CLIENT_ID,
    IDP_CLIENT_SECRET: secrets.clientSecrets.idp,
    ALTER_API_KEY: secrets.apiKey,
    ALTER_BASE_URL: urls.broker,
    CALENDAR_API: urls.calendar,
    FILES_API: urls.files,
    WEATHER_API: urls.weather,
  },
  logFile: join(dataDir, "app.log"),
  health: `${urls.app}/healthz`,
});
