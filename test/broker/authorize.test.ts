/** Leaving for the provider: never without a click that this browser made before [H4], and with what the request must carry. */
import { page } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, refused, view, type Claimed } from "./steps.ts";
import {
  B,
  OTHER,
  RETURN_URL,
  s256,
  startWorld,
  type Browser,
  type Reply,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const DAY = 86_400_000;

const leave = (
  { browser, session_id }: Pick<Claimed, "browser" | "session_id">,
  confirmed = true,
  provider = "calendar",
): Promise<Reply> => browser.page("authorize", { session_id, provider, confirmed });

const autoOf = async ({ browser, session_id }: Pick<Claimed, "browser" | "session_id">) =>
  (await view(browser, session_id)).body["auto_continue"];

describe("H4: a click before leaving", () => {
  /** A browser in which Ann has confirmed the calendar once. */
  const confirmedOnce = async (): Promise<Claimed> => {
    const first = await begin(world, { sub: "ann" });
    await refused(world, () => leave(first, false), "confirmation_required");
    await accepted(() => leave(first));
    return first;
  };
  const expectAuto = async (session: Claimed) => {
    expect(await autoOf(session)).toBe("calendar");
    await accepted(() => leave(session, false));
  };
  const expectNoAuto = async (session: Pick<Claimed, "browser" | "session_id">) => {
    expect(await autoOf(session)).toBeUndefined();
    await refused(world, () => leave(session, false), "confirmation_required");
    await accepted(() => leave(session, true));
  };

  test("a browser that confirmed may leave at once, once in a session", async () => {
    const { browser } = await confirmedOnce();
    const next = await begin(world, { sub: "ann", browser });
    await expectAuto(next);
    // Back from the provider must land on a choice, also for a page that asks anyway [M15].
    await browser.page("page", { session_id: next.session_id, event: "here" });
    await expectNoAuto(next);
  });

  test("nor does a click in the same session make its second departure automatic", async () => {
    const first = await confirmedOnce();
    await first.browser.page("page", { session_id: first.session_id, event: "here" });
    await expectNoAuto(first);
  });

  const ofOtherApp = async (browser: Browser) => {
    const minted = await world.backend(world.keys.other.key).createSession({
      user_token: await world.userToken("ann"),
      allowed_origin: OTHER,
      allowed_providers: ["calendar"],
    });
    const token = String(minted.body["session_token"]);
    const { body } = await browser.claim(token, { opener_origin: OTHER });
    return { browser, session_id: String(body["session_id"]) };
  };
  const ofRedirect = async (browser: Browser) => {
    const { body } = await browser.claimRedirect(await world.mint({ return_url: RETURN_URL }));
    return { browser, session_id: String(body["session_id"]) };
  };
  type Next = (browser: Browser) => Promise<Pick<Claimed, "browser" | "session_id">>;
  const ann: Next = (browser) => begin(world, { sub: "ann", browser });

  test.each<[string, Next]>([
    ["for another user", (browser) => begin(world, { sub: "ben", browser })],
    ["for another app", ofOtherApp],
    ["in another browser", () => begin(world, { sub: "ann" })],
    ["in the redirect shape", ofRedirect],
    [
      "among two providers",
      (browser) => begin(world, { browser, session: { allowed_providers: ["calendar", "files"] } }),
    ],
    ["after 30 days", (browser) => (world.pass(30 * DAY), ann(browser))],
    [
      "after Not you",
      async (browser) => {
        const { session_id } = await ann(browser);
        await browser.page("finish", { session_id, reason: "not_you" });
        return ann(browser);
      },
    ],
    [
      "with the cookie's end moved by hand",
      (browser) => {
        const [entry = ""] = (browser.jar.get("acc") ?? "").split(".");
        browser.jar.set(
          "acc",
          entry.replace(/^[^-]+/, (end) => `${end}0`),
        );
        return ann(browser);
      },
    ],
  ])("none %s", async (_, next) => {
    const { browser } = await confirmedOnce();
    await expectNoAuto(await next(browser));
  });

  test("a day before the 30 are over, and beside what another user confirmed, there is one", async () => {
    const { browser } = await confirmedOnce();
    const ben = await begin(world, { sub: "ben", browser });
    await accepted(() => leave(ben));
    await browser.page("finish", { session_id: ben.session_id, reason: "not_you" });
    world.pass(29 * DAY);
    await expectAuto(await begin(world, { sub: "ann", browser }));
  });

  test("another provider is not what was confirmed", async () => {
    const { browser } = await confirmedOnce();
    const files = await begin(world, {
      sub: "ann",
      browser,
      session: { allowed_providers: ["files"] },
    });
    expect(await autoOf(files)).toBeUndefined();
    await refused(world, () => leave(files, false, "files"), "confirmation_required");
    await accepted(() => leave(files, true, "files"));
  });
});

test("only the session's own providers", async () => {
  const session = await begin(world);
  for (const provider of ["files", "nothere", "__proto__", "constructor"])
    await refused(world, () => leave(session, true, provider), "provider_not_allowed");
  await accepted(() => leave(session));
});

test("the authorization request is the broker's own, one redirect URI per provider", async () => {
  const session = await begin(world, {
    session: { allowed_providers: ["calendar", "files"] },
  });
  const urls: URL[] = [];
  for (const provider of ["calendar", "files"]) {
    const { body } = await accepted(() => leave(session, true, provider));
    expect(page.authorize.reply.parse(body)).toEqual(body);
    expect(body["drop_opener"]).toBe(false);
    urls.push(new URL(String(body["authorization_url"])));
  }
  for (const [i, provider] of [world.calendar, world.files].entries()) {
    const id = ["calendar", "files"][i];
    const url = urls[i] ?? new URL(B);
    expect(url.origin).toBe(provider.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: "code",
      client_id: `client-${id}`,
      redirect_uri: `${B}/oauth/callback/${id}`,
      scope: `openid email offline_access ${id}.read`,
      prompt: "consent",
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: "S256",
    });
  }
  for (const name of ["state", "nonce", "code_challenge"])
    expect(urls[0]?.searchParams.get(name)).not.toBe(urls[1]?.searchParams.get(name));
});

test("the exchange proves the challenge, at the provider that was asked", async () => {
  const { browser, session_id } = await begin(world);
  const { body } = await browser.page("authorize", {
    session_id,
    provider: "calendar",
    confirmed: true,
  });
  const url = new URL(String(body["authorization_url"]));
  await browser.callback((await world.calendar.control.authorize(url.href)).url);
  const exchange = world.calendar.control.calls("token").at(-1);
  expect(s256(exchange?.form.get("code_verifier") ?? "")).toBe(
    url.searchParams.get("code_challenge"),
  );
  expect(exchange?.form.get("redirect_uri")).toBe(`${B}/oauth/callback/calendar`);
  expect((await view(browser, session_id)).body["phase"]).toBe("ended");
});

test("a session has thirty attempts", async () => {
  const session = await begin(world);
  for (let i = 0; i < 30; i += 1) await accepted(() => leave(session));
  await refused(world, () => leave(session), "too_many_attempts");
  await accepted(async () => leave(await begin(world)));
});

test("an ended session goes nowhere", async () => {
  const session = await begin(world);
  await session.browser.page("finish", { session_id: session.session_id, reason: "cancel" });
  await refused(world, () => leave(session), "session_ended");
});
