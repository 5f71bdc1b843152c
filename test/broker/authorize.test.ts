/** Leaving for the provider: never without a click that this browser made before [H4], and with what the request must carry. */
import { page } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hang, html } from "../servers/faults.ts";
import {
  accepted,
  begin,
  claimBody,
  land,
  outcomeOf,
  refused,
  view,
  viewOf,
  type Claimed,
} from "./steps.ts";
import {
  A,
  B,
  OTHER,
  RETURN_URL,
  s256,
  secret,
  startWorld,
  type Browser,
  type Json,
  type Reply,
  type World,
} from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const DAY = 86_400_000;

type Session = Pick<Claimed, "browser" | "session_id"> & { authorization?: unknown };

const leave = ({ browser, session_id }: Session, provider = "calendar"): Promise<Reply> =>
  browser.page("authorize", { session_id, provider });

const sessionIn = (browser: Browser, { body }: Reply): Session => ({
  browser,
  session_id: String(body["session_id"]),
  authorization: body["authorization"],
});

const urlOf = ({ authorization }: Session): string =>
  String((authorization as Json | undefined)?.["authorization_url"]);

describe("H4: no departure without a click, in this session or in one that confirmed the same", () => {
  /** A browser in which Ann has confirmed the calendar once. */
  const confirmedOnce = async (): Promise<Session> => {
    const first = await begin(world, { sub: "ann" });
    expect(first.authorization).toBeUndefined();
    await accepted(() => leave(first));
    return first;
  };
  const expectAuto = (session: Session) => {
    expect(session.authorization).toEqual({
      provider: "calendar",
      authorization_url: expect.stringContaining(`${world.calendar.issuer}/auth?`) as string,
      drop_opener: false,
    });
  };
  const expectNoAuto = async (session: Session) => {
    expect(session.authorization).toBeUndefined();
    await accepted(() => leave(session));
  };

  test("a browser that confirmed leaves with the claim's reply, and comes back to a success", async () => {
    const { browser } = await confirmedOnce();
    const confirmations = browser.jar.get("acc");
    const next = await begin(world, { sub: "ann", browser });
    expectAuto(next);
    expect(await viewOf(next)).toMatchObject({ phase: "at_provider" });
    // What was confirmed is not confirmed anew by leaving: the thirty days count from the click.
    expect(browser.jar.get("acc")).toBe(confirmations);
    const { url } = await world.calendar.control.authorize(urlOf(next));
    expect(await land(browser, url)).toBe(`/connect/s/${next.session_id}`);
    expect(await outcomeOf(world, next)).toMatchObject({ status: "success" });
  });

  test("the claim says all that the view says", async () => {
    const { browser } = await confirmedOnce();
    for (const session of [{}, { allowed_providers: ["calendar", "files"] }]) {
      const { body } = await browser.claim(await world.mint(session, "ann"));
      expect(page.claim.reply.parse(body)).toEqual(body);
      expect(body).toMatchObject((await view(browser, String(body["session_id"]))).body);
    }
  });

  test("M6: a repeated claim has none, and what the lost reply began still comes back", async () => {
    const { browser } = await confirmedOnce();
    const token = await world.mint({}, "ann");
    const verifier = secret();
    const body = claimBody(token, { challenge: s256(verifier) });
    const lost = sessionIn(browser, await browser.page("claim", body));
    const again = await accepted(() => browser.page("claim", body));
    expect(again.body).not.toHaveProperty("authorization");
    expect(again.body).toMatchObject({ session_id: lost.session_id, phase: "at_provider" });
    const { url } = await world.calendar.control.authorize(urlOf(lost));
    await land(browser, url);
    expect(await outcomeOf(world, { token, verifier })).toMatchObject({ status: "success" });
  });

  test("M6: nor is there a repeat after a click", async () => {
    const { browser } = await confirmedOnce();
    const body = claimBody(await world.mint({}, "ann"));
    const claimed = sessionIn(browser, await browser.page("claim", body));
    await accepted(() => browser.page("claim", body));
    await accepted(() => leave(claimed));
    await refused(world, () => browser.page("claim", body), "session_claimed");
  });

  test("M15: back from the provider there is a choice, and the next departure is a click", async () => {
    const { browser } = await confirmedOnce();
    const next = await begin(world, { sub: "ann", browser });
    const { session_id } = next;
    await browser.page("page", { session_id, event: "here" });
    const { body } = await view(browser, session_id);
    expect(body).toMatchObject({ phase: "choosing" });
    expect(body).not.toHaveProperty("authorization");
    await accepted(() => leave(next));
  });

  test("a provider that gives no answer leaves the claim standing, and a choice", async () => {
    const { browser } = await confirmedOnce();
    // Past the hour for which the broker remembers where the provider's endpoints are.
    world.pass(3_601_000);
    world.calendar.control.fail("discovery", html(500));
    const token = await world.mint({}, "ann");
    const reply = await accepted(() => browser.claim(token));
    expect(reply.body).toMatchObject({ phase: "failed", failure: "provider_unavailable" });
    await expectNoAuto(sessionIn(browser, reply));
  });

  test("a claim overtaken by its repeat and a click begins nothing and takes no cookie away", async () => {
    const { browser } = await confirmedOnce();
    world.pass(3_601_000);
    const held = hang();
    world.calendar.control.fail("discovery", held);
    const token = await world.mint({}, "ann");
    const verifier = secret();
    const body = claimBody(token, { challenge: s256(verifier) });
    const slow = browser.page("claim", body);
    await held.reached;
    const { session_id } = sessionIn(browser, await accepted(() => browser.page("claim", body)));
    const back = await browser.visit(session_id);
    held.release();
    const { status, body: late } = await slow;
    expect(status).toBe(200);
    expect(late).not.toHaveProperty("authorization");
    await land(browser, back);
    expect(await outcomeOf(world, { token, verifier })).toMatchObject({ status: "success" });
  });

  test("a cancel that comes while the provider is asked is the end", async () => {
    const { browser } = await confirmedOnce();
    world.pass(3_601_000);
    const held = hang();
    world.calendar.control.fail("discovery", held);
    const token = await world.mint({}, "ann");
    const verifier = secret();
    const slow = browser.page("claim", claimBody(token, { challenge: s256(verifier) }));
    await held.reached;
    await accepted(() => world.widget(token, verifier).cancel());
    held.release();
    const { body } = await slow;
    expect(body).toMatchObject({ phase: "ended", outcome: { status: "exit" } });
    expect(body).not.toHaveProperty("authorization");
  });

  const ofOtherApp = async (browser: Browser) => {
    const minted = await world.backend(world.keys.other.key).createSession({
      user_token: await world.userToken("ann"),
      allowed_origin: OTHER,
      allowed_providers: ["calendar"],
    });
    const token = String(minted.body["session_token"]);
    return sessionIn(browser, await browser.claim(token, { opener_origin: OTHER }));
  };
  const ofRedirect = async (browser: Browser) => {
    const token = await world.mint({ return_url: RETURN_URL });
    return sessionIn(browser, await browser.claimRedirect(token));
  };
  type Next = (browser: Browser) => Promise<Session>;
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
    expectAuto(await begin(world, { sub: "ann", browser }));
  });

  test("another provider is not what was confirmed", async () => {
    const { browser } = await confirmedOnce();
    const files = await begin(world, {
      sub: "ann",
      browser,
      session: { allowed_providers: ["files"] },
    });
    expect(files.authorization).toBeUndefined();
    await accepted(() => leave(files, "files"));
  });
});

test("only the session's own providers", async () => {
  const session = await begin(world);
  for (const provider of ["files", "nothere", "__proto__", "constructor"])
    await refused(world, () => leave(session, provider), "provider_not_allowed");
  await accepted(() => leave(session));
});

test("the authorization request is the broker's own, one redirect URI per provider", async () => {
  const session = await begin(world, {
    session: { allowed_providers: ["calendar", "files"] },
  });
  const urls: URL[] = [];
  for (const provider of ["calendar", "files"]) {
    const { body } = await accepted(() => leave(session, provider));
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
  const { body } = await browser.page("authorize", { session_id, provider: "calendar" });
  const url = new URL(String(body["authorization_url"]));
  await browser.callback((await world.calendar.control.authorize(url.href)).url);
  const exchange = world.calendar.control.calls("token").at(-1);
  expect(s256(exchange?.form.get("code_verifier") ?? "")).toBe(
    url.searchParams.get("code_challenge"),
  );
  expect(exchange?.form.get("redirect_uri")).toBe(`${B}/oauth/callback/calendar`);
  expect((await view(browser, session_id)).body["phase"]).toBe("ended");
});

test("a session has thirty attempts [L19]", async () => {
  const session = await begin(world);
  for (let i = 0; i < 30; i += 1) await accepted(() => leave(session));
  await refused(world, () => leave(session), "too_many_attempts");
  await accepted(async () => leave(await begin(world)));
});

describe("a user has fifty sessions that are open [L19]", () => {
  const asked = async (token: string): Promise<Json> =>
    (await world.widget(token, secret()).outcome()).body;
  const mintFor = async (sub: string): Promise<string> => {
    world.pass(1);
    return world.mint({}, sub);
  };

  test("one more takes the place of the oldest that nobody has opened", async () => {
    const sub = "collector";
    const opened = await begin(world, { sub });
    const tokens: string[] = [];
    for (let i = 0; i < 49; i += 1) tokens.push(await mintFor(sub));
    const [oldest = "", second = ""] = tokens;
    // The twin: up to here all of them stand.
    expect(await asked(oldest)).toMatchObject({ status: "pending", phase: "unclaimed" });
    await mintFor(sub);
    expect(await asked(oldest)).toMatchObject({
      status: "error",
      error: { code: "session_expired" },
    });
    expect(await asked(second)).toMatchObject({ status: "pending", phase: "unclaimed" });
    expect((await view(opened.browser, opened.session_id)).body["phase"]).toBe("choosing");
    const ends = (await world.audit()).filter(({ event }) => event === "session.ended");
    expect(ends.at(-1)).toMatchObject({ subject: sub, reason: "expired", actor: "app:first" });
  });

  test("one that somebody opens at that very moment stays, and the next goes", async () => {
    let meanwhile: (() => Promise<unknown>) | undefined;
    const crowded = await startWorld({
      watch: (store) => ({
        ...store,
        sessions: {
          ...store.sessions,
          openOfUser: async (...question) => {
            const found = await store.sessions.openOfUser(...question);
            await meanwhile?.();
            meanwhile = undefined;
            return found;
          },
        },
      }),
    });
    try {
      const tokens: string[] = [];
      for (let i = 0; i < 50; i += 1) {
        crowded.pass(1);
        tokens.push(await crowded.mint({}, "collector"));
      }
      const [oldest = "", second = "", third = ""] = tokens;
      const browser = crowded.browser();
      let session_id = "";
      meanwhile = async () => {
        session_id = String((await browser.claim(oldest)).body["session_id"]);
      };
      await crowded.mint({}, "collector");
      expect((await view(browser, session_id)).body["phase"]).toBe("choosing");
      const outcome = async (token: string) =>
        (await crowded.widget(token, secret()).outcome()).body["status"];
      expect([await outcome(second), await outcome(third)]).toEqual(["error", "pending"]);
    } finally {
      await crowded.stop();
    }
  });

  test("all of them on screens, one more is refused", async () => {
    const sub = "crowd";
    for (let i = 0; i < 50; i += 1) await begin(world, { sub });
    const user_token = await world.userToken(sub);
    const create = (token: string) =>
      world.backend().createSession({ user_token: token, allowed_origin: A });
    await refused(world, () => create(user_token), "rate_limited");
    const other = await world.userToken("alone");
    await accepted(() => create(other));
  });
});

describe("what the user says of the fields has a length", () => {
  const some = (count: number, name: number, value: number): Json[] =>
    Array.from({ length: count }, () => ({ name: "n".repeat(name), value: "v".repeat(value) }));
  const say = ({ browser, session_id }: Session, variables: Json[]): Promise<Reply> =>
    browser.page("authorize", { session_id, provider: "calendar", variables });

  test.each([
    ["a name", some(1, 65, 1)],
    ["a value", some(1, 1, 513)],
    ["the list", some(17, 1, 1)],
  ])("%s that is too long is refused", async (_, variables) => {
    const session = await begin(world);
    await refused(world, () => say(session, variables), "invalid_request");
    // The twin: as long as may be, of fields that this provider has not.
    await accepted(() => say(session, some(16, 64, 512)));
  });
});

test("an ended session goes nowhere", async () => {
  const session = await begin(world);
  await session.browser.page("finish", { session_id: session.session_id, reason: "cancel" });
  await refused(world, () => leave(session), "session_ended");
});
