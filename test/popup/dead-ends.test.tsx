/** No screen is the last one while something could still be done: time, network, a broker that restarts, references. */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../popup/App.tsx";
import { en } from "../../popup/locales/en.ts";
import {
  account,
  authorized,
  calendar,
  claimed,
  createPage,
  files,
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
  cleanup();
  stopAll();
  vi.useRealTimers();
});

const asked = { session_id: "s1", provider: "calendar" };
const unreached = { name: "trouble", kind: "unreachable" };

describe("a broker that does not answer", () => {
  it("is asked again by itself, ever more rarely, and the page goes on when it does", async () => {
    const page = createPage({ view: ["no answer", "no answer", "no answer", viewReply()] });
    await page.reload();
    expect(page.screen()).toMatchObject(unreached);
    const counts: number[] = [];
    for (const ms of [1_999, 1, 3_999, 1, 7_999]) {
      await pass(ms);
      counts.push(page.calls("view").length);
    }
    expect(counts).toEqual([1, 2, 2, 3, 3]);
    expect(page.screen()).toMatchObject(unreached);
    await pass(1);
    expect(page.screen().name).toBe("confirm");
    await pass(60_000);
    expect(page.calls("view")).toHaveLength(4);
  });

  it("is asked at a click at once, and the click is seen to do something", async () => {
    const page = createPage({ view: ["no answer", "never"] });
    await page.reload();
    page.flow.retry();
    await settle();
    expect(page.screen()).toEqual({ name: "loading" });
    expect(page.calls("view")).toHaveLength(2);
  });

  it.each(["shutting_down", "not_ready"])(
    "is one that says it is restarting (%s)",
    async (code) => {
      const page = createPage({ view: [problem(503, code), viewReply()] });
      await page.reload();
      expect(page.screen()).toEqual({ ...unreached, reference: "req_1" });
      await pass(2_000);
      expect(page.screen().name).toBe("confirm");
    },
  );

  it("claims again the same, and nothing is lost", async () => {
    const page = createPage({ claim: ["no answer", claimed()] });
    await page.claim();
    expect(page.screen()).toMatchObject(unreached);
    await pass(2_000);
    const [one, two] = page.calls("claim");
    expect(two).toEqual(one);
    expect(page.screen().name).toBe("confirm");
  });

  it("gets the end that the user has asked for, once", async () => {
    const page = createPage({
      view: [viewReply()],
      finish: ["no answer", { status: 200, body: { outcome: { status: "exit" } } }],
    });
    await page.reload();
    page.flow.cancel();
    await settle();
    expect(page.screen()).toMatchObject(unreached);
    await pass(2_000);
    expect(page.screen()).toMatchObject({ name: "ended", ending: "cancelled" });
    expect(page.calls("finish")).toHaveLength(2);
  });

  it("leads to no provider without a click, but back to the decision that was made [H4]", async () => {
    const held = { ...calendar, accounts: [account("ann@work.example")] };
    const meant = { renew: "grant of ann@work.example" };
    const page = createPage({
      view: [viewReply({ view: view({ providers: [held, files] }) })],
      authorize: ["no answer", authorized()],
    });
    await page.reload();
    page.flow.choose(held, meant);
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject(unreached);
    await pass(60_000);
    expect(page.calls("authorize")).toHaveLength(1);
    expect(page.sent.left).toEqual([]);
    expect(page.screen()).toMatchObject({ name: "confirm", provider: held, meant });
    await page.press(page.flow.connect);
    expect(page.calls("authorize")).toEqual([
      { ...asked, ...meant },
      { ...asked, ...meant },
    ]);
    expect(page.sent.left).toHaveLength(1);
  });

  it.each<Reply>([problem(500, "internal_error"), problem(429, "rate_limited")])(
    "is not one that has answered: that is left to the user",
    async (reply) => {
      const page = createPage({ view: [reply, viewReply()] });
      await page.reload();
      await pass(120_000);
      expect(page.calls("view")).toHaveLength(1);
      page.flow.retry();
      await settle();
      expect(page.screen().name).toBe("confirm");
    },
  );
});

describe("a network that is back", () => {
  it("is used at once", async () => {
    const page = createPage({ view: ["no answer", viewReply()] });
    await page.reload();
    page.flow.wentOffline();
    page.flow.cameOnline();
    await settle();
    expect(page.screen().name).toBe("confirm");
    await pass(60_000);
    expect(page.calls("view")).toHaveLength(2);
  });

  it("is nothing to a page that had no trouble", async () => {
    const page = createPage({ view: [viewReply()] });
    await page.reload();
    const shown = page.screen();
    page.flow.wentOffline();
    page.flow.cameOnline();
    await settle();
    expect(page.calls("view")).toHaveLength(1);
    expect(page.screen()).toBe(shown);
  });

  it("repeats no click that led to a provider [H4]", async () => {
    const page = createPage({
      view: [viewReply()],
      authorize: ["no answer", authorized()],
    });
    await page.reload();
    await page.press(page.flow.connect);
    page.flow.cameOnline();
    await settle();
    expect(page.calls("authorize")).toHaveLength(1);
    expect(page.screen().name).toBe("confirm");
  });
});

describe("time that runs out while somebody reads", () => {
  const soon = viewReply({ view: view({ expires_in: 60 }) });
  const over = viewReply({
    phase: "ended",
    outcome: { status: "error", error: { code: "session_expired", message: "" } },
  });

  it("is told without a click, with the way back to the app", async () => {
    const page = createPage({ view: [soon, over] });
    await page.reload();
    render(<App flow={page.flow} t={en} />);
    await pass(60_000);
    expect(page.screen().name).toBe("confirm");
    await pass(1_000);
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired", app: "Day Planner" });
    expect(document.querySelector("button")?.textContent).toBe("Back to Day Planner");
  });

  it("is told after a refused field too", async () => {
    const page = createPage({ view: [soon, over], authorize: [problem(400, "invalid_variable")] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "confirm", wrong: "form" });
    await pass(61_000);
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
  });

  it("is told to a machine that slept through it, as soon as it is looked at", async () => {
    const page = createPage({
      view: [viewReply(), over],
      page: [{ status: 204, body: undefined }, problem(410, "session_expired")],
    });
    await page.reload();
    expect(page.screen().name).toBe("confirm");
    page.flow.cameIntoView();
    await settle();
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
  });
});

describe("the reference of the broker's log", () => {
  const shown = async (reply: Reply) => {
    const page = createPage({ view: [reply] });
    await page.reload();
    const { container } = render(<App flow={page.flow} t={en} />);
    return container.querySelector(".reference")?.textContent;
  };
  /** As the broker answers: every reply has its id in a header too. */
  const headed = (reply: Reply, id: string): Reply => ({
    ...(reply as { status: number; body: unknown }),
    headers: { "x-request-id": id },
  });

  it.each<[string, Reply]>([
    ["trouble", problem(500, "internal_error")],
    ["too many at once", problem(429, "rate_limited")],
    ["a session that is over", problem(410, "session_expired")],
    ["one that was opened elsewhere", problem(409, "session_claimed_elsewhere")],
    ["one that is not this browser's", problem(404, "unknown_session")],
  ])("is with %s", async (_, reply) => {
    expect(await shown(reply)).toBe("Reference req_1");
  });

  it("is with a refused claim", async () => {
    const page = createPage({ claim: [problem(404, "unknown_session")] });
    await page.claim();
    const { container } = render(<App flow={page.flow} t={en} />);
    expect(container.querySelector(".reference")?.textContent).toBe("Reference req_1");
  });

  it("is with blocked cookies", async () => {
    const page = createPage({ claim: [claimed()], page: [problem(404, "unknown_session")] });
    await page.claim();
    expect(page.screen()).toEqual({ name: "cookies_blocked", reference: "req_1" });
  });

  it.each<[string, Reply]>([
    ["a failed attempt", viewReply({ phase: "failed", failure: "provider_timeout" })],
    [
      "an end with an error",
      viewReply({
        phase: "ended",
        outcome: { status: "error", error: { code: "wrong_user", message: "" } },
      }),
    ],
  ])("is with %s, of the reply that told it", async (_, reply) => {
    expect(await shown(headed(reply, "req_2"))).toBe("Reference req_2");
  });

  it("is an id, whatever stands there [L20]", async () => {
    const failed = viewReply({ phase: "failed", failure: "provider_timeout" });
    expect(await shown(headed(failed, "call +1 555 0100 for help"))).toBeUndefined();
  });
});
