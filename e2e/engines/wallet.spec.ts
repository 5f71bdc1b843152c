/** The Wallet's whole way: in by the identity provider, one connection ended, and out. Its cookies are each engine's to send. */
import {
  closed,
  connectCalendar,
  expect,
  onPhonesOnlyRedirect,
  test,
  until,
  visit,
} from "./test.ts";

onPhonesOnlyRedirect();

test("the Wallet: signed in at the identity provider, one connection ended, signed out", async ({
  driver,
  world,
}) => {
  const ann = await visit(driver, world.app);
  const popup = await ann.connect();
  await connectCalendar(popup, ann.email);
  await closed(popup);

  const { tab } = ann;
  const signIns = `${world.idp.issuer}/auth?`;
  await tab.goto(`${world.broker.url}/wallet?app=planner`);
  await tab.press("Sign in with Test Accounts");
  await until("the identity provider's page", async () => (await tab.url()).startsWith(signIns));
  const person = { sub: `user-${ann.user}`, email: ann.email, email_verified: true };
  await tab.goto(world.idp.signIns.accept(await tab.url(), person));
  await tab.sees("See everything in your Test Calendar");
  expect(await tab.url()).toBe(`${world.broker.url}/wallet?app=planner`);

  // Loaded anew it is the same session: the cookie comes along.
  await tab.reload();
  await tab.press("Disconnect");
  await tab.sees("Disconnect Test Calendar?");
  await tab.evaluate(`document.querySelector("dialog[open] button.danger").click()`);
  await tab.sees("Test Calendar was told");
  expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
    status: 410,
    body: { code: "grant_revoked" },
  });

  await tab.press("Sign out");
  await tab.sees("signed out");
  await tab.reload();
  await tab.sees("Sign in with Test Accounts");
});
