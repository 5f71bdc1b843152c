// @vitest-environment node
/** A window that reads closed, and every way to cancel: what ends an attempt, and what must not. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorld, SUCCESS, TOKEN } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const EXIT = { status: "exit" };
const unreachable = () => Promise.reject(new TypeError("Failed to fetch"));
const heads = ({ calls }: ReturnType<typeof createWorld>) =>
  calls.filter(({ method }) => method === "HEAD");

describe("closed before anybody left for a provider", () => {
  it("is an exit, cancelled at the broker", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    await world.pass(0);
    await world.ready();
    await world.event("page_ready");
    world.popup().closed = true;
    await world.pass(500);
    expect(outcome()).toEqual(EXIT);
    await world.tell();
    expect(told).toEqual(["exit"]);
    expect(world.broker.cancels).toBe(1);
    expect(heads(world)).toEqual([]);
    const cancel = world.calls.at(-1);
    expect(cancel?.method).toBe("POST");
    expect(cancel?.url.pathname).toBe("/v1/connect/cancel");
    expect(cancel?.headers.get("authorization")).toBe(`Bearer ${TOKEN}`);
    expect(cancel?.headers.get("alter-connect-verifier")).toMatch(/^[\w-]{43}$/);
    expect(cancel?.init.redirect).toBe("error");
  });

  it("gives way to what the page said as it closed (field 4)", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.pass(0);
    await world.ready();
    world.popup().closed = true;
    await world.pass(250);
    await world.outcome(SUCCESS);
    await world.pass(60_000);
    expect(outcome()).toEqual(SUCCESS);
    expect(world.broker.cancels).toBe(0);
  });

  it("gives way to a departure that was on its way", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.pass(0);
    await world.ready();
    world.popup().closed = true;
    world.broker.phase = "at_provider";
    await world.pass(250);
    await world.event("oauth_started", "calendar");
    await world.pass(20_000);
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
  });

  it("is an exit at once while there is no token: there is nothing to cancel", async () => {
    const world = createWorld();
    const { outcome } = world.open({ token: new Promise<string>(() => undefined) });
    await world.ready();
    world.popup().closed = true;
    await world.pass(500);
    expect(outcome()).toEqual(EXIT);
    expect(world.calls).toEqual([]);
  });
});

describe("closed before the page said a word", () => {
  it.each(["same-origin", 'same-origin; report-to="coop"'])(
    "on a page isolated by %s: names the header, whose page alone it asks",
    async (header) => {
      const world = createWorld();
      world.page.headers = { "cross-origin-opener-policy": header };
      const { outcome } = world.open();
      await world.pass(0);
      world.popup().closed = true;
      await world.pass(500);
      expect(outcome()).toEqual({
        status: "error",
        error: { code: "opener_isolated", message: "Cross-Origin-Opener-Policy" },
      });
      expect(heads(world)).toHaveLength(1);
      expect(heads(world)[0]?.url.href).toBe(world.app.location.href);
      expect(heads(world)[0]?.headers.has("authorization")).toBe(false);
      // Nobody has got the session: there is nothing to end, and it can be used for the next attempt.
      expect(world.broker.cancels).toBe(0);
    },
  );

  it.each([undefined, "same-origin-allow-popups", "unsafe-none", "noopener-allow-popups"])(
    "on a page that sends %s: is an exit",
    async (header) => {
      const world = createWorld();
      if (header) world.page.headers = { "cross-origin-opener-policy": header };
      const { outcome } = world.open();
      await world.pass(0);
      world.popup().closed = true;
      await world.pass(500);
      expect(outcome()).toEqual(EXIT);
      expect(world.broker.cancels).toBe(1);
    },
  );

  it("while the token is not there either: says so once it is, or how that failed", async () => {
    const start = async () => {
      const world = createWorld();
      world.page.headers = { "cross-origin-opener-policy": "same-origin" };
      let resolve = (_: string): void => undefined;
      let reject = (_: Error): void => undefined;
      const token = new Promise<string>((...settle) => ([resolve, reject] = settle));
      const { outcome } = world.open({ token });
      world.popup().closed = true;
      await world.pass(500);
      expect(outcome()).toBeUndefined();
      return { world, outcome, resolve, reject };
    };
    const one = await start();
    one.resolve(TOKEN);
    await one.world.pass(0);
    expect(one.outcome()).toMatchObject({ error: { code: "opener_isolated" } });

    const other = await start();
    other.reject(new Error("401"));
    await other.world.pass(0);
    expect(other.outcome()).toMatchObject({ error: { code: "token_failed" } });
  });

  it("when the app's own page cannot be asked: is an exit", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.pass(0);
    const { fetch } = world.app;
    world.app.fetch = (url, init) => (init?.method === "HEAD" ? unreachable() : fetch(url, init));
    world.popup().closed = true;
    await world.pass(500);
    expect(outcome()).toEqual(EXIT);
  });
});

describe("closed after somebody left for a provider", () => {
  it("is no exit: the broker is asked, and a late success arrives (field 3)", async () => {
    const world = createWorld();
    const { outcome, events } = world.open();
    await world.toProvider();
    world.popup().closed = true;
    await world.pass(300_000);
    expect(outcome()).toBeUndefined();
    expect(world.widget.isOpen()).toBe(true);
    expect(world.broker.cancels).toBe(0);
    expect(events.filter((name) => name === "detached")).toHaveLength(1);
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
  });

  it("asks at least every six seconds from then on", async () => {
    const world = createWorld();
    world.open();
    await world.toProvider();
    world.popup().closed = true;
    await world.pass(500);
    const asked = world.broker.questions().length;
    expect(world.broker.questions().at(-1)?.url.search).toBe("?wait=5");
    await world.pass(60_000);
    expect(world.broker.questions().length - asked).toBeGreaterThanOrEqual(10);
  });

  it.each(["choosing", "failed"] as const)(
    "is an exit once the page is gone from its screen (%s)",
    async (phase) => {
      const world = createWorld();
      const { outcome } = world.open();
      await world.toProvider();
      await world.broker.now({ phase });
      world.popup().closed = true;
      await world.pass(3_000);
      expect(outcome()).toBeUndefined();
      await world.broker.now({ page_gone: true });
      expect(outcome()).toEqual(EXIT);
      expect(world.broker.cancels).toBe(1);
    },
  );

  it("waits while the broker is finishing, page or no page", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    world.popup().closed = true;
    world.page.focus = true;
    await world.broker.now({ phase: "finishing", page_gone: true });
    await world.pass(40_000);
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);
    await world.broker.now({ outcome: SUCCESS });
    expect(outcome()).toEqual(SUCCESS);
  });

  it("leaves a silent page alone while its window is open, and does not hammer the broker", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    await world.broker.now({ phase: "failed", page_gone: true });
    const asked = world.broker.questions().length;
    await world.pass(60_000);
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);
    expect(world.broker.questions().length - asked).toBeLessThanOrEqual(6);
    // The twin: the same silence behind a closed window.
    world.popup().closed = true;
    await world.pass(11_000);
    expect(outcome()).toEqual(EXIT);
  });
});

describe("closed at the provider, or cut off by it (H9)", () => {
  it("is an exit after half a minute of unbroken focus on the app's page", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    world.popup().closed = true;
    world.page.focus = true;
    await world.pass(29_000);
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);
    await world.pass(7_000);
    expect(outcome()).toEqual(EXIT);
    expect(world.broker.cancels).toBe(1);
  });

  it("is no exit while the user is elsewhere, and each return starts anew", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    world.popup().closed = true;
    for (let n = 0; n < 5; n++) {
      world.page.focus = true;
      await world.pass(25_000);
      world.page.focus = false;
      await world.pass(2_000);
    }
    expect(outcome()).toBeUndefined();
    expect(world.broker.cancels).toBe(0);
  });

  it("counts no focus from before it closed", async () => {
    const world = createWorld();
    const { outcome } = world.open();
    await world.toProvider();
    world.page.focus = true;
    await world.pass(60_000);
    world.popup().closed = true;
    await world.pass(28_000);
    expect(outcome()).toBeUndefined();
  });

  it("takes another grace", async () => {
    const world = createWorld();
    const { outcome } = world.open({ closedGrace: 2_000 });
    await world.toProvider();
    world.popup().closed = true;
    world.page.focus = true;
    await world.pass(8_000);
    expect(outcome()).toEqual(EXIT);

    const patient = createWorld();
    const other = patient.open({ closedGrace: Infinity });
    await patient.toProvider();
    patient.popup().closed = true;
    patient.page.focus = true;
    await patient.pass(600_000);
    expect(other.outcome()).toBeUndefined();
  });

  it("is a success if that was there first (H8)", async () => {
    const world = createWorld();
    const { outcome } = world.open({ closedGrace: 0 });
    await world.toProvider();
    const { fetch } = world.app;
    world.app.fetch = (url, init) => {
      if (init?.method === "POST") world.broker.outcome = SUCCESS;
      return fetch(url, init);
    };
    world.popup().closed = true;
    await world.pass(6_000);
    expect(world.broker.cancels).toBe(1);
    expect(outcome()).toEqual(SUCCESS);
  });
});

describe.each([
  ["close()", (world: ReturnType<typeof createWorld>) => world.widget.close()],
  ["the signal", (_: unknown, controller: AbortController) => controller.abort()],
])("%s", (_, cancel) => {
  const start = () => {
    const world = createWorld();
    const controller = new AbortController();
    const attempt = world.open({ signal: controller.signal });
    return { world, ...attempt, cancel: () => cancel(world, controller) };
  };

  it("closes the window, cancels and reports what the broker replies", async () => {
    const { world, outcome, told, cancel } = start();
    await world.toProvider();
    cancel();
    expect(world.popup().closed).toBe(true);
    await world.pass(0);
    expect(outcome()).toEqual(EXIT);
    expect(told).toEqual(["exit"]);
    expect(world.broker.cancels).toBe(1);
  });

  it("may come too late: then the outcome is a success", async () => {
    const { world, outcome, told, cancel } = start();
    await world.toProvider();
    world.broker.outcome = SUCCESS;
    cancel();
    await world.pass(0);
    expect(outcome()).toEqual(SUCCESS);
    expect(told).toEqual(["success grant-1 of 1"]);
  });

  it("is broker_unreachable, never exit, if nobody confirms it", async () => {
    const { world, outcome, cancel } = start();
    await world.toProvider();
    world.broker.reply = unreachable;
    cancel();
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "broker_unreachable" } });
  });

  it("waits ten seconds for the broker", async () => {
    const { world, outcome, cancel } = start();
    await world.toProvider();
    world.broker.reply = () => new Promise<Response>(() => undefined);
    cancel();
    await world.pass(9_500);
    expect(outcome()).toBeUndefined();
    await world.pass(500);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "broker_unreachable" } });
  });

  it("is said to the broker once, however long it takes", async () => {
    const { world, cancel } = start();
    await world.pass(0);
    await world.ready();
    world.broker.reply = () => new Promise<Response>(() => undefined);
    cancel();
    await world.pass(9_500);
    expect(world.calls.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("reports a refusal by its code", async () => {
    const { world, outcome, cancel } = start();
    await world.toProvider();
    world.broker.reply = () =>
      Response.json({ code: "session_ended", title: "The session has ended" }, { status: 410 });
    cancel();
    await world.pass(0);
    expect(outcome()).toMatchObject({ status: "error", error: { code: "session_ended" } });
  });
});

it("does nothing on close() and destroy() without an attempt", async () => {
  const world = createWorld();
  world.widget.close();
  world.widget.destroy();
  await world.pass(0);
  expect(world.calls).toEqual([]);
  expect(world.popups).toEqual([]);
});

it("opens no window for a signal that is aborted already, and asks for no token", async () => {
  const world = createWorld();
  const token = vi.fn(() => TOKEN);
  const { outcome, told } = world.open({ token, signal: AbortSignal.abort() });
  await world.pass(0);
  expect(outcome()).toEqual(EXIT);
  expect(told).toEqual(["exit"]);
  expect(world.popups).toEqual([]);
  expect(token).not.toHaveBeenCalled();
});

it("lets go of the signal with the outcome", async () => {
  const world = createWorld();
  const controller = new AbortController();
  const { outcome } = world.open({ signal: controller.signal });
  await world.ready();
  await world.outcome(SUCCESS);
  controller.abort();
  await world.pass(60_000);
  expect(world.broker.cancels).toBe(0);
  expect(outcome()).toEqual(SUCCESS);
});
