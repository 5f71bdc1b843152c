/** `<alter-connect-button>`: a shadow tree's button is a click as any other. The rest of it is in happy/element.spec.ts. */
import { createVisitor } from "../visit.ts";
import { closed, connectCalendar, expect, onPhonesOnlyRedirect, test, until } from "./test.ts";

onPhonesOnlyRedirect();

test("popup by the element, which tells the page", async ({ driver, world }) => {
  const { tab } = driver;
  const ann = createVisitor(world.app, { load: "element" });
  await tab.goto(ann.url);
  await tab.evaluate(`void addEventListener("alter-connect:success", ({ detail }) => {
    document.title = detail.connection.account_identifier;
  })`);
  const popup = await driver.windowAfter(() => tab.press("Connect Test Calendar"));
  await connectCalendar(popup, ann.email);
  await until("the page to be told", async () => {
    const title = await tab.evaluate("document.title");
    return title === ann.email;
  });
  await closed(popup);
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({ status: 200 });
});
