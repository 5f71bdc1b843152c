/**
 * A browser window as far as the widget touches one, with the hosted page in its popup and the broker behind it. Has no
 * clock: time passes when it is asked to. Knows the messages and calls of the wire; must not know what a test is about.
 */
import type { Connection, Outcome } from "../src/index.ts";

export const BROKER = "https://connect.example.com";
const HOME = "https://app.example.com/";

export type FakeBrowser = {
  /** The window for the next widget. */
  app: () => object;
  /** A widget's attempt, which may end by itself. */
  watch: (attempt: Promise<Outcome>) => void;
  /** The hosted page says this, once it has its session. @throws when there is none. */
  say: (message: object) => Promise<void>;
  /** The session ends, and its page tells how. */
  end: (outcome: Outcome) => Promise<void>;
  /** Whether the page has said that the user leaves for a provider. */
  atProvider: () => boolean;
  closeWindow: () => Promise<void>;
  set: (changes: { blocked?: boolean; phone?: boolean }) => void;
  left: () => URL | undefined;
  comeBack: (how: Connection[] | "exit" | { code: string }) => void;
  /** Everything that was due has been told. */
  told: () => Promise<void>;
};

/** Taken now: a clock that a test installs later must not stop this. */
const { setTimeout: soon } = globalThis;
const told = async (): Promise<void> => {
  // A reply takes a task, the callbacks of the outcome that it brings another.
  for (let task = 0; task < 3; task++) await new Promise((done) => void soon(done));
};

type Popup = {
  address: string;
  closed: boolean;
  atProvider: boolean;
  session: Promise<void>;
  attempt?: Promise<Outcome>;
};

export const createBrowser = (): FakeBrowser => {
  const device = { blocked: false, phone: false };
  const stored = createStorage();
  let app: ReturnType<typeof loadPage>;
  let popup: Popup | undefined;
  let left: URL | undefined;
  let timers: { due: number; run: () => unknown }[] = [];
  let now = 0;
  /** Of the session, as the broker knows it, and who has asked for it. */
  let outcome: Outcome | undefined;
  let asking: (() => void)[] = [];

  const post = (message: object): void => {
    const origin = popup && new URL(popup.address).origin;
    const data = { v: 1, ...message };
    app.dispatchEvent(Object.assign(new Event("message"), { source: popup, origin, data }));
  };

  const open = (address: string): object | null => {
    if (device.blocked) return null;
    outcome = undefined;
    let heard = (): void => undefined;
    const session = new Promise<void>((done) => (heard = done));
    const opened = {
      ...{ address, session, closed: false, atProvider: false },
      location: { replace: (to: string) => loads(to) },
      focus: () => undefined,
      close: () => (opened.closed = true),
      postMessage: () => {
        heard();
        void session.then(() => post({ type: "alter-connect:event", name: "page_ready" }));
      },
    };
    /** A page that has come says so; the real one does again and again. */
    const loads = (to: string): void => {
      opened.address = to;
      void Promise.resolve().then(() => post({ type: "alter-connect:ready" }));
    };
    popup = opened;
    if (address) loads(address);
    return opened;
  };

  /** The broker holds a question until there is something to tell. Without Response, which some tests lack. */
  const fetch = async (_: string, { method, signal }: RequestInit = {}): Promise<object> => {
    if (method === "POST") outcome ??= { status: "exit" };
    if (method === "GET" && !outcome)
      await new Promise<void>((answer, reject) => {
        asking.push(answer);
        signal?.addEventListener("abort", () => reject(new Error("aborted")));
      });
    return { ok: true, status: 200, headers: new Map(), json: async () => outcome };
  };

  const settle = (how: Outcome): void => {
    outcome = how;
    for (const answer of asking) answer();
    asking = [];
  };

  const loadPage = (query = "") => {
    const location = Object.assign(new URL(HOME + query), {
      assign: (to: string) => (left = new URL(to)),
    });
    const page = Object.assign(new EventTarget(), {
      ...{ location, origin: location.origin, open, fetch, console },
      history: {
        state: null,
        replaceState: (_: unknown, __: string, to: URL) => (location.href = to.href),
      },
      localStorage: stored,
      sessionStorage: createStorage(),
      matchMedia: () => ({ matches: device.phone }),
      // Without a body, so the prompt shows nothing.
      document: { hasFocus: () => true },
      crypto: {
        // Nobody is kept out of a test.
        getRandomValues: (bytes: Uint8Array) => bytes.map(() => Math.random() * 256),
        subtle: { digest: async () => new ArrayBuffer(32) },
      },
      setTimeout: (run: () => unknown, ms = 0) => {
        if (ms) timers.push({ due: now + ms, run });
        else soon(run);
      },
    });
    return Object.assign(page, { top: page });
  };

  const pass = async (ms: number): Promise<void> => {
    for (const until = now + ms; now < until;) {
      now += 50;
      const due = timers.filter((timer) => timer.due <= now);
      timers = timers.filter((timer) => timer.due > now);
      for (const { run } of due) run();
      await told();
    }
  };

  /** The popup whose page has its session. */
  const connected = async (): Promise<Popup> => {
    if (!popup?.attempt)
      throw new Error(
        left
          ? `No window is open: a phone left for ${left.origin}, and comes back by returned()`
          : "No window is open: expected open() before this, and a browser that allows windows",
      );
    const ended = await Promise.race([popup.session, popup.attempt]);
    if (ended) throw new Error(`It has ended already: ${JSON.stringify(ended)}`);
    // Nobody is so fast that the app would not hear of one thing before the next.
    await told();
    return popup;
  };

  app = loadPage();
  return {
    app: () => app,
    watch: (attempt) => {
      const mine = popup;
      if (mine) mine.attempt ??= attempt;
      void attempt.then(() => {
        if (popup === mine) popup = undefined;
      });
    },
    say: async (message) => {
      const { name } = message as { name?: string };
      const { atProvider } = await connected();
      if (popup) popup.atProvider = atProvider || name === "oauth_started";
      post(message);
      await told();
    },
    end: async (how) => {
      await connected();
      settle(how);
      post({ type: "alter-connect:outcome", outcome: how });
      await told();
    },
    atProvider: () => !!popup?.atProvider,
    closeWindow: async () => {
      const closing = await connected();
      closing.closed = true;
      await pass(500);
      // Away at a provider it cannot be told from one that is cut off; the user, who is asked, says so.
      if (!outcome) settle({ status: "exit" });
      await told();
    },
    set: (changes) => void Object.assign(device, changes),
    left: () => left,
    comeBack: (how) => {
      const state = "t".repeat(43);
      stored[`alter_connect_${state}`] = `${Date.now() + 1e6} ${BROKER} ${"v".repeat(43)}`;
      const brought = new URLSearchParams({ alter_connect_state: state });
      if (Array.isArray(how)) {
        brought.set("alter_connect_code", "c".repeat(43));
        outcome = { status: "success", connections: how };
      } else if (how === "exit") brought.set("alter_connect_exit", "1");
      else brought.set("alter_connect_error", how.code);
      app = loadPage(`?${brought}`);
    },
    told,
  };
};

/** As the widget uses one: by names, and to take one out. */
const createStorage = (): Record<string, string> =>
  Object.create({
    removeItem(this: object, name: string) {
      Reflect.deleteProperty(this, name);
    },
  }) as Record<string, string>;
