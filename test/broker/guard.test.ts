/** Who may make the page's calls: only the page's own script, from its own origin, in JSON [C1]. */
import { page, type ErrorCode } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, claimBody, cookieOf, pageCalls, refused } from "./steps.ts";
import { A, B, startWorld, type Json, type Reply, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("C1: only the hosted page's own script can call", () => {
  const HONEST = {
    "content-type": "application/json",
    origin: B,
    "sec-fetch-site": "same-origin",
  };
  const ATTACKS: [string, Record<string, string | undefined>, ErrorCode][] = [
    ["a text/plain form", { "content-type": "text/plain" }, "unsupported_media_type"],
    [
      "a urlencoded form",
      { "content-type": "application/x-www-form-urlencoded" },
      "unsupported_media_type",
    ],
    ["a body of no type", { "content-type": undefined }, "unsupported_media_type"],
    ["no Origin", { origin: undefined }, "cross_site_refused"],
    ["a foreign Origin", { origin: "https://evil.example" }, "cross_site_refused"],
    ["the app's Origin", { origin: A }, "cross_site_refused"],
    ["an opaque Origin", { origin: "null" }, "cross_site_refused"],
    ["a sibling's request", { "sec-fetch-site": "same-site" }, "cross_site_refused"],
    ["a cross-site request", { "sec-fetch-site": "cross-site" }, "cross_site_refused"],
    ["an address bar's request", { "sec-fetch-site": "none" }, "cross_site_refused"],
  ];
  const send = (name: string, body: Json, headers: Record<string, string | undefined>) =>
    world.call(page[name as keyof typeof page].path, {
      method: "POST",
      headers: Object.entries({ ...HONEST, ...headers }).filter(
        (header): header is [string, string] => header[1] !== undefined,
      ),
      // A request with no type: bytes, since a string would bring one of its own.
      body: new TextEncoder().encode(JSON.stringify(body)),
    });
  const expectNoCors = ({ headers }: Reply) =>
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);

  test.each(ATTACKS)("%s is refused by every call", async (_, change, code) => {
    const { browser, session_id } = await begin(world);
    const token = await world.mint();
    const cookie = `ac_${session_id}=${cookieOf(browser, session_id)}`;
    const targets = [["claim", claimBody(token)] as const, ...pageCalls(session_id)];
    for (const [name, body] of targets)
      expectNoCors(await refused(world, () => send(name, body, { cookie, ...change }), code));
    // The twin: the same bodies with the same cookie, and only the guarded header set right.
    for (const [name, body] of targets)
      expectNoCors(await accepted(() => send(name, body, { cookie })));
  });

  test("an older browser without Sec-Fetch-Site and a charset in the type are let in", async () => {
    const old = { "sec-fetch-site": undefined, "content-type": "application/json; charset=utf-8" };
    const token = await world.mint();
    const reply = await accepted(() => send("claim", claimBody(token), old));
    expect(reply.headers.getSetCookie()).toHaveLength(1);
  });

  test("GET is refused, and no preflight is answered but the widget's", async () => {
    for (const { path } of Object.values(page)) {
      const headers = { origin: B, "sec-fetch-site": "same-origin" };
      await refused(world, () => world.call(path, { headers }), "method_not_allowed");
      const preflight = { origin: A, "access-control-request-method": "POST" };
      const options = () => world.call(path, { method: "OPTIONS", headers: preflight });
      expectNoCors(await refused(world, options, "method_not_allowed"));
    }
    const twin = await world.call("/v1/connect/outcome", {
      method: "OPTIONS",
      headers: { origin: A, "access-control-request-method": "GET" },
    });
    expect(twin.headers.get("access-control-allow-origin")).toBe(A);
  });
});
