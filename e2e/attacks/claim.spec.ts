/** Claims that no app's page made: from another site, and by links that were sent to somebody. */
import {
  agree,
  connectCalendar,
  continueTo,
  expect,
  newUser,
  nextRequest,
  successWith,
  test,
  visit,
} from "../test.ts";
import { claimBody, expectNeutral, NEUTRAL, newProof, OPEN_FROM_APP } from "./kit.ts";

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

  test("a session's own page, in another browser, is neutral [L13]", async ({
    page,
    browser,
    world,
  }) => {
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

  test("a forwarded authorization URL: the victim's consent connects nothing [L13]", async ({
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
