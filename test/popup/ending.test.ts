/** How it ends: the outcome that stands, who is told, and when the window goes. */
import type { Outcome } from "@alter-ai/protocol/window";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  claimed,
  connection,
  createPage,
  ok,
  pass,
  problem,
  settle,
  stopAll,
  view,
  viewReply,
  type Reply,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const success: Outcome = { status: "success", connections: [connection()] };
const exit: Outcome = { status: "exit" };
const error = (code: string): Outcome => ({
  status: "error",
  error: { code, message: "MESSAGE FOR DEVELOPERS" },
});
const ended = (outcome: Outcome, close_at_once = false) =>
  viewReply({ phase: "ended", outcome, close_at_once });
const told = (outcome: Outcome) => ({
  to: APP,
  message: { type: "alter-connect:outcome", v: 1, outcome },
});

describe("an outcome that is there", () => {
  it("is told to the allowed origin alone, shown, and closes after three seconds", async () => {
    const page = createPage({ view: [ended(success)] });
    await page.reload();
    expect(page.told()).toEqual([told(success)]);
    expect(page.screen()).toMatchObject({ name: "finished", connections: [connection()] });
    expect(page.flow.closing.value).toBe("soon");
    await pass(2_999);
    expect(page.sent.closed).toBe(0);
    await pass(1);
    expect(page.sent.closed).toBe(1);
  });

  it("goes where the view says and not to whoever sent the token", async () => {
    const page = createPage({
      claim: [
        claimed({ phase: "ended", outcome: success, allowed_origin: "https://other.example" }),
      ],
    });
    await page.claim();
    expect(page.told().map(({ to }) => to)).toEqual([
      "https://other.example",
      "https://other.example",
    ]);
  });

  it("closes at once when there is nothing to compare", async () => {
    const page = createPage({ view: [ended(success, true)] });
    await page.reload();
    expect(page.told()).toHaveLength(1);
    expect(page.sent.closed).toBe(1);
  });

  it("closes at a click, and once", async () => {
    const page = createPage({ view: [ended(success)] });
    await page.reload();
    page.flow.closeWindow();
    await pass(10_000);
    expect(page.sent.closed).toBe(1);
  });

  it("says that the user can close what does not close [L16]", async () => {
    const page = createPage({ view: [ended(success, true)] });
    await page.reload();
    await pass(400);
    expect(page.flow.closing.value).toBe("stuck");
  });

  it("is shown without an opener too, and told to nobody", async () => {
    const page = createPage({ view: [ended(success)] });
    page.window.opener = null;
    await page.reload();
    expect(page.screen().name).toBe("finished");
    expect(page.sent.posts).toEqual([]);
  });

  it.each([
    [exit, "cancelled", 1],
    [error("access_denied"), "denied", 1],
    [error("unsupported_browser"), "cancelled", 1],
    [error("wrong_user"), "wrong_user", 0],
    [error("session_expired"), "expired", 0],
    [error("session_claimed_elsewhere"), "elsewhere", 0],
    [error("code_from_the_future"), "over", 0],
  ])("%j ends as %s", async (outcome, ending, closed) => {
    const page = createPage({ view: [ended(outcome)] });
    await page.reload();
    expect(page.screen()).toEqual({ name: "ended", ending, app: "Day Planner" });
    expect(page.told()).toEqual([told(outcome)]);
    // What the user has to read stays until they have.
    await pass(60_000);
    expect(page.sent.closed).toBe(closed);
  });
});

describe("finish", () => {
  it.each([
    ["cancel", (page: Page) => page.flow.cancel()],
    ["not_you", (page: Page) => page.flow.notYou()],
    ["done", (page: Page) => page.flow.done()],
  ])("says %s once, however often it is pressed", async (reason, press) => {
    const page = createPage({ view: [viewReply()], finish: [ok({ outcome: exit })] });
    await page.reload();
    press(page);
    expect(page.flow.busy.value).toBe(true);
    press(page);
    await settle();
    expect(page.calls("finish")).toEqual([{ session_id: "s1", reason }]);
    expect(page.told()).toEqual([told(exit)]);
  });

  it("closes at once after Done where the last view says that there is nothing to compare", async () => {
    const page = createPage({
      view: [viewReply({ close_at_once: true })],
      finish: [ok({ outcome: success })],
    });
    await page.reload();
    page.flow.done();
    await settle();
    expect(page.told()).toEqual([told(success)]);
    expect(page.sent.closed).toBe(1);
  });

  it("says denied for a Cancel after a denial", async () => {
    const page = createPage({
      view: [viewReply({ phase: "failed", failure: "access_denied" })],
      finish: [ok({ outcome: error("access_denied") })],
    });
    await page.reload();
    page.flow.cancel();
    await settle();
    expect(page.calls("finish")).toEqual([{ session_id: "s1", reason: "denied" }]);
  });

  it("lets the broker's word stand: a Cancel that came too late is a success, to be read [H8]", async () => {
    const page = createPage({
      view: [viewReply({ close_at_once: true })],
      finish: [ok({ outcome: success })],
    });
    await page.reload();
    page.flow.cancel();
    await settle();
    expect(page.screen().name).toBe("finished");
    expect(page.told()).toEqual([told(success)]);
    expect(page.sent.closed).toBe(0);
  });

  it("is repeated when the broker was not reached, and nobody is told before", async () => {
    const page = createPage({
      view: [viewReply()],
      finish: ["no answer", ok({ outcome: exit })],
    });
    await page.reload();
    page.flow.cancel();
    await settle();
    expect(page.screen().name).toBe("trouble");
    expect(page.told()).toEqual([]);
    expect(page.sent.closed).toBe(0);
    page.flow.retry();
    await settle();
    expect(page.told()).toEqual([told(exit)]);
  });

  it("shows what has become of a session that ended meanwhile", async () => {
    const page = createPage({
      view: [viewReply(), problem(410, "session_expired")],
      finish: [problem(410, "session_expired")],
    });
    await page.reload();
    page.flow.cancel();
    await settle();
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
    expect(page.told()).toEqual([]);
  });
});

describe("going back by address", () => {
  it("replaces the page and tells the outcome to no window", async () => {
    const redirect_to = "https://app.example/return?alter_connect_code=x";
    const page = createPage({ view: [viewReply({ phase: "ended", redirect_to })] });
    await page.reload();
    expect(page.sent.left).toEqual([{ url: redirect_to, how: "replace" }]);
    expect(page.sent.posts).toEqual([]);
  });

  it("goes to no address that is not one of the web", async () => {
    const page = createPage({
      view: [viewReply({ phase: "ended", redirect_to: "javascript:alert(1)" })],
    });
    await page.reload();
    expect(page.sent.left).toEqual([]);
    expect(page.screen().name).toBe("trouble");
  });

  it("says that it is over where there is no way back any more", async () => {
    const page = createPage({ view: [viewReply({ phase: "ended" })] });
    await page.reload();
    expect(page.screen()).toMatchObject({ name: "ended", ending: "over" });
  });
});

describe("waiting", () => {
  const finishing = viewReply({ phase: "finishing" });

  it("looks each second while the broker is finishing", async () => {
    const page = createPage({ view: [finishing, finishing, ended(success)] });
    await page.reload();
    expect(page.screen().name).toBe("finishing");
    await pass(1_000);
    expect(page.screen().name).toBe("finishing");
    await pass(1_000);
    expect(page.screen().name).toBe("finished");
    await pass(10_000);
    expect(page.calls("view")).toHaveLength(3);
  });

  it("counts only polls missed in a row", async () => {
    const moment: Reply[] = [finishing, "no answer", "no answer", "no answer"];
    const page = createPage({ view: [...moment, ...moment, ended(success)] });
    await page.reload();
    await pass(8_000);
    expect(page.screen().name).toBe("finished");
  });

  it("bears a moment without a network, and no more than a moment", async () => {
    const page = createPage({ view: [finishing, "no answer"] });
    await page.reload();
    await pass(4_000);
    expect(page.screen().name).toBe("finishing");
    await pass(1_000);
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "unreachable" });
  });

  it("tells the end of the session when it comes", async () => {
    const page = createPage({
      view: [viewReply({ view: view({ expires_in: 60 }) }), problem(410, "session_expired")],
    });
    await page.reload();
    await pass(60_000);
    expect(page.screen().name).toBe("confirm");
    await pass(1_000);
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
  });

  it("lets no late reply undo what came after it", async () => {
    const page = createPage({ view: [viewReply(), "never"], finish: [ok({ outcome: exit })] });
    await page.reload();
    page.flow.cancel();
    page.flow.cameBack();
    await settle();
    expect(page.screen().name).toBe("loading");
    expect(page.told()).toEqual([]);
  });
});

type Page = ReturnType<typeof createPage>;
