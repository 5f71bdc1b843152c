/**
 * Nobody learns by asking what there is: for something of somebody else's and for something that is not there the
 * answer is the same to the byte, and so is the work: the same calls of the store in the same order, and none to a
 * provider. Time itself is never asserted; where the work is the same, it has nothing to tell.
 */
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runSecrets } from "../../broker/src/commands/secrets.ts";
import type { Store } from "../../broker/src/store/store.ts";
import { begin, cookieOf, grantsOf, pageCalls } from "./steps.ts";
import {
  A,
  B,
  connect,
  newKey,
  secret,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

let world: World;
/** Calls of the store by name, transactions included. */
let work: string[] = [];

const watch = <T extends object>(store: T, path = ""): T =>
  new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      const at = `${path}${String(name)}`;
      if (typeof value === "function")
        return (...args: unknown[]): unknown => {
          // Written once a minute for a key, whatever it asks for.
          if (!at.startsWith("apiKeys.")) work.push(at);
          if (name !== "transaction") return Reflect.apply(value, target, args) as unknown;
          const [inside, ...how] = args as [(tx: Store) => unknown];
          const watched = (tx: Store) => inside(watch(tx, "tx."));
          return Reflect.apply(value, target, [watched, ...how]) as unknown;
        };
      return typeof value === "object" && value !== null ? watch(value, `${at}.`) : value;
    },
  });

const foreign: Record<string, string> = {};
const own: Record<string, string> = {};

beforeAll(async () => {
  world = await startWorld({
    watch,
    configure: (file) => {
      const [app] = file["apps"] as Json[];
      const weather = {
        name: "Weather",
        api_hosts: ["api.weather.test"],
        inject: { query: "key" },
      };
      Object.assign(app ?? {}, { secrets: { weather } });
    },
  });
  await runSecrets(
    {
      config: world.config,
      stdin: Readable.from([Buffer.from("a-value-for-bob")]) as never,
      say: (line) => (foreign["secret"] = line.split(" ")[1] ?? ""),
    },
    ["set"],
    { app: "demo", secret: "weather", user: "bob" },
  );
  await connect(world, { sub: "bob", account: "bob@work.test" });
  await connect(world, { sub: "ann", account: "ann@work.test" });
  foreign["grant"] = String((await grantsOf(world, "bob"))[0]?.["grant_id"]);
  own["grant"] = String((await grantsOf(world, "ann"))[0]?.["grant_id"]);
  const theirs = await begin(world, { sub: "bob" });
  foreign["session"] = theirs.session_id;
  foreign["cookie"] = cookieOf(theirs.browser, theirs.session_id);
}, 60_000);
afterAll(() => world.stop());
beforeEach(() => {
  work = [];
});

/** Of the right form, and of nobody. */
const nobodys = (like: string): string =>
  like.slice(0, -22) + secret().slice(0, Math.min(22, like.length));

type Seen = {
  status: number;
  body: Json;
  headers: [string, string][];
  work: string[];
  calls: string;
};

const seen = async (call: () => Promise<Reply>): Promise<Seen> => {
  await world.broker.settled();
  work = [];
  const before = calls();
  const { status, body, headers } = await call();
  await world.broker.settled();
  return {
    ...{ status, body: { ...body, request_id: "" }, work },
    headers: [...headers].filter(([name]) => name !== "x-request-id"),
    calls: before === calls() ? "none" : "some",
  };
};
const calls = (): string => JSON.stringify([world.calendar.counts, world.files.counts]);

const ann = () => world.userToken("ann");
const page = (name: string, body: Json, cookie?: string) =>
  world.post(`/v1/connect/${name}`, body, {
    ...{ origin: B, "sec-fetch-site": "same-origin" },
    ...(cookie === undefined ? {} : { cookie }),
  });

/** What is asked with an id or a secret that the caller should not have, or that nobody has. */
const QUESTIONS: [name: string, theirs: () => string, ask: (value: string) => Promise<Reply>][] = [
  [
    "a token by grant_id",
    () => foreign["grant"] ?? "",
    async (grant_id) => world.backend().token({ user_token: await ann(), grant_id }),
  ],
  [
    "a grant's end, with the user",
    () => foreign["grant"] ?? "",
    async (id) => world.backend().revoke(id, await ann()),
  ],
  [
    "a grant's end, from another app",
    () => foreign["grant"] ?? "",
    (id) => world.backend(world.keys.other.key).revoke(id),
  ],
  [
    "a session to renew a grant",
    () => foreign["grant"] ?? "",
    async (grant_id) =>
      world.backend().createSession({ user_token: await ann(), allowed_origin: A, grant_id }),
  ],
  [
    "a token for another user's account",
    () => "bob@work.test",
    async (account) =>
      world.backend().token({ user_token: await ann(), provider: "calendar", account }),
  ],
  [
    "a managed secret by grant_id",
    () => foreign["secret"] ?? "",
    async (grant_id) => world.backend().token({ user_token: await ann(), grant_id }),
  ],
  ...pageCalls("").flatMap(([name, body]): (typeof QUESTIONS)[number][] => [
    [
      `${name} of a session, without its cookie`,
      () => foreign["session"] ?? "",
      (session_id) => page(name, { ...body, session_id }),
    ],
    [
      `${name} of a session, with a cookie of that name`,
      () => foreign["session"] ?? "",
      (session_id) => page(name, { ...body, session_id }, `ac_${session_id}=${secret()}`),
    ],
  ]),
  ["the page of a session", () => foreign["session"] ?? "", (id) => world.call(`/connect/s/${id}`)],
];

describe("what is somebody else's and what is not there", () => {
  test.each(QUESTIONS)("%s", async (_, theirs, ask) => {
    const value = theirs();
    expect(value).not.toBe("");
    const one = await seen(() => ask(value));
    const other = await seen(() => ask(nobodys(value)));
    expect(other).toEqual(one);
    expect(one.calls).toBe("none");
  });

  test("a session's page does not look whether there is one", async () => {
    expect((await seen(() => world.call(`/connect/s/${foreign["session"]}`))).work).toEqual([]);
  });

  test("an app's other users and users that there never were have the same empty list", async () => {
    const list = async (sub: string) => {
      const user_token = await world.userToken(sub);
      return seen(() => world.backend().listGrants(user_token));
    };
    expect(await list("carl")).toEqual(await list("nobody-has-ever-heard-of"));
  });

  test("API keys: none, nonsense, and one that could be", async () => {
    const keys = ["", "x", newKey().key, `alter_key_${secret()}`];
    const all = [];
    for (const key of keys) all.push(await seen(() => world.backend(key).listGrants("x")));
    for (const one of all) expect(one).toEqual(all[0]);
    expect(all[0]).toMatchObject({ status: 401, work: [] });
  });

  test("a callback: of a state that waits in another browser, and of one that was never given out", async () => {
    const { session_id, browser } = await begin(world, { sub: "bob" });
    const { body } = await browser.page("authorize", { session_id, provider: "calendar" });
    const state = new URL(String(body["authorization_url"])).searchParams.get("state") ?? "";
    const come = (value: string) =>
      seen(() => world.call(`/oauth/callback/calendar?code=x&state=${value}`));
    const [one, other] = [await come(state), await come(secret())];
    // The work differs, by the audit row of H1: but nobody hits upon 256 bits by trying.
    expect({ ...other, work: [] }).toEqual({ ...one, work: [] });
    // The twin: where more is done, it is seen here.
    expect(other.work).not.toEqual(one.work);
  });
});

describe("the twin: what is the caller's own is answered otherwise", () => {
  test("a token by grant_id", async () => {
    const user_token = await ann();
    const ask = (grant_id: string) => seen(() => world.backend().token({ user_token, grant_id }));
    const [mine, theirs] = [await ask(own["grant"] ?? ""), await ask(foreign["grant"] ?? "")];
    expect([mine.status, theirs.status]).toEqual([200, 404]);
  });

  test("a session with its own cookie", async () => {
    const session_id = foreign["session"] ?? "";
    const ask = (cookie: string) =>
      seen(() => page("view", { session_id }, `ac_${session_id}=${cookie}`));
    const [mine, theirs] = [await ask(foreign["cookie"] ?? ""), await ask(secret())];
    expect([mine.status, theirs.status]).toEqual([200, 404]);
  });
});
