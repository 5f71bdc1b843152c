/** A server that speaks TCP, so that it can break HTTP. */
import { createServer, type AddressInfo, type Socket } from "node:net";

export type RawServer = {
  host: string;
  url: string;
  /** Connections so far. */
  readonly connections: number;
  /** Says this to every caller from now on, once it has heard something. */
  speak: (next: Speak) => void;
  stop: () => Promise<void>;
};

type Speak = (socket: Socket) => void;

export const startRaw = async (
  first: Speak = (socket) => void socket.destroy(),
): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  let speak = first;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    socket.once("data", () => speak(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    get connections() {
      return connections;
    },
    speak: (next) => {
      speak = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

/** Headers without end. */
export const headerBomb: Speak = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\n");
  endlessly(socket, `x-a: ${"a".repeat(4_000)}\r\n`);
};

/** A body without end, in chunks. */
export const endlessBody: Speak = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  endlessly(socket, `10000\r\n${"a".repeat(0x10000)}\r\n`);
};

/** Headers drop by drop. */
export const slowHeaders: Speak = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\nx-a: ");
  drip(socket, "a");
};

/** A body drop by drop. */
export const slowBody: Speak = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  drip(socket, "1\r\n.\r\n");
};

const endlessly = (socket: Socket, part: string): void => {
  const more = () => {
    while (socket.writable && socket.write(part));
  };
  socket.on("drain", more);
  more();
};

const drip = (socket: Socket, drop: string): void => {
  const drops = setInterval(() => socket.write(drop), 5);
  socket.on("close", () => clearInterval(drops));
};
