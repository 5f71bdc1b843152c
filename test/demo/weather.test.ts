/** Acme Weather: it knows one key, and nobody else. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Listening } from "../../demo/listen.ts";
import { startWeather } from "../../demo/providers/weather.ts";

const KEY = "the company's key";

let server: Listening;
let url: string;

beforeAll(async () => {
  server = await startWeather({ port: 0, key: KEY, now: () => new Date("2026-03-01T12:00:00Z") });
  url = `http://localhost:${String(server.port)}/api/weather`;
});

afterAll(() => server.stop());

it("gives whoever has the key three days, the same at each call", async () => {
  const ask = async () => (await fetch(url, { headers: { "x-api-key": KEY } })).json();
  const first: unknown = await ask();
  expect(first).toMatchObject({
    place: "Acme City",
    days: [{ date: "2026-03-01" }, { date: "2026-03-02" }, { date: "2026-03-03" }],
  });
  expect(await ask()).toEqual(first);
});

it.each([
  ["without a key", (url) => fetch(url)],
  ["with another", (url) => fetch(url, { headers: { "x-api-key": `${KEY}.` } })],
  ["with it in the URL", (url) => fetch(`${url}?key=${encodeURIComponent(KEY)}`)],
  [
    "with it as a bearer token",
    (url) => fetch(url, { headers: { authorization: `Bearer ${KEY}` } }),
  ],
] satisfies [string, (url: string) => Promise<Response>][])("401 %s", async (_, ask) => {
  const answer = await ask(url);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: "invalid_key" });
});
