/** What happens to the app's page or to the network while the user is away at the provider. */
import { navigatesOpener } from "../../test/servers/provider.ts";
import {
  agree,
  closed,
  continueTo,
  expect,
  logIn,
  onPhonesOnlyRedirect,
  successWith,
  test,
  until,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

test("M8: a provider on a host of the user's choice cannot navigate the app's page", async ({
  driver,
  world,
}) => {
  const elsewhere = world.evil.page("/child", { run: crypto.randomUUID() });
  world.calendar.control.script(navigatesOpener(elsewhere));
  const ann = await visit(driver, world.app, { providers: ["own"] });
  const popup = await ann.connect();
  await continueTo(popup, "Test Own");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("own", ann.email));
  expect(await ann.tab.url()).toBe(ann.url);

  // Twin: the opener stays for providers that are nobody's choice, and docs name the risk.
  const ben = await visit(driver, world.app);
  await continueTo(await ben.connect(), "Test Calendar");
  await until("the app's page to be gone", async () => (await ben.tab.url()) === elsewhere);
});

test("the app's page is reloaded in the middle: the grant is made, and the next Connect works [L23]", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await ann.tab.reload();
  await ann.told("loaded", { nth: 1 });
  await agree(popup, ann.email);
  await until("the grant", async () => (await ann.grants()).length === 1);
  expect(ann.soFar("success")).toEqual([]);
  expect(ann.soFar("error")).toEqual([]);
  await closed(popup);

  // Confirmed a moment ago, so it leaves by itself.
  await agree(await ann.connect(), ann.email);
  expect(await ann.told("outcome")).toMatchObject({ connections: [{ operation: "reauth" }] });
});

test("offline in the middle: it goes on where it was", async ({ driver, engine, world }) => {
  test.skip(
    engine === "firefox" || engine === "webkit",
    "This engine's driver cannot cut the network; what the widget does is in its unit tests.",
  );
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await continueTo(popup, "Test Calendar");
  await logIn(popup, ann.email);
  await driver.offline?.(true);
  await ann.tab.evaluate("dispatchEvent(new Event('focus'))");
  await driver.offline?.(false);
  await popup.press("allow");
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  expect(ann.soFar("error")).toEqual([]);
});
