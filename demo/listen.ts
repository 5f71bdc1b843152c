/**
 * HTTP on this machine only. Knows that `localhost` is two addresses: a browser may try ::1 first,
 * and a stranger who holds the port there would answer in our place.
 */
import { createServer, type RequestListener, type Server } from "node:http";

export type Listening = { port: number; stop: () => Promise<void> };

const ADDRESSES = ["127.0.0.1", "::1"] as const;

/** `answer` is asked for the listener once the port is known; port 0 takes a free one. */
export const listen = async (
  port: number,
  answer: (port: number) => RequestListener | Promise<RequestListener>,
): Promise<Listening> => {
  const servers: Server[] = [];
  const stop = async () => {
    await Promise.all(servers.map(close));
  };
  try {
    for (const address of ADDRESSES) {
      const server = createServer();
      if (await bind(server, servers[0] ? portOf(servers[0]) : port, address)) servers.push(server);
    }
    const [first] = servers;
    if (!first) throw new Error("This machine has no loopback address");
    const listener = await answer(portOf(first));
    for (const server of servers) server.on("request", listener);
    return { port: portOf(first), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** False where the machine does not have that address (containers without IPv6). */
const bind = (server: Server, port: number, host: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      resolve(true);
    });
  });

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
