/** Attacks on the Wallet that only a browser can show: frames, forms of other sites, texts that are code, two users. */
import type { Page } from "@playwright/test";
import { passing } from "../clicks.ts";
import { expect, newUser, test, visit, connectCalendar, closed } from "../test.ts";
import type { World } from "../world.ts";

/** Signs in as a user of the app's, who has said yes at the identity provider. */
const enter = async (page: Page, world: World, user: string, claims = {}): Promise<void> => {
  await page.goto(`${world.broker.url}/wallet?app=planner`);
  await page.getByRole("button", { name: "Sign in with Test Accounts" }).click();
  await page.waitForURL(({ href }) => href.startsWith(`${world.idp.issuer}/auth?`));
  const person = { sub: `user-${user}`, email: `${user}@example.com`, email_verified: true };
  await passing(page, world.idp.signIns.accept(page.url(), { ...person, ...claims }));
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
};

const connected = async (page: Page, world: World, account: string) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await connectCalendar(popup, account);
  await closed(popup);
  return ann;
};
const works = async (ann: Awaited<ReturnType<typeof connected>>, world: World) =>
  (await ann.call(world.calendar, { provider: "calendar" })).status;

test("W3 a form of another site, and its fetch, end nothing", async ({ page, world }) => {
  const ann = await connected(page, world, "w3@calendar.test");
  await enter(page, world, ann.user);
  const target = `${world.broker.url}/v1/wallet/revoke-all`;
  const session_id = await page.evaluate(async () => {
    const reply = await fetch("/v1/wallet/view", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    return ((await reply.json()) as { session_id: string }).session_id;
  });
  const body = { session_id, app: "planner" };
  const mallory = await page.context().newPage();
  await mallory.goto(world.evil.page("/form", { run: ann.run, target, body }));
  const answered = mallory.waitForResponse(target);
  await mallory.getByTestId("submit").click();
  expect((await answered).status()).toBe(403);
  expect(await works(ann, world)).toBe(200);
  // The twin: the same body from the Wallet's own page ends it.
  const done = await page.evaluate(async (json) => {
    const reply = await fetch("/v1/wallet/revoke-all", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: json,
    });
    return (await reply.json()) as unknown;
  }, JSON.stringify(body));
  expect(done).toMatchObject({ done: 1 });
});

test("W7 no page of another's shows it in a frame", async ({ page, world }) => {
  const run = newUser();
  const framed = async (target: string): Promise<string | undefined> => {
    await page.goto(world.evil.page("/frame", { run, target }));
    await world.evil.journal.wait(run, "frame");
    return page.frames().at(1)?.url();
  };
  // An error page of the browser's stands there.
  for (const path of ["/wallet?app=planner", "/wallet/activity"])
    expect(await framed(world.broker.url + path)).not.toContain(world.broker.url);
  // The twin: what does not say no is framed.
  const script = `${world.broker.url}/connect.json`;
  expect(await framed(script)).toBe(script);
});

test("W8 names from elsewhere are texts, and turn nothing around", async ({ page, world }) => {
  const account = "<img/src=x onerror=alert(1)>@calendar.test";
  const ann = await connected(page, world, account);
  const alerts: string[] = [];
  page.on("dialog", (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  const name = "\u202eAnn <b>Arden</b>";
  await enter(page, world, ann.user, { name });
  await expect(page.getByText(account)).toBeVisible();
  await expect(page.getByText("Ann <b>Arden</b>")).toBeVisible();
  const text = await page.locator("body").innerText();
  expect(text).not.toContain("\u202e");
  expect(alerts).toEqual([]);
});

test("W11 two users, one after the other in one browser: nothing of the first is the second's", async ({
  page,
  world,
}) => {
  const ann = await connected(page, world, "first@calendar.test");
  await enter(page, world, ann.user);
  const other = await page.context().newPage();
  await other.goto(`${world.broker.url}/wallet?app=planner`);
  await expect(other.getByText("first@calendar.test")).toBeVisible();
  const left = await page.context().newPage();
  await left.goto(`${world.broker.url}/wallet?app=planner`);
  await expect(left.getByText("first@calendar.test")).toBeVisible();
  await left.goto(`${world.app.origin}/healthz`);

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: /Sign in/ })).toBeVisible();
  // The other window hears of it, and keeps nothing.
  await expect(other.getByText("first@calendar.test")).toBeHidden();

  const ben = newUser();
  await enter(page, world, ben);
  await expect(page.getByText(`${ben}@example.com`)).toBeVisible();
  await expect(page.getByText("Nothing is connected")).toBeVisible();
  // Back to where Ann has been, in a window that was elsewhere meanwhile: the page asks anew.
  await left.goBack();
  await expect(left.getByText(`${ben}@example.com`)).toBeVisible();
  for (const window of [page, other, left]) {
    const text = await window.locator("body").innerText();
    expect(text).not.toContain("first@calendar.test");
    expect(text).not.toContain(ann.email);
  }
});

test("W11 a sign-in ends the session before, whose cookie the way back from another site does not bring", async ({
  page,
  world,
}) => {
  const broker = world.broker.url;
  await enter(page, world, newUser());
  const cookieOf = async () =>
    (await page.context().cookies(broker)).find(({ name }) => /acw$/.test(name));
  const first = await cookieOf();
  expect(first?.sameSite).toBe("Strict");
  const url = await page.evaluate(async () => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ app: "planner" });
    const reply = await fetch("/v1/wallet/sign-in", { method: "POST", headers, body });
    return ((await reply.json()) as { authorization_url: string }).authorization_url;
  });
  const ben = newUser();
  const person = { sub: `user-${ben}`, email: `${ben}@example.com`, email_verified: true };
  const back = world.idp.signIns.accept(url, person);
  await page.goto(`${world.app.origin}/healthz`);
  const arriving = page.waitForRequest((request) => request.url().startsWith(back));
  await page.evaluate((to) => location.assign(to), back);
  const { cookie = "" } = await (await arriving).allHeaders();
  expect(cookie).toContain("acw_in=");
  expect(cookie).not.toMatch(/acw=/);
  await expect(page.getByText(`${ben}@example.com`)).toBeVisible();
  expect((await cookieOf())?.value).not.toBe(first?.value);
  // Whoever has kept it.
  const reply = await fetch(`${broker}/v1/wallet/view`, {
    method: "POST",
    headers: {
      origin: broker,
      "content-type": "application/json",
      cookie: `${first?.name}=${first?.value}`,
    },
    body: "{}",
  });
  expect(await reply.json()).toMatchObject({ state: "signed_out" });
});
