/**
 * What the RFCs ask of an OAuth client, seen from the provider: the requests of one connection's whole life, and odd
 * answers to them. One test for each clause that no other test shows (scripts/claims/conformance.mjs has them all).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { readConfig } from "../../broker/src/config/config.ts";
import { json, type Fault } from "../servers/faults.ts";
import type { Call } from "../servers/front.ts";
import { refused as denied } from "../servers/callback.ts";
import {
  accepted,
  away,
  begin,
  expired,
  grantsOf,
  issue,
  land,
  outcomeOf,
  works,
} from "./steps.ts";
import { B, connect, s256, startWorld, type Json, type World } from "./world.ts";

let world: World;
/** Of two whole lives: where the browser was sent, and what was asked of the provider. */
const departures: URL[] = [];
let exchanges: readonly Call[] = [];
let refreshes: readonly Call[] = [];
let revocations: readonly Call[] = [];
let configured: Json = {};

beforeAll(async () => {
  world = await startWorld({ configure: (file) => (configured = structuredClone(file)) });
  for (const sub of ["life-1", "life-2"]) {
    const { browser, session_id } = await begin(world, { sub });
    const { body } = await browser.page("authorize", { session_id, provider: "calendar" });
    departures.push(new URL(String(body["authorization_url"])));
    await land(
      browser,
      (await world.calendar.control.authorize(String(body["authorization_url"]))).url,
    );
    world.pass(121_000);
    await accepted(() => issue(world, sub));
    const [grant] = await grantsOf(world, sub);
    const revoked = await world.backend().revoke(String(grant?.["grant_id"]));
    expect(revoked.body).toMatchObject({ provider_revocation: "done" });
  }
  const { calls } = world.calendar.control;
  [exchanges, refreshes, revocations] = [calls("token"), calls("refresh"), calls("revocation")];
  expect([exchanges.length, refreshes.length, revocations.length]).toEqual([2, 2, 2]);
});
afterAll(() => world.stop());

const all = (): Call[] => [...exchanges, ...refreshes, ...revocations];
const parameter = (name: string): string[] =>
  departures.map(({ searchParams }) => searchParams.get(name) ?? "");

describe("the authorization request", () => {
  test("the redirect URI is absolute, without a fragment, and ours [RFC 6749 3.1.2]", () => {
    for (const uri of parameter("redirect_uri")) {
      expect(new URL(uri).origin).toBe(B);
      expect(uri).not.toContain("#");
      expect(new URL(uri).href).toBe(uri);
    }
  });

  test("state, nonce and challenge have 256 bits and are new each time [RFC 6749 10.10]", () => {
    for (const name of ["state", "nonce", "code_challenge"]) {
      const [one = "", two = ""] = parameter(name);
      expect(Buffer.from(one, "base64url")).toHaveLength(32);
      expect(one).not.toBe(two);
    }
  });

  test("a verifier is long, plain and new; its challenge is its S256 [RFC 7636 4.1] [RFC 7636 4.2] [RFC 9700 2.1.1]", () => {
    const verifiers = exchanges.map(({ form }) => form.get("code_verifier") ?? "");
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(new Set(verifiers).size).toBe(2);
    expect(parameter("code_challenge")).toEqual(verifiers.map(s256));
    expect(parameter("code_challenge_method")).toEqual(["S256", "S256"]);
  });

  test("a record cannot ask for the plain method [RFC 7636 7.2]", () => {
    const { calendar } = configured["providers"] as Record<string, Json>;
    const read = (pkce: string) => () =>
      readConfig(
        stringify({
          ...configured,
          providers: { ...(configured["providers"] as Json), calendar: { ...calendar, pkce } },
        }),
        {},
      );
    expect(read("plain")).toThrow(/pkce/);
    // The twin: as RFC 9700 has it.
    expect(read("S256")).not.toThrow();
  });
});

describe("the token endpoint", () => {
  test("is asked by POST, with a form, and nothing secret in its address [RFC 6749 3.2] [RFC 6749 2.3.1b]", () => {
    for (const { method, url, headers } of all()) {
      expect(method).toBe("POST");
      expect(headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
      expect(url.search).toBe("");
    }
  });

  test("hears one way to authenticate in each request [RFC 6749 2.3]", () => {
    for (const { headers, form } of all()) {
      const ways = [
        headers["authorization"],
        form.get("client_secret"),
        form.get("client_assertion"),
      ];
      expect(ways.filter(Boolean)).toHaveLength(1);
    }
  });

  test("gets grant type, code and the redirect URI of the request [RFC 6749 4.1.3]", () => {
    for (const { form } of exchanges) {
      expect(form.get("grant_type")).toBe("authorization_code");
      expect(form.get("code")).toMatch(/.{16}/);
    }
    expect(exchanges.map(({ form }) => form.get("redirect_uri"))).toEqual(
      parameter("redirect_uri"),
    );
  });

  test("is asked for no more scope in a refresh than was granted [RFC 6749 6c]", () => {
    for (const { form } of refreshes) {
      const granted = (departures[0]?.searchParams.get("scope") ?? "").split(" ");
      const asked = form.get("scope")?.split(" ") ?? [];
      expect(asked.filter((scope) => !granted.includes(scope))).toEqual([]);
    }
  });
});

describe("its replies", () => {
  const changed =
    (more: Json): Fault =>
    async (real) => {
      const reply = await real();
      const body = { ...(JSON.parse(reply.body.toString()) as Json), ...more };
      return { ...reply, body: Buffer.from(JSON.stringify(body)) };
    };

  test("names that nobody knows are ignored [RFC 6749 5.1a]", async () => {
    world.calendar.control.fail(
      "token",
      changed({ vendor: { nested: [1] }, ["__proto__x"]: true }),
    );
    const session = await away(world, { sub: "names" });
    await land(session.browser, session.back);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("a token of a type that nobody knows is not used [RFC 6749 7.1]", async () => {
    world.calendar.control.fail("token", changed({ token_type: "mac" }));
    const session = await away(world, { sub: "type" });
    await land(session.browser, session.back);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "pending", phase: "failed" });
    expect(await grantsOf(world, "type")).toEqual([]);
  });
});

describe("the authorization response", () => {
  test("parameters that nobody knows are ignored [RFC 6749 4.1.2a]", async () => {
    const session = await away(world, { sub: "more" });
    await land(session.browser, `${session.back}&session_state=x&scope=whatever&authuser=0`);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("an error is held to its issuer as a code is [RFC 9207 2.4c]", async () => {
    world.calendar.control.tamper(denied("access_denied"));
    const { browser, back, session_id, ...session } = await away(world, { sub: "error" });
    const url = new URL(back);
    expect(url.searchParams.get("error")).toBe("access_denied");
    url.searchParams.set("iss", "https://evil.example");
    const before = await world.snapshot();
    expect(await land(browser, url.href)).toBe("/connect/lost");
    expect(await world.snapshot()).toBe(before);
    expect(world.logs.findLast(({ event }) => event === "callback_refused")).toMatchObject({
      reason: "issuer_mismatch",
    });
    // The twin: as the provider sent it.
    expect(await land(browser, back)).toBe(`/connect/s/${session_id}`);
    expect(await outcomeOf(world, session)).toMatchObject({ phase: "failed" });
  });

  test("no address in a request leads the browser away [RFC 6749 10.15] [RFC 9700 2.1b] [RFC 9700 4.11.1]", async () => {
    const evil = encodeURIComponent("https://evil.example/");
    const names = ["redirect_uri", "return_url", "next", "return_to", "redirect_to", "url"];
    const query = names.map((name) => `${name}=${evil}`).join("&");
    const session = await away(world, { sub: "open" });
    expect(await land(session.browser, `${session.back}&${query}`)).toBe(
      `/connect/s/${session.session_id}`,
    );
    for (const path of [
      "/connect",
      "/connect/lost",
      "/oauth/callback/calendar",
      "//evil.example/",
    ]) {
      const { headers } = await world.call(`${path}?${query}`);
      expect(headers.get("location") ?? "/connect/lost").toBe("/connect/lost");
    }
  });

  test("is answered by 303 alone, which posts nothing on [RFC 9700 4.12]", async () => {
    const session = await away(world, { sub: "see-other" });
    const form = new URLSearchParams({ state: "x", code: "y" });
    for (const reply of [
      await session.browser.callback(session.back),
      await world.call("/oauth/callback/calendar?state=x"),
      await world.call("/oauth/callback/calendar", { method: "POST", body: form }),
    ])
      expect(reply.status).toBe(303);
  });
});

describe("tokens", () => {
  test("a reply that holds one may not be kept by a cache [RFC 6749 5.1b]", async () => {
    await connect(world, { sub: "cache" });
    const { headers } = await accepted(() => issue(world, "cache"));
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("are in no URL: not the provider's, not ours, not the page's [RFC 9700 4.3.2]", async () => {
    const issued = (await expired(world, "address")) as { access_token: string };
    expect(await works(world, issued)).toBe(true);
    const urls = [
      ...(["token", "refresh", "revocation", "api", "userinfo"] as const).flatMap((endpoint) =>
        world.calendar.control.calls(endpoint).map(({ url }) => url.href),
      ),
      ...departures.map(({ href }) => href),
    ].join("\n");
    expect(urls).not.toMatch(/access_token|refresh_token|id_token/);
    expect(urls).not.toContain(issued.access_token);
  });
});

describe("revocation", () => {
  test("is a form with the token and its hint [RFC 7009 2.1a]", () => {
    for (const { form, headers } of revocations) {
      expect(form.get("token")).toMatch(/.{16}/);
      expect(form.get("token_type_hint")).toMatch(/^(?:access|refresh)_token$/);
      expect(Boolean(headers["authorization"]) !== form.has("client_secret")).toBe(true);
      expect([...form.keys()].sort()).toEqual([...new Set([...form.keys()])].sort());
    }
  });

  test("is of the refresh token, which ends the others with it [RFC 7009 2.1b]", () => {
    expect(revocations.map(({ form }) => form.get("token_type_hint"))).toEqual(
      revocations.map(() => "refresh_token"),
    );
    // The newest: a rotated one would revoke nothing.
    const rotated = refreshes.map(({ form }) => form.get("refresh_token"));
    for (const { form } of revocations) expect(rotated).not.toContain(form.get("token"));
  });

  const revoke = async (sub: string): Promise<Json> => {
    await connect(world, { sub });
    const [grant] = await grantsOf(world, sub);
    return (await world.backend().revoke(String(grant?.["grant_id"]))).body;
  };

  test("200 is done, whatever its body, and whether or not the token was one [RFC 7009 2.2]", async () => {
    for (const [i, body] of [{}, { error: "ignored" }].entries()) {
      world.calendar.control.fail("revocation", json(body, 200));
      expect(await revoke(`done-${i}`)).toMatchObject({
        ...{ status: "revoked", provider_revocation: "done" },
      });
    }
  });

  test("a type that the provider cannot revoke is said as failed, and gone here [RFC 7009 2.2.1b]", async () => {
    world.calendar.control.fail("revocation", json({ error: "unsupported_token_type" }, 400));
    expect(await revoke("unsupported")).toMatchObject({
      ...{ status: "revoked", provider_revocation: "failed" },
    });
    expect((await issue(world, "unsupported")).body["code"]).toBe("grant_revoked");
  });
});
