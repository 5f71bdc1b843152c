/** The test identity provider: its good tokens must be good, and each bad one bad in one way only. */
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reset } from "../servers/faults.ts";
import { startIdp, type TestIdp } from "../servers/idp.ts";

let idp: TestIdp;
beforeAll(async () => {
  idp = await startIdp({ audience: "planner" });
});
afterAll(() => idp.stop());

const verify = async (token: string): Promise<unknown> => {
  const keys = (await (await fetch(idp.jwksUri)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    issuer: idp.issuer,
    audience: "planner",
    algorithms: ["ES256", "RS256"],
    requiredClaims: ["exp"],
  });
  return payload.sub;
};

it.each(["ES256", "RS256"] as const)("signs what verifies, by %s", async (alg) => {
  expect(await verify(await idp.sign({ sub: "ann" }, { alg }))).toBe("ann");
});

it.each([
  ["issuer", { iss: "https://evil.test" }, {}, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["audience", { aud: "other" }, {}, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["expiry", { exp: 1 }, {}, "ERR_JWT_EXPIRED"],
  ["no expiry", { exp: undefined }, {}, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["not before", { nbf: 4_000_000_000 }, {}, "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["foreign key", {}, { key: "foreign" }, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
  ["public key as secret", {}, { alg: "HS256" }, "ERR_JOSE_ALG_NOT_ALLOWED"],
  ["no signature", {}, { alg: "none" }, "ERR_JOSE_ALG_NOT_ALLOWED"],
  ["unknown key id", {}, { header: { kid: "nobody" } }, "ERR_JWKS_NO_MATCHING_KEY"],
] as const)("signs what fails by its %s", async (_name, claims, options, code) => {
  const token = await idp.sign({ sub: "ann", ...claims }, options);
  await expect(verify(token)).rejects.toHaveProperty("code", code);
});

it("serves discovery, rolls its keys and can fail", async () => {
  const discovery = (await (
    await fetch(`${idp.issuer}/.well-known/openid-configuration`)
  ).json()) as {
    jwks_uri: string;
  };
  expect(discovery.jwks_uri).toBe(idp.jwksUri);
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri), { cooldownDuration: 0 });
  const old = await idp.sign({ sub: "ann" });
  await jwtVerify(old, keys);
  await idp.roll();
  const { payload } = await jwtVerify(await idp.sign({ sub: "ben" }), keys);
  expect(payload.sub).toBe("ben");
  await expect(verify(old)).rejects.toHaveProperty("code", "ERR_JWKS_NO_MATCHING_KEY");
  idp.fail("jwks", reset());
  await expect(fetch(idp.jwksUri)).rejects.toThrow("fetch failed");
  expect((await fetch(idp.jwksUri)).status).toBe(200);
});
