/** The whole way as users walk it, from the click on Connect to an API call. */
import {
  agree,
  closed,
  connectCalendar,
  continueTo,
  expect,
  leave,
  successWith,
  test,
  visit,
} from "../test.ts";

for (const [name, options] of [
  ["<script>, the token a function", { load: "script", token: "function" }],
  ["ESM without a base URL, the token a promise", { load: "esm", create: {} }],
] as const)
  test(`by ${name}`, async ({ page, world }) => {
    const ann = await visit(page, world.app, options);
    const popup = await ann.connect();
    await expect(
      popup.getByRole("heading", { name: "Connect Test Calendar to Day Planner" }),
    ).toBeVisible();
    await expect(popup.getByText(world.app.origin)).toBeVisible();
    await expect(popup.getByText(ann.email)).toBeVisible();
    await expect(popup.getByText("See everything in your Test Calendar")).toBeVisible();
    await connectCalendar(popup, ann.email);

    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(await ann.told("success")).toMatchObject({
      connection: { provider: "calendar", account_identifier: ann.email },
      connections: [{ provider_name: "Test Calendar", operation: "creation" }],
    });
    // The account is plainly the user's own, so the window goes at once.
    await closed(popup);
    expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
      status: 200,
      body: { provider: "calendar", email: ann.email },
    });
  });

test("tells its stages in order", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  await connectCalendar(await ann.connect(), ann.email);
  await ann.told("outcome");
  await expect
    .poll(() => ann.soFar("event").map((event) => (event as { name: string }).name))
    .toEqual(["opened", "page_ready", "provider_selected", "oauth_started", "completed"]);
});

test("the message alone is enough: the broker cannot be asked", async ({ page, world }) => {
  await page.route("**/v1/connect/outcome*", (route) => route.abort());
  const ann = await visit(page, world.app);
  await connectCalendar(await ann.connect(), ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("another account than the user's own: both are named, the window stays to be read", async ({
  page,
  world,
}) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  await connectCalendar(popup, "ann@private.test");
  expect(await ann.told("outcome")).toEqual(successWith("calendar", "ann@private.test"));
  expect(popup.isClosed()).toBe(false);
  await expect(popup.getByText("ann@private.test")).toBeVisible();
  await expect(popup.getByText(ann.email)).toBeVisible();
  await leave(popup, "Back to Day Planner");
  await closed(popup);
});

test("the picker, where the app offers two providers", async ({ page, world }) => {
  const ann = await visit(page, world.app, { providers: ["calendar", "files"] });
  const popup = await ann.connect();
  await popup.getByRole("button", { name: "Test Files" }).click();
  await continueTo(popup, "Test Files");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("files", ann.email));
  expect(await ann.call(world.files, { provider: "files" })).toMatchObject({ status: 200 });
});

test("several in one session", async ({ page, world }) => {
  const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
  const popup = await ann.connect();
  for (const name of ["Test Calendar", "Test Files"]) {
    await popup.getByRole("button", { name: `Connect ${name}` }).click();
    await continueTo(popup, name);
    await agree(popup, ann.email);
  }
  await leave(popup, "Done");
  expect(await ann.told("success")).toMatchObject({
    connections: [{ provider: "calendar" }, { provider: "files" }],
  });
});

test("a second account: the app must say which, and then gets that one", async ({
  page,
  world,
}) => {
  const ann = await visit(page, world.app);
  for (const [nth, account] of ["ann@work.test", "ann@home.test"].entries()) {
    const popup = await ann.connect();
    // The first time there is a click; this browser has then confirmed user, app and provider.
    if (nth === 0) await continueTo(popup, "Test Calendar");
    await agree(popup, account);
    expect(await ann.told("outcome", { nth })).toEqual(successWith("calendar", account));
    // It closes itself once there was time to read.
    await closed(popup);
  }
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
    status: 409,
    body: {
      code: "ambiguous_grant",
      account_identifiers: expect.arrayContaining(["ann@work.test", "ann@home.test"]),
    },
  });
  expect(
    await ann.call(world.calendar, { provider: "calendar", account: "ann@home.test" }),
  ).toMatchObject({ status: 200, body: { email: "ann@home.test" } });
});

test("the same account again keeps its grant", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  await connectCalendar(await ann.connect(), ann.email);
  const first = (await ann.told("success")) as { connection: { grant_id: string } };
  const popup = await ann.connect();
  await agree(popup, ann.email);
  expect(await ann.told("success", { nth: 1 })).toMatchObject({
    connection: { operation: "reauth", grant_id: first.connection.grant_id },
  });
  await closed(popup);
  expect(await ann.grants()).toHaveLength(1);
});

test("disconnected: the next call says so, and Connect works again", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
    status: 404,
    body: { code: "grant_not_found" },
  });
  await connectCalendar(await ann.connect(), ann.email);
  await ann.told("success");
  const [grant] = await ann.grants();
  const revocations = world.calendar.counts.revocation;
  const revoked = await world.app.broker(`/v1/grants/${String(grant?.grant_id)}`, {
    method: "DELETE",
    headers: { "Alter-User-Token": await world.app.userToken(ann.user) },
  });
  expect(revoked).toMatchObject({ status: 200, body: { provider_revocation: "done" } });
  expect(world.calendar.counts.revocation).toBe(revocations + 1);
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
    status: 410,
    body: { code: "grant_revoked" },
  });
  await agree(await ann.connect(), ann.email);
  await ann.told("success", { nth: 1 });
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({ status: 200 });
});

test("without a click the window is blocked, and the app is told", async ({ page, world }) => {
  const ann = await visit(page, world.app, { opens: "at load" });
  expect(await ann.told("outcome")).toMatchObject({
    status: "error",
    error: { code: "popup_blocked" },
  });
  expect(page.context().pages()).toHaveLength(1);
});
