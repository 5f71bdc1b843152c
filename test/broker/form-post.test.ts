/** form_post: the cross-site POST brings no cookie, so what it brings waits for the GET that does [H6]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Callback } from "../servers/callback.ts";
import { begin, grantsOf, land, outcomeOf, state, view, viewOf, type Claimed } from "./steps.ts";
import { B, startWorld, type Browser, type Json, type Reply, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    configure: (file) => {
      const { files } = file["providers"] as Record<string, Json>;
      Object.assign(files ?? {}, { response_mode: "form_post" });
    },
  });
});
afterAll(() => world.stop());

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const FORM = "application/x-www-form-urlencoded";
const HERE = "/oauth/callback/files";

type Waiting = Claimed & { form: URLSearchParams };

/** A session whose user has consented, with the provider's form not yet posted. */
const consented = async (
  options: Parameters<typeof begin>[1] & { deny?: boolean } = {},
): Promise<Waiting> => {
  const session = await begin(world, {
    ...options,
    session: { allowed_providers: ["files"], ...options.session },
  });
  return { ...session, form: await formOf(session, options.deny) };
};

const formOf = async ({ browser, session_id }: Claimed, deny = false) => {
  const callback: Callback = await browser.consent(session_id, "files", { deny });
  expect(callback.url).toBe(B + HERE);
  expect(callback.form?.get(deny ? "error" : "code")).toBeTruthy();
  return callback.form ?? new URLSearchParams();
};

/** As browsers post it across sites: without a cookie of ours. */
const post = async (
  body: BodyInit,
  to = HERE,
  headers: Record<string, string> = { "content-type": FORM },
): Promise<string> => {
  const reply: Reply = await world.call(to, { method: "POST", headers, body });
  expect(reply.status).toBe(303);
  expect(reply.headers.getSetCookie()).toEqual([]);
  expect(reply.headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  return reply.headers.get("location") ?? "";
};

const posted = async (form: URLSearchParams): Promise<string> => {
  const location = await post(form);
  expect(location).toMatch(/^\/oauth\/callback\/files\?handle=[\w-]{43}$/);
  return B + location;
};

const lastReason = () =>
  world.logs.findLast(({ event }) => event === "callback_refused")?.["reason"];
const rowsIn = async (): Promise<Json[]> =>
  ((JSON.parse(await world.snapshot()) as Json[][])[1] ?? []).filter(
    ({ posted: at }) => at !== null,
  );

const succeeds = async (session: Waiting): Promise<void> => {
  expect(await land(session.browser, await posted(session.form))).toBe(
    `/connect/s/${session.session_id}`,
  );
  expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
};

describe("the way there and back [H6]", () => {
  test("the broker asks for the form, the provider posts it, the cookie comes with the GET", async () => {
    const session = await consented({ sub: "ann" });
    const asked = world.files.control
      .calls("authorize")
      .find(({ url }) => url.pathname === "/auth");
    expect(asked?.url.searchParams.get("response_mode")).toBe("form_post");
    await succeeds(session);
    expect(await grantsOf(world, "ann")).toHaveLength(1);
    expect(await rowsIn()).toEqual([]);
  });

  test("a denial comes by form as well", async () => {
    const session = await consented({ deny: true });
    await land(session.browser, await posted(session.form));
    expect(await viewOf(session)).toMatchObject({ phase: "failed", failure: "access_denied" });
  });

  test("what waits is sealed, without its handle, and only for a minute", async () => {
    const session = await consented();
    const url = new URL(await posted(session.form));
    const [row] = await rowsIn();
    expect(row?.["posted"]).toMatch(/^v2\.dk_[\w-]+\.[\w-]+$/);
    expect(await world.snapshot()).not.toContain(session.form.get("code"));
    expect(await world.snapshot()).not.toContain(url.searchParams.get("handle"));
    world.pass(MINUTE);
    await world.broker.purge();
    expect(await rowsIn()).toEqual([]);
  });

  test("an answer by query is read too: it passes all that a query has to pass", async () => {
    const session = await consented();
    const url = `${B}${HERE}?${session.form.toString()}`;
    const before = await state(world);
    expect(await land(world.browser(), url)).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
    expect(await land(session.browser, url)).toBe(`/connect/s/${session.session_id}`);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });
});

describe("refused posts write nothing [H6]", () => {
  const changed = (form: URLSearchParams, change: (form: URLSearchParams) => void) => {
    const next = new URLSearchParams(form);
    change(next);
    return next;
  };
  const twice = (name: string) => (form: URLSearchParams) =>
    post(changed(form, (f) => f.append(name, f.get(name) ?? "")));

  test.each<[string, string, (form: URLSearchParams) => Promise<string>]>([
    ["two codes", "duplicate_parameter", twice("code")],
    ["two states", "duplicate_parameter", twice("state")],
    [
      "the state in the query as well",
      "duplicate_parameter",
      (form) => post(form, `${HERE}?state=${form.get("state")}`),
    ],
    ["another code in the query", "duplicate_parameter", (form) => post(form, `${HERE}?code=x`)],
    ["all of it in the query", "unknown_state", (form) => post("", `${HERE}?${form.toString()}`)],
    ["no state", "unknown_state", (form) => post(changed(form, (f) => f.delete("state")))],
    [
      "a state nobody made",
      "unknown_state",
      (form) => post(changed(form, (f) => f.set("state", "A".repeat(43)))),
    ],
    [
      "a code of no size",
      "malformed",
      (form) => post(changed(form, (f) => f.set("code", "x".repeat(4097)))),
    ],
    [
      "more than 16 kB",
      "too_large",
      (form) => post(changed(form, (f) => f.set("x", "x".repeat(16 * 1024)))),
    ],
    [
      "far more than that",
      "too_large",
      (form) => post(changed(form, (f) => f.set("x", "x".repeat(100 * 1024)))),
    ],
    [
      "more than it says",
      "too_large",
      (form) =>
        post(`${form.toString()}&x=`, HERE, { "content-type": FORM, "content-length": "20000" }),
    ],
    [
      "JSON",
      "wrong_type",
      (form) =>
        post(JSON.stringify(Object.fromEntries(form)), HERE, {
          "content-type": "application/json",
        }),
    ],
    ["plain text", "wrong_type", (form) => post(form.toString(), HERE, {})],
    [
      "multipart",
      "wrong_type",
      (form) => {
        const body = new FormData();
        for (const [name, value] of form) body.append(name, value);
        return post(body, HERE, {});
      },
    ],
    ["a provider that is none", "unknown_provider", (form) => post(form, "/oauth/callback/x")],
    [
      "H3: the path of a provider that answers by query",
      "wrong_mode",
      (form) => post(form, "/oauth/callback/calendar"),
    ],
  ])("%s", async (_, reason, attack) => {
    const session = await consented();
    const before = await state(world);
    expect(await attack(session.form)).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
    expect(lastReason()).toBe(reason);
    await succeeds(session);
  });

  test("a provider that answers by query has no form", async () => {
    const session = await begin(world);
    const back = await session.browser.visit(session.session_id);
    const before = await state(world);
    expect(await post(new URL(back).searchParams, "/oauth/callback/calendar")).toBe(
      "/connect/lost",
    );
    expect(lastReason()).toBe("wrong_mode");
    expect(await state(world)).toBe(before);
    await land(session.browser, back);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test.each<[string, (session: Waiting) => Promise<unknown>]>([
    ["cancelled", ({ token, verifier }) => world.widget(token, verifier).cancel()],
    ["expired", async () => world.pass(15 * MINUTE)],
  ])("of a session that is over: %s. Its page says so", async (_, end) => {
    const session = await consented({ sub: "over" });
    await end(session);
    const before = await state(world);
    expect(await post(session.form)).toBe(`/connect/s/${session.session_id}`);
    expect(await state(world)).toBe(before);
    expect(await viewOf(session)).toMatchObject({ phase: "ended" });
    expect(await grantsOf(world, "over")).toEqual([]);
  });

  test("of a session that nobody knows any more", async () => {
    const session = await consented();
    world.pass(26 * MINUTE);
    await world.broker.purge();
    expect(await post(session.form)).toBe("/connect/lost");
  });
});

describe("one post for a state", () => {
  test("a second changes nothing, before the first is fetched and after", async () => {
    const session = await consented();
    const url = await posted(session.form);
    const other = new URLSearchParams(session.form);
    other.set("code", "another");
    const here = `/connect/s/${session.session_id}`;
    const before = await state(world);
    for (const form of [session.form, other]) expect(await post(form)).toBe(here);
    expect(await state(world)).toBe(before);
    await land(session.browser, url);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
    const after = await state(world);
    expect(await post(session.form)).toBe(here);
    expect(await state(world)).toBe(after);
  });

  test("nor is there one after a minute", async () => {
    const session = await consented();
    await posted(session.form);
    world.pass(MINUTE);
    await world.broker.purge();
    expect(await post(session.form)).toBe(`/connect/s/${session.session_id}`);
    expect(await rowsIn()).toEqual([]);
  });

  test("of two at once one is kept", async () => {
    const session = await consented();
    const both = await Promise.all([post(session.form), post(session.form)]);
    expect(both.filter((location) => location.startsWith(`${HERE}?handle=`))).toHaveLength(1);
    expect(both).toContain(`/connect/s/${session.session_id}`);
  });

  test("a new departure has a post of its own, and the older one is told so", async () => {
    const session = await consented();
    const older = await posted(session.form);
    const newer = await posted(await formOf(session));
    expect(await land(session.browser, older)).toBe(`/connect/s/${session.session_id}`);
    expect(await viewOf(session)).toMatchObject({ failure: "authorization_superseded" });
    await land(session.browser, newer);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });
});

describe("the handle [H6]", () => {
  const spoilt: [string, string, (url: string) => string][] = [
    ["unknown", "unknown_handle", (url) => `${url.slice(0, -43)}${"A".repeat(43)}`],
    ["empty", "unknown_handle", (url) => url.slice(0, -43)],
    ["twice", "malformed", (url) => `${url}&${url.split("?")[1]}`],
    ["with a code beside it", "malformed", (url) => `${url}&code=x`],
    ["with a state beside it", "malformed", (url) => `${url}&state=x`],
    [
      "at another provider",
      "unknown_state",
      (url) => url.replace("/callback/files", "/callback/calendar"),
    ],
  ];
  test.each(spoilt)("%s leads nowhere", async (_, reason, spoil) => {
    const session = await consented();
    const url = await posted(session.form);
    const before = await state(world);
    expect(await land(session.browser, spoil(url))).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
    expect(lastReason()).toBe(reason);
    await land(session.browser, url);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });

  test("lives for a minute", async () => {
    const [slow, quick] = [await consented(), await consented()];
    const late = await posted(slow.form);
    const soon = await posted(quick.form);
    world.pass(MINUTE - SECOND);
    expect(await land(quick.browser, soon)).toBe(`/connect/s/${quick.session_id}`);
    world.pass(SECOND);
    const before = await state(world);
    expect(await land(slow.browser, late)).toBe("/connect/lost");
    expect(lastReason()).toBe("handle_expired");
    expect(await state(world)).toBe(before);
    // Another try is possible, as after every departure that did not come back.
    await land(slow.browser, await posted(await formOf(slow)));
    expect(await outcomeOf(world, slow)).toMatchObject({ status: "success" });
  });

  test("a replay waits on the session's page and exchanges nothing", async () => {
    const session = await consented({ session: { allowed_providers: ["files"], multiple: true } });
    const url = await posted(session.form);
    await land(session.browser, url);
    const before = await state(world);
    expect(await land(session.browser, url)).toBe(`/connect/s/${session.session_id}`);
    expect(await land(world.browser(), url)).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
  });

  test("five at once exchange once", async () => {
    const session = await consented({ sub: "double" });
    const url = await posted(session.form);
    const before = world.files.counts.token;
    await Promise.all(Array.from({ length: 5 }, () => land(session.browser, url)));
    expect(world.files.counts.token).toBe(before + 1);
    expect(await grantsOf(world, "double")).toHaveLength(1);
  });

  test("a HEAD and a prefetch spend nothing", async () => {
    const session = await consented();
    const url = await posted(session.form);
    const cookie = [...session.browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const before = await state(world);
    for (const init of [
      { method: "HEAD", headers: { cookie } },
      { headers: { cookie, "sec-purpose": "prefetch" } },
    ])
      expect((await world.call(url.slice(B.length), init)).status).toBe(204);
    expect(await state(world)).toBe(before);
    await land(session.browser, url);
    expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  });
});

describe("Mallory, whose forwarded authorization URL made her victim's browser post to her state [H6]", () => {
  /** The victim consents to Mallory's authorization: his code waits under her state, and she has the cookie. */
  const trap = async () => {
    const mallory = await consented({ sub: "mallory" });
    const victim = world.browser();
    const location = await posted(mallory.form);
    return { mallory, victim, location };
  };
  const expectNothing = async (browser: Browser, url: string, before: string) => {
    expect(await land(browser, url)).toBe("/connect/lost");
    expect(await state(world)).toBe(before);
  };

  test("his browser lacks her cookie, and nothing is consumed", async () => {
    const { victim, location } = await trap();
    const before = await state(world);
    await expectNothing(victim, location, before);
    expect(lastReason()).toBe("other_browser");
  });

  test("she cannot get at what waits: a post of her own has no handle, nor has her page", async () => {
    const { mallory, victim, location } = await trap();
    const before = await state(world);
    await expectNothing(victim, location, before);
    for (const form of [
      mallory.form,
      new URLSearchParams({ state: mallory.form.get("state") ?? "" }),
    ])
      expect(await post(form)).toBe(`/connect/s/${mallory.session_id}`);
    const seen = JSON.stringify((await view(mallory.browser, mallory.session_id)).body);
    expect(seen).toContain("at_provider");
    expect(seen).not.toContain("handle");
    await expectNothing(
      mallory.browser,
      `${B}${HERE}?state=${mallory.form.get("state")}&handle=x`,
      before,
    );
    expect(await grantsOf(world, "mallory")).toEqual([]);
  });

  test("the twin: with the handle his account would be hers", async () => {
    const { mallory, location } = await trap();
    await land(mallory.browser, location);
    expect(await grantsOf(world, "mallory")).toHaveLength(1);
  });
});
