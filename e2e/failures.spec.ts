/** A provider that misbehaves: a sentence of ours for the user, a cause in the log, and another try works. */
import { changed, hang, html, json, reset, type Fault } from "../test/servers/faults.ts";
import { refused } from "../test/servers/callback.ts";
import { agree, connectCalendar, expect, press, successWith, test, visit } from "./test.ts";

type Case = { name: string; fault: () => Fault; sentence: string; failure: string };

const TOKEN_CASES: Case[] = [
  {
    name: "a web page",
    fault: () => html(),
    sentence: "That did not work",
    failure: "provider_reply_invalid",
  },
  {
    name: "500 with a web page",
    fault: () => html(500),
    sentence: "Test Calendar is not answering",
    failure: "provider_unavailable",
  },
  {
    name: "a reset connection",
    fault: () => reset(),
    sentence: "Test Calendar is not answering",
    failure: "provider_unavailable",
  },
  {
    name: "silence",
    fault: () => hang(),
    sentence: "Test Calendar took too long",
    failure: "provider_timeout",
  },
  {
    name: "200 with an error",
    fault: () => json({ error: "invalid_grant" }),
    sentence: "That did not work",
    failure: "provider_reply_invalid",
  },
  {
    name: "400 with an error",
    fault: () => json({ error: "invalid_client", error_description: "secret stuff" }, 400),
    sentence: "Test Calendar refused the request",
    failure: "provider_refused",
  },
  {
    name: "no access token",
    fault: () => changed({ access_token: undefined }),
    sentence: "That did not work",
    failure: "provider_reply_invalid",
  },
  {
    name: "no id_token",
    fault: () => changed({ id_token: undefined }),
    sentence: "That did not work",
    failure: "provider_reply_invalid",
  },
];

for (const { name, fault, sentence, failure } of TOKEN_CASES)
  test(`the token endpoint answers ${name}`, async ({ page, world }) => {
    const ann = await visit(page, world.app);
    const popup = await ann.connect();
    world.calendar.control.fail("token", fault());
    await connectCalendar(popup, ann.email);
    await expect(popup.getByRole("heading", { name: sentence })).toBeVisible();
    expect(popup.url()).toMatch(/\/connect\/s\/[\w-]+$/);
    expect(world.broker.logs.at(-1)).toBeDefined();
    expect(
      world.broker.logs.filter((line) => line.event === "callback_failed").at(-1),
    ).toMatchObject({ provider: "calendar", failure });
    expect(await ann.grants()).toEqual([]);

    await press(popup, "Try Test Calendar again");
    await agree(popup, ann.email);
    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
  });

test("the provider sends an error back: its text is not shown [L18]", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  const popup = await ann.connect();
  world.calendar.control.tamper(refused("temporarily_unavailable"));
  const { token } = world.calendar.counts;
  await connectCalendar(popup, ann.email);
  await expect(
    popup.getByRole("heading", { name: "Test Calendar refused the request" }),
  ).toBeVisible();
  await expect(popup.getByText("text of the provider")).toHaveCount(0);
  expect(world.calendar.counts.token).toBe(token);
  await press(popup, "Try Test Calendar again");
  await agree(popup, ann.email);
  expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
});

test("the log holds causes and no secret", async ({ page, world }) => {
  const ann = await visit(page, world.app);
  await connectCalendar(await ann.connect(), ann.email);
  await ann.told("outcome");
  await ann.call(world.calendar, { provider: "calendar" });
  const form = world.calendar.control.calls("token").at(-1)?.form;
  const log = world.broker.output();
  for (const field of ["code", "code_verifier"]) {
    const secret = form?.get(field) ?? "";
    expect(secret.length).toBeGreaterThan(20);
    expect(log).not.toContain(secret);
  }
  const bearer = world.calendar.control.calls("api").at(-1)?.headers.authorization?.split(" ")[1];
  expect(bearer?.length).toBeGreaterThan(20);
  expect(log).not.toContain(bearer);
  expect(log).not.toMatch(/alter_cs_|alter_rk_|eyJ[\w-]+\.eyJ/);
});
