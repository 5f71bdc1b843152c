/** The popup flow, from the click on Connect to an API call. */
import { closed, connectCalendar, expect, successWith, test, visit } from "./test.ts";

for (const [name, options] of [
  ["<script> with its integrity hash", { load: "pinned" }],
  ["ESM", { load: "esm" }],
] as const)
  test(`popup by ${name}`, async ({ driver, world }) => {
    const ann = await visit(driver, world.app, options);
    const popup = await ann.connect();
    await popup.sees("Connect Test Calendar to Day Planner");
    await popup.sees(world.app.origin);
    await popup.sees(ann.email);
    await connectCalendar(popup, ann.email);

    expect(await ann.told("outcome")).toEqual(successWith("calendar", ann.email));
    await closed(popup);
    expect(await ann.call(world.calendar, { provider: "calendar" })).toMatchObject({
      status: 200,
      body: { provider: "calendar", email: ann.email },
    });
  });
