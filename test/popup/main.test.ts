/** The edge, as the browser loads it: a broker behind `fetch`, and what becomes of the address and its fragment. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ar } from "../../popup/locales/ar.ts";
import { de } from "../../popup/locales/de.ts";
import { CHALLENGE, problem, view, viewReply, type Reply } from "./page.ts";

const BROKER = "https://broker.example";
const TOKEN = "alter_cs_x.y";
const STATE = "s".repeat(43);
const FRAGMENT = `#session=${TOKEN}&challenge=${CHALLENGE}&state=${STATE}`;
const claim_id = expect.stringMatching(/^[\w-]{43}$/) as unknown;
const redirect = { shape: "redirect", token: TOKEN, challenge: CHALLENGE, state: STATE, claim_id };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const browser = globalThis as unknown as { happyDOM: { setURL: (url: string) => void } };

/** Loads the page at this address of the broker. `calls` has each request, and the address bar at that moment. */
const load = async (path: string, reply: Reply = "never", kept: unknown = null) => {
  browser.happyDOM.setURL(BROKER + path);
  history.replaceState(kept, "");
  const root = document.createElement("div");
  root.id = "page";
  document.body.replaceChildren(root);
  const calls: { path: string; body: unknown; address: string }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    calls.push({ path, body: JSON.parse(String(init.body)) as unknown, address: location.href });
    const now = await reply;
    if (typeof now === "string") return new Promise(() => undefined);
    return new Response(JSON.stringify(now.body), { status: now.status });
  });
  vi.resetModules();
  await import("../../popup/main.tsx");
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
  return { calls, heading: () => root.querySelector("h1")?.textContent };
};

describe("a fragment", () => {
  it("is out of the address bar before anything is sent", async () => {
    const { calls } = await load(`/connect${FRAGMENT}`);
    expect(calls).toEqual([
      { path: "/v1/connect/claim", body: redirect, address: `${BROKER}/connect` },
    ]);
  });

  it("is found by a reload, with the same claim_id [M6]", async () => {
    const { calls } = await load(`/connect${FRAGMENT}`);
    const reloaded = await load("/connect", "never", history.state);
    expect(reloaded.calls).toEqual(calls);
  });

  it("takes the place of whatever was there", async () => {
    const old = { token: "alter_cs_old.y", claim_id: "o".repeat(43) };
    const { calls } = await load(`/connect${FRAGMENT}`, "never", old);
    expect(calls.map(({ body }) => body)).toEqual([redirect]);
    expect(calls[0]?.body).not.toMatchObject({ claim_id: old.claim_id });
  });

  it("cannot choose the claim_id, which is nobody's to know [M6]", async () => {
    const { calls } = await load(`/connect${FRAGMENT}&claim_id=${"k".repeat(43)}`);
    expect(calls.map(({ body }) => body)).toEqual([redirect]);
    expect(calls[0]?.body).not.toMatchObject({ claim_id: "k".repeat(43) });
  });

  it("leaves nothing behind once the claim has been answered", async () => {
    const { heading } = await load(`/connect${FRAGMENT}`, problem(409, "session_claimed"));
    expect(heading()).toBe("Opened somewhere else");
    expect(location.href).toBe(`${BROKER}/connect`);
    expect(history.state).toBeNull();
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
  });

  it.each(["/connect/s/s1", "/connect/lost", "/connect/other"])(
    "means nothing at %s, and does not stay",
    async (path) => {
      const { calls } = await load(path + FRAGMENT);
      expect(calls.filter((call) => call.path.endsWith("/claim"))).toEqual([]);
      expect(location.href).toBe(BROKER + path);
      expect(history.state).toBeNull();
    },
  );

  it("of another kind is not a session", async () => {
    const { calls, heading } = await load("/connect#main");
    expect(calls).toEqual([]);
    expect(location.href).toBe(`${BROKER}/connect`);
    expect(heading()).toBe("Open this from the app");
  });
});

describe("an address", () => {
  it("names the session", async () => {
    const { calls, heading } = await load("/connect/s/s1", viewReply());
    expect(calls.map(({ path, body }) => [path, body])).toEqual([
      ["/v1/connect/page", { session_id: "s1", event: "here" }],
      ["/v1/connect/view", { session_id: "s1" }],
    ]);
    expect(heading()).toBe("Connect Acme Calendar to Day Planner");
    expect(document.title).toBe("Connect – Day Planner");
  });

  it("of nothing is the neutral page", async () => {
    const { calls, heading } = await load("/connect/lost");
    expect(calls).toEqual([]);
    expect(heading()).toBe("Go back to the browser and app where you started");
  });
});

describe("the theme", () => {
  const { dataset } = document.documentElement;
  afterEach(() => void delete dataset["theme"]);

  it("is the one that the page came with until the app's is known", async () => {
    dataset["theme"] = "dark";
    await load("/connect/s/s1");
    expect(dataset["theme"]).toBe("dark");
    const { app } = view();
    await load("/connect/s/s1", viewReply({ view: view({ app: { ...app, theme: "light" } }) }));
    expect(dataset["theme"]).toBe("light");
  });

  it("is the system's where the page came with none", async () => {
    await load("/connect/lost");
    expect(dataset["theme"]).toBe("system");
  });
});

describe("the language", () => {
  const prefer = (...languages: string[]) =>
    vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  const written = () => [document.documentElement.lang, document.documentElement.dir];

  it("is the browser's until the broker has said which", async () => {
    prefer("nl", "de-AT", "fr");
    const { heading } = await load("/connect/lost");
    expect(heading()).toBe(de.lost.title);
    expect(written()).toEqual(["de", "ltr"]);
    expect(document.title).toBe(de.pageTitle(undefined));
  });

  it("is the broker's from then on", async () => {
    prefer("de");
    const reply = viewReply({ view: view({ locale: "ar" }) });
    const { heading } = await load("/connect/s/s1", reply);
    expect(heading()).toBe(ar.confirm.title({ app: "Day Planner", provider: "Acme Calendar" }));
    expect(written()).toEqual(["ar", "rtl"]);
    expect(document.title).toBe(ar.pageTitle("Day Planner"));
  });

  it("is English for those who speak nothing that is here", async () => {
    prefer("nl", "de_DE", "");
    await load("/connect/lost");
    expect(written()).toEqual(["en", "ltr"]);
  });
});
