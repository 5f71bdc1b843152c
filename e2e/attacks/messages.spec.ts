/** Messages that the hosted page did not send, in the window where the widget listens. */
import type { Page } from "@playwright/test";
import { connectCalendar, expect, newUser, successWith, test, visit, type Visit } from "../test.ts";

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
  await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
  expect(await popup.evaluate(() => window.name)).toMatch(/^[\w-]{22,}$/);
});
