/**
 * Load on a server of this machine: so many connections that stay open, one request at a time on each. By hand and
 * small, since it takes its time from the processors that it measures. Knows HTTP; must not know what is asked.
 */
import { connect, type Socket } from "node:net";

export type Load = { rps: number; p50_ms: number; p99_ms: number };

export type Target = {
  port: number;
  /** Whole, head and body. */
  request: () => Buffer;
};

/** As long as `ms`, and `least` requests on each connection; rejects at the first answer other than 200. */
export const load = async (
  { port, request }: Target,
  connections: number,
  ms: number,
  least = 0,
): Promise<Load> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const took: number[] = [];
  const started = performance.now();
  const work = async (socket: Socket): Promise<void> => {
    const answer = answersOf(socket);
    for (let n = 0; n < least || performance.now() - started < ms; n++) {
      const asked = performance.now();
      socket.write(request());
      await answer();
      took.push(performance.now() - asked);
    }
  };
  try {
    await Promise.all(sockets.map(work));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(took).sort();
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
  return { rps: took.length / seconds, p50_ms: at(0.5), p99_ms: at(0.99) };
};

/** A whole POST, made once and sent many times. */
export const post = (
  port: number,
  path: string,
  headers: Record<string, string>,
  body: unknown,
): Buffer => {
  const text = JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${text}`);
};

const open = (port: number): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => done(socket));
    socket.once("error", failed);
  });

/** Each call resolves with the next whole answer. */
const answersOf = (socket: Socket): (() => Promise<void>) => {
  let done: () => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    if (!isWhole(text)) return;
    const answer = text;
    text = "";
    if (answer.startsWith("HTTP/1.1 200 ")) done();
    else failed(new Error(`answered ${answer.slice(0, 2000)}`));
  });
  socket.on("error", (error) => failed(error));
  socket.on("close", () => failed(new Error("the connection was closed")));
  return () =>
    new Promise<void>((resolve, reject) => {
      done = resolve;
      failed = reject;
    });
};

const isWhole = (text: string): boolean => {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1];
  return length === undefined ? text.endsWith("\r\n0\r\n\r\n") : text.length >= head + 4 + +length;
};
