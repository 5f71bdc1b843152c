/** A page on the way cuts the tie between the windows (COOP), in longer stories than e2e/engines/severed.spec.ts. */
import { agree, continueTo, deny, expect, leave, test, visit } from "../test.ts";

test("COOP twice in one session of several: onSuccess fires with both", async ({ page, world }) => {
  world.calendar.control.coop({ page: "same-origin" });
  world.files.control.coop({ redirect: "same-origin" });
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
  await leave(popup, "Cancel");
  expect(await ann.told("error")).toMatchObject({ code: "access_denied" });
});
