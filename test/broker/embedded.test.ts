/** Providers that refuse apps' built-in browsers: who is taken for one, and what the user and the app are told. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isEmbedded } from "../../broker/src/embedded.ts";
import { accepted, away, begin, outcomeOf, refused, viewOf, type Claimed } from "./steps.ts";
import { RETURN_URL, startWorld, type Json, type World } from "./world.ts";

const KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const IPHONE = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${KIT}`;
const IPAD = `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${KIT}`;
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${KIT}`;
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko)";
const android = (build: string, chrome: string) =>
  `Mozilla/5.0 (Linux; Android 15; ${build}) ${CHROME} ${chrome}`;
const WV = android("Pixel 9; wv", "Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36");
const FULL = android("Pixel 9", "Chrome/140.0.0.0 Mobile Safari/537.36");

describe("isEmbedded", () => {
  test.each<[string, string]>([
    ["Android WebView", WV],
    ["Facebook on Android", `${WV} [FB_IAB/FB4A;FBAV/520.0.0.0;]`],
    ["Facebook on iOS", `${IPHONE} Mobile/22F76 [FBAN/FBIOS;FBAV/520.0.0;FBDV/iPhone17,1]`],
    [
      "Messenger, with Safari in its name",
      `${IPHONE} Mobile/22F76 Safari/604.1 [FBAN/MessengerForiOS]`,
    ],
    ["Instagram", `${IPHONE} Mobile/22F76 Instagram 390.0.0.0 (iPhone17,1; iOS 18_5)`],
    ["Instagram on Android", `${FULL} Instagram 390.0.0.0 Android`],
    ["LINE on iOS", `${IPHONE} Mobile/22F76 Safari Line/15.9.0`],
    ["LINE on Android", `${FULL} Line/15.9.0/IAB`],
    ["WeChat", `${FULL} MMWEBID/1 MicroMessenger/8.0.60 Language/en`],
    ["Snapchat", `${IPHONE} Version/18.5 Mobile/22F76 Safari/604.1 Snapchat/13.50.0`],
    ["TikTok on iOS", `${IPHONE} Mobile/22F76 Safari/604.1 musical_ly_40.0.0 JsSdk/2.0`],
    ["TikTok on Android", `${FULL} trill_400 BytedanceWebview/d8a21c6`],
    ["LinkedIn", `${IPHONE} Mobile/22F76 Safari/604.1 [LinkedInApp]/9.31`],
    ["Twitter", `${IPHONE} Version/18.5 Mobile/22F76 Safari/604.1 Twitter for iPhone/11.0`],
  ])("yes: %s", (_, user_agent) => expect(isEmbedded(user_agent)).toBe(true));

  test.each<[string, string | undefined]>([
    ["Safari on an iPhone", `${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`],
    ["Safari on an iPad", `${IPAD} Version/18.5 Mobile/15E148 Safari/604.1`],
    ["Safari on a Mac", `${MAC} Version/18.5 Safari/605.1.15`],
    ["Chrome on iOS", `${IPHONE} CriOS/140.0.0.0 Mobile/15E148 Safari/604.1`],
    ["Firefox on iOS", `${IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`],
    ["Edge on iOS", `${IPHONE} Version/18.0 EdgiOS/140.0.0.0 Mobile/15E148 Safari/604.1`],
    ["Google's own app on iOS", `${IPHONE} GSA/370.0.0 Mobile/15E148 Safari/604.1`],
    ["a web app on the home screen of an iPhone, or any web view there", `${IPHONE} Mobile/22F76`],
    ["the same on an iPad that calls itself a Mac", MAC],
    ["Chrome on Android", FULL],
    [
      "Samsung Internet",
      android("SM-S931B", "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
    ],
    ["Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"],
    [
      "Chrome on a Mac",
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME} Chrome/140.0.0.0 Safari/537.36`,
    ],
    [
      "Firefox on a Mac",
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
    ],
    [
      "Chrome on Windows",
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Chrome/140.0.0.0 Safari/537.36`,
    ],
    ["WebKitGTK", `Mozilla/5.0 (X11; Linux x86_64) ${KIT} Version/18.5 Safari/605.1.15`],
    [
      "a device whose name holds a word of ours",
      android("Online/2", "Chrome/140.0.0.0 Mobile Safari/537.36"),
    ],
    ["nothing at all", undefined],
    ["an empty one", ""],
  ])("no: %s", (_, user_agent) => expect(isEmbedded(user_agent)).toBe(false));
});

describe("a provider that refuses them", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      configure: (file) => {
        const { calendar } = file["providers"] as Record<string, Json>;
        Object.assign(calendar ?? {}, { refuses_embedded_browsers: true });
      },
    });
  });
  afterAll(() => world.stop());

  const leave = (
    { browser, session_id }: Pick<Claimed, "browser" | "session_id">,
    user_agent: string,
    provider = "calendar",
  ) => browser.page("authorize", { session_id, provider }, { "user-agent": user_agent });
  /** What the provider was asked, and the departures that are remembered. */
  const begun = async () => [
    world.calendar.counts,
    (JSON.parse(await world.snapshot()) as Json[][])[1]?.length,
  ];

  /** Refused at the click: nothing begun, nothing remembered of a departure. */
  const turnedAway = async (given?: Claimed): Promise<Claimed> => {
    const session = given ?? (await begin(world));
    const before = await begun();
    const reply = await leave(session, WV);
    expect([reply.status, reply.body["code"]]).toEqual([403, "unsupported_browser"]);
    expect(reply.headers.getSetCookie()).toEqual([]);
    expect(await begun()).toEqual(before);
    expect(await viewOf(session)).toMatchObject({
      phase: "failed",
      failure: "unsupported_browser",
    });
    return session;
  };

  test("a built-in browser stays on the page, which says so after a reload too; a real one leaves", async () => {
    const session = await turnedAway();
    await session.browser.page("page", { session_id: session.session_id, event: "here" });
    expect(await viewOf(session)).toMatchObject({ failure: "unsupported_browser" });
    await accepted(() => leave(session, FULL));
    const view = await viewOf(session);
    expect(view).toMatchObject({ phase: "at_provider" });
    expect(view).not.toHaveProperty("failure");
  });

  test("the first refusal costs none of the session's attempts, nor does the hundredth", async () => {
    const session = await begin(world);
    for (let i = 0; i < 100; i += 1) await leave(session, WV);
    await accepted(() => leave(session, FULL));
  });

  test("another provider may be reached from the same browser, and then a cancel is an exit", async () => {
    const session = await turnedAway(
      await begin(world, { session: { allowed_providers: ["calendar", "files"] } }),
    );
    await accepted(() => leave(session, WV, "files"));
    const { body } = await world.widget(session.token, session.verifier).cancel();
    expect(body).toEqual({ status: "exit" });
  });

  const UNSUPPORTED = { status: "error", error: { code: "unsupported_browser" } };
  test.each<[string, (session: Claimed) => Promise<{ body: Json }>]>([
    ["by the widget", ({ token, verifier }) => world.widget(token, verifier).cancel()],
    [
      "on the page",
      ({ browser, session_id }) => browser.page("finish", { session_id, reason: "cancel" }),
    ],
  ])("given up %s, the app hears why", async (_, end) => {
    const session = await turnedAway();
    await end(session);
    expect(await outcomeOf(world, session)).toMatchObject(UNSUPPORTED);
  });

  test("with something connected before, it is a success", async () => {
    const session = await begin(world, {
      session: { allowed_providers: ["calendar", "files"], multiple: true },
    });
    await session.browser.callback(await session.browser.visit(session.session_id, "files"));
    await turnedAway(session);
    const { body } = await world.widget(session.token, session.verifier).cancel();
    expect(body).toMatchObject({ status: "success" });
  });

  test("a redirect brings the code home, and the token alone learns nothing of it", async () => {
    const token = await world.mint({ return_url: RETURN_URL });
    const browser = world.browser();
    const { verifier, state, body } = await browser.claimRedirect(token);
    const session_id = String(body["session_id"]);
    await turnedAway({ token, browser, verifier, session_id });
    const { body: ended } = await browser.page("finish", { session_id, reason: "cancel" });
    const url = new URL(String(ended["redirect_to"]));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      alter_connect_error: "unsupported_browser",
      alter_connect_state: state,
    });
    await refused(world, () => world.widget(token, verifier).cancel(), "session_ended");
  });

  test("a returning user's claim stands, and says why nobody left", async () => {
    const { browser } = await away(world, { sub: "returning" });
    const claim = async (user_agent: string) => {
      const token = await world.mint({}, "returning");
      return (await accepted(() => browser.claim(token, {}, { "user-agent": user_agent }))).body;
    };
    const before = world.calendar.counts;
    const refusedHere = await claim(WV);
    expect(refusedHere).toMatchObject({ phase: "failed", failure: "unsupported_browser" });
    expect(refusedHere).not.toHaveProperty("authorization");
    expect(world.calendar.counts).toEqual(before);
    expect(await claim(FULL)).toHaveProperty("authorization.provider", "calendar");
  });

  test("providers that let them in are not asked", async () => {
    const session = await begin(world, { session: { allowed_providers: ["files"] } });
    await accepted(() => leave(session, WV, "files"));
  });
});
