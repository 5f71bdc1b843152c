/** The demo's pages of patterns, each clicked through as a user would. Every test is a person of its own. */
import { test, expect, type Page } from "@playwright/test";
import { startDemo, type Demo } from "../test/servers/demo.ts";
import { closed, leave, press } from "./test.ts";

let demo: Demo;
test.beforeAll(async () => {
  demo = await startDemo();
});
test.afterAll(async () => {
  await demo.stop();
  await demo.forget();
});

/** Logs somebody in on the pattern's page. */
const visit = async (page: Page, pattern: string): Promise<string> => {
  const person = `${pattern}@acme.test`;
  await page.goto(`${demo.urls.app}/patterns/${pattern}`);
  await page.getByRole("link", { name: "Log in to try it" }).click();
  await page.getByLabel("Another person").fill(person);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page.getByTestId("user")).toContainText(person);
  return person;
};

/** Clicks, and goes through Connect in the window that opens. `answer` is what the consent page gets. */
const connect = async (
  page: Page,
  testId: string,
  account: string,
  answer = async (popup: Page): Promise<void> => popup.getByTestId("allow").click(),
): Promise<Page> => {
  const opened = page.waitForEvent("popup");
  await page.getByTestId(testId).click();
  const popup = await opened;
  const confirm = popup.getByRole("button", { name: "Continue to Acme Calendar" });
  const another = popup.getByLabel("Another account");
  // This browser is asked once; afterwards the page leaves by itself.
  await confirm.or(another).waitFor();
  if (await confirm.isVisible()) await confirm.click();
  await another.fill(account);
  await popup.getByRole("button", { name: "Log in", exact: true }).click();
  await answer(popup);
  return popup;
};

test("the list leads to every pattern, and each page shows its route's code", async ({ page }) => {
  await page.goto(demo.urls.app);
  await page.getByRole("link", { name: "One page for each pattern" }).click();
  const links = page.getByTestId("patterns").getByRole("link");
  await expect(links).toHaveCount(8);
  const titles = await links.locator("b").allTextContents();
  await links.first().click();
  // From page to page, each named by the one before.
  for (const [i, title] of titles.entries()) {
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    await expect(page.locator("#code")).toContainText("@alter-ai/alter-sdk");
    await expect(page.getByRole("link", { name: "Log in to try it" })).toBeVisible();
    const following = titles[i + 1];
    if (following !== undefined) await page.getByRole("link", { name: following }).click();
  }
  expect((await page.goto(`${demo.urls.app}/patterns/none`))?.status()).toBe(404);
});

test("several accounts: the app asks which, and uses the pick", async ({ page }) => {
  const person = await visit(page, "several-accounts");
  const [status, answer] = [page.getByTestId("status"), page.getByTestId("answer")];
  await page.getByTestId("read").click();
  await expect(status).toHaveText("Refused: GrantNotFoundError.");
  await closed(await connect(page, "connect", person));
  await expect(answer).toContainText(`"account": "${person}"`);

  const other = "ann.home@acme.test";
  const popup = await connect(page, "connect-another", other);
  await expect(status).toContainText("Refused: AmbiguousGrantError.");
  await popup.close();
  await expect(page.getByTestId("pick")).toHaveCount(2);
  await expect(page.getByTestId("pick").filter({ hasText: person })).toBeVisible();
  await page.getByTestId("pick").filter({ hasText: other }).click();
  await expect(page.getByTestId("answered")).toHaveText("200");
  await expect(answer).toContainText(`"account": "${other}"`);
});

test("connected accounts: what they lack, until when, and one renewed by its id", async ({
  page,
}) => {
  const person = await visit(page, "connected-accounts");
  const rows = page.getByTestId("oauth");
  await expect(page.getByTestId("managed_secret")).toHaveCount(4);
  await expect(rows).toHaveCount(0);

  const opened = page.waitForEvent("popup");
  await page.getByTestId("connect-any").click();
  const popup = await opened;
  await popup.getByRole("button", { name: "Connect Acme Files" }).click();
  await press(popup, "Continue to Acme Files");
  await popup.getByLabel("Another account").fill(person);
  await popup.getByRole("button", { name: "Log in", exact: true }).click();
  await popup.getByTestId("allow").click();
  await closed(popup);
  await expect(rows).toContainText([person]);
  await expect(rows).toContainText(/active\s*lacks nothing\s*until/);

  const id = /"grantId": "(grant_[^"]+)"/;
  const before = id.exec((await page.getByTestId("answer").textContent()) ?? "")?.[1];
  expect(before).toBeDefined();
  const renewing = page.waitForEvent("popup");
  await page.getByTestId("renew").click();
  const again = await renewing;
  // The session is for that grant's provider alone: nothing to choose, and yet a click, since whose account it is must be seen.
  await press(again, "Continue to Acme Files");
  await again.getByLabel("Another account").fill(person);
  await again.getByRole("button", { name: "Log in", exact: true }).click();
  const listed = page.waitForResponse(/\/connected-accounts\/accounts$/);
  await again.getByTestId("allow").click();
  const { accounts } = (await (await listed).json()) as { accounts: { grantId: string }[] };
  expect(accounts.map(({ grantId }) => grantId)).toContain(before);
  await expect(rows).toHaveCount(1);
});

test("revoke: the next call is refused, and Connect is the way back", async ({ page }) => {
  const person = await visit(page, "revoke");
  const status = page.getByTestId("status");
  await closed(await connect(page, "connect-calendar", person));
  await expect(page.getByTestId("answered")).toHaveText("200");
  const rows = page.getByTestId("account");
  await expect(rows).toHaveCount(1);

  await page.getByTestId("revoke").click();
  await expect(page.getByTestId("answer")).toContainText('"providerRevocation": "done"');
  await expect(rows).toHaveCount(0);
  await page.getByTestId("read").click();
  await expect(status).toHaveText("Refused: GrantRevokedError.");

  await closed(await connect(page, "connect", person));
  await expect(page.getByTestId("answered")).toHaveText("200");
  await expect(rows).toHaveCount(1);
});

test("a scope added later: refused before the call, left out once, then allowed", async ({
  page,
}) => {
  const person = await visit(page, "added-scope");
  const [status, answer] = [page.getByTestId("status"), page.getByTestId("answer")];
  const add = page.getByTestId("add");
  await add.click();
  await closed(
    await connect(page, "connect", person, async (popup) => {
      // Nobody asks for writing yet.
      await expect(popup.getByTestId("scopes")).toContainText("See your calendar");
      await expect(popup.getByTestId("scopes")).not.toContainText("Add events");
      await popup.getByTestId("allow").click();
    }),
  );
  await expect(status).toContainText("Refused: ScopeReauthRequiredError.");
  await expect(answer).toContainText('"calendar.write"');

  const popup = await connect(page, "connect", person, async (window) => {
    await window.getByLabel("Add events to your calendar").uncheck();
    await window.getByTestId("allow").click();
  });
  await expect(popup.getByText("Something was left out")).toBeVisible();
  await press(popup, "Try Acme Calendar again");
  await popup.getByLabel("Another account").fill(person);
  await popup.getByRole("button", { name: "Log in", exact: true }).click();
  await popup.getByTestId("allow").click();
  await closed(popup);
  await expect(page.getByTestId("answered")).toHaveText("201");
  await expect(answer).toContainText('"title": "Lunch with Kim"');
});

test("policies: outside hours, wrong address, too fast", async ({ page }) => {
  await visit(page, "policies");
  const [status, answer] = [page.getByTestId("status"), page.getByTestId("answer")];
  const [next, answered] = [page.getByTestId("next"), page.getByTestId("answered")];
  const denied = "Refused: PolicyViolationError.";
  await page.getByTestId("free").click();
  await expect(answered).toHaveText("200");
  await expect(answer).toContainText("Acme City");

  await page.getByTestId("hours").click();
  await expect(status).toHaveText(denied);
  await expect(answer).toContainText('"kind": "time_window"');
  await expect(next).toContainText("The same call passes from");

  await page.getByTestId("inside").click();
  await expect(answered).toHaveText("200");
  await page.getByTestId("outside").click();
  await expect(status).toHaveText(denied);
  await expect(answer).toContainText('"rule": "Office network"');
  await expect(next).toContainText("Waiting does not help");

  for (const call of [1, 2, 3, 4]) {
    const asked = page.waitForResponse(/weather_slowly$/);
    await page.getByTestId("slowly").click();
    expect((await asked).status(), `call ${call}`).toBe(call < 4 ? 200 : 403);
  }
  await expect(answer).toContainText('"kind": "rate_limit"');
  await expect(next).toContainText("“Three a minute”");
  await expect(next).toContainText("The same call passes from");
});

test("revoked at the provider: the next call finds out, and the grant id stays", async ({
  page,
}) => {
  const person = await visit(page, "revoked-at-provider");
  const read = page.getByTestId("read");
  await read.click();
  await closed(await connect(page, "connect", person));
  await expect(page.getByTestId("answered")).toHaveText("200");

  const opened = page.waitForEvent("popup");
  await page.getByTestId("provider-page").click();
  const owner = await opened;
  await owner.getByLabel("Another account").fill(person);
  await owner.getByRole("button", { name: "Show" }).click();
  await expect(owner.getByTestId("access")).toHaveText("Day Planner has access");
  await owner.getByTestId("remove-access").click();
  await expect(owner.getByTestId("no-access")).toBeVisible();
  await owner.close();

  await read.click();
  await expect(page.getByTestId("status")).toHaveText("Refused: CredentialRevokedError.");
  await closed(await connect(page, "connect", person));
  await expect(page.getByTestId("answered")).toHaveText("200");
  await expect(page.getByTestId("status")).toContainText("again, under the same grant id");
});

test("a managed secret beside OAuth: one call, one list", async ({ page }) => {
  const person = await visit(page, "managed-secret");
  await page.getByTestId("weather").click();
  await expect(page.getByTestId("answer")).toContainText("Acme City");
  await page.getByTestId("calendar").click();
  await closed(await connect(page, "connect", person));
  await expect(page.getByTestId("answer")).toContainText(`"account": "${person}"`);
  await page.getByTestId("calendar").click();
  await expect(page.getByTestId("oauth")).toContainText([person]);
  await expect(page.getByTestId("managed_secret").first()).toContainText("Day Planner's own key");
});

test("an expired session: the widget says so, and a fresh one connects", async ({ page }) => {
  const person = await visit(page, "expired-session");
  const status = page.getByTestId("status");
  await page.getByTestId("make").click();
  await expect(status).toContainText("It can be opened for");
  await expect(page.getByTestId("open-late")).toBeEnabled();
  const opened = page.waitForEvent("popup");
  await page.getByTestId("open-late").click();
  const late = await opened;
  await expect(status).toContainText("Not connected: session_expired.");
  // It stays, to say the same to whoever looks at it.
  await expect(late.getByRole("heading")).toHaveText("This took too long");
  await leave(late, "Close window");
  await closed(late);
  await closed(await connect(page, "connect-fresh", person));
  await expect(status).toHaveText(`Connected ${person}.`);
});
