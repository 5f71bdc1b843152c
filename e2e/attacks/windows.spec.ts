/** Sessions and windows that belong to others: users, apps, tabs, thieves and frames. */
import {
  agree,
  connectCalendar,
  continueTo,
  expect,
  newUser,
  successWith,
  test,
  visit,
} from "../test.ts";
import { claimBody, newProof, OPEN_FROM_APP } from "./kit.ts";

test.describe("H1: whose session is it", () => {
  test("two users on one computer: the second sees and connects only what is theirs", async ({
    context,
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const left = await ann.connect();
    await expect(left.getByText(ann.email)).toBeVisible();
    // Ann walks away: her tab is gone, her session and its cookie live on.
    await page.close();

    const ben = await visit(await context.newPage(), world.app, { user: newUser() });
    const popup = await ben.connect();
    await expect(popup.getByText(ben.email)).toBeVisible();
    await expect(popup.getByText(ann.email)).toHaveCount(0);
    await connectCalendar(popup, ben.email);
    expect(await ben.told("outcome")).toEqual(successWith("calendar", ben.email));
    expect(await ben.grants()).toHaveLength(1);
    expect(await ann.grants()).toEqual([]);
  });

  test("two apps at once in one browser: each session stays its own", async ({
    context,
    page,
    world,
  }) => {
    const planner = await visit(page, world.app);
    const notes = await visit(await context.newPage(), world.notes);
    const first = await planner.connect();
    await continueTo(first, "Test Calendar");
    const second = await notes.connect();
    await expect(second.getByText(world.notes.origin)).toBeVisible();
    await continueTo(second, "Test Calendar");
    // Back in the first window, after the second one has got its cookie.
    await agree(first, planner.email);
    expect(await planner.told("outcome")).toEqual(successWith("calendar", planner.email));
    await agree(second, notes.email);
    expect(await notes.told("outcome")).toEqual(successWith("calendar", notes.email));
    expect(await planner.grants()).toMatchObject([{ account_identifier: planner.email }]);
    expect(await notes.grants()).toMatchObject([{ account_identifier: notes.email }]);
  });

  test("two tabs of one user: both arrive", async ({ context, page, world }) => {
    const one = await visit(page, world.app);
    const two = await visit(await context.newPage(), world.app, {
      user: one.user,
      providers: ["files"],
    });
    const first = await one.connect();
    await continueTo(first, "Test Calendar");
    const second = await two.connect();
    await continueTo(second, "Test Files");
    await agree(second, one.email);
    await agree(first, one.email);
    expect(await one.told("outcome")).toEqual(successWith("calendar", one.email));
    expect(await two.told("outcome")).toEqual(successWith("files", one.email));
  });
});

test("H4: nobody leaves for a provider without a click, whatever the page asks for", async ({
  page,
  world,
}) => {
  const ann = await visit(page, world.app);
  const authorizations = world.calendar.counts.authorize;
  const claim = page
    .context()
    .waitForEvent("response", (response) => response.url().endsWith("/v1/connect/claim"));
  const popup = await ann.connect();
  // The broker alone says when a page may leave by itself, and to this browser it does not.
  expect(await (await claim).json()).not.toHaveProperty("authorization");
  await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
  expect(world.calendar.counts.authorize).toBe(authorizations);

  // Twin: with the click it goes there; and the second time, here confirmed before, without one.
  await connectCalendar(popup, ann.email);
  await ann.told("outcome");
  await expect((await ann.connect()).getByTestId("login")).toBeVisible();
});

test.describe("the wrong window", () => {
  test("another origin's page opens ours and hands it a stolen token", async ({ page, world }) => {
    const user = newUser();
    const token = await world.app.mint(user, { providers: ["calendar"] });
    const { challenge } = newProof();
    await page.goto(
      world.evil.page("/opener", { run: user, broker: world.broker.url, token, challenge }),
    );
    const opened = page.waitForEvent("popup");
    await page.getByTestId("open").click();
    const popup = await opened;
    // A code and nothing else goes back to whoever sent the token [M22].
    expect(await world.evil.journal.wait(user, "alter-connect:error")).toEqual({
      type: "alter-connect:error",
      v: 1,
      code: "origin_not_allowed",
    });
    await expect(popup.getByRole("heading", { name: OPEN_FROM_APP })).toBeVisible();
    await expect(popup.getByText("Day Planner")).toHaveCount(0);
    expect((await world.app.standing(token)).body).toMatchObject({ phase: "unclaimed" });
    await popup.close();

    // Twin: the same token, from the app's own page.
    const ann = await visit(page, world.app, { user, token: "given", given: token });
    await connectCalendar(await ann.connect(), ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("another app of the same broker with a stolen token is told the code", async ({
    page,
    world,
  }) => {
    const user = newUser();
    const given = await world.app.mint(user);
    const notes = await visit(page, world.notes, { user, token: "given", given });
    await notes.connect();
    expect(await notes.told("error")).toMatchObject({ code: "origin_not_allowed" });
    expect((await world.app.standing(given)).body).toMatchObject({ phase: "unclaimed" });
  });

  test("a token nobody knows: the code reaches the app", async ({ page, world }) => {
    const real = await world.app.mint(newUser());
    const given = real.replace(/\.[\w-]+$/, `.${newProof().verifier}`);
    const ann = await visit(page, world.app, { token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "unknown_session" });
  });

  test("M5: a thief claims first; both sides stop and nothing is connected", async ({
    page,
    world,
  }) => {
    const user = newUser();
    const given = await world.app.mint(user);
    const thief = await fetch(`${world.broker.url}/v1/connect/claim`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.broker.url },
      body: JSON.stringify(claimBody(given, world.app.origin, newProof().challenge)),
    });
    // Twin: anybody who holds the token can claim it, with a program that forges the origin.
    expect(thief.status).toBe(200);
    const { session_id } = (await thief.json()) as { session_id: string };
    const cookie = thief.headers.getSetCookie()[0]?.split(";")[0] ?? "";

    const ann = await visit(page, world.app, { user, token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "session_claimed_elsewhere" });
    const view = await fetch(`${world.broker.url}/v1/connect/view`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: world.broker.url, cookie },
      body: JSON.stringify({ session_id }),
    });
    expect(await view.json()).toMatchObject({ phase: "ended" });
    expect(await ann.grants()).toEqual([]);
  });

  test("M2: a token that names another broker is refused before anything opens there", async ({
    page,
    world,
  }) => {
    // By its loopback name it is as good an origin as the broker's; only the comparison can refuse it.
    const base = world.evil.origin.replace("evil.localhost", "localhost");
    const given = `alter_cs_${Buffer.from(base).toString("base64url")}.${newProof().verifier}`;
    const asked: string[] = [];
    page.context().on("request", (request) => asked.push(request.url()));
    const ann = await visit(page, world.app, { token: "given", given });
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "invalid_token" });
    expect(asked.filter((url) => url.startsWith(base))).toEqual([]);
  });
});
