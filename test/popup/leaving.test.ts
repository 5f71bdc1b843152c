/** The way to the provider: what leads there, what is checked on the way, what may go wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APP,
  authorized,
  calendar,
  claimed,
  connection,
  createPage,
  files,
  pass,
  problem,
  PROVIDER_URL,
  settle,
  stopAll,
  view,
  viewReply,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const event = (name: string) => ({
  to: APP,
  message: { type: "alter-connect:event", v: 1, name, provider: "calendar" },
});
const asked = (confirmed: boolean, provider = "calendar") => ({
  session_id: "s1",
  provider,
  confirmed,
});
const happy = { view: [viewReply()], authorize: [authorized()] };

describe("the one click [H4]", () => {
  it("asks nothing of the broker before the click, and leaves after it", async () => {
    const page = createPage(happy);
    await page.reload();
    await pass(60_000);
    expect(page.calls("authorize")).toEqual([]);
    await page.press(page.flow.connect);
    expect(page.calls("authorize")).toEqual([asked(true)]);
    expect(page.told()).toEqual([event("provider_selected"), event("oauth_started")]);
    expect(page.sent.left).toEqual([{ url: PROVIDER_URL, how: "assign" }]);
    expect(page.screen()).toEqual({ name: "leaving", to: "Acme Calendar", slow: false });
  });

  it("does not count within half a second of coming to the front [L17]", async () => {
    const page = createPage(happy);
    await page.reload();
    page.flow.connect();
    await pass(499);
    page.flow.connect();
    await pass(1);
    page.flow.cameToFront();
    page.flow.connect();
    await pass(499);
    page.flow.connect();
    await settle();
    expect(page.calls("authorize")).toEqual([]);
    // The twin: a moment later the same click leaves.
    await pass(1);
    page.flow.connect();
    await settle();
    expect(page.calls("authorize")).toEqual([asked(true)]);
  });

  it("shows a chosen provider before it leaves for it, and lets the user go back", async () => {
    const page = createPage({
      view: [viewReply({ view: view({ providers: [calendar, files] }) })],
      authorize: [authorized()],
    });
    await page.reload();
    expect(page.screen().name).toBe("choose");
    await page.press(() => page.flow.choose(calendar));
    expect(page.screen()).toMatchObject({ name: "confirm", provider: calendar, canGoBack: true });
    page.flow.back();
    expect(page.screen().name).toBe("choose");
    page.flow.choose(files);
    expect(page.calls("authorize")).toEqual([]);
    await page.press(page.flow.connect);
    expect(page.calls("authorize")).toEqual([asked(true, "files")]);
  });

  it("lists even the only provider once something is connected", async () => {
    const open = view({ multiple: true, connections: [connection()] });
    const page = createPage({ view: [viewReply({ view: open })] });
    await page.reload();
    expect(page.screen().name).toBe("choose");
  });
});

describe("going on without a click", () => {
  const offered = { claim: [claimed], view: [viewReply({ auto_continue: "calendar" })] };

  it("happens once, straight after the claim, as unconfirmed", async () => {
    const page = createPage({ ...offered, authorize: [authorized()] });
    await page.claim();
    expect(page.calls("authorize")).toEqual([asked(false)]);
    expect(page.sent.left).toHaveLength(1);
    // Back from the provider, out of the browser's cache: a choice, even if the broker offers it again [M15].
    page.flow.cameBack();
    await settle();
    expect(page.calls("view")).toHaveLength(2);
    expect(page.screen().name).toBe("confirm");
    expect(page.calls("authorize")).toHaveLength(1);
  });

  it("does not happen on a page that was loaded with its session", async () => {
    const page = createPage({ ...offered, authorize: [authorized()] });
    await page.reload();
    expect(page.screen().name).toBe("confirm");
    expect(page.calls("authorize")).toEqual([]);
  });

  it("does not happen for a provider that is not on offer", async () => {
    const page = createPage({ ...offered, view: [viewReply({ auto_continue: "other" })] });
    await page.claim();
    expect(page.screen().name).toBe("confirm");
    expect(page.calls("authorize")).toEqual([]);
  });

  it("gives way to the click when the broker wants one", async () => {
    const page = createPage({ ...offered, authorize: [problem(403, "confirmation_required")] });
    await page.claim();
    expect(page.screen()).toMatchObject({ name: "confirm", provider: calendar });
    expect(page.sent.left).toEqual([]);
    expect(page.told().map(({ message }) => message.name)).toEqual(["page_ready"]);
  });
});

describe("the address", () => {
  const bad = [
    "javascript:alert(1)",
    "data:text/html,x",
    "http://provider.example/authorize",
    "http://localhost.provider.example/",
    "http://127.0.0.1.provider.example/",
    "https://provider.example@evil.example/",
    "//provider.example/",
    "/authorize",
    "",
  ];
  it.each(bad)("%j is refused, and nobody is told that it began [L8]", async (url) => {
    const page = createPage({ ...happy, authorize: [authorized(url)] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "failed", failure: "unexpected" });
    expect(page.sent.left).toEqual([]);
    expect(page.told()).toEqual([]);
  });

  it.each([
    "https://provider.example/",
    "http://localhost:3003/a",
    "http://127.0.0.1:1/",
    "http://[::1]:2/",
  ])("%j is not", async (url) => {
    const page = createPage({ ...happy, authorize: [authorized(url)] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.sent.left).toEqual([{ url, how: "assign" }]);
  });

  it("keeps the opener for a provider of the operator's choice", async () => {
    const page = createPage(happy);
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.window.opener).not.toBeNull();
  });

  it("drops the opener before it leaves for a host that somebody else chose [M8]", async () => {
    const page = createPage({ ...happy, authorize: [authorized(PROVIDER_URL, true)] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.told()).toEqual([event("provider_selected"), event("oauth_started")]);
    expect(page.window.opener).toBeNull();
    expect(page.sent.left).toHaveLength(1);
  });
});

describe("what goes wrong on the way", () => {
  it.each([
    [502, "provider_unavailable", "provider_unavailable"],
    [429, "too_many_attempts", "too_many_attempts"],
    [403, "provider_not_allowed", "unexpected"],
    [500, "internal_error", "unexpected"],
    [400, "a_code_from_the_future", "unexpected"],
  ])("%i %s is a sentence, with a reference", async (status, code, failure) => {
    const page = createPage({ ...happy, authorize: [problem(status, code)] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "failed", failure, reference: "req_1" });
    expect(page.sent.left).toEqual([]);
    expect(page.told()).toEqual([]);
  });

  it("asks again when the broker was not reached", async () => {
    const page = createPage({ ...happy, authorize: ["no answer", authorized()] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "unreachable" });
    page.flow.retry();
    await settle();
    expect(page.calls("authorize")).toEqual([asked(true), asked(true)]);
    expect(page.sent.left).toHaveLength(1);
  });

  it.each([
    [410, "session_expired", viewReply(), problem(410, "session_expired"), "expired"],
    [410, "session_ended", viewReply(), problem(410, "session_ended"), "over"],
  ])("%i %s is looked at, then shown", async (status, code, before, after, ending) => {
    const page = createPage({ view: [before, after], authorize: [problem(status, code)] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "ended", ending });
    expect(page.sent.left).toEqual([]);
  });

  it("waits for another attempt that is finishing", async () => {
    const page = createPage({
      view: [viewReply(), viewReply({ phase: "finishing" })],
      authorize: [problem(409, "session_busy")],
    });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen().name).toBe("finishing");
  });

  it("offers a way on when the browser does not get there", async () => {
    const page = createPage(happy);
    await page.reload();
    await page.press(page.flow.connect);
    await pass(8_000);
    expect(page.screen()).toMatchObject({ name: "leaving", slow: true });
    page.flow.retry();
    await settle();
    expect(page.screen().name).toBe("confirm");
  });
});

describe("after a failed attempt", () => {
  const failed = viewReply({ phase: "failed", failure: "access_denied" });

  it("tries the only provider again at a click", async () => {
    const page = createPage({ view: [failed], authorize: [authorized()] });
    await page.reload();
    expect(page.screen()).toMatchObject({ name: "failed", failure: "access_denied" });
    page.flow.tryAgain();
    expect(page.calls("authorize")).toEqual([]);
    await page.press(page.flow.tryAgain);
    expect(page.calls("authorize")).toEqual([asked(true)]);
  });

  it("goes back to the list where it cannot know which one failed", async () => {
    const open = view({ providers: [calendar, files] });
    const page = createPage({
      view: [viewReply({ view: open, phase: "failed", failure: "provider_timeout" })],
    });
    await page.reload();
    await page.press(page.flow.tryAgain);
    expect(page.screen().name).toBe("choose");
    expect(page.calls("authorize")).toEqual([]);
  });
});
