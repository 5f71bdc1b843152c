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
const asked = (provider = "calendar") => ({ session_id: "s1", provider });
const happy = { view: [viewReply()], authorize: [authorized()] };

describe("the one click [H4]", () => {
  it("asks nothing of the broker before the click, and leaves after it", async () => {
    const page = createPage(happy);
    await page.reload();
    await pass(60_000);
    expect(page.calls("authorize")).toEqual([]);
    await page.press(page.flow.connect);
    expect(page.calls("authorize")).toEqual([asked()]);
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
    expect(page.calls("authorize")).toEqual([asked()]);
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
    expect(page.calls("authorize")).toEqual([asked("files")]);
  });

  it("lists even the only provider once something is connected", async () => {
    const open = view({ multiple: true, connections: [connection()] });
    const page = createPage({ view: [viewReply({ view: open })] });
    await page.reload();
    expect(page.screen().name).toBe("choose");
  });
});

describe("going on without a click", () => {
  const authorization = {
    provider: "calendar",
    authorization_url: PROVIDER_URL,
    drop_opener: false,
  };
  const known = claimed({ phase: "at_provider", authorization });
  const ready = {
    to: APP,
    message: { type: "alter-connect:event", v: 1, name: "page_ready" },
  };

  it("leaves as soon as the claim is answered, and tells the app what happens, in order", async () => {
    const page = createPage({ claim: [known] });
    await page.claim();
    expect(page.told()).toEqual([ready, event("provider_selected"), event("oauth_started")]);
    expect(page.sent.left).toEqual([{ url: PROVIDER_URL, how: "assign" }]);
    expect(page.screen()).toEqual({ name: "leaving", to: "Acme Calendar", slow: false });
    // One request brought it here. A sign of life would take the session back from the provider.
    page.flow.cameIntoView();
    await pass(7_000);
    expect(page.sent.calls).toHaveLength(1);
    page.flow.goesAway();
    expect(page.sent.beacons).toEqual([]);
  });

  it("asks of the provider's host what a click would ask", async () => {
    const page = createPage({
      claim: [claimed({ authorization: { ...authorization, drop_opener: true } })],
    });
    await page.claim();
    expect(page.told()).toHaveLength(3);
    expect(page.window.opener).toBeNull();
  });

  it("lands on a choice when the user comes back, out of the browser's cache [M15]", async () => {
    const page = createPage({ claim: [known], view: [viewReply({ phase: "at_provider" })] });
    await page.claim();
    page.flow.cameBack();
    await settle();
    expect(page.signs()).toEqual(["here"]);
    expect(page.screen()).toMatchObject({ name: "confirm", provider: calendar });
    await pass(60_000);
    expect(page.calls("authorize")).toEqual([]);
    expect(page.sent.left).toHaveLength(1);
  });

  it("does not happen when a repeated claim finds the session at the provider [M6]", async () => {
    const page = createPage({ claim: [claimed({ phase: "at_provider" })] });
    await page.claim();
    expect(page.screen()).toMatchObject({ name: "confirm", provider: calendar });
    // Which says that the user is here again.
    expect(page.signs()).toEqual(["here"]);
    expect(page.told()).toEqual([ready]);
    expect(page.sent.left).toEqual([]);
  });

  it("does not happen for a provider that is not on offer", async () => {
    const page = createPage({
      claim: [claimed({ authorization: { ...authorization, provider: "other" } })],
    });
    await page.claim();
    expect(page.screen().name).toBe("confirm");
    expect(page.sent.left).toEqual([]);
  });

  it("goes to no address that a click would not lead to, and says that it is still here", async () => {
    const url = "http://provider.example/authorize";
    const page = createPage({
      claim: [claimed({ authorization: { ...authorization, authorization_url: url } })],
    });
    await page.claim();
    expect(page.screen()).toMatchObject({ name: "failed", failure: "unexpected" });
    expect(page.told()).toEqual([ready]);
    expect(page.sent.left).toEqual([]);
    expect(page.signs()).toEqual(["here"]);
  });

  it("says why it did not, where the provider refuses this browser", async () => {
    const page = createPage({
      claim: [claimed({ phase: "failed", failure: "unsupported_browser" })],
    });
    await page.claim();
    expect(page.screen()).toMatchObject({ name: "failed", failure: "unsupported_browser" });
    expect(page.sent.left).toEqual([]);
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

describe("what the user has to say first", () => {
  const shop = { ...calendar, fields: [{ name: "shop", label: "Shop", value: "acme" }] };
  const asking = { view: [viewReply({ view: view({ providers: [shop] }) })] };

  it("is sent with the click: what was typed, else what was there", async () => {
    const page = createPage({
      ...asking,
      authorize: [problem(400, "invalid_variable"), authorized()],
    });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.calls("authorize").at(-1)).toEqual({
      ...asked(),
      variables: [{ name: "shop", value: "acme" }],
    });
    // Not as it has to be: the same screen, with what was typed, and nothing lost.
    expect(page.screen()).toMatchObject({ name: "confirm", wrong: "form" });
    page.flow.type("shop", "globex");
    expect(page.flow.typed("shop")).toBe("globex");
    await page.press(page.flow.connect);
    expect(page.calls("authorize").at(-1)).toEqual({
      ...asked(),
      variables: [{ name: "shop", value: "globex" }],
    });
    expect(page.sent.left).toHaveLength(1);
  });

  it("is forgotten with another choice", async () => {
    const page = createPage({ view: [viewReply({ view: view({ providers: [shop, files] }) })] });
    await page.reload();
    page.flow.choose(shop);
    page.flow.type("shop", "globex");
    page.flow.choose(files);
    page.flow.choose(shop);
    expect(page.flow.typed("shop")).toBeUndefined();
  });
});

describe("what goes wrong on the way", () => {
  it.each([
    [502, "provider_unavailable", "provider_unavailable"],
    [429, "too_many_attempts", "too_many_attempts"],
    [403, "unsupported_browser", "unsupported_browser"],
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

  it("still tells the end of the session when it comes", async () => {
    const page = createPage({
      view: [viewReply({ view: view({ expires_in: 60 }) }), problem(410, "session_expired")],
      authorize: [problem(502, "provider_unavailable")],
    });
    await page.reload();
    await page.press(page.flow.connect);
    await pass(61_000);
    expect(page.screen()).toMatchObject({ name: "ended", ending: "expired" });
  });

  it("names the provider that it happened at, though there are several", async () => {
    const several = view({ providers: [calendar, files] });
    const page = createPage({
      view: [viewReply({ view: several })],
      authorize: [problem(403, "unsupported_browser")],
    });
    await page.reload();
    page.flow.choose(files);
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ failure: "unsupported_browser", provider: files });
    page.flow.back();
    expect(page.screen().name).toBe("choose");
  });

  it("asks again when the broker was not reached", async () => {
    const page = createPage({ ...happy, authorize: ["no answer", authorized()] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toMatchObject({ name: "trouble", kind: "unreachable" });
    page.flow.retry();
    await settle();
    expect(page.calls("authorize")).toEqual([asked(), asked()]);
    expect(page.sent.left).toHaveLength(1);
  });

  it.each([
    [429, "rate_limited"],
    [503, "overloaded"],
  ])("%i %s says to wait, and the same click goes on from there", async (status, code) => {
    const page = createPage({ ...happy, authorize: [problem(status, code), authorized()] });
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.screen()).toEqual({ name: "trouble", kind: "busy", reference: "req_1" });
    page.flow.retry();
    await settle();
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
  it("shows after a reload too that the provider refuses this browser", async () => {
    const page = createPage({
      view: [viewReply({ phase: "failed", failure: "unsupported_browser" })],
    });
    await page.reload();
    expect(page.screen()).toMatchObject({
      name: "failed",
      failure: "unsupported_browser",
      provider: calendar,
    });
    await page.press(page.flow.connect);
    expect(page.calls("authorize")).toEqual([]);
  });

  const failed = viewReply({ phase: "failed", failure: "access_denied" });

  it("tries the only provider again at a click", async () => {
    const page = createPage({ view: [failed], authorize: [authorized()] });
    await page.reload();
    expect(page.screen()).toMatchObject({ name: "failed", failure: "access_denied" });
    page.flow.tryAgain();
    expect(page.calls("authorize")).toEqual([]);
    await page.press(page.flow.tryAgain);
    expect(page.calls("authorize")).toEqual([asked()]);
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
