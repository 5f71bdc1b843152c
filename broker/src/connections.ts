/**
 * The connections of a listener: how many, how slow they may be, and how they end so that no request that has been
 * sent goes without its answer. Knows sockets and HTTP's framing; not what a request asks for.
 */
import { Server as NetServer, type Socket } from "node:net";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

export type Connections = {
  count: () => number;
  /** From now on each answer is the last of its connection. New ones are still taken. */
  lastAnswers: () => void;
  /** Takes no new ones; resolves when the last has had its answer. One that is silent for about `quiet` milliseconds is ended. */
  close: (quiet: number) => Promise<void>;
  /** At once, answered or not. @returns how many there were */
  cut: () => number;
};

/**
 * What clients are told: they then use no connection again that has been idle for longer, so that by the end of a drain
 * nobody begins a request on one that we are about to end.
 */
const HINT_SECONDS = 4;
/** How long one is really kept: longer than proxies keep theirs, which do not read the hint, and mostly say 60 s. */
const KEPT = 75_000;
/** A client that does not answer the end of a connection has had its answer. */
const PARTING = 1_000;
const TICK = 25;
const CROWDED = 0.9;

export type Patience = {
  /** Milliseconds for a request's headers, and for the whole of one. */
  headers: number;
  whole: number;
  /** For the body of a call that is JSON or a form. */
  body: number;
};

export const PATIENCE: Patience = { headers: 15_000, whole: 300_000, body: 20_000 };

/** Options of a server whose connections are watched here. */
export const serverOptions = ({ headers, whole }: Patience) => ({
  headersTimeout: headers,
  requestTimeout: whole,
  keepAliveTimeout: KEPT,
  // The default looks once in half a minute, in which a thousand slow ones are a thousand for as long.
  connectionsCheckingInterval: Math.min(5_000, headers / 2),
});

type Watched = { working: number; bytes: number; silent: number; parted_at: number | undefined };

export const watchConnections = (
  server: Server,
  deps: {
    most: number;
    patience: Patience;
    /** Whose body may take as long as a whole request may. */
    isStream: (path: string) => boolean;
    dropped: () => void;
    tooSlow: () => void;
  },
): Connections => {
  const watched = new Map<Socket, Watched>();
  let closing = false;
  let tidied_at = 0;
  /** Nearly as many as may be: then none is kept for later, and those that are used least make room. */
  const isCrowded = (): boolean => watched.size >= deps.most * CROWDED;

  server.maxConnections = deps.most;
  server.on("drop", deps.dropped);
  server.on("connection", (socket) => {
    watched.set(socket, { working: 0, bytes: 0, silent: 0, parted_at: undefined });
    socket.once("close", () => watched.delete(socket));
    if (!isCrowded() || Date.now() - tidied_at < PARTING) return;
    tidied_at = Date.now();
    // Once in a second at most: longer in silence than clients use one again.
    endQuiet(HINT_SECONDS);
  });
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const state = watched.get(socket);
    if (state) state.working += 1;
    if (closing || isCrowded()) response.setHeader("Connection", "close");
    else if (response.shouldKeepAlive) {
      response.setHeader("Connection", "keep-alive");
      response.setHeader("Keep-Alive", `timeout=${HINT_SECONDS}`);
    }
    const late =
      request.complete || !hasBody(request) || deps.isStream(request.url ?? "")
        ? undefined
        : setTimeout(() => {
            if (request.complete) return;
            deps.tooSlow();
            // As Node itself answers a request that is too slow.
            if (!response.headersSent)
              socket.write("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
            socket.destroySoon();
          }, deps.patience.body);
    request.once("end", () => clearTimeout(late));
    response.once("close", () => {
      clearTimeout(late);
      if (state) Object.assign(state, { working: state.working - 1, silent: 0 });
    });
  });

  /**
   * Ends those that nobody uses. Silence is counted in turns of the event loop in which nothing came, not by the clock:
   * after a pause, what has arrived meanwhile is still to be read.
   */
  const endQuiet = (turns: number): void => {
    const now = Date.now();
    for (const [socket, state] of watched) {
      const silent = socket.bytesRead === state.bytes && state.working === 0;
      state.silent = silent ? state.silent + 1 : 0;
      state.bytes = socket.bytesRead;
      if (state.parted_at !== undefined) {
        if (now - state.parted_at > PARTING) socket.destroy();
      } else if (state.working === 0 && state.silent >= turns) {
        state.parted_at = now;
        socket.end();
      }
    }
  };

  return {
    count: () => watched.size,
    lastAnswers: () => (closing = true),
    close: (quiet) =>
      new Promise((resolve) => {
        const timer = setInterval(() => endQuiet(quiet / TICK), TICK);
        const closed = () => {
          clearInterval(timer);
          resolve();
        };
        // Right after the event loop has taken what stood in the system's line: whoever still stands there then is
        // turned away. Not the HTTP server's own close, which ends idle connections whatever is on its way there.
        setImmediate(() => {
          NetServer.prototype.close.call(server, closed);
          endQuiet(quiet / TICK);
        });
      }),
    cut: () => {
      const left = [...watched.keys()].filter((socket) => !socket.destroyed);
      for (const socket of left) socket.destroy();
      return left.length;
    },
  };
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
