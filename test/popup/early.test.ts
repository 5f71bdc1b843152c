/** What runs before the page is there: one claim, made once, whoever brought the session, and nothing lost on the way. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { APP, CHALLENGE, SESSION, viewReply } from "./page.ts";

const BROKER = "https://broker.example";
const browser = globalThis as unknown as { happyDOM: { setURL: (url: string) => void } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

type Sent = { path: string; body: Record<string, unknown> };

/** The early script alone, at this address. `answers` has one way to answer for each request so far. */
const load = async (path: string) => {
  browser.happyDOM.setURL(BROKER + path);
  history.replaceState(null, "");
  const root = document.createElement("div");
  root.id = "page";
  document.body.replaceChildren(root);
  const sent: Sent[] = [];
  const answers: ((status: number, body: unknown) => void)[] = [];
  vi.stubGlobal("fetch", (to: string, init: RequestInit) => {
    sent.push({ path: to, body: JSON.parse(String(init.body)) as Sent["body"] });
    return new Promise<Response>((resolve) =>
      answers.push((status, body) => resolve(new Response(JSON.stringify(body), { status }))),
    );
  });
  const opener = { closed: false, postMessage: vi.fn() };
  vi.stubGlobal("opener", opener);
  vi.resetModules();
  await import("../../popup/early.ts");
  const settle = async () => {
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    ...{ sent, answers, opener, settle },
    claims: () => sent.filter(({ path: to }) => to === "/v1/connect/claim"),
    say: () =>
      window.dispatchEvent(
        new MessageEvent("message", {
          data: SESSION,
          origin: APP,
          source: opener as unknown as Window,
        }),
      ),
    restOfThePage: async () => {
      await import("../../popup/main.tsx");
      await settle();
    },
    heading: () => root.querySelector("h1")?.textContent,
  };
};

const claimed = () => ({ ...(viewReply() as { body: object }).body, session_id: "s1" });

describe("before the page is there", () => {
  it("what the address brought is claimed, and the page is given the reply", async () => {
    const { claims, answers, restOfThePage, settle, heading } = await load(
      "/connect#session=alter_cs_x.y",
    );
    expect(location.href).toBe(`${BROKER}/connect`);
    expect(claims()).toHaveLength(1);
    await restOfThePage();
    expect(claims()).toHaveLength(1);
    answers[0]?.(200, claimed());
    await settle();
    expect(heading()).toBe("Connect Acme Calendar to Day Planner");
    expect(location.pathname).toBe("/connect/s/s1");
  });

  it("what the opener says once is claimed once, though two listen for it", async () => {
    const { claims, answers, opener, say, restOfThePage, settle, heading } = await load("/connect");
    expect(opener.postMessage).toHaveBeenCalledWith({ type: "alter-connect:ready", v: 1 }, "*");
    say();
    expect(claims()).toMatchObject([
      { body: { shape: "popup", opener_origin: APP, challenge: CHALLENGE } },
    ]);
    answers[0]?.(200, claimed());
    await restOfThePage();
    await settle();
    expect(claims()).toHaveLength(1);
    expect(heading()).toBe("Connect Acme Calendar to Day Planner");
  });

  it("is over once the page is: what the opener says later is claimed by the page alone", async () => {
    const { claims, say, restOfThePage, settle } = await load("/connect");
    await restOfThePage();
    expect(claims()).toEqual([]);
    say();
    await settle();
    expect(claims()).toHaveLength(1);
  });

  it("a claim that was not judged is made again, with the same claim_id [M6]", async () => {
    const { claims, answers, restOfThePage, settle } = await load("/connect#session=alter_cs_x.y");
    await restOfThePage();
    const { code, ...rest } = { code: "shutting_down", type: "t", title: "T", status: 503 };
    answers[0]?.(503, { ...rest, code, request_id: "req_1" });
    await settle();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(claims()).toHaveLength(2);
    expect(claims()[1]).toEqual(claims()[0]);
  });

  it.each(["/connect/s/s1", "/connect/lost"])("nothing is claimed at %s", async (path) => {
    const { sent, say, opener } = await load(`${path}#session=alter_cs_x.y`);
    say();
    expect(sent).toEqual([]);
    expect(opener.postMessage).not.toHaveBeenCalled();
    expect(location.href).toBe(BROKER + path);
  });
});
