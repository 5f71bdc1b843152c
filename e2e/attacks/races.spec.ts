/** Ends that race each other, and deadlines: one truth, and the app hears that one. */
import { hang } from "../../test/servers/faults.ts";
import {
  agree,
  closed,
  continueTo,
  expect,
  newUser,
  nextRequest,
  successWith,
  test,
  visit,
  type Visit,
} from "../test.ts";
import { startWorld, type World } from "../world.ts";

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
