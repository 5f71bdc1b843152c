/**
 * The app's own tab (redirect and backend sessions): what the address brought is claimed, once and by whoever has
 * this history entry; every end leads back to the app; no window hears of anything.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  authorized,
  calendar,
  CHALLENGE,
  claimed,
  connection,
  createPage,
  files,
  later,
  ok,
  pass,
  problem,
  PROVIDER_URL,
  SESSION,
  settle,
  stopAll,
  view,
  viewReply,
  type HistoryEntry,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const TOKEN = "alter_cs_redirect.y";
const STATE = "s".repeat(43);
const BROUGHT = { token: TOKEN, challenge: CHALLENGE, state: STATE };
const RETURN = "https://app.example/return";
const claim_id = expect.stringMatching(/^\w{43}$/) as unknown;

type Replies = Parameters<typeof createPage>[0];
/** The page as the redirect has loaded it: main has moved the fragment into the history entry. */
const arrive = async (replies: Replies, kept: HistoryEntry["kept"] = BROUGHT) => {
  const page = createPage(replies, { kept });
  page.window.opener = null;
  await page.start({ at: "start" });
  return page;
};

describe("arriving", () => {
  it("claims a redirect with what the address brought, at once", async () => {
    const page = await arrive({ claim: [claimed()] });
    expect(page.calls("claim")).toEqual([{ shape: "redirect", ...BROUGHT, claim_id }]);
    expect(page.sent.entered).toEqual(["s1"]);
    expect(page.screen()).toMatchObject({ name: "confirm", provider: calendar });
    expect(page.signs()).toEqual(["here"]);
    expect(page.sent.posts).toEqual([]);
  });

  it("claims a backend session, whose link has nothing but the token", async () => {
    const page = await arrive({ claim: [claimed()] }, { token: TOKEN });
    expect(page.calls("claim")).toEqual([{ shape: "backend", token: TOKEN, claim_id }]);
    expect(page.screen().name).toBe("confirm");
  });

  it.each([
    ["without its state", { token: TOKEN, challenge: CHALLENGE }, { state: "" }],
    ["without its challenge", { token: TOKEN, state: STATE }, { challenge: "" }],
  ])("takes a redirect %s for no backend's link", async (_, kept, lacking) => {
    const page = await arrive({ claim: [problem(400, "invalid_request")] }, kept);
    expect(page.calls("claim")).toEqual([{ shape: "redirect", ...kept, ...lacking, claim_id }]);
    expect(page.screen()).toEqual({
      name: "open_from_app",
      refused: true,
      reference: "req_1",
    });
    expect(page.sent.entered).toEqual([]);
    expect(page.entry.kept).toBeNull();
  });

  it("hears no window, though one has opened it", async () => {
    const page = createPage({ claim: ["never"] }, { kept: BROUGHT });
    await page.start({ at: "start" });
    await page.hear();
    await pass(20_000);
    expect(page.calls("claim")).toHaveLength(1);
    expect(page.sent.posts).toEqual([]);
    expect(page.screen().name).toBe("loading");
  });

  it("leaves by the click, and says on the way back that it is here", async () => {
    const page = await arrive({
      claim: [claimed()],
      authorize: [authorized()],
      view: [viewReply()],
    });
    await page.press(page.flow.connect);
    expect(page.sent.left).toEqual([{ url: PROVIDER_URL, how: "assign" }]);
    page.flow.cameBack();
    await settle();
    expect(page.screen().name).toBe("confirm");
    expect(page.signs()).toEqual(["here", "here"]);
  });
});

describe("what a reload finds", () => {
  it("is the token and the claim_id, until the broker has answered [M6]", async () => {
    const first = await arrive({ claim: ["never"] });
    expect(first.entry.kept).toEqual({ ...BROUGHT, claim_id });
    const reloaded = createPage({ claim: [claimed()] }, first.entry);
    await reloaded.start({ at: "start" });
    expect(reloaded.calls("claim")).toEqual(first.calls("claim"));
    expect(reloaded.entry.kept).toBeNull();
  });

  it("is there through trouble, and each try is the same claim", async () => {
    const page = await arrive({
      claim: ["no answer", problem(500, "internal_error"), claimed()],
    });
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "unreachable" });
    expect(page.entry.kept).toMatchObject(BROUGHT);
    page.flow.retry();
    await settle();
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "unexpected" });
    page.flow.retry();
    await settle();
    const [one, two, three] = page.calls("claim");
    expect([two, three]).toEqual([one, one]);
    expect(page.screen().name).toBe("confirm");
    expect(page.entry.kept).toBeNull();
  });

  it("belongs to its history entry: a later window asks its opener [H1]", async () => {
    const left = await arrive({ claim: ["never"] });
    const popup = createPage({ claim: [claimed()] });
    await popup.claim();
    expect(popup.calls("claim")).toMatchObject([{ shape: "popup", token: SESSION.token }]);
    // The twin: a page that finds it, as it would in the tab's storage, takes up what somebody else has left.
    const wrong = createPage({ claim: [claimed()] }, left.entry);
    await wrong.claim();
    expect(wrong.calls("claim")).toMatchObject([{ shape: "redirect", token: TOKEN }]);
  });
});

describe("a refusal", () => {
  const REFUSALS = [
    [409, "claim_shape_refused", { name: "open_from_app", refused: true }],
    [404, "unknown_session", { name: "open_from_app", refused: true }],
    [409, "session_claimed", { name: "ended", ending: "elsewhere" }],
    [410, "session_expired", { name: "ended", ending: "expired" }],
    [410, "session_ended", { name: "ended", ending: "over" }],
  ] as const;

  it.each(REFUSALS)("%i %s is shown, told to nobody, and leads back", async (status, code, end) => {
    const page = createPage({ claim: [problem(status, code)] }, { kept: BROUGHT });
    // Whoever has opened this tab has not sent the token.
    await page.start({ at: "start" });
    expect(page.screen()).toMatchObject(end);
    expect(page.sent.posts).toEqual([]);
    expect(page.sent.entered).toEqual([]);
    expect(page.entry.kept).toBeNull();
    await pass(20_000);
    expect(page.sent.calls).toHaveLength(1);
    expect(page.flow.ownTab.value).toBe(true);
    page.flow.closeWindow();
    expect(page.sent.wentBack).toBe(1);
    expect(page.sent.closed).toBe(0);
  });

  it("closes the tab where there is nothing to go back to", async () => {
    const page = await arrive({ claim: [problem(410, "session_expired")] });
    page.history.steps = 0;
    page.flow.closeWindow();
    expect(page.sent.closed).toBe(1);
    await pass(400);
    expect(page.flow.closing.value).toBe("stuck");
  });

  it("closes a window that an app has opened, and goes back in none", async () => {
    const page = createPage({ claim: [problem(410, "session_expired")] });
    await page.claim();
    expect(page.flow.ownTab.value).toBe(false);
    page.flow.closeWindow();
    expect(page.sent.wentBack).toBe(0);
    expect(page.sent.closed).toBe(1);
  });

  it("for want of a cookie is shown as that", async () => {
    const page = await arrive({ claim: [claimed()], page: [problem(404, "unknown_session")] });
    expect(page.screen().name).toBe("cookies_blocked");
    expect(page.sent.posts).toEqual([]);
  });
});

describe("going back to the app", () => {
  const back = (query: string) => `${RETURN}?${query}&alter_connect_state=${STATE}`;
  const went = (query: string) => [{ url: back(query), how: "replace" }];

  it.each([
    ["done", "alter_connect_code=x"],
    ["cancel", "alter_connect_exit=1"],
    ["notYou", "alter_connect_error=wrong_user"],
  ] as const)("after %s goes where the broker says, in this tab", async (act, query) => {
    const page = await arrive({
      claim: [claimed()],
      finish: [ok({ redirect_to: back(query) })],
    });
    page.flow[act]();
    await settle();
    expect(page.sent.left).toEqual(went(query));
    expect(page.screen()).toEqual({ name: "leaving", to: "Day Planner", slow: false });
    // The next page loads by our own doing, and no window is told.
    page.flow.goesAway();
    expect(page.sent.beacons).toEqual([]);
    expect(page.sent.posts).toEqual([]);
    expect(page.sent.closed).toBe(0);
  });

  it("offers another try after a denial, and goes back with it after Cancel", async () => {
    const page = createPage({
      view: [viewReply({ phase: "failed", failure: "access_denied" })],
      finish: [ok({ redirect_to: back("alter_connect_error=access_denied") })],
    });
    page.window.opener = null;
    await page.reload();
    expect(page.screen()).toMatchObject({
      name: "failed",
      failure: "access_denied",
      provider: calendar,
    });
    expect(page.sent.left).toEqual([]);
    page.flow.cancel();
    await settle();
    expect(page.calls("finish")).toEqual([{ session_id: "s1", reason: "denied" }]);
    expect(page.sent.left).toEqual(went("alter_connect_error=access_denied"));
  });

  it("collects several connections, and goes back at Done", async () => {
    const open = view({
      multiple: true,
      providers: [calendar, files],
      connections: [connection()],
    });
    const page = createPage({
      view: [viewReply({ view: open })],
      authorize: [authorized()],
      finish: [ok({ redirect_to: back("alter_connect_code=x") })],
    });
    page.window.opener = null;
    await page.reload();
    expect(page.screen()).toMatchObject({ name: "choose", view: open });
    expect(page.sent.left).toEqual([]);
    page.flow.done();
    await settle();
    expect(page.calls("finish")).toEqual([{ session_id: "s1", reason: "done" }]);
    expect(page.sent.left).toEqual(went("alter_connect_code=x"));
  });

  it("goes back by itself when the time is up", async () => {
    const page = await arrive({
      claim: [claimed({ view: view({ expires_in: 60 }) })],
      view: [
        viewReply({ phase: "ended", redirect_to: back("alter_connect_error=session_expired") }),
      ],
    });
    await pass(60_000);
    expect(page.screen().name).toBe("confirm");
    await pass(1_000);
    expect(page.sent.left).toEqual(went("alter_connect_error=session_expired"));
  });

  it("goes back at a click that came too late", async () => {
    const page = await arrive({
      claim: [claimed()],
      authorize: [problem(410, "session_expired")],
      view: [
        viewReply({ phase: "ended", redirect_to: back("alter_connect_error=session_expired") }),
      ],
    });
    await page.press(page.flow.connect);
    expect(page.sent.left).toEqual(went("alter_connect_error=session_expired"));
  });

  it("waits for no click that is on its way when the end is known", async () => {
    const { reply, answer } = later();
    const page = await arrive({
      claim: [claimed()],
      authorize: [reply],
      finish: [ok({ redirect_to: back("alter_connect_exit=1") })],
    });
    await page.press(page.flow.connect);
    page.flow.cancel();
    await settle();
    await answer(authorized());
    expect(page.sent.left).toEqual(went("alter_connect_exit=1"));
    expect(page.screen()).toMatchObject({ name: "leaving", to: "Day Planner" });
  });

  it("shows a way on where the app does not come", async () => {
    const page = createPage({
      view: [viewReply({ phase: "ended", redirect_to: back("alter_connect_code=x") })],
    });
    page.window.opener = null;
    await page.reload();
    await pass(8_000);
    expect(page.screen()).toMatchObject({ name: "leaving", slow: true });
    page.flow.retry();
    await settle();
    expect(page.sent.left).toHaveLength(2);
  });
});
