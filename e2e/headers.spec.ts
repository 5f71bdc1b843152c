/** What the broker's answers say to browsers, seen from outside: a proxy or a framework could add the wrong thing. */
import { expect, test } from "./test.ts";

test("M18: no answer severs popups, the page allows nothing inline, frames nowhere", async ({
  page,
  request,
  world,
}) => {
  for (const path of ["/connect", "/connect/s/unknown", "/connect/lost"]) {
    const headers = (await request.get(`${world.broker.url}${path}`)).headers();
    expect(headers["cross-origin-opener-policy"], path).toBe("unsafe-none");
    expect(headers["referrer-policy"], path).toBe("same-origin");
    expect(headers["cache-control"], path).toBe("no-store");
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
  }
  const callback = await request.get(`${world.broker.url}/oauth/callback/calendar?state=x&code=y`, {
    maxRedirects: 0,
  });
  expect(callback.status()).toBe(303);
  expect(callback.headers()["cross-origin-opener-policy"]).toBe("unsafe-none");
  expect(callback.headers().location).toMatch(/\/connect\/lost$/);

  // And the browser, which reads the policy for real, has nothing to complain about.
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${world.broker.url}/connect`);
  await expect(page.getByRole("heading", { name: "Open this from the app" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("M18: the widget's file may be loaded and checked from any site", async ({
  request,
  world,
}) => {
  const { url, integrity } = (await (
    await request.get(`${world.broker.url}/connect.json`)
  ).json()) as Record<string, string>;
  expect(integrity).toMatch(/^sha384-/);
  for (const file of ["/connect.js", url ?? ""]) {
    const headers = (await request.get(new URL(file, world.broker.url).href)).headers();
    expect(headers["access-control-allow-origin"], file).toBe("*");
    expect(headers["cross-origin-resource-policy"], file).toBe("cross-origin");
    expect(headers["content-type"], file).toContain("javascript");
  }
});

test("M7: a browser reads outcomes on the session's own origin only", async ({ page, world }) => {
  const token = await world.app.mint("ann");
  const ask = (): Promise<unknown> =>
    page.evaluate(
      async ({ url, bearer }) => {
        try {
          const reply = await fetch(url, {
            headers: { authorization: `Bearer ${bearer}`, "alter-connect-verifier": "none" },
          });
          return await reply.json();
        } catch (error) {
          return error instanceof Error ? error.name : "error";
        }
      },
      { url: `${world.broker.url}/v1/connect/outcome?wait=0`, bearer: token },
    );
  await page.goto(world.app.page({ run: "m7" }));
  expect(await ask()).toMatchObject({ status: "pending", phase: "unclaimed" });
  // Another app of the same broker passes the preflight, and still reads nothing.
  for (const origin of [
    world.notes.page({ run: "m7" }),
    world.evil.page("/child", { run: "m7" }),
  ]) {
    await page.goto(origin);
    expect(await ask()).toBe("TypeError");
  }
});
