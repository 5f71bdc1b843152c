/** Steps that many tests take: a claimed session to start from, and what every refusal and its twin assert. */
import { ERRORS, type ErrorCode } from "@alter-ai/protocol/http";
import { expect } from "vitest";
import {
  A,
  connect,
  s256,
  secret,
  type Browser,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

export type Claimed = { token: string; verifier: string; session_id: string; browser: Browser };

/** A popup session that has been claimed and no more, in a browser of its own or in the given one. */
export const begin = async (
  world: World,
  options: { sub?: string; session?: Json; browser?: Browser } = {},
): Promise<Claimed & { authorization: unknown }> => {
  const token = await world.mint(options.session, options.sub);
  const browser = options.browser ?? world.browser();
  const { verifier, body } = await browser.claim(token);
  const { session_id, authorization } = body;
  return { token, browser, verifier, session_id: String(session_id), authorization };
};

export const view = (browser: Browser, session_id: string): Promise<Reply> =>
  browser.page("view", { session_id });

export const cookieOf = (browser: Browser, session_id: string): string =>
  browser.jar.get(`ac_${session_id}`) ?? "";

/** The popup shape of a claim, of a fresh page. */
export const claimBody = (token: string, more: Json = {}): Json => ({
  shape: "popup",
  token,
  opener_origin: A,
  challenge: s256(secret()),
  claim_id: secret(),
  ...more,
});

/** Every call of the page on a session, harmless ones first, so that each also works after the others. */
export const pageCalls = (session_id: string): [string, Json][] => [
  ["view", { session_id }],
  ["authorize", { session_id, provider: "calendar" }],
  ["page", { session_id, event: "here" }],
  ["finish", { session_id, reason: "cancel" }],
];

/** Comes back from the provider. Always a 303 to a clean URL of the broker, whatever the callback was. */
export const land = async (browser: Browser, url: string): Promise<string> => {
  const reply = await browser.callback(url);
  const location = reply.headers.get("location") ?? "";
  expect(reply.status).toBe(303);
  expect(location).toMatch(/^\/connect\/(lost|s\/[\w-]{22})$/);
  expect(reply.headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  return location;
};

export type Away = Claimed & { back: string };

/** A session whose user has consented, with the callback not yet called. */
export const away = async (
  world: World,
  options: Parameters<typeof begin>[1] = {},
): Promise<Away> => {
  const session = await begin(world, options);
  return { ...session, back: await session.browser.visit(session.session_id) };
};

export const outcomeOf = async (
  world: World,
  { token, verifier }: Pick<Claimed, "token" | "verifier">,
): Promise<Json> => (await world.widget(token, verifier).outcome()).body;

export const viewOf = async ({ browser, session_id }: Claimed): Promise<Json> =>
  (await view(browser, session_id)).body;

export const grantsOf = async (world: World, sub: string): Promise<Json[]> =>
  (await world.backend().listGrants(await world.userToken(sub))).body["grants"] as Json[];

/** The user's grants as stored, pending ones included. */
export const rowsOf = async (world: World, sub: string): Promise<Json[]> =>
  ((JSON.parse(await world.snapshot()) as Json[][])[2] ?? []).filter(
    ({ subject }) => subject === sub,
  );

/** A token for the user's calendar, as the app's backend asks for it. */
export const issue = async (world: World, sub: string): Promise<Reply> =>
  world.backend().token({ user_token: await world.userToken(sub), provider: "calendar" });

/** A user with one calendar, whose access token was good until just now: the providers' live two minutes. */
export const expired = async (world: World, sub: string, ms = 121_000): Promise<Json> => {
  await connect(world, { sub, account: `${sub}@work.test` });
  const { body } = await accepted(() => issue(world, sub));
  world.pass(ms);
  return body;
};

/** Whether the calendar's API takes the token. */
export const works = async (world: World, issued: Json): Promise<boolean> => {
  const headers = { authorization: `Bearer ${String(issued["access_token"])}` };
  return (await fetch(`${world.calendar.url}/api/me`, { headers })).status === 200;
};

/** All that a refusal must leave as it was: every row but the audit log, and both providers' call counts. */
export const state = async (world: World): Promise<string> =>
  JSON.stringify([await world.snapshot(), world.calendar.counts, world.files.counts]);

export const refused = async (
  world: World,
  call: () => Promise<Reply>,
  code: ErrorCode,
): Promise<Reply> => {
  const before = await state(world);
  const reply = await call();
  expect(reply.body["code"]).toBe(code);
  expect(reply.status).toBe(ERRORS[code][0]);
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
  expect(reply.headers.getSetCookie()).toEqual([]);
  expect(await state(world)).toBe(before);
  return reply;
};

/** Accepted: the twin of a refusal. */
export const accepted = async (call: () => Promise<Reply>): Promise<Reply> => {
  const reply = await call();
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply;
};
