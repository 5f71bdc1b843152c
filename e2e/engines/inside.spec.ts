/** Browsers inside other apps, which some providers refuse. */
import { closed, continueTo, expect, test, visit } from "./test.ts";

test.describe("in an app's built-in browser", () => {
  test.use({
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0",
  });

  test("M21: a provider that refuses it: unsupported_browser, and the app's address to copy, no more", async ({
    driver,
    world,
  }) => {
    const ann = await visit(driver, world.app, { providers: ["strict"] });
    const popup = await ann.connect();
    const before = world.calendar.counts.authorize;
    await popup.press("Continue to Test Strict");
    await popup.sees("does not open in this app");
    const text = await popup.text();
    expect(text).toContain(world.app.origin);
    expect(text).not.toMatch(/alter_cs_|session=|\/connect/);
    expect(world.calendar.counts.authorize).toBe(before);
    await popup.press("Cancel");
    expect(await ann.told("error")).toMatchObject({ code: "unsupported_browser" });
    await closed(popup);

    // Twin: another provider has nothing against it.
    const ben = await visit(driver, world.app);
    await continueTo(await ben.connect(), "Test Calendar");
  });
});
