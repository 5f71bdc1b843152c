/**
 * Brokers as processes of their own on a world's database, to be killed: the built program, the world's configuration,
 * the real clock. The world's own broker may run an hour late, so that what it has written is over for them.
 */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { startBroker, type TestBroker } from "../servers/broker.ts";
import { freePort } from "../servers/http.ts";
import type { Json, World } from "./world.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** What a crash may find half done must be the newest code. */
export const buildBroker = (): Promise<void> =>
  new Promise((done, failed) =>
    execFile(process.execPath, [join(ROOT, "scripts/build.mjs"), "--stale", "broker"], (error) =>
      error ? failed(error) : done(),
    ),
  );

export type Child = Omit<TestBroker, "url"> & {
  /** As the browsers and back ends of the world would call it; rejects when it has died. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** A token for the user's calendar. */
  token: (sub: string) => Promise<{ status: number; body: Json }>;
};

/** It goes on by the name of B, and listens elsewhere. */
export const startChild = async (world: World, more: Json = {}): Promise<Child> => {
  const port = await freePort();
  const { providers, apps } = world.file as { providers: Json; apps: unknown[] };
  const listen = { host: "127.0.0.1", port };
  const config = { ...world.file, listen, log_level: "info", ...more };
  const { url, ...broker } = await startBroker({ port, providers, apps, config });
  const call = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { redirect: "manual", ...init });
  return {
    ...broker,
    fetch: call,
    token: async (sub) => {
      const user_token = await userTokenNow(world, sub);
      const response = await call("/v1/tokens", {
        method: "POST",
        headers: {
          authorization: `Bearer ${world.keys.demo.key}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({
          ...{ user_token, provider: "calendar" },
          request: { method: "GET", host: world.calendar.host },
        }),
      });
      return { status: response.status, body: (await response.json()) as Json };
    },
  };
};

/** What 45 seconds would do to the refreshes that a broker was at when it died. */
export const endLeases = ({ database }: World): Promise<unknown> =>
  database.rows("update grants set lease_until = 1 where lease_id is not null");

/** By the real clock, whatever the world's says. */
export const userTokenNow = (world: World, sub: string): Promise<string> =>
  world.userToken(sub, { exp: Math.floor(Date.now() / 1000) + 300 });
