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

export const tokenOf = (base: string): string =>
  `alter_cs_${Buffer.from(base).toString("base64url")}.${SECRET}`;
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

/** Must be used on fake timers. */
export const createWorld = ({
  config = { baseURL: BROKER },
  href = "https://app.example.com/settings?tab=1#top",
}: { config?: AlterConnectConfig | undefined; href?: string } = {}) => {
  const popups: Popup[] = [];
  const calls: Call[] = [];
  const logs: unknown[][] = [];
  const reported: unknown[] = [];
  let timers = 0;

  /** What the broker knows of the session. */
  const state: {
    phase: Phase;
    page_gone: boolean;
    retry_after: number;
    outcome: Outcome | undefined;
    /** Instead of the above: a refusal, an unreadable body, or nobody there. */
    reply: (() => Response | Promise<Response>) | undefined;
    cancels: number;
  } = {
    phase: "choosing",
    page_gone: false,
    retry_after: 0,
    outcome: undefined,
    reply: undefined,
    cancels: 0,
  };
  let wake = (): void => undefined;
  const questions = () => calls.filter(({ url }) => url.pathname === "/v1/connect/outcome");
  const broker = Object.assign(state, {
    questions,
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

  const standing = (): Response =>
    Response.json(
      broker.outcome ?? {
        status: "pending",
        phase: broker.phase,
        page_gone: broker.page_gone,
        expires_in: 600,
        retry_after: broker.retry_after,
      },
    );

  const answer = async ({ method, url }: Call): Promise<Response> => {
    if (broker.reply) return broker.reply();
    if (method === "POST") {
      broker.cancels++;
      broker.outcome ??= { status: "exit" };
      return standing();
    }
    const news = broker.outcome ?? (broker.page_gone && broker.phase !== "finishing");
    if (!news) {
      wake();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Number(url.searchParams.get("wait")) * 1000);
      });
    }
    return standing();
  };

  const page = {
    /** Headers of the app's own page. */
    headers: {} as Record<string, string>,
    focus: false,
    popupBlocker: false,
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

  const app = Object.assign(new EventTarget(), {
    location: new URL(href),
    screenX: 100,
    screenY: 50,
    outerWidth: 1280,
    outerHeight: 920,
    document: { hasFocus: () => page.focus },
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

  const widget = create(config, app as unknown as AppWindow);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  /** Opens, and writes down what is told in its order. */
  const open = (options: Partial<OpenOptions> = {}) => {
    const told: string[] = [];
    const events: unknown[] = [];
    const promise = widget.open({
      token: TOKEN,
      onSuccess: (first, all) => told.push(`success ${first.grant_id} of ${all.length}`),
      onError: ({ code }) => told.push(`error ${code}`),
      onExit: () => told.push("exit"),
      onEvent: ({ name }) => events.push(name),
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
      Object.assign(new Event("message"), { source: popup(), origin: BROKER, ...forged, data }),
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
    outcome: (outcome: unknown, forged?: Parameters<typeof say>[1]) =>
      say({ type: "alter-connect:outcome", v: 1, outcome }, forged),
    error: (code: string) => say({ type: "alter-connect:error", v: 1, code }),
    /** The usual way up to the provider. */
    toProvider: async () => {
      await pass(0);
      await ready();
      await event("page_ready");
      broker.phase = "at_provider";
      await event("oauth_started", "calendar");
      await pass(250);
    },
    happens: (type: string, detail: object = {}) => {
      app.dispatchEvent(Object.assign(new Event(type), detail));
      return pass(0);
    },
  };
};
