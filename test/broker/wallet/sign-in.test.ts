/** How somebody gets into the Wallet, how they get out, and every way of coming in that is none. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { html } from "../../servers/faults.ts";
import { accepted, refused, state } from "../steps.ts";
import { B, type Json, type Reply, type World } from "../world.ts";
import { appsOf, CLIENT, signedIn, startWalletWorld, visit, type Visitor } from "./kit.ts";

let world: World;
beforeAll(async () => {
  world = await startWalletWorld({
    configure: (file) => {
      const { other } = appsOf(file);
      if (other) (other["identity_provider"] as Json)["required_claims"] = { team: "sales" };
    },
  });
});
afterAll(() => world.stop());

const CLIENT_OF_OTHER = { client_id: "wallet-of-other", client_secret: "canary-secret-of-other" };

const locationOf = ({ headers }: Reply): URL => new URL(headers.get("location") ?? "", B);
const problemOf = (reply: Reply): string | null => locationOf(reply).searchParams.get("problem");

/** Back at the Wallet with a problem, and nobody is in; what was there before is still. */
const turnedAway = async (visitor: Visitor, call: () => Promise<Reply>): Promise<string | null> => {
  const sessions = await world.database.rows("select * from wallet_sessions order by 1");
  const before = visitor.jar.get("acw");
  const reply = await call();
  expect(reply.status).toBe(303);
  const { origin, pathname, searchParams } = locationOf(reply);
  expect(origin + pathname).toBe(`${B}/wallet`);
  expect(searchParams.get("reference")).toMatch(/^req_[\w-]{22}$/);
  expect(visitor.jar.get("acw")).toBe(before);
  expect(await world.database.rows("select * from wallet_sessions order by 1")).toEqual(sessions);
  return problemOf(reply);
};

describe("the way there", () => {
  test("is OpenID Connect's code flow with PKCE, state and nonce, to the app's own identity provider", async () => {
    const visitor = visit(world);
    const { body, headers } = await visitor.page(
      "sign-in",
      { app: "demo" },
      { "accept-language": "de-AT, en;q=0.5" },
    );
    const url = new URL(String(body["authorization_url"]));
    expect(url.origin + url.pathname).toBe(`${world.idp.issuer}/auth`);
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toEqual({
      response_type: "code",
      client_id: CLIENT.client_id,
      redirect_uri: `${B}/wallet/callback/demo`,
      scope: "openid email profile",
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: "S256",
      ui_locales: "de-AT en",
    });
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(/^acw_in=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    for (const secret of [asked["state"], asked["nonce"]]) expect(cookie).not.toContain(secret);
  });

  test("asks for somebody else where the user wants that", async () => {
    const { body } = await visit(world).page("sign-in", { app: "demo", again: true });
    const url = new URL(String(body["authorization_url"]));
    expect(url.searchParams.get("prompt")).toBe("login");
  });

  test("writes nothing, however often somebody sets out", async () => {
    const before = await state(world);
    for (let i = 0; i < 3; i++) await accepted(() => visit(world).page("sign-in", { app: "demo" }));
    expect(await state(world)).toBe(before);
  });

  test("there is none for an app without credentials, or for no app", async () => {
    for (const app of ["other", "nobody"])
      await refused(world, () => visit(world).page("sign-in", { app }), "no_wallet");
  });

  test("an identity provider that does not answer is said to be one", async () => {
    const alone = await startWalletWorld();
    const heal = alone.idp.fail("discovery", html(500), { times: 9 });
    await refused(
      alone,
      () => visit(alone).page("sign-in", { app: "demo" }),
      "identity_provider_unavailable",
    );
    heal();
    await accepted(() => visit(alone).page("sign-in", { app: "demo" }));
    await alone.stop();
  });
});

describe("the way back", () => {
  test("whoever has signed in is shown what was verified of them, and has a cookie that says nothing", async () => {
    const visitor = visit(world);
    const landed = await visitor.signIn("ann");
    expect(landed.status).toBe(303);
    expect(landed.headers.get("location")).toBe("/wallet?app=demo");
    const [session = "", way = ""] = landed.headers.getSetCookie();
    expect(session).toMatch(/^acw=[\w-]{43}; Max-Age=7200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(way).toMatch(/^acw_in=; Max-Age=0/);
    const view = await visitor.view();
    expect(view).toMatchObject({
      state: "signed_in",
      user: {
        label: "ann@example.com",
        label_kind: "verified_email",
        name: "Ann Arden",
        identity_provider: "Test IdP",
      },
      connections: [],
    });
    expect(view["expires_in"]).toBeGreaterThan(890);
  });

  test("an address that nobody has verified is no label", async () => {
    const visitor = await signedIn(world, "kim", { email_verified: false });
    expect((await visitor.view())["user"]).toMatchObject({ label: "kim", label_kind: "subject" });
  });

  test("leads back to where the user began, and nowhere else: the view of all apps, or of one [W6]", async () => {
    expect((await visit(world).signIn("ann", {}, { all: true })).headers.get("location")).toBe(
      "/wallet",
    );
    const visitor = visit(world);
    const { body } = await visitor.page("sign-in", { app: "demo", all: true });
    const refusedAt = world.idp.signIns.refuse(String(body["authorization_url"]));
    const to = locationOf(await visitor.callback(refusedAt));
    expect(to.searchParams.get("app")).toBe(null);
  });

  test("a prefetch and a HEAD of it spend nothing", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    const cookie = `acw_in=${visitor.jar.get("acw_in") ?? ""}`;
    const path = back.slice(B.length);
    const before = await state(world);
    expect((await world.call(path, { method: "HEAD", headers: { cookie } })).status).toBe(204);
    const prefetch = { cookie, "sec-purpose": "prefetch;prerender" };
    expect((await world.call(path, { headers: prefetch })).status).toBe(204);
    expect(await state(world)).toBe(before);
    expect(problemOf(await visitor.callback(back))).toBe(null);
  });

  test.for([
    ["by the user", "access_denied", "denied"],
    ["by a rule of the identity provider", "interaction_required", "denied"],
    ["by a failure there", "server_error", "unavailable"],
  ])("refused %s: it says so", async ([, error = "", problem = ""]) => {
    const visitor = visit(world);
    const { body } = await visitor.page("sign-in", { app: "demo" });
    const back = world.idp.signIns.refuse(String(body["authorization_url"]), error);
    expect(await turnedAway(visitor, () => visitor.callback(back))).toBe(problem);
  });

  test("too late, it is over, and the identity provider is not asked", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    const { token } = world.idp.counts;
    world.pass(10 * 60_000 + 1);
    expect(await turnedAway(visitor, () => visitor.callback(back))).toBe("expired");
    expect(world.idp.counts.token).toBe(token);
  });

  test.for<[string, Json, Parameters<World["idp"]["sign"]>[1]?]>([
    ["for another client", { aud: "day-planner" }],
    ["by another issuer", { iss: "https://idp.example" }],
    ["of another sign-in", { nonce: "n".repeat(43) }],
    ["without a nonce", { nonce: undefined }],
    ["that is over", { iat: 1_000, exp: 2_000 }],
    ["of nobody", { sub: undefined }],
    ["by a foreign key", {}, { key: "foreign" }],
    ["by no key", {}, { alg: "none" }],
    ["by a shared secret", {}, { alg: "HS256" }],
  ])("an ID token %s signs nobody in", async ([, claims, options]) => {
    const visitor = visit(world);
    const back = await visitor.away();
    world.idp.signIns.forge(claims, options);
    expect(await turnedAway(visitor, () => visitor.callback(back))).toBe("refused");
    // The same without it is a sign-in.
    expect(problemOf(await visitor.signIn())).toBe(null);
  });

  test("may say to the fraction of a second when it was issued", async () => {
    const visitor = visit(world);
    const iat = world.now() / 1000 - 1 / 3;
    expect(problemOf(await visitor.signIn("fay", { iat }))).toBe(null);
    const [row] = await world.database.rows(
      `select issued_at from wallet_sessions where secret_hash = '${hashOf(visitor)}'`,
    );
    expect(Number(row?.["issued_at"])).toBe(Math.floor(iat * 1000));
  });

  test("that names another issuer is refused before the identity provider is asked (RFC 9207)", async () => {
    const { token } = world.idp.counts;
    const visitor = visit(world);
    const by = async (iss: string) =>
      `${await visitor.away()}&${new URLSearchParams({ iss }).toString()}`;
    const foreign = await by("https://idp.example");
    expect(await turnedAway(visitor, () => visitor.callback(foreign))).toBe("refused");
    expect(world.idp.counts.token).toBe(token);
    expect(problemOf(await visitor.callback(await by(world.idp.issuer)))).toBe(null);
  });

  test("comes once: again it signs nobody in, and the identity provider is not asked [W9]", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    const way = visitor.jar.get("acw_in") ?? "";
    expect(problemOf(await visitor.callback(back))).toBe(null);
    const { token } = world.idp.counts;
    const other = visit(world);
    other.jar.set("acw_in", way);
    expect(await turnedAway(other, () => other.callback(back))).toBe("expired");
    expect(world.idp.counts.token).toBe(token);
  });

  test("makes a new secret, and ends what this browser had before, whoever put it there [W4] [W11]", async () => {
    const visitor = await signedIn(world, "first");
    const before = visitor.jar.get("acw") ?? "";
    await visitor.signIn("second");
    expect(visitor.jar.get("acw")).not.toBe(before);
    expect((await visitor.view())["user"]).toMatchObject({ label: "second@example.com" });
    visitor.jar.set("acw", before);
    expect((await visitor.view()).state).toBe("signed_out");
  });

  test("a token endpoint that fails is said to be out of order", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    world.idp.fail("token", html(503));
    expect(await turnedAway(visitor, () => visitor.callback(back))).toBe("unavailable");
  });

  test("the log names the problem and holds neither code nor state", async () => {
    const visitor = visit(world);
    const from = world.logs.length;
    const back = await visitor.away();
    world.idp.signIns.forge({ nonce: "other" });
    const landed = await visitor.callback(back);
    const text = JSON.stringify(world.logs.slice(from));
    expect(text).toContain("wallet_sign_in_failed");
    expect(text).toContain(locationOf(landed).searchParams.get("reference"));
    const { searchParams } = new URL(back);
    for (const name of ["code", "state"]) expect(text).not.toContain(searchParams.get(name));
  });

  test("at the address of another app is nobody's, and the right one is still good [W13]", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    const before = await state(world);
    const elsewhere = back.replace("/callback/demo", "/callback/other");
    expect(await turnedAway(visitor, () => visitor.callback(elsewhere))).toBe("other_browser");
    expect(await state(world)).toBe(before);
    expect(problemOf(await visitor.callback(back))).toBe(null);
  });

  test("parameters that come twice are refused, and cost nothing", async () => {
    const visitor = visit(world);
    const back = await visitor.away();
    const arrived = await turnedAway(visitor, () => visitor.callback(`${back}&code=another`));
    expect(arrived).toBe("refused");
  });
});

describe("an address from which too much has failed", () => {
  const limited = (): Promise<World> =>
    startWalletWorld({
      address: "203.0.113.9",
      configure: (file) => {
        file["limits"] = { failures_per_address: { limit: 3, window_seconds: 60 } };
      },
    });
  /** Of somebody who has set out themselves, with a code that they have made up. */
  const tries = async (at: World): Promise<string | null> => {
    const visitor = visit(at);
    const back = new URL(await visitor.away());
    back.searchParams.set("code", "made-up");
    return problemOf(await visitor.callback(back.href));
  };

  test("has no more codes tried at the identity provider, and writes nothing", async () => {
    const alone = await limited();
    for (let i = 0; i < 3; i++) expect(await tries(alone)).toBe("refused");
    const [before, { token }] = [await state(alone), alone.idp.counts];
    expect(await tries(alone)).toBe("unavailable");
    expect(await state(alone)).toBe(before);
    expect(alone.idp.counts.token).toBe(token);
    await alone.stop();
  });

  test("is not one because a page elsewhere sent its visitors' browsers here [W14]", async () => {
    const alone = await limited();
    const victim = visit(alone);
    const back = await victim.away();
    for (let i = 0; i < 10; i++)
      // As a picture asks: no cookie comes along.
      await alone.call(`/wallet/callback/demo?code=made-up&state=${"s".repeat(43)}`);
    expect(problemOf(await victim.callback(back))).toBe(null);
    await alone.stop();
  });
});

describe("who one is in which app", () => {
  test("each app of the same identity provider reads the token as it reads its own [W2]", async () => {
    const seen = async (claims: Json) => {
      const visitor = await signedIn(world, "ann", claims);
      const [row] = await world.database.rows(
        `select owners from wallet_sessions where secret_hash = '${hashOf(visitor)}'`,
      );
      return (JSON.parse(String(row?.["owners"])) as Json[]).map(({ app_id }) => app_id);
    };
    expect(await seen({ team: "support" })).toEqual(["demo"]);
    expect(await seen({ team: "sales" })).toEqual(["demo", "other"]);
  });

  test("somebody whom the app itself does not know is not let in", async () => {
    const strict = await startWalletWorld({
      configure: (file) => {
        const { demo } = appsOf(file);
        if (demo) (demo["identity_provider"] as Json)["required_claims"] = { team: "sales" };
      },
    });
    const visitor = visit(strict);
    const landed = await visitor.signIn("ann", { team: "support" });
    expect(problemOf(landed)).toBe("refused");
    expect(visitor.jar.has("acw")).toBe(false);
    expect(problemOf(await visitor.signIn("ann", { team: "sales" }))).toBe(null);
    await strict.stop();
  });
});

describe("a configuration that has changed since somebody signed in", () => {
  test.for<[string, Json, Json?]>([
    ["wants claims", { required_claims: { team: ["sales"] } }],
    ["reads another subject", { subject_claim: ["email"] }],
    ["trusts another issuer", { issuer: "https://idp.example" }],
    ["wants a second factor", {}, { required_claims: { acr: ["mfa"] } }],
  ])("and %s knows nobody who came before", async ([, idp, wallet]) => {
    const alone = await startWalletWorld();
    const visitor = await signedIn(alone);
    expect((await visitor.view({ app: "demo" })).state).toBe("signed_in");
    // As it reads once the broker has been started anew.
    const demo = alone.config.apps.get("demo");
    Object.assign(demo?.identity_provider ?? {}, idp);
    Object.assign(demo?.wallet ?? {}, wallet);
    expect((await visitor.view({ app: "demo" })).state).toBe("signed_out");
    await alone.stop();
  });
});

describe("a second factor that an app wishes for", () => {
  let strict: World;
  beforeAll(async () => {
    strict = await startWalletWorld({
      configure: (file) => {
        const { demo, other } = appsOf(file);
        if (!demo || !other) return;
        other["wallet"] = { ...CLIENT_OF_OTHER, required_claims: { acr: ["mfa", "passkey"] } };
      },
    });
    strict.idp.signIns.register({
      ...CLIENT_OF_OTHER,
      redirect_uri: `${B}/wallet/callback/other`,
    });
  });
  afterAll(() => strict.stop());

  test("is one that the ID token says: whoever took the wish out of the address is not let in [W15]", async () => {
    const visitor = visit(strict);
    const password = { app: "other" };
    expect(problemOf(await visitor.signIn("ann", {}, password))).toBe("refused");
    expect(problemOf(await visitor.signIn("ann", { acr: "password" }, password))).toBe("refused");
    expect(visitor.jar.has("acw")).toBe(false);
    expect(problemOf(await visitor.signIn("ann", { acr: "passkey" }, password))).toBe(null);
    expect((await visitor.view({ app: "other" })).state).toBe("signed_in");
  });

  test("keeps out of its own view whoever came by another app, and out of no other", async () => {
    const visitor = visit(strict);
    await visitor.signIn("ann");
    expect((await visitor.view({ app: "other" })).state).toBe("signed_out");
    expect((await visitor.view({ app: "demo" })).state).toBe("signed_in");
  });
});

describe("the end", () => {
  test("is after 15 minutes without a call, and each call puts it off", async () => {
    const visitor = await signedIn(world);
    world.pass(14 * 60_000);
    expect((await visitor.view()).state).toBe("signed_in");
    world.pass(14 * 60_000);
    expect((await visitor.view()).state).toBe("signed_in");
    world.pass(15 * 60_000);
    expect((await visitor.view()).state).toBe("signed_out");
    await refused(world, () => visitor.act("revoke", { grant_id: "any" }), "signed_out");
  });

  test("is after two hours, whatever is done", async () => {
    const visitor = await signedIn(world);
    for (let minutes = 0; minutes < 110; minutes += 10) {
      world.pass(10 * 60_000);
      expect((await visitor.view()).state).toBe("signed_in");
    }
    expect((await visitor.view())["expires_in"]).toBeLessThanOrEqual(600);
    world.pass(10 * 60_000);
    expect((await visitor.view()).state).toBe("signed_out");
  });

  test("by signing out is one on the server too, and leaves others as they are [W10]", async () => {
    const visitor = await signedIn(world);
    const elsewhere = await signedIn(world);
    const kept = visitor.jar.get("acw") ?? "";
    const reply = await visitor.page("sign-out");
    expect(reply.status).toBe(204);
    expect(visitor.jar.has("acw")).toBe(false);
    visitor.jar.set("acw", kept);
    expect((await visitor.view()).state).toBe("signed_out");
    expect((await elsewhere.view()).state).toBe("signed_in");
    // Twice does no harm.
    await accepted(() => visitor.page("sign-out"));
  });

  test("comes with deprovisioning, at once and in every browser; whoever is back signs in anew [W12]", async () => {
    const visitor = await signedIn(world, "gone");
    expect((await visitor.view()).state).toBe("signed_in");
    const owner = { app_id: "demo", issuer: world.idp.issuer, subject: "gone" };
    world.pass(60_000);
    await world.store.deprovisioned.mark(owner, world.now());
    expect((await visitor.view()).state).toBe("signed_out");
    expect(await turnedAway(visitor, () => visitor.signIn("gone"))).toBe("refused");
    world.pass(10_000);
    expect(problemOf(await visitor.signIn("gone"))).toBe(null);
    expect((await visitor.view()).state).toBe("signed_in");
  });

  test("what nobody can go on with is removed", async () => {
    await signedIn(world);
    world.pass(3 * 3_600_000);
    await world.broker.purge();
    expect(await world.database.rows("select * from wallet_sessions")).toEqual([]);
    expect(await world.database.rows("select * from wallet_sign_ins")).toEqual([]);
  });
});

/** Of a page elsewhere, or of a program that is none. */
const FOREIGN: Record<string, Record<string, string>> = {
  "another origin": { origin: "https://evil.example" },
  "no origin": { origin: "null" },
  "another site": { "sec-fetch-site": "cross-site" },
  "the same site": { "sec-fetch-site": "same-site" },
};

test.for(Object.keys(FOREIGN))("W3 no call is taken from %s, signed in or not", async (from) => {
  const visitor = await signedIn(world);
  for (const name of [
    "view",
    "activity",
    "revoke",
    "revoke-all",
    "download",
    "sign-in",
    "sign-out",
  ])
    await refused(world, () => visitor.page(name, {}, FOREIGN[from]), "cross_site_refused");
  const plain = { "content-type": "text/plain" };
  await refused(world, () => visitor.page("sign-out", {}, plain), "unsupported_media_type");
  expect((await visitor.view()).state).toBe("signed_in");
});

test("each step is in the audit log, under whoever it was", async () => {
  const visitor = await signedIn(world, "logged");
  await visitor.act("download");
  await visitor.page("sign-out");
  const rows = (await world.audit()).filter(({ subject }) => subject === "logged");
  expect(rows.map(({ event, actor, app_id }) => [event, actor, app_id])).toEqual([
    ["wallet.signed_in", "wallet", "demo"],
    ["wallet.downloaded", "wallet", "demo"],
    ["wallet.signed_out", "wallet", "demo"],
  ]);
});

const hashOf = (visitor: Visitor): string =>
  createHash("sha256")
    .update(visitor.jar.get("acw") ?? "")
    .digest("hex");
