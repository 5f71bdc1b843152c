import {
  PAGE_PATH,
  readPageMessage,readOutcome,readOutcomeReply,OUTCOME_PATH,CANCEL_PATH,
  type Outcome,
  type PageEvent,
  type WidgetMessage,
} from "@alter-ai/protocol/window";
import { brokerOrigin, tokenOrigin } from "./broker-origin.ts";
import { createSession, failure, type Session } from "./outcome.ts";
import { openPopup, type AppWindow } from "./popup-window.ts";
import { base64url, randomText } from "./secret.ts";

export type SessionToken = string | PromiseLike<string>;

export type AttemptOptions = {
  token: SessionToken | (() => SessionToken);
  signal?: AbortSignal | undefined;
  closedGrace?: number | undefined;
};

export type Attempt = {
  popup: Window;
  cancel: () => void;
};

export const startAttempt = (
  app: AppWindow,
  { token, signal, closedGrace = 30_000 }: AttemptOptions,
  baseURL: string | undefined,
  tell: (name: PageEvent | "detached", provider?: string) => void,
  settle: (outcome: Outcome) => void,
): Attempt | undefined => {
  let origin = brokerOrigin(() => baseURL as string);
  const popup = signal?.aborted ? null : openPopup(app, origin && origin + PAGE_PATH);
  if (!popup) {
    app.queueMicrotask(() => settle(signal?.aborted ? { status: "exit" } : failure("popup_blocked")));
    return;
  }

  // The first abort wins, and its reason is the outcome: all that this attempt holds ends with it.
  const ending = new AbortController();
  const ended = ending.signal;
  const until = { signal: ended };
  const fail = (code: string, message?: string): void => {
    popup.close();
    ending.abort(failure(code, message));
  };

  let session: Session | undefined;
  let value: string;
  let challenge: string | undefined;
  let ready: boolean | undefined;
  let started: boolean | undefined;
  let closed = 0;
  let focused = 0;
  let pause = 0.5;
  let turn = 0;
  /** Seconds. */
  let askIn = 10;

  const begin = async (): Promise<void> => {
    value = await (typeof token === "function" ? token() : token);
    const named = tokenOrigin(value);
    if (!named || (baseURL && named !== origin)) return fail("invalid_token");
    if (!baseURL && app.location.protocol === "http:")
      app.console.warn("AlterConnect: set baseURL");
    const verifier = randomText(app);
    challenge = base64url(await app.crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
    if (!origin) popup.location.replace(named + PAGE_PATH);
    origin = named;
    session = createSession(app, named, value, verifier, ended);
    greet();
  };
  const greet = () => ready && session && popup.postMessage({ type: "alter-connect:session", v: 1, token: value, challenge } , origin as string);

  /** Asks at once. The broker answers an older call when a newer one comes, and that answer is not heard. */
  const ask = async (): Promise<void> => {
    if (!session) return;
    const mine = ++turn;
    const wait = askIn > 0 ? 0 : 25;
    askIn = 40;
    const reply = await session(OUTCOME_PATH + "?wait=" + wait, readOutcomeReply);
    if (reply && reply.status !== "pending") {
      ending.abort(reply);
      app.setTimeout(() => popup.close(), 5000);
    } else if (mine === turn) {
      if (reply) {
        askIn = reply.retry_after;
        if (reply.phase === "at_provider" ? focused >= closedGrace : reply.page_gone && reply.phase !== "finishing") {
          if (popup.closed) void cancel();
          else askIn = 10;
        }
      } else askIn = pause = Math.min(pause * 2, 10);
    }
  };

  const look = (): void => {
    if (ended.aborted) return;
    app.setTimeout(look, 500);
    if ((askIn -= 0.5) <= 0) void ask();
    if (!popup.closed) return;
    // Not at the first look: what the page said before it closed may still be on its way.
    if (++closed === 2) {
      if (started) {
        tell("detached");
        void ask();
      } else void cancel();
    }
    // Closed or severed? Only a user who stays on the app's page tells.
    focused = app.document.hasFocus() ? focused + 500 : 0;
  };

  /** Every exit is a cancel, because only the broker knows whether it came too late [H8]. */
  const cancel = async (): Promise<void> => {
    closed = 2;
    const verdict = popup.closed && !ready && isolation(app);
    popup.close();
    app.setTimeout(() => fail("broker_unreachable"), 10_000);
    // Nobody else has the token yet: there is nothing to end.
    const reply = session ? await session(CANCEL_PATH, readOutcome, "POST") : { status: "exit" } as const;
    ending.abort((await verdict) || reply || failure("broker_unreachable"));
  };

  look();
  app.addEventListener("message", (event) => {
    const message = event.source === popup && event.origin === origin && readPageMessage(event.data);
    if (!message) return;
    if ("name" in message) {
      tell(message.name, message.provider);
      if (message.name === "oauth_started") {
        started = true;
        void ask();
      }
    } else if ("outcome" in message) ending.abort(message.outcome);
    else if ("code" in message) ending.abort(failure(message.code));
    else {
      ready = true;
      askIn = Infinity;
      greet();
    }
  }, until);
  for (const type of ["focus", "visibilitychange", "pageshow", "online"] as const)
    app.addEventListener(type, ask, until);
  app.addEventListener("securitypolicyviolation", ({ disposition, blockedURI }) => {
    if (disposition === "enforce" && blockedURI.startsWith(origin as string))
      fail("blocked_by_csp", "connect-src " + origin)
  }, until);
  signal?.addEventListener("abort", cancel, until);
  begin().catch(() => fail("token_failed"));

  ended.onabort = () => settle(ended.reason);
  return { popup, cancel };
};

const COOP = "Cross-Origin-Opener-Policy";

/** Whether this page's own header takes every popup from it. Its header only: nothing is read or sent. */
const isolation = (app: AppWindow): Promise<Outcome | false | void> =>
  app.fetch(app.location.href, { method: "HEAD" }).then(({ headers}) => 
   /^same-origin(;|$)/.test(headers.get(COOP) as string) && failure("opener_isolated", COOP), () => {});
