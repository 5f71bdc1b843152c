/** The whole way as users walk it, from the click on Connect to an API call, and every honest way out. */
import {
  agree,
  closed,
  connectCalendar,
  continueTo,
  deny,
  expect,
  logIn,
  successWith,
  test,
  visit,
} from "./test.ts";

test.describe("connecting", () => {
  for (const [name, options] of [
    ["<script>, the token a promise", { load: "script", token: "promise" }],
    [
      "<script> with its integrity hash, the token a function",
      { load: "pinned", token: "function" },
    ],
    ["ESM, the token a string", { load: "esm", token: "string" }],
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
    await popup.getByRole("button", { name: "Back to Day Planner" }).click();
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
      await popup.getByRole("button", { name: new RegExp(`^${name}`) }).click();
      await continueTo(popup, name);
      await agree(popup, ann.email);
    }
    await popup.getByRole("button", { name: "Done" }).click();
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
      await popup.getByRole("button", { name: "Back to Day Planner" }).click();
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
});

test.describe("the window opens inside the click", () => {
  test("even when the token takes longer than a click lasts", async ({ page, world }) => {
    const ann = await visit(page, world.app, { delay: 6_000 });
    const popup = await ann.connect();
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("without a click it is blocked, and the app is told", async ({ page, world }) => {
    const ann = await visit(page, world.app, { opens: "at load" });
    expect(await ann.told("outcome")).toMatchObject({
      status: "error",
      error: { code: "popup_blocked" },
    });
    expect(page.context().pages()).toHaveLength(1);
  });

  test("a second open() brings it to the front and returns the same promise", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
    await page.getByTestId("connect").click();
    expect(await ann.told("opened")).toEqual({ same: false });
    expect(await ann.told("opened", { nth: 1 })).toEqual({ same: true });
    expect(page.context().pages()).toHaveLength(2);
    await connectCalendar(popup, ann.email);
    await ann.told("success");
    expect(ann.soFar("outcome")).toHaveLength(1);
    expect(ann.soFar("success")).toHaveLength(1);
  });
});

test.describe("saying no", () => {
  test("deny, then try again", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await deny(popup, ann.email);
    await expect(popup.getByRole("heading", { name: "Access was not given" })).toBeVisible();
    // The sentence is ours: what the provider wrote is not on the page.
    await expect(popup.getByText("The user said no")).toHaveCount(0);
    await popup.getByRole("button", { name: "Try Test Calendar again" }).click();
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(ann.soFar("error")).toEqual([]);
  });

  test("deny, then cancel: access_denied", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const { token } = world.calendar.counts;
    await deny(popup, ann.email);
    await popup.getByRole("button", { name: "Cancel" }).click();
    expect(await ann.told("error")).toMatchObject({ code: "access_denied" });
    expect(await ann.grants()).toEqual([]);
    expect(world.calendar.counts.token).toBe(token);
  });

  test("cancel on the page: exit", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await popup.getByRole("button", { name: "Cancel" }).click();
    await ann.told("exit");
    await closed(popup);
    expect(ann.soFar("error")).toEqual([]);
  });

  test("Not you: nothing is connected and the app is told why", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await popup.getByRole("button", { name: "Not you?" }).click();
    expect(await ann.told("error")).toMatchObject({ code: "wrong_user" });
    expect(await ann.grants()).toEqual([]);
  });

  test("close the window on our page: exit at once", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
    const start = Date.now();
    await popup.close();
    await ann.told("exit");
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  test("close the window at the provider: exit after the grace, not before", async ({
    page,
    world,
  }) => {
    const closedGrace = 4_000;
    // The widget looks twice a second, and a busy machine lets its looks come in bunches.
    const atLeast = closedGrace - 1_000;
    const ann = await visit(page, world.app, { open: { closedGrace } });
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    const start = Date.now();
    await popup.close();
    await ann.told("exit");
    expect(Date.now() - start).toBeGreaterThanOrEqual(atLeast);
    expect(await ann.grants()).toEqual([]);
  });

  test("the app closes: exit, and the window goes", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
    await page.getByTestId("close").click();
    await ann.told("exit");
    await closed(popup);
  });
});

test.describe("the tie between the windows is cut", () => {
  for (const [name, policy] of [
    ["on the provider's page", { page: "same-origin" }],
    ["on a redirect on the way", { redirect: "same-origin" }],
    ["by same-origin-allow-popups", { page: "same-origin-allow-popups" }],
  ] as const)
    test(`COOP ${name}: onSuccess fires`, async ({ page, world }) => {
      world.calendar.control.coop(policy);
      const ann = await visit(page, world.app);
      const popup = await ann.connect();
      await continueTo(popup, "Test Calendar");
      // Otherwise the test would show nothing: the page itself has no opener any more.
      expect(await popup.evaluate(() => window.opener === null)).toBe(true);
      await agree(popup, ann.email);
      expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
      await closed(popup);
      expect(ann.soFar("exit")).toEqual([]);
    });

  test("COOP twice in one session of several: onSuccess fires with both", async ({
    page,
    world,
  }) => {
    world.calendar.control.coop({ page: "same-origin" });
    world.files.control.coop({ redirect: "same-origin" });
    const ann = await visit(page, world.app, { providers: ["calendar", "files"], multiple: true });
    const popup = await ann.connect();
    for (const name of ["Test Calendar", "Test Files"]) {
      await popup.getByRole("button", { name: new RegExp(`^${name}`) }).click();
      await continueTo(popup, name);
      await agree(popup, ann.email);
    }
    await popup.getByRole("button", { name: "Done" }).click();
    expect(await ann.told("success")).toMatchObject({
      connections: [{ provider: "calendar" }, { provider: "files" }],
    });
    expect(ann.soFar("exit")).toEqual([]);
  });

  test("severed and denied, then cancelled on the page: the app hears of it", async ({
    page,
    world,
  }) => {
    world.calendar.control.coop({ page: "same-origin" });
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await deny(popup, ann.email);
    await popup.getByRole("button", { name: "Cancel" }).click();
    expect(await ann.told("error")).toMatchObject({ code: "access_denied" });
  });

  test("the app's own page is isolated: it is told which header is in the way", async ({
    page,
    world,
  }) => {
    world.app.setHeaders({ "cross-origin-opener-policy": "same-origin" });
    const ann = await visit(page, world.app);
    await ann.connect();
    expect(await ann.told("error")).toMatchObject({ code: "opener_isolated" });
  });

  test("COOP same-origin-allow-popups on the app's page is no obstacle", async ({
    page,
    world,
  }) => {
    world.app.setHeaders({ "cross-origin-opener-policy": "same-origin-allow-popups" });
    const ann = await visit(page, world.app);
    await connectCalendar(await ann.connect(), ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });
});

test.describe("detours", () => {
  test("Back from the provider lands on a choice, and it works from there", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await popup.goBack({ waitUntil: "commit" });
    await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("Back, then Forward: the first authorization is still good", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await popup.goBack({ waitUntil: "commit" });
    await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
    await popup.goForward({ waitUntil: "commit" });
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("Back after an automatic departure does not leave again by itself", async ({
    page,
    world,
  }) => {
    const ann = await visit(page, world.app);
    const first = await ann.connect();
    await connectCalendar(first, ann.email);
    await closed(first);
    await ann.told("outcome");
    const popup = await ann.connect();
    await expect(popup.getByTestId("login")).toBeVisible();
    await popup.goBack({ waitUntil: "commit" });
    await expect(popup.getByRole("button", { name: "Continue to Test Calendar" })).toBeVisible();
  });

  test("a reload of our page goes on where it was", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await expect(popup.getByRole("button", { name: "Continue" })).toBeVisible();
    await popup.reload();
    await connectCalendar(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    expect(ann.soFar("exit")).toEqual([]);
  });

  test("a reload at the provider is nothing to us", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await continueTo(popup, "Test Calendar");
    await popup.reload();
    await logIn(popup, ann.email);
    await popup.reload();
    await popup.getByTestId("allow").click();
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

  test("a reload of the finished page shows the same end", async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    await connectCalendar(popup, "ann@private.test");
    const finished = popup.getByRole("heading", { name: "Test Calendar is connected" });
    await expect(finished).toBeVisible();
    await popup.reload();
    await expect(finished).toBeVisible();
    expect(await ann.grants()).toHaveLength(1);
  });
});
