/**
 * Deliveries as their senders publish them: signatures by the published vector, and what in a body means that a user is
 * gone. Pure: no broker runs here.
 */
import { describe, expect, test } from "vitest";
import type { IdentityProvider } from "../../broker/src/config/identity-provider.ts";
import { readEvents } from "../../broker/src/deliveries/events.ts";
import { verifyDelivery } from "../../broker/src/deliveries/signature.ts";
import type { Json } from "./world.ts";

const MINUTES = 60_000;
const bytes = (text: string) => new TextEncoder().encode(text);
const as = (headers: Record<string, string>, body: string) => ({
  header: (name: string) => headers[name],
  body: bytes(body),
});

describe("the vector of Svix's documentation, which is that of Standard Webhooks", () => {
  const VECTOR = {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: "1614265330",
    body: '{"test": 2432232314}',
    signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  };
  const AT = Number(VECTOR.timestamp) * 1000;
  const headers = (names: string, over: Json = {}) =>
    Object.fromEntries(
      Object.entries({ ...VECTOR, ...over }).map(([name, value]) => [
        `${names}-${name}`,
        String(value),
      ]),
    );
  const verify = (
    given: Record<string, string>,
    body = VECTOR.body,
    now = AT,
    secrets?: string[],
  ) =>
    verifyDelivery(
      { kind: "clerk", secrets: secrets ?? [VECTOR.secret] },
      as(given, body),
      now,
      5 * MINUTES,
    );

  test.each(["svix", "webhook"])("is taken with the headers of %s", (names) => {
    expect(verify(headers(names))).toEqual({ ok: true, id: VECTOR.id, at: AT });
    const elsewhere = ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", VECTOR.secret];
    expect(verify(headers(names), VECTOR.body, AT, elsewhere)).toMatchObject({ ok: true });
  });

  const other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  test.each([
    ["among others", `v1a,xyz ${other} ${VECTOR.signature}`, true],
    ["beside none that fits", `v1a,xyz ${other}`, false],
    ["of another version", VECTOR.signature.replace("v1,", "v2,"), false],
    ["without its version", VECTOR.signature.slice(3), false],
    ["cut", VECTOR.signature.slice(0, -2), false],
  ])("a signature %s", (_, signature, ok) => {
    expect(verify(headers("svix", { signature })).ok).toBe(ok);
  });

  test.each([
    ["another id", { id: "msg_2" }, "signature"],
    ["another time", { timestamp: "1614265331" }, "signature"],
    ["no number", { timestamp: "1614265330.0" }, "no_signature"],
    ["no id", { id: "" }, "no_signature"],
    ["no signature", { signature: "" }, "no_signature"],
  ])("%s is refused", (_, over, why) => {
    expect(verify(headers("svix", over))).toEqual({ ok: false, why });
  });

  test("another body, another secret, and any time but now are refused", () => {
    const signature = { ok: false, why: "signature" };
    expect(verify(headers("svix"), `${VECTOR.body} `)).toEqual(signature);
    const secrets = ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];
    expect(verify(headers("svix"), VECTOR.body, AT, secrets)).toEqual(signature);
    for (const now of [AT - 5 * MINUTES, AT + 5 * MINUTES])
      expect(verify(headers("svix"), VECTOR.body, now)).toMatchObject({ ok: true });
    for (const now of [AT - 5 * MINUTES - 1, AT + 5 * MINUTES + 1])
      expect(verify(headers("svix"), VECTOR.body, now)).toEqual({ ok: false, why: "timestamp" });
  });
});

const IDP = { issuer: "https://idp.example", subject_claim: ["sub"] } as IdentityProvider;
const TWO = { ...IDP, subject_claim: ["tid", "oid"] };
const SIGNED = { id: "msg_1", at: 7 };
const read = (kind: "auth0" | "clerk" | "hmac", body: unknown, idp = IDP) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const found = readEvents(kind, bytes(text), SIGNED);
  if (!found.ok) return found.expected;
  return found.gone.map(({ subjectFor, ...rest }) => ({ subject: subjectFor(idp), ...rest }));
};

describe("Auth0", () => {
  const date = "2026-11-30T10:00:00.000Z";
  const at = Date.parse(date);
  const sdu = { date, type: "sdu", user_id: "auth0|1", log_id: "L1" };
  const sapi = (method: string, path: string, body: unknown, statusCode = 200) => ({
    ...{ date, type: "sapi", user_id: "auth0|admin", log_id: "L2" },
    details: { request: { method, path, body }, response: { statusCode } },
  });
  const user = "/api/v2/users/auth0%7C2";

  test.each<[string, unknown]>([
    ["alone", sdu],
    ["in a list", [sdu]],
    ["beside its log_id", [{ log_id: "L1", data: sdu }]],
    ["one a line", `${JSON.stringify(sdu)}\n${JSON.stringify({ type: "s" })}\r\n`],
  ])("a deletion, %s", (_, body) => {
    expect(read("auth0", body)).toEqual([{ subject: "auth0|1", event: "sdu", id: "sdu L1", at }]);
  });

  test.each<[string, unknown, string]>([
    ["a deletion", sapi("delete", user, {}, 204), "sapi: deleted"],
    ["a block", sapi("patch", user, { blocked: true }), "sapi: blocked"],
  ])("%s by the management API is of whom the path names", (_, entry, event) => {
    expect(read("auth0", [entry])).toMatchObject([{ subject: "auth0|2", event, id: "sapi L2" }]);
  });

  test.each<[string, unknown]>([
    ["a login", { ...sdu, type: "s" }],
    ["a lock for wrong passwords", { ...sdu, type: "limit_wc" }],
    ["the end of one", { ...sdu, type: "ublkdu" }],
    ["a deletion of nobody", { ...sdu, user_id: "" }],
    ["a deletion that failed", sapi("delete", user, {}, 403)],
    ["an unblock", sapi("patch", user, { blocked: false })],
    ["a change of something else", sapi("patch", user, { name: "x" })],
    ["a change without a body", sapi("patch", user, null)],
    ["a deletion of something of a user's", sapi("delete", `${user}/sessions`, {}, 204)],
    ["a path that cannot be read", sapi("delete", "/api/v2/users/%E0%A4%A", {}, 204)],
    ["what is no entry", 5],
  ])("%s is none", (_, entry) => {
    expect(read("auth0", [entry])).toEqual([]);
  });

  test("an event stream says it as CloudEvents", () => {
    const event = (type: string, object: Json) => ({
      ...{ specversion: "1.0", id: "evt_1", type, time: date, data: { object } },
    });
    const expected = (word: string) => [{ subject: "auth0|3", event: word, id: "evt_1", at }];
    const user_id = "auth0|3";
    expect(read("auth0", event("user.deleted", { user_id }))).toEqual(expected("user.deleted"));
    expect(read("auth0", event("com.auth0.user.updated", { user_id, blocked: true }))).toEqual(
      expected("user.updated"),
    );
    for (const none of [event("user.updated", { user_id }), event("user.created", { user_id })])
      expect(read("auth0", none)).toEqual([]);
  });

  test.each(["", "{", "{}\n{", "[1,"])("%j is no delivery", (body) => {
    expect(read("auth0", body)).toBe("JSON, or one JSON object a line");
  });
});

describe("Clerk", () => {
  test.each<[string, Json, string]>([
    ["user.deleted", { id: "user_1", deleted: true }, "user.deleted"],
    ["user.updated", { id: "user_1", banned: true }, "user.updated: banned"],
  ])("%s %j", (type, data, event) => {
    expect(read("clerk", { type, data })).toEqual([
      { subject: "user_1", event, id: SIGNED.id, at: SIGNED.at },
    ]);
    expect(read("clerk", { type, data, timestamp: 3 })).toMatchObject([{ at: 3 }]);
  });

  test.each<[string, Json]>([
    ["user.updated", { id: "user_1", banned: false, locked: true }],
    ["user.created", { id: "user_1" }],
    ["session.ended", { id: "sess_1", user_id: "user_1" }],
  ])("%s %j is none", (type, data) => {
    expect(read("clerk", { type, data })).toEqual([]);
  });

  test("what is no event is said to be none", () => {
    expect(read("clerk", { type: "user.deleted", data: {} })).toBe("the user's id in data.id");
    expect(read("clerk", [])).toBe("an event of Clerk's with type and data");
    expect(read("clerk", "{")).toBe("JSON");
    expect(readEvents("clerk", Uint8Array.of(0xff), SIGNED)).toEqual({
      ...{ ok: false, expected: "UTF-8" },
    });
  });
});

describe("generic", () => {
  const event = { id: "d1", type: "user.deprovisioned" };

  test("several claims name one user as they do in a token; half of them name nobody", () => {
    const claims = { tid: "t|1", oid: "o" };
    expect(read("hmac", { ...event, claims }, TWO)).toEqual([
      { subject: "t\\|1|o", event: event.type, id: "d1", at: SIGNED.at },
    ]);
    expect(read("hmac", { ...event, claims: { tid: "t" } }, TWO)).toMatchObject([
      { subject: undefined },
    ]);
    expect(read("hmac", { ...event, subject: "ann" })).toMatchObject([{ subject: "ann" }]);
    expect(read("hmac", { ...event, subject: "ann", claims })).toBe("either subject or claims");
  });

  test("another issuer's user is nobody", () => {
    const issuer = "https://elsewhere.example";
    expect(read("hmac", { ...event, subject: "ann", issuer })).toMatchObject([
      { subject: undefined },
    ]);
  });
});
