/**
 * The attacks of the design, in a real browser. Each has its twin: the same act shown to work where the
 * guard is absent, or the honest way shown to work with what the attack left behind. Without it, a test
 * could pass because it attacks nothing.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { duplicated, missing, replaced, wrongState } from "../test/servers/callback.ts";
import { hang } from "../test/servers/faults.ts";
import {
  agree,
  callbackOf,
  closed,
  connectCalendar,
  continueTo,
  expect,
  newUser,
  nextRequest,
  successWith,
  test,
  visit,
  type Visit,
} from "./test.ts";
import { startWorld, type World } from "./world.ts";

const NEUTRAL = "Go back to the browser and app where you started";
const OPEN_FROM_APP = "Open this from the app";

const newProof = (): { verifier: string; challenge: string } => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

const claimBody = (token: string, opener_origin: string, challenge: string): unknown => ({
  shape: "popup",
  token,
  opener_origin,
  challenge,
  claim_id: randomBytes(32).toString("base64url"),
});

/** Neither app nor user may show on the pages that strangers see. */
const expectNeutral = async (page: Page, heading: string, ann: Visit): Promise<void> => {
  await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  const text = await page.locator("body").innerText();
  expect(text).not.toContain("Day Planner");
  expect(text).not.toContain(ann.user);
};

test.describe("C1: a claim from another site", () => {
  for (const [name, path, act, refusal] of [
    ["as a text/plain form", "/form", "submit", 403],
    ["as text/plain by fetch", "/fetch", "submit", 403],
    // The preflight is what is refused; the claim itself never leaves the browser.
    ["as JSON by fetch", "/fetch", "preflighted", 405],
  ] as const)
    test(name, async ({ page, context, world }) => {
      const mallory = newUser();
      const token = await world.app.mint(mallory, { providers: ["calendar"] });
      const { challenge, verifier } = newProof();
      const body = claimBody(token, world.app.origin, challenge);
      const target = `${world.broker.url}/v1/connect/claim`;
      await page.goto(world.evil.page(path, { run: mallory, target, body }));
      const answered = (): unknown =>
        world.broker.logs.filter((line) => line.path === "/v1/connect/claim").at(-1)?.status;
      await page.getByTestId(act).click();
      await expect.poll(answered).toBe(refusal);
      expect(await context.cookies(world.broker.url)).toEqual([]);
      expect((await world.app.standing(token)).body).toMatchObject({ phase: "unclaimed" });

      // Twin: the same body as the page itself sends it is accepted, and plants the cookie.
      await page.goto(`${world.broker.url}/connect`);
      const status = await page.evaluate(async (claim) => {
        const response = await fetch("/v1/connect/claim", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(claim),
        });
        return response.status;
      }, body);
      expect(status).toBe(200);
      expect(await context.cookies(world.broker.url)).toHaveLength(1);
      expect((await world.app.standing(token, verifier)).body).toMatchObject({
        phase: "choosing",
      });
    });
});

test.describe("links sent to somebody else", () => {
  for (const [name, fragment] of [
    ["the hosted page", () => ""],
    ["the hosted page with a token", (token: string) => `#session=${token}`],
    [
      "the hosted page with all a redirect needs",
      (token: string) =>
        `#session=${token}&challenge=${newProof().challenge}&state=${newProof().verifier}`,
    ],
  ] as const)
    test(`${name}: nothing is claimed`, async ({ page, world }) => {
      const mallory = newUser();
      const token = await world.app.mint(mallory, { providers: ["calendar"] });
      await page.goto(`${world.broker.url}/connect${fragment(token)}`);
      await expect(page.getByRole("heading", { name: OPEN_FROM_APP })).toBeVisible();
      await expect(page.getByText("Someone may have sent you this link")).toBeVisible();
      expect((await world.app.standing(token)).body).toMatchObject({ phase: "unclaimed" });

      // Twin: from the app the same token works.
      const ann = await visit(page, world.app, { user: mallory, token: "given", given: token });
      await connectCalendar(await ann.connect(), ann.email);
      expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    });

  test("a session's own page, in another browser, is neutral", async ({ page, browser, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(popup.url());
    await expectNeutral(stranger, NEUTRAL, ann);
    await other.close();
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("a forwarded authorization URL: the victim's consent connects nothing", async ({
    page,
    browser,
    world,
  }) => {
    const mallory = await visit(page, world.app);
    const popup = await mallory.connect();
    const link = nextRequest(popup, `${world.calendar.url}/auth?`);
    await continueTo(popup, "Test Calendar");
    const other = await browser.newContext();
    const victim = await other.newPage();
    await victim.goto(await link);
    const { token } = world.calendar.counts;
    await agree(victim, "victim@bank.test");
    await expectNeutral(victim, NEUTRAL, mallory);
    expect(victim.url()).toBe(`${world.broker.url}/connect/lost`);
    expect(world.calendar.counts.token).toBe(token);
    expect(await mallory.grants()).toEqual([]);
    await other.close();

    // Twin: the state was not consumed, so the browser that started can finish.
    await agree(popup, mallory.email);
    expect(await mallory.told("outcome")).toEqual(successWith("calendar", mallory.email));
  });
});

test.describe("H1: whose session is it", () => {
  test("two users on one computer: the second sees and connects only what is theirs", async ({
    context,
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const left = await ann.connect();
    await expect(left.getByText(ann.email)).toBeVisible();
    // Ann walks away: her tab is gone, her session and its cookie live on.
    await page.close();

    const ben = await visit(await context.newPage(), world.app, { user: newUser() });
    const popup = await ben.connect();
    await expect(popup.getByText(ben.email)).toBeVisible();
    await expect(popup.getByText(ann.email)).toHaveCount(0);
    await connectCalendar(popup, ben.email);
    expect(await ben.told("outcome")).toEqual(successWith("calendar", ben.email));
    expect(await ben.grants()).toHaveLength(1);
    expect(await ann.grants()).toEqual([]);
  });

  test("two apps at once in one browser: each session stays its own", async ({
    context,
    page,
    world,
  }) => {
    const planner = await visit(page, world.app);
    const notes = await visit(await context.newPage(), world.notes);
    const first = await planner.connect();
    await continueTo(first, "Test Calendar");
    const second = await notes.connect();
    await expect(second.getByText(world.notes.origin)).toBeVisible();
    await continueTo(second, "Test Calendar");
    // Back in the first window, after the second one has got its cookie.
    await agree(first, planner.email);
    expect(await planner.told("outcome")).toEqual(successWith("calendar", planner.email));
    await agree(second, notes.email);
    expect(await notes.told("outcome")).toEqual(successWith("calendar", notes.email));
    expect(await planner.grants()).toMatchObject([{ account_identifier: planner.email }]);
    expect(await notes.grants()).toMatchObject([{ account_identifier: notes.email }]);
  });

  test("two tabs of one user: both arrive", async ({ context, page, world }) => {
    const one = await visit(page, world.app);
    const two = await visit(await context.newPage(), world.app, {
      user: one.user,
      providers: ["files"],
    });
    const first = await one.connect();
    await continueTo(first, "Test Calendar");
    const second = await two.connect();
    await continueTo(second, "Test Files");
    await agree(second, one.email);
    await agree(first, one.email);
    expect(await one.told("outcome")).toEqual(successWith("calendar", one.email));
    expect(await two.told("outcome")).toEqual(successWith("files", one.email));
  });
});

test.describe("the wrong window", () => {
  test("another origin's page opens ours and hands it a stolen token", async ({ page, world }) => {
    const user = newUser();
    const token = await world.app.mint(user, { providers: ["calendar"] });
    const { challenge } = newProof();
    await page.goto(
      world.evil.page("/opener", { run: user, broker: world.broker.url, token, challenge }),
    );
    const opened = page.waitForEvent("popup");
    await page.getByTestId("open").click();
    const popup = await opened;
    // A code and nothing else goes back to whoever sent the token [M22].
    expect(await world.evil.journal.wait(user, "alter-connect:error")).toEqual({
      type: "alter-connect:error",
      v: 1,
      code: "origin_not_allowed",
    });
    await expect(popup.getByRole("heading", { name: OPEN_FROM_APP })).toBeVisible();
    await expect(popup.getByText("Day Planner")).toHaveCount(0);
    expect((await world.app.standing(token)).body).toMatchObject({ phase: "unclaimed" });
    await popup.close();

    // Twin: the same token, from the app's own page.
    const ann = await visit(page, world.app, { user, token: "given", given: token });
    await connectCalendar(await ann.connect(), ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("another app of the same broker with a stolen token is told the code", async ({
    page,
    world,
  }) => {
    const user = newUser();
    const given = await world.app.mint(user);
    const notes = await visit(page, world.notes, { user, token: "given", given });
    await notes.connect();
    expect(await notes.told("error")).toMatchObject({ code: "origin_not_allowed" });
    expect((await world.app.standing(given)).body).toMatchObject({ phase: "unclaimed" });
  });

  test("a token nobody knows: the code reaches the app", async ({ page, world }) => {
    const real = await world.app.mint(newUser());
    const given = real.replace(/\.[\w-]+$/, `.${newProof().verifier}`);
    const ann = await visit(page, world.app, { token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "unknown_session" });
  });

  test("M5: a thief claims first; both sides stop and nothing is connected", async ({
    page,
    world,
  }) => {
    const user = newUser();
    const given = await world.app.mint(user);
    const thief = await fetch(`${world.broker.url}/v1/connect/claim`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.broker.url },
      body: JSON.stringify(claimBody(given, world.app.origin, newProof().challenge)),
    });
    // Twin: anybody who holds the token can claim it, with a program that forges the origin.
    expect(thief.status).toBe(200);
    const { session_id } = (await thief.json()) as { session_id: string };
    const cookie = thief.headers.getSetCookie()[0]?.split(";")[0] ?? "";

    const ann = await visit(page, world.app, { user, token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "session_claimed_elsewhere" });
    const view = await fetch(`${world.broker.url}/v1/connect/view`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.broker.url, cookie },
      body: JSON.stringify({ session_id }),
    });
    expect(await view.json()).toMatchObject({ phase: "ended" });
    expect(await ann.grants()).toEqual([]);
  });

  test("M2: a token that names another broker is refused before anything opens there", async ({
    page,
    world,
  }) => {
    const base = Buffer.from(world.evil.origin).toString("base64url");
    const given = `alter_cs_${base}.${newProof().verifier}`;
    const asked: string[] = [];
    page.context().on("request", (request) => asked.push(request.url()));
    const ann = await visit(page, world.app, { token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "invalid_token" });
    expect(asked.filter((url) => url.startsWith(world.evil.origin))).toEqual([]);
  });

  test("the hosted page shows in no frame", async ({ page, world }) => {
    const run = newUser();
    const inFrame = async (target: string): Promise<string | undefined> => {
      await page.goto(world.evil.page("/frame", { run, target }));
      await world.evil.journal.wait(run, "frame");
      return page.frames()[1]?.url();
    };
    expect(await inFrame(`${world.broker.url}/connect`)).toMatch(/^chrome-error:/);
    expect(world.evil.journal.entries(run, "alter-connect:ready")).toEqual([]);
    // Twin: what says nothing about frames does show in one.
    expect(await inFrame(world.app.page({ run }))).toContain(world.app.origin);
  });
});

test.describe("forged messages", () => {
  /** The twin in each: the page's own guard-less listener has received the forgery. */
  const arrived = (ann: Visit, origin: string): Promise<void> =>
    expect
      .poll(() => ann.soFar("message"))
      .toContainEqual(
        expect.objectContaining({
          origin,
          type: "alter-connect:outcome",
          outcome: expect.objectContaining({ status: "success" }),
        }),
      );

  const expectUnmoved = async (ann: Visit, popup: Page): Promise<void> => {
    expect(ann.soFar("outcome")).toEqual([]);
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await ann.told("success");
    expect(ann.soFar("success")).toHaveLength(1);
  };

  test("from a foreign frame in the app's page", async ({ page, world }) => {
    const run = newUser();
    const ann = await visit(page, world.app, { frame: world.evil.page("/child", { run }) });
    const popup = await ann.connect();
    await arrived(ann, world.evil.origin);
    await expectUnmoved(ann, popup);
    expect(world.evil.journal.entries(run, "stolen")).toEqual([]);
  });

  test("from a frame of the broker's own origin", async ({ context, page, world }) => {
    // No such page exists; the driver puts it there, as a hole in the broker would.
    const served = async (url: string): Promise<string> =>
      (await fetch(url.replace("evil.localhost", "localhost"))).text();
    const forged = await served(world.evil.page("/child", { run: "same-origin" }));
    const script = await served(`${world.evil.origin}/attacker.js`);
    await context.route(`${world.broker.url}/child*`, (route) =>
      route.fulfill({ contentType: "text/html", body: forged }),
    );
    await context.route(`${world.broker.url}/attacker.js`, (route) =>
      route.fulfill({ contentType: "text/javascript", body: script }),
    );
    const ann = await visit(page, world.app, { frame: `${world.broker.url}/child` });
    const popup = await ann.connect();
    await arrived(ann, world.broker.url);
    await expectUnmoved(ann, popup);
  });

  test("from the window that opened the app", async ({ page, context, world }) => {
    const run = crypto.randomUUID();
    const user = newUser();
    const target = world.app.page({ run, user, providers: ["calendar"] });
    await page.goto(world.evil.page("/holder", { run, target }));
    const opened = page.waitForEvent("popup");
    await page.getByTestId("open").click();
    const app = await opened;
    await world.app.journal.wait(run, "loaded");
    const popupOpened = context.waitForEvent("page");
    await app.getByTestId("connect").click();
    const popup = await popupOpened;
    await expect
      .poll(() => world.app.journal.entries(run, "message").map((entry) => entry.detail))
      .toContainEqual(expect.objectContaining({ origin: world.evil.origin }));
    expect(world.app.journal.entries(run, "outcome")).toEqual([]);
    await connectCalendar(popup, `${user}@example.com`);
    expect(await world.app.journal.wait(run, "outcome")).toEqual(
      successWith("calendar", `${user}@example.com`),
    );
    expect(world.evil.journal.entries(run, "stolen")).toEqual([]);
  });

  test("M9: a window waiting under a name that the app might use", async ({
    page,
    context,
    world,
  }) => {
    const run = crypto.randomUUID();
    const target = world.app.page({ run, user: newUser(), providers: ["calendar"] });
    await page.goto(
      world.evil.page("/names", {
        run,
        target,
        name: "alter-connect",
        trap: world.app.page({ run: `${run} trap` }),
      }),
    );
    const prepared = page.waitForEvent("popup");
    await page.getByTestId("prepare").click();
    const trap = await prepared;
    await world.app.journal.wait(`${run} trap`, "loaded");
    const appOpened = page.waitForEvent("popup");
    await page.getByTestId("open").click();
    const app = await appOpened;
    await world.app.journal.wait(run, "loaded");

    // Twin: an open() with a guessable name lands in the attacker's window.
    await app.getByTestId("named").click();
    await trap.waitForURL(`${world.broker.url}/connect`);
    expect(context.pages()).toHaveLength(3);

    const opened = context.waitForEvent("page");
    await app.getByTestId("connect").click();
    const popup = await opened;
    expect(popup).not.toBe(trap);
    expect(await popup.evaluate(() => window.name)).toMatch(/^[\w-]{22,}$/);
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
  });
});

test.describe("the callback", () => {
  for (const [name, tamper] of [
    ["another state", wrongState],
    ["no state", missing("state")],
    ["another issuer", replaced("iss", "https://evil.test")],
    ["no issuer", missing("iss")],
    ["two states", duplicated("state")],
    ["two codes", duplicated("code")],
  ] as const)
    test(`${name}: refused, nothing consumed`, async ({ page, world }) => {
      const ann = await visit(page, world.app);
      const popup = await ann.connect();
      const asked = nextRequest(popup, `${world.calendar.url}/auth?`);
      await continueTo(popup, "Test Calendar");
      const state = new URL(await asked).searchParams.get("state") ?? "";
      world.calendar.control.tamper(tamper);
      const { token } = world.calendar.counts;
      const callback = callbackOf(popup, world);
      await agree(popup, ann.email);
      await expectNeutral(popup, NEUTRAL, ann);
      expect(world.calendar.counts.token).toBe(token);
      expect(await ann.grants()).toEqual([]);

      // Twin: the same answer as it should have been is accepted.
      const mended = new URL(await callback);
      for (const [field, value] of Object.entries({
        state,
        iss: world.calendar.issuer,
        code: mended.searchParams.get("code") ?? "",
      }))
        mended.searchParams.set(field, value);
      await popup.goto(mended.href);
      expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
      expect(world.calendar.counts.token).toBe(token + 1);
    });

  test("of another provider configuration: refused [H3]", async ({ page, world }) => {
    const ann = await visit(page, world.app, { providers: ["calendar", "files"] });
    const popup = await ann.connect();
    await popup.getByRole("button", { name: "Test Calendar" }).click();
    const link = nextRequest(popup, `${world.calendar.url}/auth?`);
    await continueTo(popup, "Test Calendar");
    const { token } = world.files.counts;
    const callback = await world.calendar.control.authorize(await link, { account: ann.email });
    await popup.goto(callback.url.replace("/callback/calendar?", "/callback/files?"));
    await expectNeutral(popup, NEUTRAL, ann);
    expect(world.files.counts.token).toBe(token);

    // Twin: at its own address the same answer is good.
    await popup.goto(callback.url);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("replayed, here and in another browser: exchanged once", async ({
    page,
    browser,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const { token } = world.calendar.counts;
    const callback = callbackOf(popup, world);
    await agree(popup, ann.email);
    await ann.told("success");
    await page.goto(await callback);
    await expect(page).toHaveURL(/\/connect\/s\//);
    await expect(page.getByRole("heading", { name: "Test Calendar is connected" })).toBeVisible();
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(await callback);
    await expectNeutral(stranger, NEUTRAL, ann);
    await other.close();
    expect(world.calendar.counts.token).toBe(token + 1);
    expect(await ann.grants()).toHaveLength(1);
  });

  test("M14: loaded again while the first is being exchanged: one exchange, one result", async ({
    page,
    context,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const { token } = world.calendar.counts;
    const hanging = hang();
    world.calendar.control.fail("token", hanging);
    const callback = callbackOf(popup, world);
    await agree(popup, "ann@private.test");
    await hanging.reached;
    const second = await context.newPage();
    await second.goto(await callback);
    await expect(second.getByRole("heading", { name: "Finishing the connection" })).toBeVisible();
    hanging.release();
    for (const window of [popup, second])
      await expect(
        window.getByRole("heading", { name: "Test Calendar is connected" }),
      ).toBeVisible();
    expect(await ann.told("outcome")).toEqual(successWith("calendar", "ann@private.test"));
    expect(world.calendar.counts.token).toBe(token + 1);
  });

  test("with the state of another browser: refused for both, and both can go on", async ({
    page,
    browser,
    world,
  }) => {
    const mallory = await visit(page, world.app);
    const hers = await mallory.connect();
    const link = nextRequest(hers, `${world.calendar.url}/auth?`);
    await continueTo(hers, "Test Calendar");
    const state = new URL(await link).searchParams.get("state") ?? "";

    const other = await browser.newContext();
    const ann = await visit(await other.newPage(), world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    world.calendar.control.tamper(replaced("state", state));
    const { token } = world.calendar.counts;
    await agree(popup, ann.email);
    await expectNeutral(popup, NEUTRAL, mallory);
    expect(world.calendar.counts.token).toBe(token);
    expect(await mallory.grants()).toEqual([]);

    // Twin: her state is as good as before, in her own browser.
    await agree(hers, mallory.email);
    expect(await mallory.told("outcome")).toEqual(successWith("calendar", mallory.email));
    await other.close();
  });

  test("with the state of another tab: PKCE stops it, nobody gets a grant", async ({
    page,
    context,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const ben = await visit(await context.newPage(), world.app);
    const anns = await ann.connect();
    await continueTo(anns, "Test Calendar");
    const bens = await ben.connect();
    const link = nextRequest(bens, `${world.calendar.url}/auth?`);
    await continueTo(bens, "Test Calendar");
    world.calendar.control.tamper(
      replaced("state", new URL(await link).searchParams.get("state") ?? ""),
    );
    await agree(anns, ann.email);
    await expect(
      anns.getByRole("heading", { name: "Test Calendar refused the request" }),
    ).toBeVisible();
    expect(await ann.grants()).toEqual([]);
    expect(await ben.grants()).toEqual([]);
  });

  test("of a session that was cancelled meanwhile exchanges nothing", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const { token } = world.calendar.counts;
    await page.getByTestId("close").click();
    await ann.told("exit");
    await closed(popup);
    // The provider's page was open in another window, too.
    const asked = world.calendar.control.calls("authorize").at(-1)?.url.href ?? "";
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(asked);
    await agree(elsewhere, ann.email);
    await expect(elsewhere).toHaveURL(/\/connect\/s\//);
    expect(world.calendar.counts.token).toBe(token);
    expect(await ann.grants()).toEqual([]);
  });
});

test.describe("one truth", () => {
  test("H8: cancelled while the code is being exchanged: exit, and no grant appears later", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const hanging = hang();
    world.calendar.control.fail("token", hanging);
    await agree(popup, ann.email);
    await hanging.reached;
    await page.getByTestId("close").click();
    await ann.told("exit");
    hanging.release();
    await expect
      .poll(() => world.broker.logs.filter((line) => line.event === "callback_too_late").length)
      .toBeGreaterThan(0);
    expect(await ann.grants()).toEqual([]);
    expect(ann.soFar("success")).toEqual([]);
  });

  test("H8: cancelled after something was connected: success, with that", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
    const popup = await ann.connect();
    await popup.getByRole("button", { name: "Test Calendar" }).click();
    await continueTo(popup, "Test Calendar");
    await agree(popup, ann.email);
    await expect(popup.getByRole("button", { name: "Done" })).toBeVisible();
    await page.getByTestId("close").click();
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(ann.soFar("exit")).toEqual([]);
    expect(await ann.grants()).toHaveLength(1);
  });

  test("H8: the window is closed with one connected: success, with that", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
    const popup = await ann.connect();
    await popup.getByRole("button", { name: "Test Calendar" }).click();
    await continueTo(popup, "Test Calendar");
    await agree(popup, ann.email);
    await expect(popup.getByRole("button", { name: "Done" })).toBeVisible();
    await popup.close();
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("H7: the opener was lost on the way: the outcome comes by asking", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await popup.evaluate(() => {
      window.opener = null;
    });
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(messagesOf(ann)).not.toContain("alter-connect:outcome");
    await closed(popup);
  });

  test("H7: the provider returns in another tab: the app hears it and closes the popup", async ({
    page,
    context,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    const link = nextRequest(popup, `${world.calendar.url}/auth?`);
    await continueTo(popup, "Test Calendar");
    const tab = await context.newPage();
    await tab.goto(await link);
    await agree(tab, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await closed(popup);
    expect(messagesOf(ann)).not.toContain("alter-connect:outcome");
  });

  const messagesOf = (ann: Visit): unknown[] =>
    ann.soFar("message").map((message) => (message as { type: string }).type);
});

test.describe("deadlines", () => {
  let brief: World;
  test.beforeAll(async () => {
    brief = await startWorld({ sessions: { unclaimed_seconds: 3, idle_seconds: 3 } });
  });
  test.afterAll(() => brief.stop());

  test("a session expires under the user's eyes: page and app say so", async ({ page }) => {
    const ann = await visit(page, brief.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("heading", { name: "This took too long" })).toBeVisible();
    expect(await ann.told("error")).toMatchObject({ code: "session_expired" });
  });

  test("a callback after the deadline exchanges nothing", async ({ page }) => {
    const ann = await visit(page, brief.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    expect(await ann.told("error")).toMatchObject({ code: "session_expired" });
    const asked = brief.calendar.control.calls("authorize").at(-1)?.url.href ?? "";
    const tab = await page.context().newPage();
    await tab.goto(asked);
    const { token } = brief.calendar.counts;
    await agree(tab, ann.email);
    await expect(tab.getByRole("heading", { name: "This took too long" })).toBeVisible();
    expect(brief.calendar.counts.token).toBe(token);
    expect(await ann.grants()).toEqual([]);
  });

  test("a token that was never used in time is refused with its code", async ({ page }) => {
    const given = await brief.app.mint(newUser());
    await expect.poll(async () => (await brief.app.standing(given)).body.status).toBe("error");
    const ann = await visit(page, brief.app, { token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "session_expired" });
  });
});
