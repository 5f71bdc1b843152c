/** The edge, as the browser loads it: the address, its history, the other windows, and the look of the app. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { words as ar } from "../../wallet/locales/ar.ts";
import {
  activity,
  ann,
  board,
  planner,
  settle,
  signedOut,
  startClock,
  stopClock,
  view,
  type Reply,
} from "./world.tsx";

const BROKER = "https://broker.example";
const REFERENCE = `req_${"r".repeat(22)}`;

/** One browser's channel between its windows, of which there is one here. */
const channel = { posted: [] as unknown[], hear: (_: unknown): void => undefined };
class Channel {
  constructor() {
    channel.posted = [];
  }
  postMessage(note: unknown): void {
    channel.posted.push(note);
  }
  addEventListener(_: string, listener: (event: { data: unknown }) => void): void {
    channel.hear = (data) => listener({ data });
  }
}

/** What the page listens to outlives the test that has loaded it. */
const heard: [EventTarget, string, EventListener][] = [];
const recording = (target: EventTarget): void => {
  const add = target.addEventListener.bind(target);
  vi.spyOn(target, "addEventListener").mockImplementation((type, listener, options) => {
    heard.push([target, type, listener as EventListener]);
    add(type, listener, options);
  });
};
beforeEach(() => {
  startClock();
  vi.stubGlobal("BroadcastChannel", Channel);
  recording(globalThis as unknown as EventTarget);
  recording(document);
});
afterEach(() => {
  for (const [target, type, listener] of heard.splice(0))
    target.removeEventListener(type, listener);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  stopClock();
});

const browser = globalThis as unknown as { happyDOM: { setURL: (url: string) => void } };

/** Loads the page at this address of the broker. `calls` has each request, and the address bar at that moment. */
const load = async (path: string, ...replies: Reply[]) => {
  browser.happyDOM.setURL(BROKER + path);
  const root = document.createElement("div");
  root.id = "page";
  document.body.replaceChildren(root);
  document.documentElement.removeAttribute("style");
  const calls: { call: string; body: unknown; address: string }[] = [];
  vi.stubGlobal("fetch", async (to: string, init: RequestInit) => {
    const address = location.href.replace(BROKER, "");
    const call = to.replace("/v1/wallet/", "");
    calls.push({ call, body: JSON.parse(String(init.body)) as unknown, address });
    const reply = await (replies.length > 1 ? replies.shift() : replies[0]);
    if (typeof reply !== "object") throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(reply.body), { status: reply.status });
  });
  vi.resetModules();
  await import("../../wallet/main.tsx");
  await vi.dynamicImportSettled();
  await settle();
  return {
    calls,
    text: () => root.textContent ?? "",
    heading: () => root.querySelector("h1")?.textContent,
    link: (name: string) => [...root.querySelectorAll("a")].find((a) => a.textContent === name),
  };
};

describe("the address", () => {
  it("names the view, the app and the provider", async () => {
    const { calls } = await load("/wallet/activity?app=planner&provider=files", activity());
    expect(calls).toMatchObject([
      { call: "activity", body: { app: "planner", provider: "files" } },
    ]);
  });

  it("says why a sign-in came to nothing, once: it is gone before anything is sent", async () => {
    const path = `/wallet?app=planner&problem=expired&reference=${REFERENCE}&state=SECRET`;
    const { calls, heading, text } = await load(path, signedOut());
    expect(calls).toMatchObject([{ call: "view", address: "/wallet?app=planner" }]);
    expect(heading()).toBe("That took too long");
    expect(text()).toContain(REFERENCE);
    expect(history.state).toBeNull();
  });

  it.each([
    ["problem=CALL+555", "See what you have connected"],
    ["problem=denied&reference=CALL+555", "You were not signed in"],
    ["problem=denied&reference=req_1", "You were not signed in"],
    ["problem=toString", "See what you have connected"],
  ])("is not believed, nor shown: %s", async (search, title) => {
    const { heading, text } = await load(`/wallet?${search}`, signedOut());
    expect(heading()).toBe(title);
    expect(text()).not.toMatch(/555|req_/);
    expect(location.search).toBe("");
  });

  it("follows the user, and Back goes back", async () => {
    const { calls, heading, link } = await load("/wallet?app=planner", view(), activity(), view());
    link("Activity")?.click();
    await settle();
    expect(location.href).toBe(`${BROKER}/wallet/activity?app=planner`);
    expect([heading(), document.title, history.state]).toEqual(["Activity", "Activity", null]);
    browser.happyDOM.setURL(`${BROKER}/wallet?app=planner`);
    dispatchEvent(new PopStateEvent("popstate"));
    await settle();
    expect(heading()).toBe("Your connections");
    expect(calls.map(({ call }) => call)).toEqual(["view", "activity", "view"]);
  });
});

describe("the look", () => {
  const colours = { action: "#c2410c", on_action: "#ffffff", accent: "#b03a0b" };
  const brand = { colours: { light: colours, dark: colours }, radius: 6 };

  it("is the app's while it is alone on the page, and ours again after that", async () => {
    const app = { ...board, theme: "dark" as const, brand };
    const { link } = await load("/wallet?app=board", view({ app }), view());
    const { style, dataset } = document.documentElement;
    expect([dataset.theme, style.getPropertyValue("--action-light")]).toEqual(["dark", "#c2410c"]);
    expect(document.title).toBe("Your connections – Wallboard");
    browser.happyDOM.setURL(`${BROKER}/wallet`);
    dispatchEvent(new PopStateEvent("popstate"));
    await settle();
    expect(link("Activity")).toBeTruthy();
    expect([dataset.theme, style.cssText]).toEqual(["system", ""]);
  });

  it("is from right to left in Arabic", async () => {
    const { heading } = await load("/wallet", view({ locale: "ar" }));
    const { lang, dir } = document.documentElement;
    expect([lang, dir, heading()]).toEqual(["ar", "rtl", ar.connections.title]);
  });
});

describe("the other windows", () => {
  it("hear who is here, and nothing that could be used", async () => {
    await load("/wallet", view());
    expect(channel.posted).toEqual([
      {
        type: "renewed",
        user: [ann.identity_provider, ann.label_kind, ann.label].join("\n"),
        expires_in: 900,
      },
    ]);
  });

  it("are heard", async () => {
    const { heading } = await load("/wallet", view(), signedOut());
    channel.hear({ type: "left" });
    await settle();
    expect(heading()).toBe("You have been signed out");
  });

  it.each([
    null,
    "left",
    { type: "renewed" },
    { type: "renewed", user: 7, expires_in: 1 },
    { type: "x" },
  ])("say nothing by what is none of ours: %j", async (note) => {
    const { heading, calls } = await load("/wallet", view());
    channel.hear(note);
    await settle();
    expect([heading(), calls.length]).toEqual(["Your connections", 1]);
  });
});

describe("a page that the browser has kept", () => {
  it("is empty, and asks who is here before it shows anything", async () => {
    const { text, calls } = await load("/wallet", view(), signedOut());
    expect(text()).toContain(planner.name);
    dispatchEvent(new Event("pagehide"));
    await settle();
    expect(text()).not.toContain(ann.label);
    dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await settle();
    expect(calls).toHaveLength(2);
    expect(text()).toContain("Sign in with Acme Accounts");
  });
});

it("nothing is kept in the browser", async () => {
  await load("/wallet", view());
  expect([localStorage.length, sessionStorage.length, history.state]).toEqual([0, 0, null]);
});
