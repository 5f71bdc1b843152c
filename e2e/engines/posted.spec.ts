/**
 * H6: callbacks that arrive as a cross-site POST, which no browser sends a Lax cookie with. The provider is on
 * another site than the broker: on another port of the broker's own host all of this would pass falsely.
 */
import { agree, continueTo, expect, successWith, test, visit } from "./test.ts";

test("H6: form_post: the callback finds its session all the same, once", async ({
  driver,
  engine,
  world,
}) => {
  const phone = engine === "iphone" || engine === "pixel";
  const ann = await visit(driver, world.app, {
    providers: ["posts"],
    returns: true,
    mode: phone ? "auto" : "popup",
  });
  if (phone) await ann.tab.press("connect");
  const page = phone ? ann.tab : await ann.connect();
  await continueTo(page, "Test Posts");
  await agree(page, ann.email);
  if (phone)
    expect(await ann.told("redirect result", { nth: 1 })).toMatchObject({
      result: successWith("posts", ann.email),
    });
  else expect(await ann.told("outcome")).toEqual(successWith("posts", ann.email));

  // It did arrive by POST, without the session's cookie, and went on by GET with a handle and no code.
  const callbacks = world.broker.logs
    .filter(({ path }) => path === "/oauth/callback/posts")
    .map(({ method, status }) => [method, status]);
  expect(callbacks.slice(-2)).toEqual([
    ["POST", 303],
    ["GET", 303],
  ]);
});
