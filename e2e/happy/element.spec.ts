/** `<alter-connect-button>` on a page that has one `<script>` of the broker's and no line of its own. */
import type { Page } from "@playwright/test";
import { agree, closed, connectCalendar, continueTo, expect, test } from "../test.ts";
import { createVisitor } from "../visit.ts";
import type { World } from "../world.ts";

/** As strict as a page can be that loads the broker's script and asks the broker. */
const STRICT = (broker: string): string =>
  [
    `default-src 'none'; script-src ${broker}; connect-src 'self' ${broker}`,
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  ].join("; ");

/** The page, with what it was told and what the browser complained of. */
const visitElement = async (page: Page, world: World, returns = false) => {
  const ann = createVisitor(world.app, {
    load: "element",
    returns,
    headers: { "content-security-policy": STRICT(world.broker.url) },
  });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  // Before any script of the page: a redirect's result may be told as soon as there is a listener's place.
  await page.addInitScript(() => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    for (const name of ["success", "error", "exit"])
      addEventListener(`alter-connect:${name}`, (event) => {
        const { target, detail } = event as CustomEvent<unknown>;
        told.push({ name, label: (target as Element).getAttribute("label"), detail });
      });
  });
  await page.goto(ann.url);
  const told = (): Promise<unknown[]> =>
    page.evaluate(() => (window as unknown as { told: unknown[] }).told);
  return { ann, complaints, told };
};

const opening = async (page: Page, name: string): Promise<Page> => {
  const popup = page.waitForEvent("popup");
  await page.getByRole("button", { name }).click();
  return popup;
};
/** The page below the prompt cannot be clicked: what its own dialog says is not this file's. */
const detailOf = (account: string): unknown => ({
  connection: expect.objectContaining({ provider: "calendar", account_identifier: account }),
  connections: [expect.objectContaining({ account_identifier: account })],
});

test("the element connects, end to end, under the strictest policy", async ({ page, world }) => {
  const { ann, complaints, told } = await visitElement(page, world);
  const popup = await opening(page, "Connect Test Calendar");
  const button = page.locator("alter-connect-button").first().locator("button");
  await expect(button).toHaveAttribute("aria-busy", "true");
  await connectCalendar(popup, ann.email);
  await expect
    .poll(told)
    .toEqual([{ name: "success", label: "Connect Test Calendar", detail: detailOf(ann.email) }]);
  await expect(button).toHaveAttribute("aria-busy", "false");
  await closed(popup);
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({ status: 200 });
  expect(complaints).toEqual([]);
});

test("a button of the page's own takes its place, and no form is sent", async ({ page, world }) => {
  const { ann, told } = await visitElement(page, world);
  await expect(page.getByRole("button", { name: "Connect Own" })).toHaveCount(0);
  const popup = await opening(page, "Own button");
  await continueTo(popup, "Test Calendar");
  await agree(popup, ann.email);
  await expect.poll(told).toMatchObject([{ name: "success", label: "Connect Own" }]);
  expect(page.url()).toBe(ann.url);
});

test("by redirect: the page that it comes back to is told once", async ({ page, world }) => {
  const { ann, told } = await visitElement(page, world, true);
  await page
    .locator("alter-connect-button")
    .first()
    .evaluate((element) => {
      element.setAttribute("mode", "redirect");
    });
  await page.getByRole("button", { name: "Connect Test Calendar" }).click();
  await connectCalendar(page, ann.email);
  await page.waitForURL(`${world.app.origin}/return/**`);
  await expect
    .poll(told)
    .toEqual([{ name: "success", label: "Connect Test Calendar", detail: detailOf(ann.email) }]);
  expect(page.url()).not.toContain("alter_connect");
});

test("a foreign session endpoint is never asked", async ({ page, world }) => {
  const { ann, told } = await visitElement(page, world);
  // Whoever can write an attribute into the page; the policy is out of the way, so that only ours is left.
  const foreign = `${world.notes.origin}/session/theirs`;
  let asked = 0;
  await page.route(foreign, (route) => {
    asked++;
    return route.fulfill({ json: {}, headers: { "access-control-allow-origin": "*" } });
  });
  const plain = createVisitor(world.app, { load: "element", user: ann.user });
  await page.goto(plain.url);
  await page
    .locator("alter-connect-button")
    .first()
    .evaluate((element, url) => {
      element.setAttribute("session-endpoint", url);
    }, foreign);
  await page.getByRole("button", { name: "Connect Test Calendar" }).click();
  await expect.poll(told).toMatchObject([{ name: "error", detail: { code: "token_failed" } }]);
  expect(asked).toBe(0);
  expect(await ann.grants()).toEqual([]);

  // The twin: any other request of this page gets there.
  await page.evaluate((url) => fetch(url, { method: "POST" }), foreign);
  expect(asked).toBe(1);
});
