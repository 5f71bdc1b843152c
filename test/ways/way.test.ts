/** What all ways in share: the session endpoint, whose callbacks are called, and who hears of a redirect. */
import { describe, expect, it } from "vitest";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { createWay, type ConnectOptions } from "../../ways/way.ts";
import { stubEndpoint } from "./endpoint.ts";

const ENDPOINT = "/api/connect-session";
const fake = fakeAlterConnect();

const wayIn = (options: ConnectOptions = {}) => {
  const busy: boolean[] = [];
  const connect = fake.create();
  const all = { sessionEndpoint: ENDPOINT, connect, ...options };
  return {
    busy,
    connect,
    ...createWay(
      () => all,
      (isOpen) => busy.push(isOpen),
    ),
  };
};

describe("the session endpoint", () => {
  it.each([
    ["session_token", { session_token: fake.token }],
    ["sessionToken, as the README's backend has it", { sessionToken: fake.token }],
  ])("is asked by POST, on this origin only, and answers %s", async (_, body) => {
    const asked = stubEndpoint(() => Response.json(body));
    const { open, busy } = wayIn({ provider: "google" });
    const outcome = open();
    await fake.succeed({ provider: "google" });
    expect(await outcome).toMatchObject({ status: "success" });
    expect(asked).toEqual([
      {
        url: ENDPOINT,
        init: {
          method: "POST",
          // The browser refuses every other one, and every redirect to another one.
          mode: "same-origin",
          headers: { "Content-Type": "application/json" },
          body: '{"provider":"google"}',
        },
      },
    ]);
    expect(busy).toEqual([true, false]);
  });

  it.each<[string, () => Response | Promise<Response>, RegExp]>([
    ["a refusal", () => new Response("{}", { status: 401 }), /connect-session.*session_token.*401/],
    ["a page to log in", () => new Response("<html>"), /expected { session_token }, got 200/],
    ["another shape", () => Response.json({ token: "x" }), /expected { session_token }/],
    ["no text", () => Response.json({ session_token: 1 }), /expected { session_token }/],
    ["nobody", () => Promise.reject(new TypeError("Failed to fetch")), /Failed to fetch/],
  ])("that answers %s is token_failed, which says what was expected", async (_, reply, message) => {
    stubEndpoint(reply);
    const errors: unknown[] = [];
    const { open, busy } = wayIn({ onError: (error) => errors.push(error) });
    expect(await open()).toEqual({
      status: "error",
      error: { code: "token_failed", message: expect.stringMatching(message) as string },
    });
    await fake.told();
    expect(errors).toMatchObject([{ code: "token_failed" }]);
    expect(busy).toEqual([true, false]);
  });

  it("or a token, or it says that there is neither", async () => {
    const asked = stubEndpoint(() => Response.json({}));
    expect(await wayIn({ sessionEndpoint: undefined }).open()).toMatchObject({
      error: {
        code: "token_failed",
        message: expect.stringContaining("no session endpoint") as string,
      },
    });
    const outcome = wayIn({ token: async () => fake.token }).open();
    await fake.exit();
    expect(await outcome).toEqual({ status: "exit" });
    expect(asked).toEqual([]);
  });

  it("is asked after the window has opened, inside the click", () => {
    const order: string[] = [];
    stubEndpoint(() => new Promise(() => order.push("asked")));
    const { open } = wayIn({ onEvent: (name) => order.push(name) });
    fake.blocked();
    void open();
    expect(order).toEqual([]);
    fake.blocked(false);
    void open();
    expect(order).toEqual(["asked"]);
  });
});

describe("options", () => {
  it("of open() win, and callbacks are those there are when they are called", async () => {
    const told: string[] = [];
    let options: ConnectOptions = { token: fake.token, connect: fake.create() };
    const { open } = createWay(
      () => options,
      () => undefined,
    );
    void open({ onExit: () => told.push("own") });
    await fake.exit();
    void open();
    options = { ...options, onExit: () => told.push("new") };
    await fake.exit();
    expect(told).toEqual(["own", "new"]);
  });

  it("without a value take nothing from the widget", async () => {
    const given: object[] = [];
    const real = fake.create();
    const connect = { ...real, open: (o: object) => (given.push(o), new Promise<never>(() => 0)) };
    void createWay(
      () => ({ connect, token: "t", prompt: undefined }),
      () => undefined,
    ).open();
    void createWay(
      () => ({ connect, token: "t", prompt: false }),
      () => undefined,
    ).open();
    expect(given.map((o) => "prompt" in o && o.prompt)).toEqual([false, false]);
    expect(given.map((o) => "prompt" in o)).toEqual([false, true]);
  });
});

describe("a redirect that came back", () => {
  const page = (options: ConnectOptions, told: string[], name: string) => {
    const tell = (what: string) => () => told.push(`${name} ${what}`);
    return createWay(
      () => ({
        ...options,
        onSuccess: tell("success"),
        onError: ({ code }) => told.push(`${name} ${code}`),
        onExit: tell("exit"),
      }),
      () => undefined,
    );
  };

  it.each<[string, Parameters<typeof fake.returned>[0], (string | undefined)[], string]>([
    ["whose provider it is", [{ provider: "slack" }], ["google", "slack"], "slack success"],
    ["that names no provider", [{ provider: "slack" }], ["google", undefined], "any success"],
    ["that is first", [{ provider: "slack" }], ["google", "files"], "google success"],
    ["that is first", "exit", ["google", "slack"], "google exit"],
    ["that is first", { code: "access_denied" }, ["google", "slack"], "google access_denied"],
  ])("is heard once, by the place %s", async (_, how, providers, expected) => {
    const back = fakeAlterConnect();
    back.returned(how);
    const told: string[] = [];
    const stops = providers.map((provider) =>
      page({ connect: back.create(), provider }, told, provider ?? "any").start(),
    );
    await back.told();
    expect(told).toEqual([expected]);
    for (const stop of stops) stop();
  });

  it("waits for a place, and survives a start that is undone at once", async () => {
    const back = fakeAlterConnect();
    back.returned();
    const told: string[] = [];
    const way = page({ connect: back.create() }, told, "any");
    way.start()();
    await back.told();
    expect(told).toEqual([]);
    way.start()();
    const stop = way.start();
    await back.told();
    expect(told).toEqual(["any success"]);
    stop();
    way.start();
    await back.told();
    expect(told).toEqual(["any success"]);
  });
});
