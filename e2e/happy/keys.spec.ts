/** A provider without OAuth, as users meet it: a key typed into the real page, and used by the app's backend. */
import { closed, expect, leave, successWith, test, visit } from "../test.ts";

test("connects by a key: refused once, then taken, used by the app's backend, and nowhere in the page", async ({
  page,
  world,
}) => {
  const ann = await visit(page, world.app, { providers: ["ledger"] });
  const popup = await ann.connect();
  await expect(
    popup.getByRole("heading", { name: "Connect Test Ledger to Day Planner" }),
  ).toBeVisible();
  await expect(popup.getByText(ann.email)).toBeVisible();
  await expect(popup.getByText("It never passes through a page of Day Planner.")).toBeVisible();
  const help = popup.getByRole("link", { name: "Where to find this at Test Ledger" });
  await expect(help).toHaveAttribute("rel", "noopener noreferrer");
  const field = popup.getByLabel("API key");
  await expect(field).toHaveAttribute("type", "password");
  await expect(field).toHaveAttribute("autocomplete", "off");
  await expect(field).toHaveAttribute("spellcheck", "false");

  await field.fill(`key_${"0".repeat(32)}`);
  await popup.getByRole("button", { name: "Connect Test Ledger" }).click();
  await expect(popup.getByText("Test Ledger does not accept this.")).toBeVisible();
  await expect(field).toHaveValue("");
  await expect(field).toBeFocused();
  expect(await ann.grants()).toEqual([]);

  const key = world.ledger.makeKey("ann@ledger.test");
  const sent: string[] = [];
  popup.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await field.fill(key);
  // Enter is as good as the button, and counts as late as that.
  await expect(popup.getByRole("button", { name: "Connect Test Ledger" })).toBeEnabled();
  await field.press("Enter");
  expect(await ann.told("outcome")).toEqual(successWith("ledger", "ann@ledger.test"));

  // Another account than the user's own: the window stays to be read, and has nothing of the key.
  await expect(popup.getByText("ann@ledger.test")).toBeVisible();
  expect(sent.filter((request) => request.includes(key))).toHaveLength(1);
  expect(sent.find((request) => request.includes(key))).toMatch(/\/v1\/connect\/credential /);
  const kept = await popup.evaluate(() =>
    JSON.stringify([
      document.documentElement.textContent,
      [...document.querySelectorAll("input")].map(({ value }) => value),
      { ...localStorage },
      { ...sessionStorage },
      history.state,
      location.href,
      window.name,
    ]),
  );
  expect(kept).not.toContain(key);
  await leave(popup, "Back to Day Planner");
  await closed(popup);

  expect(await ann.call(world.ledger, { provider: "ledger" })).toMatchObject({
    status: 200,
    body: { account: { email: "ann@ledger.test" } },
  });
  expect(world.ledger.received.at(-1)?.headers["x-api-key"]).toBe(key);
  // Nor has the app's page heard of it, whatever it was told.
  expect(
    JSON.stringify([ann.soFar("event"), ann.soFar("outcome"), ann.soFar("success")]),
  ).not.toContain(key);
});
