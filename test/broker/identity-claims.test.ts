/** Who the user is, which groups, which client, which claims: by the names that the configuration gives, and bounds. */
import { describe, expect, test } from "vitest";
import {
  identityProviderSchema,
  type IdentityProvider,
} from "../../broker/src/config/identity-provider.ts";
import {
  claimOf,
  clientOf,
  groupsOf,
  subjectOf,
  wrongClaim,
} from "../../broker/src/identity/claims.ts";
import { A, startWorld, type Json } from "./world.ts";

const BASE = { name: "Test", issuer: "https://idp.example", audience: "planner" };
const configured = (more: Json): IdentityProvider =>
  identityProviderSchema.parse({ ...BASE, ...more });

describe("a claim", () => {
  const claims = {
    "https://app.example/roles": "dots in its name",
    "realm_access.roles": "by its name",
    realm_access: { roles: "by its path" },
    resource_access: { planner: { roles: ["a"] } },
    text: "x",
    nothing: null,
  };
  test.each([
    ["https://app.example/roles", "dots in its name"],
    ["realm_access.roles", "by its name"],
    ["resource_access.planner.roles", ["a"]],
    ["resource_access.mail.roles", undefined],
    ["text.length", undefined],
    ["nothing.at", undefined],
    ["constructor", undefined],
    ["realm_access.constructor.name", undefined],
    ["__proto__", undefined],
  ])("%s", (name, value) => {
    expect(claimOf(claims, name)).toEqual(value);
  });
});

describe("the subject", () => {
  test.each<[string, unknown, Json, string | undefined]>([
    ["one claim as it is", "sub", { sub: "auth0|ann\\" }, "auth0|ann\\"],
    ["a list of one likewise", ["sub"], { sub: "auth0|ann" }, "auth0|ann"],
    ["two together", ["tid", "oid"], { tid: "t", oid: "o" }, "t|o"],
    ["inside an object", "user.id", { user: { id: "7" } }, "7"],
    ["not half of two", ["tid", "oid"], { tid: "t" }, undefined],
    ["not half of two, emptily", ["tid", "oid"], { tid: "t", oid: "" }, undefined],
    ["no number", ["tid", "oid"], { tid: "t", oid: 7 }, undefined],
    [
      "255 together",
      ["a", "b"],
      { a: "x".repeat(127), b: "y".repeat(127) },
      /^x{127}\|y{127}$/.source,
    ],
    ["not 256 together", ["a", "b"], { a: "x".repeat(127), b: "y".repeat(128) }, undefined],
  ])("%s", (_name, subject_claim, claims, expected) => {
    const subject = subjectOf(claims, configured({ subject_claim }));
    if (expected?.startsWith("^")) expect(subject).toMatch(new RegExp(expected));
    else expect(subject).toBe(expected);
  });

  test("two people with the same letters are two", () => {
    const idp = configured({ subject_claim: ["a", "b"] });
    const parts = ["a", "b|c", "a|b", "c", "a\\", "\\|c", "a\\|b"];
    const pairs = parts.flatMap((a) => parts.map((b) => ({ a, b })));
    expect(new Set(pairs.map((pair) => subjectOf(pair, idp))).size).toBe(pairs.length);
  });
});

describe("groups", () => {
  test.each<[string, unknown, string[]]>([
    ["a list", ["a", "b"], ["a", "b"]],
    ["a text is one, spaces, commas and all", "night shift, admins", ["night shift, admins"]],
    ["each once", ["a", "a"], ["a"]],
    ["texts only", ["a", 7, null, ["b"], { c: 1 }, ""], ["a"]],
    ["none", undefined, []],
    ["not the names of an object's members", { admin: true }, []],
    ["at most 255 characters", ["x".repeat(255), "y".repeat(256)], ["x".repeat(255)]],
  ])("%s", (_name, groups, expected) => {
    expect(groupsOf({ groups }, configured({ groups_claim: "groups" }))).toEqual(expected);
    expect(groupsOf({ groups }, configured({}))).toEqual([]);
  });

  test("at most 200", () => {
    const groups = Array.from({ length: 300 }, (_, i) => `g${i}`);
    const read = groupsOf({ groups }, configured({ groups_claim: "groups" }));
    expect(read).toEqual(groups.slice(0, 200));
  });
});

describe("required claims", () => {
  test.each<[string, Json, Json, boolean]>([
    ["a value", { use: "access" }, { use: "access" }, true],
    ["another value", { use: "access" }, { use: "id" }, false],
    ["a missing one", { use: "access" }, {}, false],
    ["one of several", { use: ["access", "app"] }, { use: "app" }, true],
    ["a value of another type", { v: 2 }, { v: "2" }, false],
    ["false is not missing", { is_anonymous: false }, {}, false],
    ["absent as wanted", { client_id: null }, {}, true],
    ["there, and not wanted", { client_id: null }, { client_id: "x" }, false],
    ["absent or one", { sts: ["active", null] }, {}, true],
    ["a list holds it", { amr: "mfa" }, { amr: ["pwd", "mfa"] }, true],
    ["a list does not", { amr: "mfa" }, { amr: ["pwd"] }, false],
    ["an empty list is not absent", { client_id: null }, { client_id: [] }, false],
    ["an object is no value", { o: null }, { o: {} }, false],
    ["one of the scopes", { scp: "read" }, { scp: "openid read" }, true],
    ["a part of a scope", { scope: "read" }, { scope: "readwrite" }, false],
    ["other texts are not split", { role: "admin" }, { role: "not admin" }, false],
    ["by its path", { "firebase.tenant": "t" }, { firebase: { tenant: "t" } }, true],
    ["the second of two", { a: "1", b: "2" }, { a: "1", b: "3" }, false],
  ])("%s", (_name, required_claims, claims, right) => {
    expect(wrongClaim(claims, configured({ required_claims })) === undefined).toBe(right);
  });
});

test("the client is where the configuration says, and nowhere else", () => {
  const claims = { cid: "okta", azp: "party", client_id: "id" };
  const named = configured({ client_ids: ["x"], client_claim: "cid" });
  expect(clientOf(claims, named)).toBe("okta");
  expect(clientOf({ ...claims, cid: undefined }, named)).toBeUndefined();
  expect(clientOf(claims, configured({ client_ids: ["x"] }))).toBe("party");
  expect(clientOf({ client_id: "id" }, configured({ client_ids: ["x"] }))).toBe("id");
});

test.each<[string, Json]>([
  ["neither audience nor clients [M10]", { audience: undefined }],
  ["an empty list of audiences", { audience: [] }],
  ["a claim for clients that nobody lists", { client_claim: "cid" }],
  ["no subject", { subject_claim: [] }],
  ["a claim without allowed values", { required_claims: { use: [] } }],
  ["an object for a value", { required_claims: { use: { eq: "x" } } }],
  ["a type that does not speak for users", { types: ["logout+jwt"] }],
  ["a misspelt key", { group_claim: "groups" }],
])("the configuration refuses %s", (_name, more) => {
  expect(identityProviderSchema.safeParse(BASE).success).toBe(true);
  expect(identityProviderSchema.safeParse({ ...BASE, ...more }).success).toBe(false);
});

describe("a token's age and type, where the configuration names them", () => {
  const types = [
    ["at+jwt", 201],
    ["AT+JWT", 201],
    ["application/at+jwt", 201],
    ["JWT", 401],
    [undefined, 401],
  ] as const;
  test("are held against it, and without it are not", async () => {
    const world = await startWorld({
      configure: (file) => {
        const [demo, other] = file["apps"] as [Json, Json];
        Object.assign(demo["identity_provider"] as Json, { types: ["at+jwt"] });
        Object.assign(other["identity_provider"] as Json, { max_age_seconds: 60 });
      },
    });
    const by = (key: string, user_token: string, allowed_origin: string) =>
      world.backend(key).createSession({ user_token, allowed_origin });
    const [demo, other] = [world.keys.demo.key, world.keys.other.key];
    const OTHER = world.config.apps.get("other")?.origins[0] ?? "";
    for (const [typ, status] of types) {
      const token = await world.idp.sign({ sub: "ann" }, { header: { typ } });
      const before = await world.snapshot();
      const reply = await by(demo, token, A);
      expect([typ, reply.status]).toEqual([typ, status]);
      if (status === 401) {
        expect(reply.body["reason"]).toBe("type");
        expect(await world.snapshot()).toBe(before);
      }
      expect((await by(other, token, OTHER)).status).toBe(201);
    }
    const typed = { header: { typ: "at+jwt" } };
    for (const iat of [world.idp.now() - 66, undefined]) {
      const old = await world.idp.sign({ sub: "ann", iat }, typed);
      expect((await by(other, old, OTHER)).body).toMatchObject({
        ...{ code: "invalid_user_token", reason: "expired" },
        detail: expect.stringContaining("60 seconds") as unknown,
      });
      expect((await by(demo, old, A)).status).toBe(201);
    }
    await world.stop();
  });
});
