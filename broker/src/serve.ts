/**
 * A broker on the network: its listeners, its clock, and how it stops. Stopping is three steps: not ready but serving,
 * so that whoever balances the load notices; no new connections, while what is under way gets its answers; the store
 * closed. Knows no request; the process's signals, arguments and exits are main.ts's.
 */
import { proxy } from "@alter-ai/protocol/backend";
import { serve } from "@hono/node-server";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { App } from "./app.ts";
import type { Config } from "./config/config.ts";
import { PATIENCE, serverOptions, watchConnections, type Patience } from "./connections.ts";
import { describeBug } from "./error.ts";
import type { Log } from "./log.ts";
import { counted, NO_METRICS } from "./metrics.ts";
import type { Prometheus } from "./prometheus.ts";
import { DatabaseError } from "./store/error.ts";
import { LOOK_EVERY, type Vault } from "./vault.ts";
import { VaultError } from "./vault/error.ts";

export type Serving = {
  port: number;
  /** Of the metrics, if there are any. */
  metrics_port: number | undefined;
  /** @returns how many connections had to be cut. Called again: the same promise. */
  stop: (why: string) => Promise<number>;
};

const PURGE_EVERY = 60_000;
const SHARE_EVERY = 1_000;
/** A user's token and the proxy's description of a request are headers. */
const MOST_HEADERS = 64 * 1024;
/** What a client has sent is here by then, on any line that serves users. */
const QUIET = 1_000;

/** @throws CannotListen */
export const startServing = async (deps: {
  config: Pick<Config, "base_url" | "listen" | "metrics" | "limits" | "shutdown">;
  port: number;
  app: App;
  /** Closed last. */
  store: { close: () => Promise<void> };
  vault: Pick<Vault, "look">;
  log: Log;
  prometheus: Prometheus | undefined;
  patience?: Patience;
}): Promise<Serving> => {
  const { app, config, patience = PATIENCE } = deps;
  const metrics = deps.prometheus ?? NO_METRICS;
  const log = counted(metrics, deps.log);

  // First: what is printed as listening is there for good.
  const scraped =
    deps.prometheus && config.metrics
      ? await startMetrics(deps.prometheus, config.metrics)
      : undefined;
  const server = serve({
    fetch: (request, { incoming }) =>
      app.fetch(request, { remote_address: incoming.socket.remoteAddress }),
    hostname: config.listen.host,
    port: deps.port,
    serverOptions: { maxHeaderSize: MOST_HEADERS, ...serverOptions(patience) },
  }) as Server;
  const connections = watchConnections(server, {
    most: config.limits.connections,
    patience,
    isStream: (path) => path === proxy.path,
    dropped: atMostOnceASecond((count) => {
      metrics.count("alter_connections_dropped_total", {}, count);
      log("connections_dropped", { count, limit: config.limits.connections });
    }),
    tooSlow: () => metrics.count("alter_requests_cut_total", {}),
  });
  metrics.count("alter_connections_dropped_total", {}, 0);
  metrics.gauge("alter_connections", () => [{ labels: {}, value: connections.count() }]);
  const port = await listening(server, deps.port, "--port or listen.port").catch(
    (error: unknown) => {
      scraped?.stop();
      throw error;
    },
  );
  // Such as a file descriptor too few for one connection more: those that are open go on.
  server.on("error", ({ code }: NodeJS.ErrnoException) => log("listener_failed", { code }));
  log("listening", { port, base_url: config.base_url });

  if (scraped) log("metrics_listening", { port: scraped.port });

  const clock = [
    // At their own pace: brokers that were started together do not purge together.
    every(PURGE_EVERY * (0.75 + Math.random() / 2), app.purge, () => log("purge_bug", {})),
    // What it has opens what it opened before; the next look may find the database or the KMS there again.
    every(LOOK_EVERY, deps.vault.look, (error) =>
      log(
        "vault_look_failed",
        // What is said every so often while something is away needs no stack.
        error instanceof DatabaseError
          ? { code: error.code }
          : {
              ...describeBug(error),
              ...(error instanceof VaultError ? { why: error.message } : {}),
            },
      ),
    ),
    // Counted again with the next failure; until then each broker goes by its own.
    every(SHARE_EVERY, app.share, () => log("share_failed", {})),
  ];

  const stop = async (why: string): Promise<number> => {
    const { drain, grace } = config.shutdown;
    log("stopping", { signal: why, drain_ms: drain });
    const given_up = new Promise<void>((resolve) => void setTimeout(resolve, grace).unref());
    const patiently = (work: Promise<unknown>) => Promise.race([work, given_up]);

    app.drain();
    connections.lastAnswers();
    await patiently(new Promise((resolve) => setTimeout(resolve, drain)));
    // Only now: who waits and is sent away comes back at once, and should meet another broker by then.
    app.close();
    await patiently(connections.close(drain > 0 ? QUIET : 0));
    const cut = connections.cut();
    if (cut) log("cut_off", { connections: cut });
    // Also what nobody waits for any more: an exchange whose browser has gone must not lose what it was given.
    await patiently(Promise.all([app.settled(), ...clock.map((one) => one.stop())]));
    await deps.store.close();
    scraped?.stop();
    log("stopped", {});
    return cut;
  };
  let stopping: Promise<number> | undefined;

  return {
    port,
    metrics_port: scraped?.port,
    stop: (why) => (stopping ??= stop(why)),
  };
};

export class CannotListen extends Error {
  override readonly name = "CannotListen";
}

const listening = (server: Server, port: number, option: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      reject(
        new CannotListen(
          code === "EADDRINUSE"
            ? `Port ${port} is in use. Choose another with ${option}.`
            : `Cannot listen: ${code}`,
        ),
      ),
    );
    const ready = () => resolve((server.address() as AddressInfo).port);
    if (server.listening) ready();
    else server.once("listening", ready);
  });

/** Nothing but the numbers, and on no port that users reach. */
const startMetrics = async (
  prometheus: Prometheus,
  { host, port }: { host: string; port: number },
): Promise<{ port: number; stop: () => void }> => {
  const server = createServer(serverOptions(PATIENCE), (request, response) => {
    // What a caller of this port sends is not looked at beyond its path.
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    void prometheus.scrape().then(
      ({ type, text }) => response.writeHead(200, { "Content-Type": type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host);
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: await listening(server, port, "metrics.port"), stop };
};

/** Not again while the last one is still running. `stop` waits for that. */
const every = (
  ms: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop: () => Promise<void> } => {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch(failed)
      .finally(() => (running = undefined));
  }, ms);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
};

/** What comes in floods is told in sums. */
const atMostOnceASecond = (tell: (count: number) => void): (() => void) => {
  let count = 0;
  return () => {
    count += 1;
    if (count > 1) return;
    setTimeout(() => {
      const sum = count;
      count = 0;
      tell(sum);
    }, 1_000).unref();
  };
};
