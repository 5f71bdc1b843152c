// @vitest-environment node
/** The sure way home: when the broker is asked, how, and what its replies lead to. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BROKER, createWorld, SECRET, SUCCESS, TOKEN } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const problem = (status: number, body: unknown) => () => Response.json(body, { status });
const unreachable = () => Promise.reject(new TypeError("Failed to fetch"));

describe("asking starts", () => {
  it("as soon as the token is there: what keeps the broker out shows before anybody leaves (H7, M7)", async () => {
    const world = createWorld();
    world.open();
    await world.pass(0);
    expect(world.calls).toEqual([]);
    await world.pass(250);
    expect(world.broker.questions()).toHaveLength(1);
  });

  it("not before, however long the token takes", async () => {
    const world = createWorld();
    let mint = (_: string): void => undefined;
    world.open({ token: new Promise<string>((resolve) => (mint = resolve)) });
    await world.pass(60_000);
    for (const type of ["focus", "online"]) await world.happens(type);
    expect(world.calls).toEqual([]);
    mint(TOKEN);
    await world.pass(250);
    expect(world.broker.questions()).toHaveLength(1);
  });

  it.each(["focus", "visibilitychange", "pageshow", "online"])("at once on %s", async (type) => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.pass(0);
    await world.ready();
    world.broker.outcome = SUCCESS;
    await world.happens(type);
    expect(outcome()).toEqual(SUCCESS);
  });
});

describe("a question", () => {
  it("carries token and verifier in headers, no cookie, and follows no redirect", async () => {
    const world = createWorld();
    world.open();
    await world.toProvider();
    const [question] = world.broker.questions();
    expect(question?.url.href).toBe(`${BROKER}/v1/connect/outcome?wait=25`);
    expect(question?.method).toBe("GET");
    expect(question?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(question?.headers.get("alter-connect-verifier")).toMatch(/^[\w-]{43}$/);
    expect(question?.init.redirect).toBe("error");
    // fetch's own default is the rule: cookies go to the page's own origin only.
    expect(question?.init.credentials).toBeUndefined();
  });

  it("is asked again at once after one that the broker has held", async () => {
    const world = createWorld();
    world.open();
    await world.toProvider();
    await world.pass(25_250);
    expect(world.broker.questions()).toHaveLength(2);
  });

  it.each([
    [0, 25],
    [3, 28],
    [60, 85],
  ])("is asked again when the broker says (%i s)", async (retry_after, pause) => {
    const world = createWorld();
    world.open();
    world.broker.retry_after = retry_after;
    await world.toProvider();
    await world.pass(90_000);
    expect(Math.round(world.broker.pauses()[0] ?? 0)).toBe(pause);
  });

  it("that is not answered at all is asked again", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    world.broker.reply = () => new Promise<Response>(() => undefined);
    await world.toProvider();
    world.broker.reply = undefined;
    world.broker.outcome = SUCCESS;
    await world.pass(41_000);
    expect(outcome()).toEqual(SUCCESS);
  });

  it("of which there is a newer one schedules nothing", async () => {
    const world = createWorld();
    world.open();
    await world.toProvider();
    for (let n = 0; n < 3; n++) await world.happens("focus");
    expect(world.broker.questions()).toHaveLength(4);
    // Each of the older ones was answered in that moment, with nothing to wait for.
    await world.pass(20_000);
    expect(world.broker.questions()).toHaveLength(4);
  });

  it("ends with the attempt", async () => {
    const world = createWorld();
    world.open();
    await world.toProvider();
    const [question] = world.broker.questions();
    expect(question?.init.signal?.aborted).toBe(false);
    await world.outcome(SUCCESS);
    expect(question?.init.signal?.aborted).toBe(true);
    const asked = world.calls.length;
    await world.pass(120_000);
    await world.happens("focus");
    expect(world.calls).toHaveLength(asked);
    expect(world.timers()).toBe(0);
  });
});

describe("an outcome that comes by asking", () => {
  it("settles once, and closes the window after the page has had its three seconds", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    await world.toProvider();
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
    await world.pass(3_500);
    expect(world.popup().closed).toBe(false);
    await world.pass(1_500);
    expect(world.popup().closed).toBe(true);
    expect(told).toEqual(["success grant-1 of 1"]);
    expect(world.broker.cancels).toBe(0);
  });

  it("settles once, and so does one that comes by message as well", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    await world.toProvider();
    await world.outcome(SUCCESS);
    await world.outcome({ status: "exit" });
    await world.broker.now({ outcome: { status: "exit" } });
    await world.pass(60_000);
    expect(outcome()).toEqual(SUCCESS);
    expect(told).toEqual(["success grant-1 of 1"]);
  });

  it("reaches a page that the browser had put aside (field 6)", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    // The request dies with the page; the clock stands still until it is shown again.
    world.broker.reply = unreachable;
    await world.happens("pagehide", { persisted: true });
    world.broker.reply = undefined;
    world.broker.outcome = SUCCESS;
    await world.happens("pageshow", { persisted: true });
    expect(outcome()).toEqual(SUCCESS);
    expect(world.widget.isOpen()).toBe(false);
  });
});

describe("a broker that cannot say", () => {
  it.each([
    ["unreachable", unreachable],
    ["restarting", problem(503, { code: "shutting_down", title: "The broker is shutting down" })],
    ["broken", problem(500, { code: "internal_error", title: "Something went wrong here" })],
    ["behind a broken proxy", () => new Response("<html>", { status: 502 })],
    ["busy", problem(429, { code: "rate_limited", title: "Too many requests" })],
    [
      "cut off within a reply",
      () =>
        new Response(
          new ReadableStream({
            pull: (stream) => stream.error(new TypeError("network error")),
          }),
        ),
    ],
    ["cut off before a reply", () => new Response("")],
    ["behind a proxy's own page", () => new Response("<html>")],
    ["behind a proxy that wants a log-in", () => new Response("<html>", { status: 407 })],
  ])("(%s) is asked again every three seconds, and nothing ends", async (_, reply) => {
    const world = createWorld();
    const { outcome } = world.open();
    world.broker.reply = reply;
    await world.toProvider();
    await world.pass(12_000);
    expect(world.broker.pauses()).toEqual([3, 3, 3, 3]);
    expect(outcome()).toBeUndefined();
    expect(world.popup().closed).toBe(false);

    world.broker.reply = undefined;
    world.broker.outcome = SUCCESS;
    await world.pass(3_000);
    expect(outcome()).toEqual(SUCCESS);
  });
});

describe("a refusal", () => {
  it.each([
    [410, "session_expired"],
    [410, "session_ended"],
    [404, "unknown_session"],
    [409, "session_claimed_elsewhere"],
    [403, "origin_not_allowed"],
  ])("(%i %s) is how the session ended", async (status, code) => {
    const world = createWorld();
    const { outcome, told } = world.open();
    world.broker.reply = problem(status, { code, title: "What it is", detail: "What came" });
    await world.toProvider();
    expect(outcome()).toEqual({ status: "error", error: { code, message: "What it is" } });
    await world.tell();
    expect(told).toEqual([`error ${code}`]);
    expect(world.broker.cancels).toBe(0);
  });
});

it.each([
  ["null", problem(200, null)],
  ["an unknown status", problem(200, { status: "done" })],
  [
    "a connection that is not active (field 13)",
    problem(200, { status: "success", connections: [{}] }),
  ],
  ["a success without connections", problem(200, { status: "success", connections: [] })],
  ["an error without a code", problem(200, { status: "error", error: {} })],
  ["a refusal without a code", problem(410, { title: "Gone" })],
])("does not understand %s, and says so", async (_, reply) => {
  const world = createWorld();
  const { outcome } = world.open();
  world.broker.reply = reply;
  await world.toProvider();
  expect(outcome()).toMatchObject({ status: "error", error: { code: "invalid_response" } });
});

describe("a Content-Security-Policy that keeps the broker out (M7)", () => {
  const violation = {
    disposition: "enforce",
    effectiveDirective: "connect-src",
    blockedURI: `${BROKER}/v1/connect/outcome`,
  };

  it("is named, with the directive to change", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    world.broker.reply = unreachable;
    await world.pass(250);
    await world.happens("securitypolicyviolation", violation);
    expect(outcome()).toEqual({
      status: "error",
      error: { code: "blocked_by_csp", message: `connect-src ${BROKER}` },
    });
    expect(world.popup().closed).toBe(true);
    await world.tell();
    expect(told).toEqual(["error blocked_by_csp"]);
    expect(world.broker.cancels).toBe(0);
  });

  it.each([
    ["only reports", { ...violation, disposition: "report" }],
    ["is about another host", { ...violation, blockedURI: "https://cdn.example/x.js" }],
    ["is about inline script", { ...violation, blockedURI: "inline" }],
  ])("is not blamed when it %s", async (_, other) => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    await world.happens("securitypolicyviolation", other);
    expect(outcome()).toBeUndefined();
  });

  it("is not blamed while no broker is known", async () => {
    const world = createWorld({ config: {} });
    const { outcome } = world.open({ token: new Promise<string>(() => undefined) });
    for (const blockedURI of ["", "inline", violation.blockedURI])
      await world.happens("securitypolicyviolation", { ...violation, blockedURI });
    expect(outcome()).toBeUndefined();
  });
});

it("puts neither token nor verifier into an event, a log, an outcome or an address", async () => {
  const world = createWorld({ config: { debug: true } });
  const told: unknown[] = [];
  const { promise } = world.open({ onEvent: (...event) => told.push(event) });
  await world.toProvider();
  await world.broker.now({ outcome: SUCCESS });
  const verifier = world.broker.questions()[0]?.headers.get("alter-connect-verifier") ?? "";
  expect(verifier).not.toBe("");
  const addresses = [
    ...world.calls.map(({ url }) => url.href),
    ...world.popups.map(({ url }) => url),
  ];
  await world.pass(0);
  const open = JSON.stringify([told, world.logs, await promise, addresses]);
  expect(told.length).toBeGreaterThan(3);
  expect(world.logs.length).toBeGreaterThan(3);
  for (const secret of [SECRET, verifier, world.popup().name]) expect(open).not.toContain(secret);
});
