/** The demo, walked as its newcomer walks it: started as a program, clicked in a browser, stopped, started again. */
import { test, expect, type Page } from "@playwright/test";
import { startDemo, type Demo } from "../test/servers/demo.ts";
import { closed, leave, press } from "./test.ts";

// A story in three parts: each goes on where the one before left off.
test.describe.configure({ mode: "serial" });

let demo: Demo;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(async () => {
  await demo.stop();
  await demo.forget();
});

const logIn = async (page: Page, name: string, path = "/"): Promise<void> => {
  await page.goto(`${demo.urls.app}${path}`);
  await page.getByRole("link", { name: "Log in" }).click();
  await page.getByTestId("account").filter({ hasText: name }).click();
};

const openPopup = async (page: Page, button: string): Promise<Page> => {
  const opened = page.waitForEvent("popup");
  await page.getByTestId(button).click();
  return opened;
};

const continueTo = (popup: Page, provider: string): Promise<void> =>
  press(popup, `Continue to ${provider}`);

const logInAs = (popup: Page, account: string): Promise<void> =>
  popup.getByRole("button", { name: account }).click();

/** By its button, unless it has closed itself in the meantime: it gives three seconds to read. */
const back = async (popup: Page): Promise<void> => {
  await leave(popup, "Back to Day Planner");
  await closed(popup);
};

test("Ann connects, picks, changes her mind and disconnects", async ({ page }) => {
  test.setTimeout(120_000);
  await logIn(page, "Ann");
  await expect(page.getByTestId("user")).toContainText("ann@example.com");
  const note = page.getByTestId("events-note");
  const status = page.getByTestId("status");
  const said = page.getByTestId("log");

  await test.step("nothing is connected", async () => {
    await expect(note).toContainText("No calendar is connected");
  });

  await test.step("close the window on our page", async () => {
    const popup = await openPopup(page, "connect-calendar");
    await expect(popup.getByRole("button", { name: "Continue to Acme Calendar" })).toBeVisible();
    await popup.close();
    await expect(said).toContainText("onExit");
  });

  await test.step("deny, try again, connect; the events appear", async () => {
    const popup = await openPopup(page, "connect-calendar");
    await expect(popup.getByText(demo.urls.app)).toBeVisible();
    await expect(popup.getByText("ann@example.com")).toBeVisible();
    await continueTo(popup, "Acme Calendar");
    await logInAs(popup, "ann.work@acme.test");
    await popup.getByTestId("deny").click();
    await press(popup, "Try Acme Calendar again");
    await logInAs(popup, "ann.work@acme.test");
    await popup.getByTestId("allow").click();
    await expect(status).toHaveText("Connected ann.work@acme.test.");
    await expect(said).toContainText("onSuccess");
    await expect(page.getByTestId("event")).not.toHaveCount(0);
    await expect(note).toContainText("ann.work@acme.test");
    await back(popup);
  });

  await test.step("a second account: the app asks which", async () => {
    const popup = await openPopup(page, "connect-calendar");
    await logInAs(popup, "ann.home@acme.test");
    await popup.getByTestId("allow").click();
    await expect(note).toContainText("Pick the one to show");
    await back(popup);
    await page
      .getByTestId("account-picker")
      .getByRole("button", { name: "ann.home@acme.test" })
      .click();
    await expect(note).toContainText("From ann.home@acme.test");
  });

  await test.step("two providers: the picker", async () => {
    const popup = await openPopup(page, "connect-any");
    await popup.getByRole("button", { name: "Connect Acme Files" }).click();
    await continueTo(popup, "Acme Files");
    await logInAs(popup, "ann.work@acme.test");
    await popup.getByTestId("allow").click();
    await expect(page.getByTestId("file")).not.toHaveCount(0);
    await back(popup);
  });

  await test.step("deny, then cancel", async () => {
    const popup = await openPopup(page, "connect-calendar");
    await logInAs(popup, "ben@acme.test");
    await popup.getByTestId("deny").click();
    await leave(popup, "Cancel");
    await expect(said).toContainText("access_denied");
  });

  await test.step("disconnect", async () => {
    const rows = page.getByTestId("connection").filter({ hasText: "Acme Calendar" });
    await expect(rows).toHaveCount(2);
    for (const left of [1, 0]) {
      await rows.first().getByTestId("disconnect").click();
      await expect(rows).toHaveCount(left);
    }
    await expect(note).toContainText("Access to your calendar has ended");
    await expect(page.getByTestId("connect-again")).toBeVisible();
  });
});

test("Ben, with the guide's code as it stands", async ({ page }) => {
  await logIn(page, "Ben", "/guide");
  const result = page.getByTestId("guide-result");
  await expect(result).toContainText("grant_not_found");
  const popup = await openPopup(page, "guide-connect");
  await continueTo(popup, "Acme Calendar");
  await logInAs(popup, "ben@acme.test");
  await popup.getByTestId("allow").click();
  await expect(result).toContainText("ben@acme.test");
  await expect(result).toContainText("200");
});

test("Ben, by a tag", async ({ page }) => {
  await logIn(page, "Ben", "/tag");
  const [code, result] = [page.getByTestId("tag-code"), page.getByTestId("tag-result")];
  await expect(code).toContainText(`src="${demo.urls.broker}/connect-button.js"`);
  await expect(code).toContainText('label="Connect Calendar"');
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Connect Calendar" }).click();
  const popup = await opened;
  await continueTo(popup, "Acme Calendar");
  await logInAs(popup, "ben@acme.test");
  await popup.getByTestId("allow").click();
  await expect(result).toContainText('"account_identifier": "ben@acme.test"');
});

test("it stops whole, and what was connected survives", async ({ page }) => {
  test.setTimeout(90_000);
  await logIn(page, "Ben", "/guide");
  const result = page.getByTestId("guide-result");
  await expect(result).toContainText("ben@acme.test");
  expect(await demo.stop()).toBe(0);
  for (const url of Object.values(demo.urls))
    await expect(fetch(url), url).rejects.toThrow("fetch failed");
  const { urls, directory } = demo;
  demo = await startDemo({ directory });
  expect(demo.urls).toEqual(urls);
  await page.reload();
  await expect(result).toContainText("ben@acme.test");
});

test("Ben sees it in the Wallet, ends it there, and the app asks him to connect again", async ({
  page,
}) => {
  await logIn(page, "Ben");
  const note = page.getByTestId("events-note");
  await expect(note).toContainText("From ben@acme.test");
  await page.getByTestId("wallet").click();
  // The identity provider knows him: one click is all.
  await page.getByRole("button", { name: "Sign in with Acme Accounts" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "ben@acme.test" });
  await expect(row).toContainText("See your calendar and its events");
  await expect(page.getByText("ben@example.com")).toBeVisible();
  expect(page.url()).toBe(`${demo.urls.broker}/wallet?app=day-planner`);

  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText(`GET ${new URL(demo.urls.calendar).host}`).first()).toBeVisible();
  await page.getByRole("link", { name: "Your connections" }).click();

  await row.getByRole("button", { name: /Disconnect/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Disconnect/ })
    .click();
  await expect(row).toContainText("Acme Calendar was told");

  await page.goto(demo.urls.app);
  await expect(note).toContainText("Access to your calendar has ended");
  await expect(note.getByTestId("connect-again")).toBeVisible();
});
