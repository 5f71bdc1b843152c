/** A provider that fails to renew: the app is told or served from what is still good, the grant keeps its tokens. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { changed, hang, html, json, reset, type Fault } from "../servers/faults.ts";
import { accepted, expired, issue, refused, rowsOf, works } from "./steps.ts";
import { startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      // One of these providers never answers.
      file["provider_timeout_seconds"] = 3;
    },
  });
});
afterEach(() => world.calendar.control.calm());
afterAll(() => world.stop());

/** Less than the half minute before its end in which a token is renewed, but before its end. */
const NEARLY = 100_000;

const FAULTS: [string, () => Fault, Json][] = [
  ["500", () => json({}, 500), { step: "refresh", status: 500 }],
  ["a web page with 200", () => html(), { step: "refresh", status: 200 }],
  ["a web page with 502", () => html(502), { step: "refresh", status: 502 }],
  ["a reset", reset, { step: "refresh" }],
  ["no answer in time", hang, { step: "refresh", kind: "timeout" }],
  [
    "an error of the client, not of the grant",
    () => json({ error: "invalid_client" }, 401),
    { provider_error: "invalid_client", status: 401 },
  ],
];

test.each(FAULTS)("%s: the app is told, the next try works", async (what, fault, cause) => {
  const sub = `fails-${what}`;
  const before = await expired(world, sub);
  const [row] = await rowsOf(world, sub);
  world.calendar.control.fail("refresh", fault());
  const reply = await issue(world, sub);
  expect([reply.status, reply.body["code"]]).toEqual([502, "provider_unavailable"]);
  expect(world.logs.findLast(({ event }) => event === "refresh_failed")).toMatchObject(cause);
  expect(await rowsOf(world, sub)).toEqual([row]);

  const { body } = await accepted(() => issue(world, sub));
  expect(body["access_token"]).not.toBe(before["access_token"]);
  expect(await works(world, body)).toBe(true);
});

test.each(FAULTS)("%s: a token that is still good is handed out", async (what, fault) => {
  const sub = `still-${what}`;
  const before = await expired(world, sub, NEARLY);
  const refreshes = world.calendar.counts.refresh;
  world.calendar.control.fail("refresh", fault());
  const { body } = await accepted(() => issue(world, sub));
  expect(body["access_token"]).toBe(before["access_token"]);
  expect(world.calendar.counts.refresh).toBe(refreshes + 1);
});

test("before the last half minute, and the tenth before it in which tokens are renewed ahead, nobody is asked", async () => {
  const before = await expired(world, "fresh", 60_000);
  const refreshes = world.calendar.counts.refresh;
  expect((await issue(world, "fresh")).body["access_token"]).toBe(before["access_token"]);
  await world.broker.settled();
  expect(world.calendar.counts.refresh).toBe(refreshes);
});

test("an answer lost after the rotation costs the grant, and the app is told to connect again", async () => {
  const sub = "lost";
  await expired(world, sub);
  world.calendar.control.fail("refresh", changed({ access_token: undefined }));
  expect((await issue(world, sub)).body["code"]).toBe("provider_unavailable");
  expect((await issue(world, sub)).body["code"]).toBe("credential_revoked");
  await refused(world, () => issue(world, sub), "credential_revoked");
});
