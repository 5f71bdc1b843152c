/**
 * The twins of attacks on the broker: each attack twice, on one broker, with its guard and without. Refused with
 * it, and won without: so the refusal is this guard's doing, and the attack is one. What else a refusal must leave
 * as it was is in the tests of each call.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startKeyApi, type KeyApi } from "../../servers/key-api.ts";
import { away, begin, claimBody, grantsOf, land, rowsOf } from "../steps.ts";
import {
  A,
  connect,
  OTHER,
  RETURN_URL,
  s256,
  secret,
  startWorld,
  type Json,
  type Reply,
  type World,
} from "../world.ts";
import { codeOf, EVIL, FORM, guardsOf, SAME_ORIGIN, testTwins, type Attack } from "./twins.ts";
import { buildUnguarded, type Program } from "./unguarded.ts";

const ATTACKS: Attack[] = [
  {
    name: "C1 twin: a cross-site form plants Mallory's session in the victim's browser",
    guards: SAME_ORIGIN,
    stopped: "cross_site_refused",
    act: async (world, sub) => {
      const victim = world.browser();
      const reply = await victim.page("claim", claimBody(await world.mint({}, sub)), FORM);
      return victim.jar.size ? "won" : codeOf(reply);
    },
  },
  {
    name: "H1 twin: whoever has a session of their own opens somebody else's",
    guards: [
      {
        file: "routes/cookies.ts",
        guard: "const mine =",
        without: "const mine = (OFF && Object.keys(getCookie(c)).length > 0) ||",
      },
    ],
    stopped: "unknown_session",
    act: async (world, sub) => {
      const ann = await begin(world, { sub });
      const ben = await begin(world, { sub: `${sub}-2` });
      return wonBy(await ben.browser.page("view", { session_id: ann.session_id }));
    },
  },
  {
    name: "H2 twin: the token of a mailed redirect tells Mallory the victim's account",
    guards: [
      {
        file: "session.ts",
        guard: 'shape === "popup" || shape === null || redeemed_at',
        without: 'OFF || shape === "popup" || shape === null || redeemed_at',
      },
    ],
    stopped: "pending",
    act: async (world, sub) => {
      const token = await world.mint({ return_url: RETURN_URL }, sub);
      const victim = world.browser();
      const { body, verifier } = await victim.claimRedirect(token);
      await victim.callback(await victim.visit(String(body["session_id"])));
      const told = (await world.widget(token, verifier).outcome()).body;
      return told["connections"] ? "won" : String(told["status"]);
    },
  },
  {
    name: "H4 twin: the browser leaves for the provider without a click",
    guards: [
      {
        file: "routes/connect.ts",
        guard: "return cookies.hasConfirmed(",
        without: "return OFF || cookies.hasConfirmed(",
      },
    ],
    stopped: "asked",
    act: async (world, sub) =>
      (await begin(world, { sub })).authorization === undefined ? "asked" : "won",
  },
  {
    name: "H5 twin: a backend passes on Mallory's origin, and her page opens the session",
    guards: [
      {
        file: "routes/sessions.ts",
        guard: "if (!app.origins.includes(given))",
        without: "if (!OFF && !app.origins.includes(given))",
      },
    ],
    stopped: "origin_not_allowed",
    act: async (world, sub) => {
      const user_token = await world.userToken(sub);
      const made = await world.backend().createSession({ user_token, allowed_origin: EVIL });
      if (made.status !== 201) return codeOf(made);
      const token = String(made.body["session_token"]);
      return wonBy(await world.browser().claim(token, { opener_origin: EVIL }));
    },
  },
  {
    name: "H8 twin: a callback after Cancel makes a grant that the app was told nothing of",
    guards: [
      {
        file: "session.ts",
        guard: "if (current.ended_at === null) return undefined;",
        without: "if (OFF || current.ended_at === null) return undefined;",
      },
      {
        file: "session.ts",
        guard: "const end = (session: Session, reason: End, now: number): Partial<Session> => ({",
        without:
          "const end = (session: Session, reason: End, now: number): Partial<Session> => OFF && reason === 'cancel' ? { ended_at: now, outcome: outcomeOf(session, reason) } : ({",
      },
      {
        file: "arriving.ts",
        guard: "settled(current, now()).ended_at !== null) throw late",
        without: "(!OFF && settled(current, now()).ended_at !== null)) throw late",
      },
    ],
    stopped: "no grant",
    act: async (world, sub) => {
      const { token, verifier, browser, back } = await away(world, { sub });
      await world.widget(token, verifier).cancel();
      await land(browser, back);
      return (await rowsOf(world, sub)).length ? "won" : "no grant";
    },
  },
  {
    name: "M1 twin: a result code that is found later still brings the account",
    guards: [
      {
        file: "redeem.ts",
        guard: "now() < session.ended_at + CODE_LIFETIME",
        without: "(OFF || now() < session.ended_at + CODE_LIFETIME)",
      },
    ],
    stopped: "invalid_code",
    act: async (world, sub) => {
      const browser = world.browser();
      const token = await world.mint({ return_url: RETURN_URL }, sub);
      const { body, verifier } = await browser.claimRedirect(token);
      const back = await browser.callback(await browser.visit(String(body["session_id"])));
      const home = new URL(back.headers.get("location") ?? "");
      world.pass(121_000);
      const code = home.searchParams.get("alter_connect_code");
      return wonBy(await world.post("/v1/connect/redeem", { code, verifier }, { origin: A }));
    },
  },
  {
    name: "M3 twin: a second consent to less takes the place of the grant that works",
    guards: [
      {
        file: "grants/keep.ts",
        guard: "if (works && narrows && serves)",
        without: "if (!OFF && works && narrows && serves)",
      },
    ],
    stopped: "kept",
    act: async (world, sub) => {
      await connect(world, { sub, account: "one@work.test" });
      world.calendar.control.fail("token", async (real) => {
        const reply = await real();
        const body = JSON.parse(reply.body.toString()) as Json;
        const less = { ...body, scope: "openid email offline_access" };
        return { ...reply, body: Buffer.from(JSON.stringify(less)) };
      });
      await connect(world, { sub, account: "one@work.test" });
      const [grant] = await grantsOf(world, sub);
      return (grant?.["scopes"] as string[]).includes("calendar.read") ? "kept" : "won";
    },
  },
  {
    name: "M4 twin: one user's revocation ends what another has from the same account",
    guards: [
      {
        file: "grants/revoke.ts",
        guard: "return wide && (await store.grants.sharing(grant))",
        without: "return !OFF && wide && (await store.grants.sharing(grant))",
      },
    ],
    stopped: "shared",
    act: async (world, sub) => {
      for (const user of [sub, `${sub}-2`])
        await connect(world, { sub: user, provider: "files", account: `${sub}@files.test` });
      const [grant] = await grantsOf(world, sub);
      const { revocation } = world.files.counts;
      const { body } = await world.backend().revoke(String(grant?.["grant_id"]));
      return world.files.counts.revocation > revocation
        ? "won"
        : String(body["provider_revocation"]);
    },
  },
  {
    name: "M5 twin: a stolen token alone reads whose account was connected",
    guards: [
      {
        file: "routes/widget.ts",
        guard: "if (session.challenge !== null && sameSecret(",
        without: "if (OFF || session.challenge !== null && sameSecret(",
      },
    ],
    stopped: "session_ended",
    act: async (world, sub) => {
      const { token } = await connect(world, { sub });
      const reply = await world.widget(token, secret()).outcome();
      return reply.body["connections"] ? "won" : codeOf(reply);
    },
  },
  {
    name: "M6 twin: another page repeats the claim and takes the cookie",
    guards: [
      {
        file: "session.ts",
        guard: "by.claim_id_hash === session.claim_id_hash &&",
        without: "(OFF || by.claim_id_hash === session.claim_id_hash) &&",
      },
    ],
    stopped: "session_claimed",
    act: async (world, sub) => {
      const token = await world.mint({}, sub);
      const challenge = s256(secret());
      await world.browser().claim(token, { challenge });
      const other = world.browser();
      const reply = await other.claim(token, { challenge });
      return other.jar.size ? "won" : codeOf(reply);
    },
  },
  {
    name: "M7 twin: another configured origin reads the outcome",
    guards: [
      {
        file: "routes/widget.ts",
        guard: 'if (c.req.header("origin") !== session.allowed_origin)',
        without: 'if (!OFF && c.req.header("origin") !== session.allowed_origin)',
      },
    ],
    stopped: "origin_not_allowed",
    act: async (world, sub) => {
      const { token, verifier } = await connect(world, { sub });
      const reply = await world.widget(token, verifier, OTHER).outcome();
      return reply.headers.get("access-control-allow-origin") === OTHER ? "won" : codeOf(reply);
    },
  },
  {
    name: "M10 twin: a token for another client of the issuer speaks for its user here",
    guards: [
      {
        file: "identity.ts",
        guard: "...(idp.audience === undefined ?",
        without: "...(OFF || idp.audience === undefined ?",
      },
    ],
    stopped: "invalid_user_token",
    act: async (world, sub) => {
      const user_token = await world.userToken(sub, { aud: "another-client" });
      return wonBy(await world.backend().createSession({ user_token, allowed_origin: A }));
    },
  },
  {
    name: "M11 twin: a token goes to a host of Mallory's",
    guards: [
      {
        file: "access.ts",
        guard: "if (!allowed_hosts.includes(host))",
        without: "if (!OFF && !allowed_hosts.includes(host))",
      },
    ],
    stopped: "host_not_allowed",
    act: async (world, sub) => {
      await connect(world, { sub });
      const request = { method: "GET", host: "evil.example" };
      const user_token = await world.userToken(sub);
      return wonBy(await world.backend().token({ user_token, provider: "calendar", request }));
    },
  },
  {
    name: "M12 twin: an id from Mallory's browser revokes the victim's grant",
    guards: [
      {
        file: "routes/grants.ts",
        guard: "(!user || (grant.issuer",
        without: "(OFF || !user || (grant.issuer",
      },
    ],
    stopped: "grant_not_found",
    act: async (world, sub) => {
      await connect(world, { sub });
      const [grant] = await grantsOf(world, sub);
      const id = String(grant?.["grant_id"]);
      return wonBy(await world.backend().revoke(id, await world.userToken("mallory")));
    },
  },
  {
    name: "M13 twin: a scope that nobody configured is asked of the user",
    guards: [
      {
        file: "routes/sessions.ts",
        guard: "given.find((scope) => !configured.includes(scope))",
        without: "given.find((scope) => !OFF && !configured.includes(scope))",
      },
      {
        file: "grants/scopes.ts",
        guard: "return [...client.scopes, ...optional];",
        without: "return [...client.scopes, ...optional, ...(OFF ? wish.required_scopes : [])];",
      },
    ],
    stopped: "invalid_request",
    act: async (world, sub) => {
      const made = await world.backend().createSession({
        ...{ user_token: await world.userToken(sub), allowed_origin: A },
        ...{ allowed_providers: ["calendar"], required_scopes: ["admin"] },
      });
      if (made.status !== 201) return codeOf(made);
      const browser = world.browser();
      const { body } = await browser.claim(String(made.body["session_token"]));
      const left = { session_id: body["session_id"], provider: "calendar" };
      const url = new URL(
        String((await browser.page("authorize", left)).body["authorization_url"]),
      );
      return url.searchParams.get("scope")?.split(" ").includes("admin") ? "won" : "not asked";
    },
  },
  {
    name: "M14 twin: callbacks at once exchange the code more than once",
    guards: [
      {
        file: "session.ts",
        guard: "if (session.live_state_hash !== state_hash)",
        without: "if (!OFF && session.live_state_hash !== state_hash)",
      },
    ],
    stopped: "one exchange",
    act: async (world, sub) => {
      const { browser, back } = await away(world, { sub });
      const { token } = world.calendar.counts;
      await Promise.all([1, 2, 3].map(() => browser.callback(back)));
      return world.calendar.counts.token === token + 1 ? "one exchange" : "won";
    },
  },
  {
    name: "M20 twin: a backend redeems for the user who was sent the link, not the one who began",
    guards: [
      {
        file: "redeem.ts",
        guard: "if (session.issuer !== owner.issuer || session.subject !== owner.subject)",
        without:
          "if (!OFF && (session.issuer !== owner.issuer || session.subject !== owner.subject))",
      },
    ],
    stopped: "invalid_code",
    act: async (world, sub) => {
      const session = { return_url: RETURN_URL, completion: "backend" };
      const token = await world.mint(session, sub);
      const browser = world.browser();
      const claim = { shape: "backend", token, claim_id: secret() };
      const { body } = await browser.page("claim", claim);
      const back = await browser.callback(await browser.visit(String(body["session_id"])));
      const home = new URL(back.headers.get("location") ?? "");
      const code = home.searchParams.get("alter_connect_code");
      const user_token = await world.userToken(`${sub}-2`);
      return wonBy(await world.backend().complete({ code, user_token }));
    },
  },
  {
    name: "M23 twin: each question of one session holds a request of its own",
    guards: [
      {
        file: "waiters.ts",
        guard: 'waiting.get(id)?.done("replaced");',
        without: 'if (!OFF) waiting.get(id)?.done("replaced");',
      },
    ],
    stopped: "the older is answered",
    act: async () => {
      const waiters = program.createWaiters({ look: () => Promise.resolve(new Map()) });
      const both = [waiters.wait("one", 500, ""), waiters.wait("one", 500, "")];
      waiters.wake("one");
      return (await Promise.race(both)) === "replaced" ? "the older is answered" : "won";
    },
  },
  {
    name: "L19 twin: one session departs without end",
    guards: [
      {
        file: "session.ts",
        guard: "if (current.authorizations >= MOST_AUTHORIZATIONS)",
        without: "if (!OFF && current.authorizations >= MOST_AUTHORIZATIONS)",
      },
    ],
    stopped: "too_many_attempts",
    act: async (world, sub) => {
      const { browser, session_id } = await begin(world, { sub });
      const leave = () => browser.page("authorize", { session_id, provider: "calendar" });
      for (let i = 0; i < 30; i += 1) await leave();
      return wonBy(await leave());
    },
  },
  {
    name: "L26 twin: what is typed as a part of a host leads the broker to another path of its own network",
    guards: [
      {
        file: "providers/template.ts",
        guard: "if (at < length && !HOST_PART",
        without: "if (!OFF && at < length && !HOST_PART",
      },
    ],
    stopped: "provider_unavailable",
    act: async (world, sub) => {
      const session = { allowed_providers: ["tenants"] };
      const { browser, session_id } = await begin(world, { sub, session });
      const reply = await browser.page("credential", {
        ...{ session_id, provider: "tenants" },
        values: [
          { name: "tenant", value: `${world.calendar.host}/jwks?x=` },
          { name: "api_key", value: "k" },
        ],
      });
      return wonBy(reply);
    },
  },
  {
    name: "L27 twin: of many stolen keys the one that still works is told from the others",
    guards: [
      {
        file: "limits.ts",
        guard: "throw overLimit(one, code, whose, wait);",
        without: "if (!OFF) throw overLimit(one, code, whose, wait);",
      },
    ],
    stopped: "rate_limited",
    act: async (world, sub) => {
      const session = { allowed_providers: ["ledger"] };
      let last = "";
      const stolen = Array.from({ length: MOST_FAILURES }, (_, i) => `key_${i}`);
      for (const value of [...stolen, keys.makeKey(`${sub}@work.test`)]) {
        const { browser, session_id } = await begin(world, { sub, session });
        const values = [{ name: "api_key", value }];
        last = wonBy(await browser.page("credential", { session_id, provider: "ledger", values }));
        await browser.page("finish", { session_id, reason: "cancel" });
      }
      return last;
    },
  },
  {
    name: "L21 twin: a callback with an endless value is read and looked up",
    guards: [
      {
        file: "routes/authorization-response.ts",
        guard: "value.length > MOST_PARAMETER)",
        without: "!OFF && value.length > MOST_PARAMETER)",
      },
    ],
    stopped: "/connect/lost",
    act: async (world, sub) => {
      const { browser, back } = await away(world, { sub });
      const to = await land(browser, `${back}&more=${"x".repeat(4097)}`);
      return to.startsWith("/connect/s/") ? "won" : to;
    },
  },
];

const wonBy = (reply: Reply): string => (reply.status < 300 ? "won" : codeOf(reply));
/** Its host takes whatever is typed. */
const TENANTS = {
  ...{ name: "Tenants", api_hosts: [], tenant_hosts: ["{tenant}.localhost"] },
  variables: { tenant: { label: "Tenant", pattern: ".{1,80}", chosen_by: "user" } },
  credential: { kind: "api_key", fields: { api_key: { label: "API key" } } },
  identity: { source: "check", request: { url: "http://{tenant}.localhost/me" } },
};

/** By one address. */
const MOST_FAILURES = 20;

const ledger = ({ url, host }: KeyApi): Json => ({
  ...{ name: "Ledger", api_hosts: [host] },
  credential: {
    ...{ kind: "api_key", fields: { api_key: { label: "API key" } } },
    inject: { header: "X-Api-Key" },
  },
  identity: { source: "check", request: { url: `${url}/me` } },
});

let program: Program;
let world: World;
let keys: KeyApi;
beforeAll(async () => {
  program = await buildUnguarded(guardsOf(ATTACKS));
  keys = await startKeyApi();
  world = await startWorld({
    program,
    address: "203.0.113.7",
    configure: (file) => {
      const { files } = file["providers"] as Record<string, Json>;
      Object.assign(files ?? {}, { revocation_scope: "user_client" });
      Object.assign(file["providers"] as Json, { tenants: TENANTS, ledger: ledger(keys) });
      file["limits"] = { failures_per_address: { limit: MOST_FAILURES, window_seconds: 60 } };
      for (const app of file["apps"] as Json[])
        Object.assign(app["providers"] as Json, { tenants: {}, ledger: {} });
    },
  });
  // A bundle of the whole broker takes a while on a busy machine.
}, 60_000);
afterAll(async () => {
  await world.stop();
  await keys.stop();
});

testTwins(ATTACKS, () => world);

test("a guard that has moved is an error, and no twin", async () => {
  const guard = { attack: "X", file: "session.ts", guard: "not there", without: "" };
  await expect(buildUnguarded([guard])).rejects.toThrow('X: session.ts has not one "not there"');
  await expect(buildUnguarded([{ ...guard, file: "gone.ts" }])).rejects.toThrow("gone.ts");
});
