/**
 * An app's page, its popup and a broker, as far as the widget can see them: standard events, responses and
 * signals, on a clock that tests turn. The broker holds questions and answers them as the real one does.
 */
import { createHash } from "node:crypto";
import type { Connection, Outcome, Phase, WidgetMessage } from "@alter-ai/protocol/window";
import { vi } from "vitest";
import { create, type AlterConnectConfig, type OpenOptions } from "../../src/alter-connect.ts";
import type { AppWindow } from "../../src/popup-window.ts";

export const BROKER = "https://connect.example.com";
export const SECRET = "s".repeat(43);

/** `r.` marks a session that has a return URL. */
export const tokenOf = (base: string, mark: "r." | "" = "r."): string =>
  `alter_cs_${Buffer.from(base).toString("base64url")}.${mark}${SECRET}`;
export const TOKEN = tokenOf(BROKER);

export const CONNECTION: Connection = {
  grant_id: "grant-1",
  provider: "calendar",
  provider_name: "Acme Calendar",
  account_identifier: "ann@example.com",
  timestamp: "2026-01-02T03:04:05Z",
  operation: "creation",
  scopes: ["calendar.read"],
  status: "active",
};
export const SUCCESS: Outcome = { status: "success", connections: [CONNECTION] };

export type Call = { at: number; method: string; url: URL; headers: Headers; init: RequestInit };

type Popup = ReturnType<typeof createPopup>;
const createPopup = (url: string, name: string, features: string) => {
  const popup = {
    url,
    name,
    features,
    closed: false,
    focused: 0,
    heard: [] as { message: WidgetMessage; target: string }[],
    location: {
      replace: (to: string) => {
        popup.url = to;
      },
    },
    close: () => {
      popup.closed = true;
    },
    focus: () => {
      popup.focused++;
    },
    postMessage: (message: WidgetMessage, target: string) => {
      popup.heard.push({ message, target });
    },
  };
  return popup;
};

type StorageName = "localStorage" | "sessionStorage";
/** What a browser keeps: for all tabs of the app, and for one of them. */
export type Stores = Record<StorageName, Record<string, string>>;
const createStorage = (): Record<string, string> =>
  Object.create({
    removeItem(this: Record<string, string>, key: string) {
      Reflect.deleteProperty(this, key);
    },
  });
export const createStores = (): Stores => ({
  localStorage: createStorage(),
  sessionStorage: createStorage(),
});

/** The app's page, and the device that it is on. */
const PAGE = {
  /** Its own headers. */
  headers: {} as Record<string, string>,
  focus: false,
  popupBlocker: false,
  framed: false,
  /** In a frame with `sandbox` and without allow-same-origin. */
  opaque: false,
  credentialless: false,
  media: { pointer: "fine", "display-mode": "browser" } as Record<string, string>,
  /** Storage that throws at the first touch, and storage that takes nothing more. */
  blocked: [] as StorageName[],
  full: [] as StorageName[],
  historyState: null as unknown,
};

/** What the broker knows of the session. */
const SESSION = {
  phase: "choosing" as Phase,
  page_gone: false,
  retry_after: 0,
  outcome: undefined as Outcome | undefined,
  /** Instead of the above: a refusal, an unreadable body, or nobody there. */
  reply: undefined as (() => Response | Promise<Response>) | undefined,
  cancels: 0,
};

type Beginning = {
  config?: AlterConnectConfig | undefined;
  href?: string;
  /** Of an earlier page in this browser. */
  stores?: Stores;
  page?: Partial<typeof PAGE>;
  broker?: Partial<typeof SESSION>;
  document?: object;
};

/** Must be used on fake timers. */
export const createWorld = ({
  config = { baseURL: BROKER },
  href = "https://app.example.com/settings?tab=1#top",
  stores = createStores(),
  document = {},
  ...beginning
}: Beginning = {}) => {
  const popups: Popup[] = [];
  /** Where this page went. */
  const left: URL[] = [];
  const calls: Call[] = [];
  const logs: unknown[][] = [];
  const reported: unknown[] = [];
  let timers = 0;
  const page = { ...PAGE, ...beginning.page };
  const state = { ...SESSION, ...beginning.broker };
  let wake = (): void => undefined;
  const questions = () => calls.filter(({ url }) => url.pathname === "/v1/connect/outcome");
  const broker = Object.assign(state, {
    questions,
    /** Bodies of the redeem calls. */
    redeems: () =>
      calls
        .filter(({ url }) => url.pathname === "/v1/connect/redeem")
        .map(({ init }) => JSON.parse(String(init.body)) as { code: string; verifier: string }),
    /** Seconds between the questions. */
    pauses: () => {
      const times = questions().map(({ at }) => at / 1000);
      return times.slice(1).map((time, n) => time - (times[n] ?? 0));
    },
    /** Something happened to the session: whoever waits is answered. */
    now: (changes: Partial<typeof state>) => {
      Object.assign(state, changes);
      wake();
      return pass(0);
    },
  });

  const isGone = (): boolean =>
    broker.page_gone && (broker.phase === "choosing" || broker.phase === "failed");

  const standing = (): Response =>
    Response.json(
      broker.outcome ?? {
        status: "pending",
        phase: broker.phase,
        page_gone: isGone(),
        expires_in: 600,
        retry_after: broker.retry_after,
      },
    );

  const answer = async ({ method, url }: Call): Promise<Response> => {
    if (broker.reply) return broker.reply();
    if (url.pathname === "/v1/connect/redeem") return standing();
    if (method === "POST") {
      broker.cancels++;
      broker.outcome ??= { status: "exit" };
      return standing();
    }
    if (!broker.outcome && !isGone()) {
      wake();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Number(url.searchParams.get("wait")) * 1000);
      });
    }
    return standing();
  };

  const fetch = (input: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input);
    const { method = "GET" } = init;
    const call = { at: Date.now(), method, url, headers: new Headers(init.headers), init };
    calls.push(call);
    const reply =
      url.origin === new URL(href).origin
        ? Promise.resolve(new Response(null, { headers: page.headers }))
        : answer(call);
    const { signal } = init;
    if (!signal) return reply;
    return Promise.race([
      reply,
      new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    ]);
  };

  const location = Object.assign(new URL(href), {
    assign: (to: string) => left.push(new URL(to)),
  });
  const storage = (name: StorageName): object => {
    if (page.blocked.includes(name)) throw new DOMException("Denied", "SecurityError");
    const refuse = (): never => {
      throw new DOMException("Full", "QuotaExceededError");
    };
    return page.full.includes(name) ? new Proxy(stores[name], { set: refuse }) : stores[name];
  };

  const app = Object.assign(new EventTarget(), {
    location,
    history: {
      state: page.historyState,
      replaceState: (kept: unknown, _: string, url: URL) => {
        app.history.state = kept;
        location.href = url.href;
      },
    },
    matchMedia: (query: string) => ({
      matches: [...query.matchAll(/\(([\w-]+): *([\w-]+)\)/g)].some(
        ([, feature = "", value]) => page.media[feature] === value,
      ),
    }),
    screenX: 100,
    screenY: 50,
    outerWidth: 1280,
    outerHeight: 920,
    document: Object.assign(document, { hasFocus: () => page.focus }),
    CSSStyleSheet: globalThis.CSSStyleSheet,
    console: {
      log: (...args: unknown[]) => logs.push(args),
      warn: (...args: unknown[]) => logs.push(args),
    },
    crypto: {
      getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
      subtle: {
        digest: async (_: string, text: Uint8Array) =>
          new Uint8Array(createHash("sha256").update(text).digest()).buffer,
      },
    },
    // A browser reports what a task throws, and goes on.
    setTimeout: (task: () => unknown, ms?: number) => {
      timers++;
      return setTimeout(() => {
        timers--;
        try {
          task();
        } catch (error) {
          reported.push(error);
        }
      }, ms);
    },
    open: (url = "about:blank", name: string, features: string) => {
      if (page.popupBlocker) return null;
      const popup = createPopup(url, name, features);
      popups.push(popup);
      return popup;
    },
    fetch,
  });
  Object.defineProperties(app, {
    top: { get: () => (page.framed ? {} : app) },
    origin: { get: () => (page.opaque ? "null" : location.origin) },
    credentialless: { get: () => page.credentialless },
    localStorage: { get: () => storage("localStorage") },
    sessionStorage: { get: () => storage("sessionStorage") },
  });

  const widget = create(config, app as unknown as AppWindow);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  /** Opens without the prompt, and writes down what is told in its order. */
  const open = (options: Partial<OpenOptions> = {}) => {
    const told: string[] = [];
    const events: string[] = [];
    const promise = widget.open({
      token: TOKEN,
      prompt: false,
      onSuccess: (first, all) => told.push(`success ${first.grant_id} of ${all.length}`),
      onError: ({ code }) => told.push(`error ${code}`),
      onExit: () => told.push("exit"),
      onEvent: (name) => events.push(name),
      ...options,
    });
    let outcome: Outcome | undefined;
    void promise.then((settled) => {
      outcome = settled;
    });
    return { promise, told, events, outcome: () => outcome };
  };

  const popup = (): Popup => {
    const last = popups.at(-1);
    if (!last) throw new Error("no window was opened");
    return last;
  };

  /** A message to the app's page: from the popup and the broker's origin, unless it is forged. */
  const say = (data: unknown, forged: { source?: unknown; origin?: string } = {}) => {
    app.dispatchEvent(
      Object.assign(new Event("message"), {
        source: popups.at(-1),
        origin: BROKER,
        ...forged,
        data,
      }),
    );
    return pass(0);
  };
  const ready = (forged?: Parameters<typeof say>[1]) =>
    say({ type: "alter-connect:ready", v: 1 }, forged);
  const event = (name: string, provider?: string) =>
    say({ type: "alter-connect:event", v: 1, name, provider });

  return {
    app,
    widget,
    popups,
    popup,
    left,
    stores,
    calls,
    logs,
    reported,
    broker,
    page,
    timers: () => timers,
    pass,
    /** Until everybody has been told, which takes a task each. */
    tell: () => pass(1),
    open,
    say,
    ready,
    event,
    /** The session ends, and its page tells how. */
    outcome: (outcome: Outcome) => {
      broker.outcome = outcome;
      return say({ type: "alter-connect:outcome", v: 1, outcome });
    },
    error: (code: string) => say({ type: "alter-connect:error", v: 1, code }),
    /** The usual way up to the provider. */
    toProvider: async () => {
      await pass(0);
      await ready();
      await event("page_ready");
      broker.phase = "at_provider";
      await event("oauth_started", "calendar");
      // The first question is asked at the first look after the token.
      await pass(250);
    },
    happens: (type: string, detail: object = {}) => {
      app.dispatchEvent(Object.assign(new Event(type), detail));
      return pass(0);
    },
  };
};
