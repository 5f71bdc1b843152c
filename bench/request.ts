/**
 * What `app.request` costs over a bare fetch with the token in hand: with the token in the SDK's memory (cached), and
 * with a call to the broker each time (cold); one at a time and 64 at once. Broker and API are processes and sockets
 * of their own. Knows what is compared; asserts nothing.
 */
import { App } from "@alter-ai/alter-sdk";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startConnected, type Connected } from "../test/servers/connected.ts";
import { median, table } from "./table.ts";

const AT_ONCE = [1, 64] as const;
/** Calls in one run of a variant. */
const CALLS = 512;

const VARIANTS = ["bare fetch", "request, cached", "request, cold", "proxyRequest"] as const;
type Variant = (typeof VARIANTS)[number];
type Call = () => Promise<Response>;

export const bench = async ({ runs, json }: { runs: number; json: boolean }): Promise<string> => {
  const api = await startApi();
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/v1/things`;
  const world = await startConnected({
    hosts: [new URL(url).host],
    // As long as it may be, so that "cached" is just that.
    config: { token_cache_seconds: 300 },
  });
  try {
    await world.connect("ann");
    const measured = await measure(await callsOf(world, url), runs);
    return json ? JSON.stringify(measured) : print(measured, runs);
  } finally {
    await world.stop();
    api.close();
    api.closeAllConnections();
  }
};

/** An API that answers at once, so that what is measured is ours. */
const startApi = (): Promise<Server> =>
  new Promise((ready) => {
    const server = createServer((_req, res) =>
      res.writeHead(200, { "content-type": "application/json" }).end('{"things":[]}'),
    );
    server.listen(0, "127.0.0.1", () => ready(server));
  });

const callsOf = async (world: Connected, url: string): Promise<Record<Variant, Call>> => {
  const userToken = await world.userToken("ann");
  const app = new App({ apiKey: world.apiKey, baseUrl: world.broker.url });
  const choice = { provider: "calendar", userToken } as const;
  // Warms the cache up, and shows that the grant is there.
  await (await app.request("GET", url, choice)).text();
  return {
    "bare fetch": () => fetch(url, { headers: { authorization: "Bearer in-hand" } }),
    "request, cached": () => app.request("GET", url, choice),
    "request, cold": () => app.request("GET", url, { ...choice, cache: false }),
    proxyRequest: () => app.proxyRequest("GET", url, choice),
  };
};

type Figure = { ms_per_call: number; calls_per_second: number };
type Measured = Record<Variant, Record<string, Figure>>;

const measure = async (calls: Record<Variant, Call>, runs: number): Promise<Measured> => {
  const seconds = new Map<string, number[]>();
  const key = (variant: Variant, atOnce: number) => `${variant} ${atOnce}`;
  // Round by round, so that a busy moment of the machine meets all variants alike. The first warms everything up.
  for (let run = 0; run <= runs; run++)
    for (const atOnce of AT_ONCE)
      for (const variant of VARIANTS) {
        const took = await time(calls[variant], atOnce);
        if (run === 0) continue;
        seconds.set(key(variant, atOnce), [...(seconds.get(key(variant, atOnce)) ?? []), took]);
      }
  const figure = (variant: Variant, atOnce: number): Figure => {
    const took = median(seconds.get(key(variant, atOnce)) ?? []);
    return {
      ms_per_call: round((took * 1000 * atOnce) / CALLS),
      calls_per_second: round(CALLS / took),
    };
  };
  return Object.fromEntries(
    VARIANTS.map((variant) => [
      variant,
      Object.fromEntries(AT_ONCE.map((atOnce) => [`at_once_${atOnce}`, figure(variant, atOnce)])),
    ]),
  ) as Measured;
};

/** Seconds for all calls, so many at once. */
const time = async (call: Call, atOnce: number): Promise<number> => {
  let left = CALLS;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const response = await call();
      await response.text();
      if (!response.ok) throw new Error(`answered ${response.status}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return (performance.now() - start) / 1000;
};

const round = (value: number): number => Math.round(value * 100) / 100;

const print = (measured: Measured, runs: number): string => {
  const bare = (atOnce: number): number =>
    measured["bare fetch"][`at_once_${atOnce}`]?.calls_per_second ?? NaN;
  const cells = (variant: Variant): string[] =>
    AT_ONCE.flatMap((atOnce) => {
      const { ms_per_call, calls_per_second } = measured[variant][`at_once_${atOnce}`] ?? {
        ms_per_call: NaN,
        calls_per_second: NaN,
      };
      const ratio = bare(atOnce) / calls_per_second;
      return [ms_per_call.toFixed(2), calls_per_second.toFixed(0), `${ratio.toFixed(2)}x`];
    });
  const heads = AT_ONCE.flatMap((atOnce) => [`ms (${atOnce} at once)`, "calls/s", "of bare"]);
  const rows = Object.fromEntries(VARIANTS.map((variant) => [variant, cells(variant)]));
  return `${table(heads, rows)}\n  Median of ${runs} runs of ${CALLS} calls. "of bare": how many times as long as the bare fetch. Everything on this machine.\n`;
};
