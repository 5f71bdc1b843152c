/**
 * The recipes of docs/identity-providers.md, run as they stand there: against a real OpenID provider at the issuer's own
 * path, with tokens of that provider's shape, through the broker.
 */
import { decodeJwt, exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { identityProviderSchema } from "../../broker/src/config/identity-provider.ts";
import { createIdentity } from "../../broker/src/identity.ts";
import { startIssuer, type Issuer } from "../servers/issuer.ts";
import { cases, mint, recipes, type Recipe } from "./recipes.ts";
import { A, newKey, startWorld, type Json, type Reply, type World } from "./world.ts";

type AppFile = Json & { identity_provider: Recipe };

let world: World;
const issuers = new Map<string, Issuer>();
/** API keys by the app's id. */
const keys = new Map<string, string>();

const idOf = (name: string, attack?: number): string =>
  `${name.replaceAll(" ", "-")}${attack === undefined ? "" : `-${attack}`}`;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  // One key for all of them: then the issuer's name is all that tells their tokens apart.
  const key = { ...(await exportJWK(privateKey)), kid: "k1", alg: "RS256" };
  for (const [name, { issuer }] of recipes) {
    const path = issuer.slice(new URL(issuer).origin.length);
    issuers.set(name, await startIssuer({ path, key }));
  }
  world = await startWorld({
    configure: (file) => {
      const [template] = file["apps"] as [AppFile];
      const app = (id: string, identity_provider: Json): Json => {
        const { key, hash } = newKey();
        keys.set(id, key);
        return { ...template, id, api_keys: [{ id: "first", hash }], identity_provider };
      };
      file["apps"] = [...recipes].flatMap(([name, recipe]) => [
        app(idOf(name), here(name, recipe)),
        ...(cases[name]?.attacks ?? []).map(({ off }, i) =>
          app(idOf(name, i), here(name, { ...recipe, ...off })),
        ),
      ]);
    },
  });
});
afterAll(() => Promise.all([world.stop(), ...[...issuers.values()].map(({ stop }) => stop())]));

/** The recipe with our server in place of theirs, and every path as it is. */
const here = (name: string, recipe: Json): Json => {
  const from = new URL(String(recipe["issuer"])).origin;
  const to = new URL(at(name).issuer).origin;
  return Object.fromEntries(
    Object.entries(recipe).map(([key, value]) => [
      key,
      key === "issuer" || key === "jwks_uri" ? String(value).replace(from, to) : value,
    ]),
  );
};

const at = (name: string): Issuer => {
  const issuer = issuers.get(name);
  if (!issuer) throw new Error(`no issuer for ${name}`);
  return issuer;
};

const session = (app: string, user_token: string): Promise<Reply> =>
  world.backend(keys.get(app)).createSession({ user_token, allowed_origin: A });

const taken = (reply: Reply) =>
  expect([reply.status, reply.body]).toEqual([201, expect.anything()]);

const refused = async (app: string, user_token: string, reason: string): Promise<void> => {
  const before = await world.snapshot();
  const reply = await session(app, user_token);
  expect(reply).toMatchObject({ status: 401, body: { code: "invalid_user_token", reason } });
  expect(reply.body["detail"]).toMatch(/^Expected .+\.$/);
  // What was expected, and nothing of what came.
  expect(JSON.stringify(reply.body)).not.toContain(decodeJwt(user_token).sub);
  expect(await world.snapshot()).toBe(before);
};

test("every recipe has its tokens here, and every provider of the guide its recipe", () => {
  expect([...recipes.keys()]).toEqual(Object.keys(cases));
  expect(recipes.size).toBe(10);
});

describe.each(Object.entries(cases))("%s", (name, { subject, groups, attacks }) => {
  test("an honest token is taken for its user, groups and all", async () => {
    const token = await mint(name, at(name));
    taken(await session(idOf(name), token));
    expect(await world.audit()).toContainEqual(
      expect.objectContaining({ event: "session.created", app_id: idOf(name), subject }),
    );
    const app = world.config.apps.get(idOf(name));
    const identity = createIdentity({ fetch, now: world.now, log: () => undefined });
    expect(app && (await identity(app, token))).toMatchObject({
      ok: true,
      user: { issuer: at(name).issuer, subject, groups },
    });
  });

  test.each(attacks.map((attack, i) => ({ ...attack, i })))(
    "a token of $of is refused by its $reason, and only by that",
    async ({ i, ...attack }) => {
      const theirs = await mint(name, at(name), attack);
      await refused(idOf(name), theirs, attack.reason);
      taken(await session(idOf(name, i), theirs));
    },
  );

  test("an expired token is refused", async () => {
    const exp = Math.floor(world.now() / 1000) - 60;
    await refused(idOf(name), await mint(name, at(name), { claims: { exp } }), "expired");
  });

  test("a token of every other provider is refused, though the key be the same", async () => {
    for (const other of Object.keys(cases).filter((candidate) => candidate !== name)) {
      const reply = await session(idOf(name), await mint(other, at(other)));
      expect(reply).toMatchObject({ status: 401, body: { code: "invalid_user_token" } });
    }
  });

  test("the recipe without its audience and its clients is no configuration [M10]", () => {
    const recipe = recipes.get(name);
    expect(identityProviderSchema.safeParse(recipe).success).toBe(true);
    const bare = { ...recipe, audience: undefined, client_ids: undefined };
    expect(identityProviderSchema.safeParse(bare).success).toBe(false);
  });
});
