/** An app's page in bad company: scripts, callbacks and second thoughts of its own. */
import {
  closed,
  connectCalendar,
  expect,
  onPhonesOnlyRedirect,
  successWith,
  test,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

test("window.open is wrapped, onSuccess calls close() and throws: all are told, and Connect works again", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, {
    wrapped: true,
    listen: "early",
    onSuccess: "closes and throws",
  });
  const popup = await ann.connect();
  await connectCalendar(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(await ann.told("uncaught")).toMatchObject({
    message: expect.stringContaining("the customer's own mistake"),
  });
  await ann.told("heard success");
  await ann.told("heard close");
  await closed(popup);
  // Whoever wraps it sees where the window goes, and neither a token nor a name to use twice.
  const [url, name] = ((await ann.told("window.open")) as { args: string[] }).args;
  expect(url).toBe(`${world.broker.url}/connect`);
  expect(name).toMatch(/^[\w-]{22,}$/);

  const again = await ann.connect();
  expect(await ann.told("window.open", { nth: 1 })).not.toMatchObject({ args: [url, name] });
  expect(ann.soFar("exit")).toEqual([]);
  expect(ann.soFar("error")).toEqual([]);
  await again.close();
});

test("a second open() shares window and promise; destroy() in flight ends both in silence", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app, { listen: "early" });
  const popup = await ann.connect();
  await popup.sees("Continue to Test Calendar");
  await ann.tab.press("connect");
  expect(await ann.told("opened", { nth: 1 })).toEqual({ same: true });
  expect(await driver.windows()).toBe(2);

  await ann.tab.press("destroy");
  expect(await ann.told("outcome")).toEqual({ status: "exit" });
  await closed(popup);
  for (const silent of ["exit", "heard exit", "heard close"])
    expect(ann.soFar(silent), silent).toEqual([]);
});
