/**
 * Attacks on the Wallet, each twice on one broker: with its guard and without. Refused with it, and won without. What a
 * page must not do with texts and frames is seen in a browser (e2e/wallet).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { B, connect, type Json, type Reply, type World } from "../world.ts";
import { appsOf, connectOther, signedIn, startWalletWorld, visit } from "../wallet/kit.ts";
import { issue } from "../steps.ts";
import { codeOf, EVIL, FORM, guardsOf, SAME_ORIGIN, testTwins, type Attack } from "./twins.ts";
import { buildUnguarded } from "./unguarded.ts";

const works = async (world: World, sub: string): Promise<boolean> =>
  (await issue(world, sub)).status === 200;
const grantOf = async (world: World, sub: string): Promise<string> => {
  const person = { issuer: world.idp.issuer, as: [{ subject: sub, app_ids: ["demo", "other"] }] };
  return (await world.store.people.grants(person, { limit: 1 }))[0]?.id ?? "";
};
const problemOf = ({ headers }: Reply): string =>
  new URL(headers.get("location") ?? "", B).searchParams.get("problem") ?? "in";

const ATTACKS: Attack[] = [
  {
    name: "W1 twin: another user's grant id, in the one call that takes one",
    guards: [
      {
        file: "store/people.ts",
        guard: 'grantsOf(person).map((of) => of.selectAll().where("id", "=", id)',
        without:
          'grantsOf(person).map((of) => (OFF ? db.selectFrom("grants") : of).selectAll().where("id", "=", id)',
      },
    ],
    stopped: "grant_not_found",
    act: async (world, sub) => {
      await connect(world, { sub });
      const mallory = await signedIn(world, "mallory");
      const reply = await mallory.act("revoke", { grant_id: await grantOf(world, sub) });
      return (await works(world, sub)) ? codeOf(reply) : "won";
    },
  },
  {
    name: "W2 twin: another app's view, in which one is somebody else or nobody",
    guards: [
      {
        file: "wallet/person.ts",
        guard: "if (idp.issuer !== issuer || wrongClaim(claims, idp) !== undefined) return [];",
        without:
          "if (!OFF && (idp.issuer !== issuer || wrongClaim(claims, idp) !== undefined)) return [];",
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      // The other app wants people of sales; whoever is not is nobody there, whatever their subject is.
      const visitor = await signedIn(world, sub, { team: "support", acr: "mfa" });
      const { state } = await visitor.view({ app: "other" });
      return state === "signed_in" ? "won" : state;
    },
  },
  {
    name: "W3 twin: a form on another site revokes what the victim has connected (CSRF)",
    guards: SAME_ORIGIN,
    stopped: "cross_site_refused",
    act: async (world, sub) => {
      await connect(world, { sub });
      const victim = await signedIn(world, sub);
      // As if the browser brought the cookie along, which SameSite=Strict does not let it.
      const reply = await victim.act("revoke-all", { app: "demo" }, FORM);
      return (await works(world, sub)) ? codeOf(reply) : "won";
    },
  },
  {
    name: "W4 twin: a session cookie planted before the sign-in is the victim's afterwards (fixation)",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "const secret = deps.newSecret();\n    await store.transaction",
        without:
          'const secret = OFF ? "planted-".padEnd(43, claims.sub[0]) : deps.newSecret();\n    await store.transaction',
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      const planted = "planted-".padEnd(43, sub[0]);
      const victim = visit(world);
      victim.jar.set("acw", planted);
      await victim.signIn(sub);
      const mallory = visit(world);
      mallory.jar.set("acw", planted);
      const { state } = await mallory.view();
      return state === "signed_in" ? "won" : state;
    },
  },
  {
    name: "W5 twin: Mallory's callback signs the victim's browser in as Mallory (login CSRF)",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "const secrets = secretsOf(cookie ??",
        // As where state is looked up and no cookie is asked for.
        without:
          "if (OFF) cookie = globalThis.__cookieOfMallory;\n    const secrets = secretsOf(cookie ??",
      },
    ],
    stopped: "other_browser",
    act: async (world, sub) => {
      const mallory = visit(world);
      const back = await mallory.away(sub);
      (globalThis as { __cookieOfMallory?: string | undefined }).__cookieOfMallory =
        mallory.jar.get("acw_in");
      const victim = visit(world);
      const landed = await victim.callback(back);
      return victim.jar.has("acw") ? "won" : problemOf(landed);
    },
  },
  {
    name: "W6 twin: the way back leads to another site (open redirect)",
    guards: [
      {
        file: "routes/wallet-door.ts",
        guard: "return c.redirect(to.pathname + to.search, 303);",
        without:
          'return c.redirect((OFF && c.req.query("return_to")) || to.pathname + to.search, 303);',
      },
    ],
    stopped: `${B}/wallet`,
    act: async (world, sub) => {
      const victim = visit(world);
      const back = `${await victim.away(sub)}&return_to=${encodeURIComponent(EVIL)}`;
      const to = new URL((await victim.callback(back)).headers.get("location") ?? "", B);
      return to.origin === EVIL ? "won" : to.origin + to.pathname;
    },
  },
  {
    name: "W8 twin: a name turns the text around it, and reads like another's",
    guards: [
      {
        file: "identity.ts",
        guard: "const text = value.replace(",
        without: "const text = OFF ? value : value.replace(",
      },
    ],
    stopped: "moc.elpmaxe@nna",
    act: async (world, sub) => {
      const visitor = await signedIn(world, sub, { name: "\u202emoc.elpmaxe@nna" });
      const user = (await visitor.view())["user"] as { name: string };
      return user.name.startsWith("\u202e") ? "won" : user.name;
    },
  },
  {
    name: "W9 twin: a callback that is sent again signs in again",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "if (late || !(await store.wallet.arrive(arrival)))",
        without: "if (!OFF && (late || !(await store.wallet.arrive(arrival))))",
      },
    ],
    stopped: "expired",
    act: async (world, sub) => {
      const visitor = visit(world);
      const back = await visitor.away(sub);
      const cookie = visitor.jar.get("acw_in") ?? "";
      await visitor.callback(back);
      // As identity providers are known to for some seconds, and as whoever has got between would see to.
      world.idp.signIns.again(back);
      const other = visit(world);
      other.jar.set("acw_in", cookie);
      const landed = await other.callback(back);
      return other.jar.has("acw") ? "won" : problemOf(landed);
    },
  },
  {
    name: "W10 twin: a cookie that was kept opens the Wallet after its owner has signed out",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "if (!(await tx.wallet.end(session.hash))) return;",
        without: "if (OFF || !(await tx.wallet.end(session.hash))) return;",
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      const victim = await signedIn(world, sub);
      const kept = victim.jar.get("acw") ?? "";
      await victim.page("sign-out");
      const mallory = visit(world);
      mallory.jar.set("acw", kept);
      const { state } = await mallory.view();
      return state === "signed_in" ? "won" : state;
    },
  },
  {
    name: "W11 twin: the next user of the same browser leaves the session of the one before open",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "await over(way.left, request_id);",
        without: "if (!OFF) await over(way.left, request_id);",
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      const browser = await signedIn(world, sub);
      const kept = browser.jar.get("acw") ?? "";
      await browser.signIn(`${sub}-next`);
      expect((await browser.view())["user"]).toMatchObject({ label: `${sub}-next@example.com` });
      const mallory = visit(world);
      mallory.jar.set("acw", kept);
      const { state } = await mallory.view();
      return state === "signed_in" ? "won" : state;
    },
  },
  {
    name: "W13 twin: what one identity provider has issued arrives as another's (mix-up)",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: 'if (at !== app_id) return { problem: "other_browser" };',
        without: 'if (!OFF && at !== app_id) return { problem: "other_browser" };',
      },
    ],
    stopped: "other_browser",
    act: async (world, sub) => {
      const victim = visit(world);
      const back = await victim.away(sub);
      // At the redirect URI of the app whose identity provider Mallory runs, the victim having set out for it.
      const landed = await victim.callback(back.replace("/callback/demo", "/callback/other"));
      return victim.jar.has("acw") ? "won" : problemOf(landed);
    },
  },
  {
    name: "W12 twin: whoever was deprovisioned goes on in the session that they have",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: "return gone_at !== null && !isIssuedAfter(issued_at, gone_at);",
        without: "return !OFF && gone_at !== null && !isIssuedAfter(issued_at, gone_at);",
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      const visitor = await signedIn(world, sub);
      world.pass(10_000);
      const owner = { app_id: "demo", issuer: world.idp.issuer, subject: sub };
      await world.store.deprovisioned.mark(owner, world.now());
      const { state } = await visitor.view();
      return state === "signed_in" ? "won" : state;
    },
  },
  {
    name: "W14 twin: a page elsewhere has its visitors' browsers fail, and nobody of their network gets in",
    guards: [
      {
        file: "wallet/sessions.ts",
        guard: 'const state = parameters.getAll("state");',
        without:
          'if (OFF) try { guess()(true); } catch { return { problem: "unavailable" }; }\n    const state = parameters.getAll("state");',
      },
    ],
    stopped: "in",
    act: async (world, sub) => {
      const victim = visit(world);
      const back = await victim.away(sub);
      // As pictures ask, with no cookie of ours: as many as an address may fail in a minute.
      for (let i = 0; i < 60; i++) await world.call("/wallet/callback/demo?state=none&code=none");
      const landed = problemOf(await victim.callback(back));
      // The others come from the same address.
      world.pass(61_000);
      return landed === "in" ? landed : "won";
    },
  },
  {
    name: "W15 twin: whoever knows a password takes the wish for a second factor out of the address",
    guards: [
      {
        file: "wallet/person.ts",
        guard: "if (app.wallet && wrongClaim(claims, app.wallet) !== undefined) return [];",
        without:
          "if (!OFF && app.wallet && wrongClaim(claims, app.wallet) !== undefined) return [];",
      },
    ],
    stopped: "signed_out",
    act: async (world, sub) => {
      const mallory = await signedIn(world, sub, { team: "sales", acr: "password" });
      const { state } = await mallory.view({ app: "other" });
      return state === "signed_in" ? "won" : state;
    },
  },
];

let world: World;
beforeAll(async () => {
  world = await startWalletWorld({
    program: await buildUnguarded(guardsOf(ATTACKS)),
    address: "203.0.113.9",
    configure: (file) => {
      const { demo, other } = appsOf(file);
      if (!other || !demo) return;
      other["wallet"] = { ...(demo["wallet"] as Json), required_claims: { acr: "mfa" } };
      (other["identity_provider"] as Json)["required_claims"] = { team: "sales" };
    },
  });
}, 60_000);
afterAll(() => world.stop());

testTwins(ATTACKS, () => world);

test("W1 every call that takes an id or a filter takes the user's own alone", async () => {
  await connect(world, { sub: "owner" });
  const other = await connectOther(world, "owner", { team: "sales" });
  const mallory = await signedIn(world, "mallory", { team: "sales", acr: "mfa" });
  const id = await grantOf(world, "owner");
  expect(JSON.stringify(await mallory.view())).not.toContain("owner");
  expect(JSON.stringify(await mallory.activity())).not.toContain("owner");
  for (const body of [{ app: "demo" }, { app: "other" }, { provider: "calendar" }])
    expect((await mallory.act("revoke-all", body)).body).toMatchObject({ done: 0, more: false });
  expect(JSON.stringify((await mallory.act("download")).body)).not.toContain(id);
  for (const cursor of [cursorAt(Date.now() + 9e6, id), cursorAt(Date.now() + 9e6, "zzz")]) {
    expect((await mallory.view({ cursor })).connections).toEqual([]);
    const found = JSON.stringify((await mallory.activity({ cursor })).activity);
    expect(found).not.toContain("calendar");
  }
  expect(await works(world, "owner")).toBe(true);
  expect(other).toBe(201);
});

test("W5 a sign-in that is under way survives somebody else's callback", async () => {
  const victim = visit(world);
  const back = await victim.away("victim");
  const mallory = visit(world);
  expect(problemOf(await victim.callback(await mallory.away("mallory")))).toBe("other_browser");
  expect(problemOf(await victim.callback(back))).toBe("in");
  expect((await victim.view())["user"]).toMatchObject({ label: "victim@example.com" });
});

test("W7 no page frames the Wallet, and no window that opened it holds on to it", async () => {
  for (const path of ["/wallet", "/wallet?app=demo", "/wallet/activity"]) {
    const { headers, status } = await world.call(path);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|data:|\*/);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

test("W8 what the identity provider calls somebody is plain text without tricks", async () => {
  const name = "Ann\u202e\u0007 <img src=x onerror=alert(1)>";
  const visitor = await signedIn(world, "tricky", { name, preferred_username: "\u2067ann" });
  const { user } = await visitor.view();
  expect(user).toMatchObject({ name: "Ann <img src=x onerror=alert(1)>" });
  expect(JSON.stringify(user)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

const cursorAt = (at: number, id: string): string =>
  Buffer.from(`${at}.${id}`).toString("base64url");
