// @vitest-environment node
/**
 * The fake against the real widget: the same script in both, and what an app sees has to be the same. The real one works on
 * the window, the page and the broker that its own tests have (test/widget/world.ts).
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AlterConnect, OpenOptions, Outcome } from "../../src/index.ts";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { BROKER, CONNECTION, createWorld, TOKEN } from "../widget/world.ts";

/** What a script may do, and what it leaves to the two who do it. */
type Stage = {
  widget: AlterConnect;
  token: string;
  succeed: () => Promise<unknown>;
  exit: () => Promise<unknown>;
  closeWindow: () => Promise<unknown>;
  fail: (code: string) => Promise<unknown>;
  provider: () => Promise<unknown>;
  blocked: () => void;
  phone: () => void;
  left: () => URL | undefined;
  told: () => Promise<unknown>;
};

const staged = { config: { baseURL: BROKER, prompt: false } } as const;

const real = (): Stage => {
  const world = createWorld(staged);
  const onPage = async (): Promise<void> => {
    await world.pass(0);
    await world.ready();
    await world.event("page_ready");
  };
  let at = false;
  const provider = async (): Promise<void> => {
    await onPage();
    await world.event("provider_selected", "calendar");
    world.broker.phase = "at_provider";
    await world.event("oauth_started", "calendar");
    at = true;
  };
  const end = async (outcome: Outcome): Promise<void> => {
    if (!at) await onPage();
    at = false;
    await world.outcome(outcome);
    await world.tell();
  };
  return {
    widget: world.widget,
    token: TOKEN,
    succeed: async () => {
      if (!at) await provider();
      await end({ status: "success", connections: [CONNECTION] });
    },
    exit: () => end({ status: "exit" }),
    fail: (code) => end({ status: "error", error: { code, message: code } }),
    provider,
    closeWindow: async () => {
      if (!at) await onPage();
      world.popup().closed = true;
      // Away at a provider it takes the grace of a user who stays on the app's page.
      world.page.focus = true;
      await world.pass(36_000);
    },
    blocked: () => (world.page.popupBlocker = true),
    phone: () => (world.page.media["pointer"] = "coarse"),
    left: () => world.left.at(-1),
    told: () => world.pass(1),
  };
};

const fake = (): Stage => {
  const it = fakeAlterConnect();
  return {
    ...it,
    widget: it.create(staged.config),
    succeed: () => it.succeed(CONNECTION),
    provider: async () => {
      await it.event("provider_selected", "calendar");
      await it.event("oauth_started", "calendar");
    },
  };
};

/** Everything that an app is told, in its order. */
const play = async (
  stage: Stage,
  script: (stage: Stage, open: (options?: Partial<OpenOptions>) => Promise<Outcome>) => unknown,
): Promise<unknown[]> => {
  const told: unknown[] = [];
  const { widget, token } = stage;
  for (const name of ["success", "error", "exit", "close"] as const)
    widget.on(name, (...args: unknown[]) => told.push([`on ${name}`, ...args]));
  await script(stage, (options = {}) => {
    const outcome = widget.open({
      token,
      onSuccess: (...args) => told.push(["onSuccess", ...args]),
      onError: ({ code }) => told.push(["onError", code]),
      onExit: () => told.push(["onExit"]),
      onEvent: (name, { provider, code }) => told.push([name, provider, code]),
      ...options,
    });
    told.push(["open", widget.isOpen()]);
    void outcome.then(({ status }) => told.push(["promise", status, widget.isOpen()]));
    return outcome;
  });
  await stage.told();
  told.push(["open", widget.isOpen()]);
  return told;
};

describe("tells what the real one tells", () => {
  // Of the real world's only: the fake has none, and must not be stopped by one of the app's either.
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const controller = (): AbortController => new AbortController();
  it.each<[string, string, Parameters<typeof play>[1]]>([
    ["success", "onSuccess", async ({ succeed }, open) => (void open(), await succeed())],
    ["exit", "onExit", async ({ exit }, open) => (void open(), await exit())],
    [
      "access_denied",
      "access_denied",
      async (s, open) => (void open(), await s.fail("access_denied")),
    ],
    [
      "wrong_user, on the way back",
      "wrong_user",
      async (s, open) => (void open(), await s.provider(), await s.fail("wrong_user")),
    ],
    ["a blocked window", "popup_blocked", (s, open) => (s.blocked(), void open())],
    [
      "a token that fails",
      "token_failed",
      (_, open) => void open({ token: () => Promise.reject(new Error("no")) }),
    ],
    ["no token at all", "invalid_token", (_, open) => void open({ token: "x" })],
    [
      "another broker's token",
      "invalid_token",
      (_, open) => void open({ token: `alter_cs_${btoa("https://evil.example")}.x` }),
    ],
    ["close()", "onExit", (s, open) => (void open(), s.widget.close())],
    [
      "a window closed by the user",
      "onExit",
      async (s, open) => (void open(), await s.closeWindow()),
    ],
    [
      "a window closed at the provider",
      "detached",
      async (s, open) => (void open(), await s.provider(), await s.closeWindow()),
    ],
    [
      "a signal that was aborted",
      "onExit",
      (_, open) => void open({ signal: AbortSignal.abort() }),
    ],
    [
      "a signal",
      "onExit",
      (_, open) => {
        const aborter = controller();
        void open({ signal: aborter.signal });
        aborter.abort();
      },
    ],
    [
      "a second open()",
      "onSuccess",
      async (s, open) => (void open(), void open(), await s.succeed()),
    ],
    [
      "one after the other",
      "onSuccess",
      async (s, open) => (void open(), await s.exit(), void open(), await s.succeed()),
    ],
    ["destroy()", "promise", (s, open) => (void open(), s.widget.destroy())],
    ["a phone", "opened", async (s, open) => (s.phone(), void open(), await s.told())],
  ])("%s", async (_, sign, script) => {
    const expected = await play(real(), script);
    expect(JSON.stringify(expected)).toContain(sign);
    expect(await play(fake(), script)).toEqual(expected);
  });

  it("a phone leaves with the token in the fragment, and not without a return URL", async () => {
    for (const stage of [real(), fake()]) {
      stage.phone();
      await play(stage, async (s, open) => (void open(), await s.told()));
      expect(stage.left()?.origin + (stage.left()?.pathname ?? "")).toBe(`${BROKER}/connect`);
      expect(stage.left()?.hash).toContain(`session=${stage.token}`);
    }
  });
});

describe("says what a test has got wrong", () => {
  it("nothing is open", async () => {
    await expect(fakeAlterConnect().succeed()).rejects.toThrow("expected open() before");
  });

  it("a phone has left", async () => {
    const it = fakeAlterConnect();
    it.phone();
    void it.create().open({ token: it.token });
    await it.told();
    await expect(it.succeed()).rejects.toThrow("comes back by returned()");
  });

  it("it has ended already", async () => {
    const it = fakeAlterConnect();
    void it.create().open({ token: async () => Promise.reject(new Error("401")) });
    await expect(it.succeed()).rejects.toThrow(/ended already.*token_failed.*401/);
  });
});

describe("a redirect that comes back", () => {
  it.each([
    ["with an account", undefined, { status: "success", connections: [{ provider: "google" }] }],
    ["with nothing", "exit", { status: "exit" }],
    [
      "with a code",
      { code: "access_denied" },
      { status: "error", error: { code: "access_denied" } },
    ],
  ] as const)("%s", async (_, how, expected) => {
    const it = fakeAlterConnect();
    it.returned(how);
    const widget = it.create();
    const told: string[] = [];
    for (const name of ["success", "error", "exit"] as const)
      widget.on(name, () => told.push(name));
    expect(await widget.getRedirectResult()).toMatchObject(expected);
    await it.told();
    expect(told).toEqual([expected.status]);
    // It is told once in a page, and another page of the app is no return.
    expect(await it.create().getRedirectResult()).toBeNull();
  });

  it("of this very visit", async () => {
    const it = fakeAlterConnect();
    it.phone();
    void it.create().open({ token: it.token });
    await it.told();
    expect(it.left()?.host).toBe("connect.example.com");
    it.returned([{ provider: "slack" }]);
    expect(await it.create().getRedirectResult()).toMatchObject({
      connections: [{ provider: "slack", status: "active" }],
    });
  });
});
