/** Which of their accounts a user means, said by a click in the picker: one to renew, or one that is not among them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, grantsOf, land, outcomeOf, refused, viewOf } from "./steps.ts";
import { connect, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const { calendar, files } = file["providers"] as Record<string, Json>;
      if (calendar) calendar["choose_account"] = { prompt: "login consent", switch_account: "1" };
      if (files) files["login_hint_parameter"] = "account";
    },
  });
});
afterAll(() => world.stop());

const connected = async (sub: string, account: string, provider = "calendar"): Promise<string> => {
  await connect(world, { sub, account, provider });
  return String((await grantsOf(world, sub)).at(-1)?.["grant_id"]);
};

/** Leaves, and says with which query. */
const leave = async (
  { browser, session_id }: Awaited<ReturnType<typeof begin>>,
  more: Json,
  provider = "calendar",
): Promise<URLSearchParams & { href: string }> => {
  const { body } = await accepted(() =>
    browser.page("authorize", { session_id, provider, ...more }),
  );
  const url = new URL(String(body["authorization_url"]));
  return Object.assign(url.searchParams, { href: url.href });
};

const comeBack = async (
  { browser }: Awaited<ReturnType<typeof begin>>,
  { href }: { href: string },
  account: string,
) => land(browser, (await world.calendar.control.authorize(href, { account })).url);

const started = async (session_id: string): Promise<Json | undefined> =>
  (await world.audit()).findLast(
    (row) => row["event"] === "authorization.started" && row["session_id"] === session_id,
  );

describe("renew", () => {
  test("the provider is told whose account is meant, and the audit log which grant", async () => {
    const sub = "renews";
    const grant_id = await connected(sub, "one@work.test");
    await connected(sub, "two@work.test");
    const session = await begin(world, { sub });
    const asked = await leave(session, { renew: grant_id });
    expect(asked.get("login_hint")).toBe("one@work.test");
    expect(asked.get("prompt")).toBe("consent");
    expect(asked.has("switch_account")).toBe(false);
    expect(await started(session.session_id)).toMatchObject({ reason: "renew", grant_id });
    await comeBack(session, asked, "one@work.test");
    expect(await outcomeOf(world, session)).toMatchObject({
      connections: [{ grant_id, operation: "reauth" }],
    });
    expect(await viewOf(session)).toMatchObject({ close_at_once: true });
  });

  test("by the parameter that the record has for it, where that is not OpenID Connect's", async () => {
    const sub = "renews-files";
    const grant_id = await connected(sub, "one@work.test", "files");
    const session = await begin(world, { sub, session: { allowed_providers: ["files"] } });
    const asked = await leave(session, { renew: grant_id }, "files");
    expect([asked.get("account"), asked.get("login_hint")]).toEqual(["one@work.test", null]);
  });

  test("another account that comes back instead is said, even one that is known", async () => {
    const sub = "mixes-up";
    const meant = await connected(sub, "one@work.test");
    const other = await connected(sub, "two@work.test");
    const session = await begin(world, { sub });
    const asked = await leave(session, { renew: meant });
    await comeBack(session, asked, "two@work.test");
    expect(await outcomeOf(world, session)).toMatchObject({
      connections: [{ grant_id: other, operation: "reauth" }],
    });
    // The page has to be read: it names both.
    expect(await viewOf(session)).toMatchObject({
      close_at_once: false,
      view: { renewing: { grant_id: meant, account_identifier: "one@work.test" } },
    });
  });

  test("what the user has granted before is asked for again", async () => {
    const sub = "keeps-scopes";
    const grant_id = await connected(sub, "one@work.test");
    const session = await begin(world, { sub });
    const plain = await leave(session, {});
    const renewal = await leave(session, { renew: grant_id });
    expect(renewal.get("scope")).toBe(plain.get("scope"));
  });

  test.each<[string, (sub: string) => Promise<string>]>([
    ["of another user", () => connected("somebody-else", "theirs@work.test")],
    ["at another provider", (sub) => connected(sub, "files@work.test", "files")],
    [
      "that was revoked",
      async (sub) => {
        const grant_id = await connected(sub, "gone@work.test");
        await accepted(() => world.backend().revoke(grant_id));
        return grant_id;
      },
    ],
    ["that nobody has", () => Promise.resolve("grant_none")],
  ])("a grant %s is refused, and nobody leaves", async (_, make) => {
    const sub = "refused";
    const renew = await make(sub);
    const { browser, session_id } = await begin(world, {
      sub,
      session: { allowed_providers: ["calendar", "files"] },
    });
    const go = (more: Json) =>
      browser.page("authorize", { session_id, provider: "calendar", ...more });
    await refused(world, () => go({ renew }), "grant_not_found");
    await accepted(() => go({}));
  });

  test("the twin: the same grant is its owner's to renew", async () => {
    const [theirs] = await grantsOf(world, "somebody-else");
    const session = await begin(world, { sub: "somebody-else" });
    const asked = await leave(session, { renew: theirs?.["grant_id"] });
    expect(asked.get("login_hint")).toBe("theirs@work.test");
  });
});

describe("another", () => {
  test("the provider is asked to let the user choose, and gets no hint", async () => {
    const sub = "adds";
    const grant_id = await connected(sub, "one@work.test");
    const session = await begin(world, { sub });
    const asked = await leave(session, { another: true });
    expect(asked.get("prompt")).toBe("login consent");
    expect(asked.get("switch_account")).toBe("1");
    expect(asked.has("login_hint")).toBe(false);
    expect(await started(session.session_id)).toMatchObject({
      reason: "another_account",
      grant_id: null,
    });
    await comeBack(session, asked, "two@work.test");
    expect(await outcomeOf(world, session)).toMatchObject({
      connections: [{ operation: "creation", account_identifier: "two@work.test" }],
    });
    expect(await grantsOf(world, sub)).toMatchObject([{ grant_id }, { status: "active" }]);
  });

  test("also where the app has asked for a renewal, which then gets no hint either", async () => {
    const sub = "adds-instead";
    const grant_id = await connected(sub, "one@work.test");
    const session = await begin(world, { sub, session: { grant_id } });
    expect((await leave(session, {})).get("login_hint")).toBe("one@work.test");
    expect((await leave(session, { another: true })).has("login_hint")).toBe(false);
  });

  test("not together with renew", async () => {
    const sub = "both";
    const renew = await connected(sub, "one@work.test");
    const { browser, session_id } = await begin(world, { sub });
    await refused(
      world,
      () => browser.page("authorize", { session_id, provider: "calendar", renew, another: true }),
      "invalid_request",
    );
  });
});

test("a choice of account confirms nothing: the next session of this browser asks again", async () => {
  const sub = "asked-again";
  const grant_id = await connected(sub, "one@work.test");
  for (const more of [{ renew: grant_id }, { another: true }]) {
    const session = await begin(world, { sub });
    await leave(session, more);
    const next = await begin(world, { sub, browser: session.browser });
    expect(next.authorization).toBeUndefined();
  }
  // The twin: a plain departure is remembered, and the page leaves by itself.
  const session = await begin(world, { sub });
  await leave(session, {});
  expect((await begin(world, { sub, browser: session.browser })).authorization).toBeDefined();
});

test("a plain departure takes a choice back", async () => {
  const sub = "changes-mind";
  const grant_id = await connected(sub, "one@work.test");
  const session = await begin(world, { sub });
  await leave(session, { renew: grant_id });
  expect(await viewOf(session)).toMatchObject({ view: { renewing: { grant_id } } });
  expect((await leave(session, {})).has("login_hint")).toBe(false);
  expect((await viewOf(session))["view"]).not.toHaveProperty("renewing");
});

describe("renew, at a provider whose tenant the user types", () => {
  let tenants: World;
  beforeAll(async () => {
    tenants = await startWorld({
      configure: (file) => {
        const { files } = file["providers"] as Record<string, Json>;
        const tenant = { label: "Tenant", pattern: "[a-z]{1,20}", chosen_by: "user" };
        if (files) files["variables"] = { tenant };
      },
    });
  });
  afterAll(() => tenants.stop());

  const leaveFor = async (
    tenant: string,
    { sub = "moves", ...more }: { sub?: string; renew?: unknown; session?: Json } = {},
  ) => {
    const { session: asked, ...choice } = more;
    const session = await begin(tenants, {
      sub,
      session: { allowed_providers: ["files"], ...asked },
    });
    const { body } = await accepted(() =>
      session.browser.page("authorize", {
        ...{ session_id: session.session_id, provider: "files", ...choice },
        variables: [{ name: "tenant", value: tenant }],
      }),
    );
    return { session, url: new URL(String(body["authorization_url"])) };
  };

  test("the account of one is not named to another, whoever asks for the renewal", async () => {
    const { session, url } = await leaveFor("acme");
    const account = "ann@acme.test";
    await land(session.browser, (await tenants.files.control.authorize(url.href, { account })).url);
    const renew = (await grantsOf(tenants, "moves"))[0]?.["grant_id"];
    for (const by of [{ renew }, { session: { grant_id: renew } }]) {
      const other = await leaveFor("elsewhere", by);
      expect(other.url.href).not.toContain("acme");
      expect(other.url.searchParams.has("login_hint")).toBe(false);
      // The twin: its own is told.
      const own = await leaveFor("acme", by);
      expect(own.url.searchParams.get("login_hint")).toBe(account);
    }
  });
});
