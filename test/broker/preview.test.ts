/** A preview: the page as a user would see it, for the app's developer, and nobody connects anything in it. */
import { page } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected as step, give } from "../../broker/src/session.ts";
import { accepted, begin, claimBody, outcomeOf, refused, rowsOf, viewOf } from "./steps.ts";
import { A, connect, RETURN_URL, secret, s256, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const preview = { preview: true };

test("shows what the user would see, and says what it is", async () => {
  const sub = "looked-at";
  await connect(world, { sub, account: "one@work.test" });
  const { view: real } = page.view.reply.parse(await viewOf(await begin(world, { sub })));
  const session = await begin(world, { sub, session: preview });
  const { view: shown } = page.view.reply.parse(await viewOf(session));
  expect(shown).toEqual({ ...real, preview: true, expires_in: shown.expires_in });
  expect(real).not.toHaveProperty("preview");
});

test("its creation is in the audit log, with the key that asked for it", async () => {
  const { session_id } = await begin(world, { session: preview });
  expect(await world.audit()).toContainEqual(
    expect.objectContaining({
      event: "session.created",
      session_id,
      actor: "app:first",
      reason: "preview",
    }),
  );
});

describe("nobody connects anything", () => {
  test.each([{}, { another: true }, { renew: "grant_none" }])(
    "authorize %j is refused, nothing is written, and no cookie confirms anything",
    async (more) => {
      const { browser, session_id } = await begin(world, { session: preview });
      const go = () => browser.page("authorize", { session_id, provider: "calendar", ...more });
      await refused(world, go, "preview_only");
      expect(browser.jar.has("acc")).toBe(false);
    },
  );

  test("the twin: the same session without `preview` leaves for the provider", async () => {
    const { browser, session_id } = await begin(world);
    await accepted(() => browser.page("authorize", { session_id, provider: "calendar" }));
  });

  test("no key or password is taken, and no provider asked whether it is right", async () => {
    const { browser, session_id } = await begin(world, { session: preview });
    const values = [{ name: "api_key", value: "canary-secret-typed" }];
    const offer = (id: string, from = browser) =>
      from.page("credential", { session_id: id, provider: "calendar", values });
    await refused(world, () => offer(session_id), "preview_only");
    const stored = await world.store.sessions.byId(session_id);
    if (!stored) throw new Error("no session");
    const take = (session: typeof stored) =>
      give(session, { provider: "calendar", renew: null }, world.now(), world.config.deadlines);
    expect(take(stored)).toEqual({ refuse: "preview_only" });
    // The twin: without the flag both go on, the call as far as to a provider that takes none.
    expect(take({ ...stored, preview: false })).toHaveProperty("set");
    const real = await begin(world);
    await refused(world, () => offer(real.session_id, real.browser), "invalid_request");
  });

  test("not by itself either, in a browser that has confirmed the same before", async () => {
    const sub = "confirmed";
    const { browser } = await connect(world, { sub });
    expect((await begin(world, { sub, browser, session: preview })).authorization).toBeUndefined();
    expect((await begin(world, { sub, browser })).authorization).toBeDefined();
  });

  test("and if a callback ever got so far, it would commit nothing", async () => {
    const { session_id } = await begin(world, { session: preview });
    const stored = await world.store.sessions.byId(session_id);
    if (!stored) throw new Error("no session");
    const lease = world.now() + 1_000;
    const finishing = { ...stored, phase: "finishing" as const, finishing_until: lease };
    const connection = {
      ...{ grant_id: "g1", provider: "calendar", provider_name: "Acme", account_identifier: "a" },
      ...{ timestamp: "", operation: "creation" as const, scopes: [], status: "active" as const },
    };
    const commit = (session: typeof finishing) =>
      step(session, connection, false, lease, world.now());
    expect(commit(finishing)).toEqual({ refuse: "preview_only" });
    expect(commit({ ...finishing, preview: false })).toHaveProperty("set");
  });
});

describe("ends as an exit", () => {
  test.each(["done", "cancel", "denied", "not_you"])("by %s", async (reason) => {
    const sub = `ends-by-${reason}`;
    const { browser } = await connect(world, { sub });
    const confirmed = browser.jar.get("acc");
    const session = await begin(world, { sub, browser, session: preview });
    await accepted(() => browser.page("finish", { session_id: session.session_id, reason }));
    expect(await outcomeOf(world, session)).toEqual({ status: "exit" });
    // "Not you?" of a preview takes back nothing that is real.
    expect(browser.jar.get("acc")).toBe(confirmed);
    expect(await rowsOf(world, sub)).toMatchObject([{ status: "active" }]);
  });

  test("by its deadline", async () => {
    const session = await begin(world, { session: preview });
    world.pass(16 * 60_000);
    expect(await outcomeOf(world, session)).toEqual({ status: "exit" });
  });
});

describe("opens in one way only", () => {
  test("by the widget on the app's own origin: a link alone shows nothing", async () => {
    const token = await world.mint(preview);
    const browser = world.browser();
    const claim = (more: object) => browser.page("claim", claimBody(token, { ...more }));
    await refused(
      world,
      () => claim({ opener_origin: "https://evil.example" }),
      "origin_not_allowed",
    );
    await accepted(() => claim({}));
  });

  test("not by redirect, for which its token does not offer itself", async () => {
    const token = await world.mint({ ...preview, return_url: RETURN_URL });
    const body = {
      ...{ shape: "redirect", token, claim_id: secret() },
      ...{ challenge: s256(secret()), state: secret() },
    };
    await refused(world, () => world.browser().page("claim", body), "claim_shape_refused");
    expect(token).not.toContain(".r.");
    expect(await world.mint({ return_url: RETURN_URL })).toContain(".r.");
  });

  test("not with completion by a backend", async () => {
    const user_token = await world.userToken();
    const body = { user_token, allowed_origin: A, return_url: RETURN_URL, ...preview };
    const create = (more: object) => world.backend().createSession({ ...body, ...more });
    await refused(world, () => create({ completion: "backend" }), "invalid_request");
    await accepted(() => create({}));
  });

  test("a second look is refused, and is no alarm: the first one stays open", async () => {
    const session = await begin(world, { session: preview });
    const again = () => world.browser().page("claim", claimBody(session.token));
    await refused(world, again, "session_claimed");
    expect(await viewOf(session)).toMatchObject({ phase: "choosing" });
    const events = (await world.audit()).filter((row) => row["session_id"] === session.session_id);
    expect(events.map((row) => row["event"])).not.toContain("session.claimed_elsewhere");
  });
});
