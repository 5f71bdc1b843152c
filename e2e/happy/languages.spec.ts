/** The hosted page in the language of whoever reads it: the browser's, unless the app says which. */
import { agree, closed, expect, successWith, test, visit } from "../test.ts";

test.describe("a browser in German", () => {
  test.use({ locale: "de-DE" });

  test("sees German from the first word to the last", async ({ page, world }) => {
    const ann = await visit(page, world.app, { multiple: true });
    const popup = await ann.connect();
    await expect(
      popup.getByRole("heading", { name: "Test Calendar mit Day Planner verbinden" }),
    ).toBeVisible();
    await expect(popup.locator("html")).toHaveAttribute("lang", "de");
    await expect(popup).toHaveTitle("Verbinden – Day Planner");
    // What the scopes allow: ours in German, and the operator's own as it was written.
    await expect(popup.getByText("Ihre E-Mail-Adresse ansehen")).toBeVisible();
    await expect(popup.getByText("See everything in your Test Calendar")).toBeVisible();
    await popup.getByRole("button", { name: "Weiter zu Test Calendar" }).click();
    await agree(popup, ann.email);
    await popup.getByRole("button", { name: "Fertig" }).click();
    await closed(popup);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("sees what the app has asked for instead, and sees it again after a reload", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app, { locale: "ar" });
    const popup = await ann.connect();
    const go = popup.getByRole("button", { name: /^المتابعة إلى .*Test Calendar/ });
    await expect(go).toBeVisible();
    await popup.reload();
    await expect(go).toBeVisible();
    const html = popup.locator("html");
    await expect(html).toHaveAttribute("lang", "ar");
    await expect(html).toHaveAttribute("dir", "rtl");
    // Seen, and not only said: the text starts at the right.
    expect(await popup.locator("h1").evaluate((it) => getComputedStyle(it).direction)).toBe("rtl");
    await expect(popup.getByText("Ihre E-Mail-Adresse ansehen")).toHaveCount(0);
    await go.click();
    await agree(popup, ann.email);
    await closed(popup);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("loads German alone, and beside the claim", async ({ page, world }) => {
    const asked: string[] = [];
    page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Weiter zu Test Calendar" })).toBeVisible();
    const languages = asked.filter((path) => path.includes("/assets/locales/"));
    expect(languages).toEqual([expect.stringMatching(/\/assets\/locales\/de-[\w-]+\.js$/)]);
    expect(asked.indexOf(languages[0] ?? "")).toBeLessThan(asked.indexOf("/v1/connect/claim"));
  });

  test("goes on where the language is lost on the way", async ({ page, world }) => {
    let lost: string | undefined;
    await page.context().route("**/assets/locales/de-*", (route, request) => {
      // For good, as in Firefox, which does not ask for it again: the words have another address as well.
      lost ??= request.url();
      return request.url() === lost ? route.abort() : route.continue();
    });
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Weiter zu Test Calendar" })).toBeVisible();
    expect(lost).toBeDefined();
  });

  test("reads English where German is not to be had at all", async ({ page, world }) => {
    await page.context().route("**/assets/locales/de-*", (route) => route.abort());
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
    await expect(popup.locator("html")).toHaveAttribute("lang", "en");
  });

  test("is told to load again where there is no language at all", async ({ page, world }) => {
    await page.context().route("**/assets/locales/*", (route) => route.abort());
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    const again = popup.getByRole("button", { name: "Load again" });
    await expect(again).toBeVisible();
    await page.context().unroute("**/assets/locales/*");
    await again.click();
    await expect(popup.getByRole("button", { name: "Weiter zu Test Calendar" })).toBeVisible();
  });
});
