// @vitest-environment node
/** Who is told, in which order, and that nobody's mistake is anybody else's. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import connect, { AlterConnect } from "../../src/index.ts";
import type { ConnectEvent, Outcome } from "../../src/index.ts";
import { CONNECTION, createWorld, SUCCESS } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type World = ReturnType<typeof createWorld>;
const EXIT: Outcome = { status: "exit" };
const FAILED: Outcome = { status: "error", error: { code: "access_denied", message: "Denied" } };

describe("the front door", () => {
  it("has one default and one named export, the same", () => {
    expect(connect).toBe(AlterConnect);
  });
});

describe("the order", () => {
  const write = (world: World) => {
    const told: string[] = [];
    world.widget.on("success", () => told.push("bus success"));
    world.widget.on("error", () => told.push("bus error"));
    world.widget.on("exit", () => told.push("bus exit"));
    world.widget.on("close", () => told.push("bus close"));
    const open = () =>
      world.widget.open({
        token: "",
        prompt: false,
        onSuccess: () => told.push("callback"),
        onError: () => told.push("callback"),
        onExit: () => told.push("callback"),
      });
    return { told, open };
  };

  it.each([
    ["success", SUCCESS],
    ["error", FAILED],
    ["exit", EXIT],
  ])("of %s is promise, callback, bus, close (field 5)", async (status, outcome) => {
    const world = createWorld();
    const { told } = write(world);
    const { promise } = world.open({
      onSuccess: () => told.push("callback"),
      onError: () => told.push("callback"),
      onExit: () => told.push("callback"),
    });
    // Also for one who awaits a function that awaits it.
    const wrapped = async () => promise;
    void wrapped().then(() => told.push("promise"));
    await world.ready();
    await world.outcome(outcome);
    await world.tell();
    expect(told).toEqual(["promise", "callback", `bus ${status}`, "bus close"]);
  });

  it("is the same when there never was a window", async () => {
    const world = createWorld();
    world.page.popupBlocker = true;
    const { told, open } = write(world);
    void open().then(() => told.push("promise"));
    await world.tell();
    expect(told).toEqual(["promise", "callback", "bus error", "bus close"]);
  });

  it("has isOpen() false before anybody is told", async () => {
    const world = createWorld();
    const open: boolean[] = [];
    const { promise } = world.open({ onSuccess: () => open.push(world.widget.isOpen()) });
    expect(world.widget.isOpen()).toBe(true);
    void promise.then(() => open.push(world.widget.isOpen()));
    await world.ready();
    await world.outcome(SUCCESS);
    await world.pass(0);
    expect(open).toEqual([false, false]);
  });
});

describe("a callback or listener", () => {
  it.each([
    ["throws", () => Promise.reject.call(undefined) as never],
    [
      "throws an error",
      () => {
        throw new Error("the app's own mistake");
      },
    ],
  ])("that %s is reported, and changes nothing else (field 1)", async (_, mistake) => {
    const world = createWorld();
    const heard = vi.fn();
    world.widget.on("success", mistake);
    world.widget.on("success", heard);
    world.widget.on("event", mistake);
    const { promise, outcome } = world.open({ onSuccess: mistake, onEvent: mistake });
    await world.toProvider();
    await world.outcome(SUCCESS);
    await world.pass(0);
    expect(await promise).toEqual(SUCCESS);
    expect(outcome()).toEqual(SUCCESS);
    expect(heard).toHaveBeenCalledExactlyOnceWith(CONNECTION, [CONNECTION]);
    expect(world.widget.isOpen()).toBe(false);
    expect(world.reported.length).toBeGreaterThanOrEqual(4);

    const again = world.open();
    await world.ready();
    await world.outcome(EXIT);
    expect(again.outcome()).toEqual(EXIT);
  });

  it("that closes the widget does not silence the others (field 5)", async () => {
    const world = createWorld();
    world.widget.on("event", () => world.widget.close());
    const exit = vi.fn();
    world.widget.on("exit", exit);
    const { told } = world.open();
    await world.tell();
    await world.tell();
    expect(told).toEqual(["exit"]);
    expect(exit).toHaveBeenCalledOnce();
  });

  it("is not needed: without any, the attempt still ends (field 1)", async () => {
    const world = createWorld();
    const token = new Promise<string>(() => undefined);
    const promise = world.widget.open({ token, prompt: false });
    await world.ready();
    world.popup().closed = true;
    await world.pass(500);
    expect(await promise).toEqual(EXIT);
    expect(world.widget.isOpen()).toBe(false);
  });

  it("may open the next window", async () => {
    const world = createWorld();
    let next: ReturnType<World["open"]> | undefined;
    world.open({
      onExit: () => {
        next = world.open();
      },
    });
    await world.ready();
    await world.outcome(EXIT);
    await world.pass(0);
    expect(world.popups).toHaveLength(2);
    await world.pass(0);
    await world.ready();
    await world.outcome(SUCCESS);
    expect(next?.outcome()).toEqual(SUCCESS);
  });
});

describe("the bus", () => {
  it("passes what the callbacks get, and stops on off() or by what on() returned", async () => {
    const world = createWorld();
    const stays = vi.fn();
    const off = vi.fn();
    const undone = vi.fn();
    world.widget.on("success", stays);
    world.widget.on("success", stays);
    world.widget.on("success", off);
    const undo = world.widget.on("success", undone);
    world.widget.off("success", off);
    world.widget.off("exit", off);
    undo();
    undo();
    world.open();
    await world.ready();
    await world.outcome(SUCCESS);
    await world.pass(0);
    expect(stays).toHaveBeenCalledExactlyOnceWith(CONNECTION, [CONNECTION]);
    expect(off).not.toHaveBeenCalled();
    expect(undone).not.toHaveBeenCalled();
  });

  it("outlives an attempt", async () => {
    const world = createWorld();
    const closed = vi.fn();
    world.widget.on("close", closed);
    for (let n = 1; n <= 2; n++) {
      world.open();
      await world.ready();
      await world.outcome(EXIT);
      await world.tell();
      expect(closed).toHaveBeenCalledTimes(n);
    }
  });
});

describe("events (field 20)", () => {
  const events = async (act: (world: World) => Promise<unknown>) => {
    const world = createWorld();
    const callback: ConnectEvent[] = [];
    const bus: ConnectEvent[] = [];
    const names: string[] = [];
    world.widget.on("event", (_, event) => bus.push(event));
    world.open({
      onEvent: (name, event) => {
        names.push(name);
        callback.push(event);
      },
    });
    await act(world);
    await world.tell();
    expect(bus).toEqual(callback);
    // The name comes first too, as the reference client documents it.
    expect(names).toEqual(callback.map(({ name }) => name));
    return callback;
  };

  it("tell the way to a success", async () => {
    expect(
      await events(async (world) => {
        await world.pass(0);
        await world.ready();
        await world.event("page_ready");
        await world.event("provider_selected", "calendar");
        await world.event("oauth_started", "calendar");
        await world.outcome(SUCCESS);
      }),
    ).toEqual([
      { name: "opened" },
      { name: "page_ready" },
      { name: "provider_selected", provider: "calendar" },
      { name: "oauth_started", provider: "calendar" },
      { name: "completed" },
    ]);
  });

  it("tell a window that was cut off, and an error by its code", async () => {
    const names = await events(async (world) => {
      await world.toProvider();
      world.popup().closed = true;
      await world.pass(1_000);
      await world.broker.now({ outcome: FAILED });
    });
    expect(names.map(({ name }) => name)).toEqual([
      "opened",
      "page_ready",
      "oauth_started",
      "detached",
      "error",
    ]);
    expect(names.at(-1)?.code).toBe("access_denied");
  });

  it("tell an exit", async () => {
    const told = await events(async (world) => {
      await world.ready();
      await world.outcome(EXIT);
    });
    expect(told.at(-1)).toEqual({ name: "exited" });
  });

  it("are logged on request only", async () => {
    for (const debug of [true, false]) {
      const world = createWorld({ config: { baseURL: "https://connect.example.com", debug } });
      world.open();
      await world.ready();
      await world.outcome(FAILED);
      expect(world.logs).toEqual(
        debug
          ? [
              ["AlterConnect", { name: "opened" }],
              ["AlterConnect", { name: "error", code: "access_denied" }],
            ]
          : [],
      );
    }
  });
});

describe("destroy()", () => {
  it("cancels, settles the promise, and tells nobody else", async () => {
    const world = createWorld();
    const heard = vi.fn();
    for (const name of ["success", "error", "exit", "close", "event"] as const)
      world.widget.on(name, heard);
    const { outcome, told, events } = world.open();
    await world.toProvider();
    heard.mockClear();
    events.length = 0;
    world.widget.destroy();
    expect(world.popup().closed).toBe(true);
    await world.pass(0);
    await world.pass(0);
    expect(outcome()).toEqual(EXIT);
    expect(world.broker.cancels).toBe(1);
    expect(world.widget.isOpen()).toBe(false);
    expect(heard).not.toHaveBeenCalled();
    expect(told).toEqual([]);
    expect(events).toEqual([]);
  });

  it("silences what has settled but was not told yet", async () => {
    const world = createWorld();
    const { outcome, told } = world.open();
    await world.ready();
    const settled = world.outcome(SUCCESS);
    world.widget.destroy();
    await settled;
    await world.pass(0);
    expect(outcome()).toEqual(SUCCESS);
    expect(told).toEqual([]);
  });

  it("leaves a widget that can be used again", async () => {
    const world = createWorld();
    world.open();
    world.widget.destroy();
    await world.pass(0);
    const { told } = world.open();
    await world.ready();
    await world.outcome(SUCCESS);
    await world.tell();
    expect(told).toEqual(["success grant-1 of 1"]);
  });
});

it("leaves nothing behind: no timer, no listener", async () => {
  const world = createWorld();
  const listening = new Set<string>();
  const { addEventListener } = world.app;
  world.app.addEventListener = (type, listener, options) => {
    const { signal } = options as { signal: AbortSignal };
    listening.add(type);
    signal.addEventListener("abort", () => listening.delete(type));
    addEventListener.call(world.app, type, listener, options);
  };
  world.open();
  await world.toProvider();
  expect([...listening]).toContain("message");
  await world.outcome(SUCCESS);
  expect([...listening]).toEqual([]);
  // The last one closes the window.
  await world.pass(5_000);
  expect(world.timers()).toBe(0);
});
