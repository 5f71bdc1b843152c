/**
 * Whose token is it? Through the two calls that take one from the app's backend, against a real identity
 * provider that signs right ones and every kind of wrong one.
 */
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
  type JWK,
} from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, html, json, reset } from "../servers/faults.ts";
import { A, OTHER, startWorld, type Json, type Reply, type World } from "./world.ts";

type AppFile = { identity_provider: Json };

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      // The second app knows its tokens by the client they were issued to, and its users by another claim.
      const [, other] = file["apps"] as [AppFile, AppFile];
      Object.assign(other.identity_provider, {
        audience: undefined,
        client_ids: ["web", "mobile"],
        subject_claim: "oid",
      });
    },
  });
});
afterAll(() => world.stop());

const demo = {
  session: (user_token: string) => world.backend().createSession({ user_token, allowed_origin: A }),
  token: (user_token: string) => world.backend().token({ user_token, provider: "calendar" }),
  list: (user_token: string) => world.backend().listGrants(user_token),
  revoke: (user_token: string) => world.backend().revoke("grant_unknown", user_token),
};
const other = (user_token: string) =>
  world.backend(world.keys.other.key).createSession({ user_token, allowed_origin: OTHER });

/** Seconds, of the broker: its clock has gone on in here. */
const clock = (): number => Math.floor(world.now() / 1000);

const refusedEverywhere = async (user_token: string, status: number, expected: Json) => {
  const before = await world.snapshot();
  for (const call of Object.values(demo)) {
    const reply = await call(user_token);
    expect([reply.status, reply.body]).toEqual([status, expect.objectContaining(expected)]);
    if (user_token.length > 40)
      expect(JSON.stringify(reply.body)).not.toContain(user_token.slice(-40));
  }
  expect(await world.snapshot()).toBe(before);
};
const taken = (reply: Reply) =>
  expect([reply.status, reply.body]).toEqual([201, expect.anything()]);

// First in the file: nothing of the identity provider has been read yet.
describe("an identity provider that cannot be asked", () => {
  test.each([
    ["resets the connection", "discovery", reset()],
    ["answers HTML", "discovery", html()],
    ["answers 500", "discovery", json({}, 500)],
    ["names another issuer", "discovery", changed({ issuer: "https://evil.example" })],
    ["names keys over http", "discovery", changed({ jwks_uri: "http://evil.example/jwks" })],
    ["names no keys", "discovery", changed({ jwks_uri: undefined })],
    ["resets the connection for keys", "jwks", reset()],
    ["answers HTML for keys", "jwks", html()],
    ["answers 500 for keys", "jwks", json({ keys: [] }, 500)],
    ["has no set of keys", "jwks", json({})],
  ] as const)("%s: its users wait, and are not refused", async (_name, endpoint, fault) => {
    const heal = world.idp.fail(endpoint, fault, { times: Infinity });
    await refusedEverywhere(await world.userToken(), 503, {
      code: "identity_provider_unavailable",
    });
    heal();
    world.pass(1_000);
  });

  test("is left in peace for a second, however many come", async () => {
    const heal = world.idp.fail("jwks", reset(), { times: Infinity });
    const { jwks } = world.idp.counts;
    for (const sub of ["ann", "ben", "cy"])
      expect(await demo.session(await world.userToken(sub))).toMatchObject({ status: 503 });
    expect(world.idp.counts.jwks).toBe(jwks + 1);
    heal();
    world.pass(1_000);
  });

  test("is asked again with the next user, and then not for every user", async () => {
    taken(await demo.session(await world.userToken()));
    const { counts } = world.idp;
    for (const sub of ["ann", "ben", "cy"]) taken(await demo.session(await world.userToken(sub)));
    expect(world.idp.counts).toEqual(counts);
  });
});

describe("refused, each for its reason [M10]", () => {
  const sign = (claims: Json, options?: Parameters<World["idp"]["sign"]>[1]) =>
    world.idp.sign({ sub: "ann", ...claims }, options);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const relabelled = async (header: Json) =>
    [encode(header), ...(await sign({})).split(".").slice(1)].join(".");

  test.each<[string, () => string | Promise<string>, string]>([
    ["another issuer", () => sign({ iss: "https://evil.example" }), "issuer"],
    ["an issuer with a slash more", () => sign({ iss: `${world.idp.issuer}/` }), "issuer"],
    ["no issuer", () => sign({ iss: undefined }), "issuer"],
    ["an issuer in a list", () => sign({ iss: [world.idp.issuer] }), "issuer"],
    ["another audience", () => sign({ aud: "somebody-else" }), "audience"],
    ["a prefix of the audience", () => sign({ aud: "day-plan" }), "audience"],
    ["other audiences", () => sign({ aud: ["a", "b"] }), "audience"],
    ["no audience", () => sign({ aud: undefined }), "audience"],
    ["expired", () => sign({ exp: clock() - 6 }), "expired"],
    ["no expiry", () => sign({ exp: undefined }), "expired"],
    ["an expiry in words", () => sign({ exp: "2099" }), "expired"],
    ["not yet valid", () => sign({ nbf: clock() + 60 }), "not_yet_valid"],
    ["no subject", () => sign({ sub: undefined }), "subject"],
    ["an empty subject", () => sign({ sub: "" }), "subject"],
    ["a subject that is a number", () => sign({ sub: 7 }), "subject"],
    ["a subject without end", () => sign({ sub: "x".repeat(256) }), "subject"],
    ["somebody else's signature", () => sign({}, { key: "foreign" }), "signature"],
    [
      "somebody else's RSA signature",
      () => sign({}, { key: "foreign", alg: "RS256" }),
      "signature",
    ],
    ["an unknown key id", () => sign({}, { header: { kid: "nobody" } }), "signature"],
    ["a signature cut off", async () => (await sign({})).replace(/[^.]*$/, ""), "signature"],
    [
      "claims exchanged",
      async () => {
        const [head, , tail] = (await sign({})).split(".");
        return `${head}.${encode({ ...decodeJwt(await sign({})), sub: "ben" })}.${tail}`;
      },
      "signature",
    ],
    ["no algorithm at all", () => sign({}, { alg: "none" }), "algorithm"],
    ["the public key as a shared secret", () => sign({}, { alg: "HS256" }), "algorithm"],
    ["an algorithm spelled differently", () => relabelled({ alg: "es256" }), "algorithm"],
    ["an algorithm that is a list", () => relabelled({ alg: ["ES256"] }), "algorithm"],
    ["a logout token", () => sign({}, { header: { typ: "logout+jwt" } }), "type"],
    [
      "a logout token that calls itself a JWT",
      () => sign({ events: { "http://schemas.openid.net/event/backchannel-logout": {} } }),
      "type",
    ],
    ["a DPoP proof", () => sign({}, { header: { typ: "dpop+jwt" } }), "type"],
    ["a type that is a number", () => relabelled({ alg: "ES256", typ: 5 }), "type"],
    ["a type that is nothing", () => relabelled({ alg: "ES256", typ: null }), "type"],
    [
      "an unknown critical extension",
      () => relabelled({ alg: "ES256", crit: ["x"], x: 1 }),
      "malformed",
    ],
    ["claims that are a list", () => `${encode({ alg: "ES256" })}.${encode([1])}.AA`, "signature"],
    ["five parts", () => "a.b.c.d.e", "malformed"],
    ["two parts", async () => (await sign({})).split(".").slice(0, 2).join("."), "malformed"],
    ["no token", () => "x", "malformed"],
    ["a header that is not JSON", () => "e30x.e30.AA", "malformed"],
    ["a header that is null", () => `${encode(null)}.e30.AA`, "malformed"],
  ])("%s", async (_name, make, reason) => {
    await refusedEverywhere(await make(), 401, { code: "invalid_user_token", reason });
  });

  test("a token of its own key, embedded or by address, convinces nobody", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const jwk = await exportJWK(publicKey);
    const { jku, ...header } = { jwk, jku: "https://evil.example/jwks" };
    const forge = (more: Json) =>
      new SignJWT({ sub: "ann", iss: world.idp.issuer, aud: "day-planner" })
        .setExpirationTime("5m")
        .setProtectedHeader({ alg: "ES256", ...more })
        .sign(privateKey);
    for (const token of [await forge(header), await forge({ jku }), await forge({ x5u: jku })])
      await refusedEverywhere(token, 401, { code: "invalid_user_token", reason: "signature" });
  });

  test("nothing at all, or far too much, is not even looked at", async () => {
    for (const user_token of ["", "x".repeat(16_385)]) {
      expect((await demo.session(user_token)).body["code"]).toBe("invalid_request");
      expect((await demo.token(user_token)).body["code"]).toBe("invalid_request");
      expect((await demo.list(user_token)).body["code"]).toBe("invalid_user_token");
      expect((await demo.revoke(user_token)).body["code"]).toBe("invalid_user_token");
    }
  });
});

describe("the same tokens convince whoever does not check", () => {
  test("the confused one verifies with the published key as the secret", async () => {
    const token = await world.idp.sign({ sub: "ann" }, { alg: "HS256" });
    const { keys } = (await (await fetch(world.idp.jwksUri)).json()) as { keys: JWK[] };
    const published = keys.find(({ kid }) => kid === decodeProtectedHeader(token).kid);
    const key = await importJWK(published ?? {}, "RS256", { extractable: true });
    if (key instanceof Uint8Array) throw new Error("not a public key");
    const secret = new TextEncoder().encode(await exportSPKI(key));
    expect((await jwtVerify(token, secret)).payload.sub).toBe("ann");
  });
  test("the unsigned one decodes", async () => {
    const token = await world.idp.sign({ sub: "ann" }, { alg: "none" });
    expect(UnsecuredJWT.decode(token).payload.sub).toBe("ann");
  });
});

describe("accepted [L22]", () => {
  test.each<[string, Json, Parameters<World["idp"]["sign"]>[1]]>([
    ["as it should be", {}, {}],
    ["signed by RSA", {}, { alg: "RS256" }],
    ["among several audiences", { aud: ["somebody-else", "day-planner"] }, {}],
    ["without a type", {}, { header: { typ: undefined } }],
    ["an access token by its type", {}, { header: { typ: "at+JWT" } }],
    ["a clock that is a little ahead", { nbf: 3 }, {}],
    ["a clock that is a little behind", { exp: -3 }, {}],
    ["the longest subject", { sub: "x".repeat(255) }, {}],
  ])("%s", async (_name, over, options) => {
    const now = clock();
    const times = Object.fromEntries(
      Object.entries(over).map(([name, v]) => [name, typeof v === "number" ? now + v : v]),
    );
    taken(await demo.session(await world.idp.sign({ sub: "ann", ...times }, options)));
  });
});

describe("a list of clients in place of an audience [M10]", () => {
  const sign = (claims: Json) => world.idp.sign({ oid: "o-1", aud: undefined, ...claims });
  test.each<[string, Json, string | undefined]>([
    ["azp on the list", { azp: "web" }, undefined],
    ["client_id on the list", { client_id: "mobile" }, undefined],
    ["azp counts before client_id", { azp: "evil", client_id: "web" }, "client"],
    ["another client of the same issuer", { azp: "evil" }, "client"],
    ["no client named", {}, "client"],
    ["the audience does not stand in for it", { aud: "web" }, "client"],
    ["a list that reads like one", { azp: ["web"] }, "client"],
  ])("%s", async (_name, claims, reason) => {
    const before = await world.snapshot();
    const reply = await other(await sign(claims));
    if (reason === undefined) return taken(reply);
    expect(reply).toMatchObject({ status: 401, body: { code: "invalid_user_token", reason } });
    expect(await world.snapshot()).toBe(before);
  });

  test("the user is known by the configured claim alone", async () => {
    const reply = await other(await sign({ azp: "web", oid: undefined, sub: "ann" }));
    expect(reply.body).toMatchObject({ code: "invalid_user_token", reason: "subject" });
    taken(await other(await sign({ azp: "web", oid: "o-2", sub: "ann" })));
    expect(await world.audit()).toContainEqual(
      expect.objectContaining({ event: "session.created", app_id: "other", subject: "o-2" }),
    );
  });
});

describe("what the page calls the user [H4]", () => {
  const shown = async (claims: Json): Promise<Json> => {
    const user_token = await world.idp.sign({ sub: "ann-7", ...claims });
    const { body } = await demo.session(user_token);
    const claimed = await world.browser().claim(String(body["session_token"]));
    return (claimed.body["view"] as { user: Json }).user;
  };
  const email = { email: "ann@example.com" };
  test.each<[string, Json, Json]>([
    [
      "a verified e-mail",
      { ...email, email_verified: true },
      { label: "ann@example.com", label_kind: "verified_email" },
    ],
    [
      "an unverified e-mail is nobody's",
      { ...email, email_verified: false },
      { label: "ann-7", label_kind: "subject" },
    ],
    [
      "nor is one verified in words",
      { ...email, email_verified: "true" },
      { label: "ann-7", label_kind: "subject" },
    ],
    [
      "a username instead",
      { ...email, preferred_username: "ann" },
      { label: "ann", label_kind: "username" },
    ],
    [
      "a verified e-mail before it",
      { ...email, email_verified: true, preferred_username: "ann" },
      { label: "ann@example.com" },
    ],
    [
      "a name is only ever an addition",
      { name: "victim@corp.example" },
      { label: "ann-7", name: "victim@corp.example" },
    ],
    [
      "direction marks go",
      { preferred_username: "\u202eann\u202c\u2066x\u2069" },
      { label: "annx" },
    ],
    [
      "control and invisible ones too",
      { preferred_username: "a\u0000n\u200bn\u00ad\u{e0041}\r\n" },
      { label: "ann" },
    ],
    ["half a surrogate pair too", { preferred_username: "an\ud83dn" }, { label: "ann" }],
    [
      "nothing left is no username",
      { preferred_username: "\u202e\u200b " },
      { label_kind: "subject" },
    ],
    [
      "a username that is no text is none",
      { preferred_username: ["ann"] },
      { label_kind: "subject" },
    ],
    ["only so much of it", { preferred_username: "x".repeat(200) }, { label: "x".repeat(128) }],
  ])("%s", async (_name, claims, expected) => {
    const user = await shown(claims);
    expect(user).toMatchObject({ ...expected, identity_provider: "Test IdP" });
    if (!("name" in expected)) expect(user).not.toHaveProperty("name");
  });
});
