/** What comes back from a provider and is not what went out: refused before anything is consumed. */
import { duplicated, missing, replaced, wrongState } from "../../test/servers/callback.ts";
import { hang } from "../../test/servers/faults.ts";
import {
  agree,
  callbackOf,
  closed,
  continueTo,
  expect,
  leave,
  nextRequest,
  successWith,
  test,
  visit,
} from "../test.ts";
import { expectNeutral, NEUTRAL } from "./kit.ts";

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
  // Mix-up: one provider's code under the name, address and issuer of another, which would get to see it.
  const swapped = new URL(callback.url.replace("/callback/calendar?", "/callback/files?"));
  swapped.searchParams.set("iss", world.files.issuer);
  await popup.goto(swapped.href);
  await expectNeutral(popup, NEUTRAL, ann);
  expect(world.files.counts.token).toBe(token);

  // Twin: at its own address the same answer is good.
  await popup.goto(callback.url);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("replayed into a session that is still open, and into another browser: exchanged once", async ({
  page,
  browser,
  world,
}) => {
  const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
  const popup = await ann.connect();
  await popup.getByRole("button", { name: "Test Calendar" }).click();
  await continueTo(popup, "Test Calendar");
  const { token } = world.calendar.counts;
  const callback = callbackOf(popup, world);
  await agree(popup, ann.email);
  const done = popup.getByRole("button", { name: "Done" });
  await expect(done).toBeVisible();
  await popup.goto(await callback);
  await expect(popup).toHaveURL(/\/connect\/s\//);
  await expect(done).toBeVisible();
  const other = await browser.newContext();
  const stranger = await other.newPage();
  await stranger.goto(await callback);
  await expectNeutral(stranger, NEUTRAL, ann);
  await other.close();
  expect(world.calendar.counts.token).toBe(token + 1);

  await leave(popup, "Done");
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({ status: 200 });
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
  // The browser itself would hold back a second request for the very same address.
  await second.goto(`${await callback}&again=1`);
  await expect(second.getByRole("heading", { name: "Finishing the connection" })).toBeVisible();
  hanging.release();
  for (const window of [popup, second])
    await expect(window.getByRole("heading", { name: "Test Calendar is connected" })).toBeVisible();
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
