/**
 * One open(), from the click to its outcome. A message of the page or a reply of the broker, whichever comes
 * first, settles it; what the window's handle says only makes it ask. Knows the popup flow (wire, section 2);
 * must not know who is told.
 */
import {
  CANCEL_PATH,
  OUTCOME_PATH,
  PAGE_PATH,
  readPageMessage,
  type Outcome,
  type PageEvent,
  type WidgetMessage,
} from "@alter-ai/protocol/window";
import { brokerOrigin, tokenOrigin } from "./broker-origin.ts";
import { createSession, failure, type Session } from "./outcome.ts";
import { isIsolated, ISOLATION, openPopup, type AppWindow } from "./popup-window.ts";
import { base64url, randomText } from "./secret.ts";

export type SessionToken = string | PromiseLike<string>;

export type AttemptOptions = {
  token: SessionToken | (() => SessionToken);
  signal?: AbortSignal | undefined;
  closedGrace?: number | undefined;
};

export type Attempt = { popup: Window; cancel: () => void };

/** Calls `settle` once. Returns nothing if that has happened already, since there is no window. */
export const startAttempt = (
  app: AppWindow,
  { token, signal, closedGrace = 30_000 }: AttemptOptions,
  baseURL: string | undefined,
  tell: (name: PageEvent | "detached", provider?: string) => void,
  settle: (outcome: Outcome) => undefined,
): Attempt | undefined => {
  if (signal?.aborted) return settle({ status: "exit" });
  let origin = brokerOrigin(() => baseURL ?? "");
  const popup = openPopup(app, origin && origin + PAGE_PATH);
  if (!popup) return settle(failure("popup_blocked"));

  // The first abort wins and its reason is the outcome: all that the attempt holds ends with it.
  const ending = new AbortController();
  const ended = ending.signal;
  const until = { signal: ended };
  const fail = (code: string, message?: string): void => {
    popup.close();
    ending.abort(failure(code, message));
  };

  let session: Session | undefined;
  let introduce: (() => void) | undefined;
  let ready = false;
  let started = false;
  /** Looks at the handle that found it closed, and milliseconds of unbroken focus since. */
  let closed = 0;
  let focused = 0;
  /** Questions asked, seconds until the next, and seconds between two that went unanswered. */
  let asked = 0;
  let askIn = 10;
  let pause = 0.5;

  const begin = async (): Promise<void> => {
    const value = await (typeof token === "function" ? token() : token);
    const named = tokenOrigin(value);
    if (!named || (baseURL && named !== origin)) return fail("invalid_token");
    if (!baseURL && app.location.protocol === "http:")
      app.console.warn("AlterConnect: set baseURL");
    const verifier = randomText(app);
    const challenge = base64url(
      await app.crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)),
    );
    if (ended.aborted) return;
    if (!origin) popup.location.replace(named + PAGE_PATH);
    origin = named;
    session = createSession(app, named, value, verifier, ended);
    introduce = () => {
      if (ready)
        popup.postMessage(
          { type: "alter-connect:session", v: 1, token: value, challenge } satisfies WidgetMessage,
          named,
        );
    };
    introduce();
  };

  /** Asks at once. The broker lets a newer question answer an older one, whose reply is then old news. */
  const ask = async (): Promise<void> => {
    if (!session) return;
    const mine = ++asked;
    // Until then there is a reply, or the connection has died without a word.
    askIn = 40;
    // Seconds the broker may hold the question: fewer once only replies can tell what goes on.
    const reply = await session(OUTCOME_PATH + "?wait=" + (popup.closed ? 5 : 25));
    if (reply && reply.status !== "pending") {
      ending.abort(reply);
      // The page may be showing whose accounts were connected, and closes itself after three seconds.
      app.setTimeout(() => popup.close(), 5_000);
    } else if (mine === asked) {
      askIn = Math.min(reply ? reply.retry_after : (pause *= 2), 10);
      if (
        reply &&
        (reply.phase === "at_provider"
          ? focused >= closedGrace
          : reply.page_gone && reply.phase !== "finishing")
      ) {
        // A page that is silent in a window that is open can still come back.
        if (popup.closed) void cancel();
        else askIn = 10;
      }
    }
  };

  /** Looks at the handle, which says nothing by itself, and at the clocks. */
  const look = (): void => {
    if (ended.aborted) return;
    app.setTimeout(look, 250);
    if ((askIn -= 0.25) <= 0) void ask();
    if (!popup.closed) return;
    // Not at the first look: what the page said before it closed may still be on its way.
    if (++closed === 2) {
      if (started) {
        tell("detached");
        void ask();
      } else void cancel();
    }
    // Closed by the user or cut off by the provider? Only a user who stays on the app's page tells. A page that
    // has the focus is visible.
    focused = app.document.hasFocus() ? focused + 250 : 0;
  };

  /** Every exit is a cancel, since only the broker knows whether it comes too late [H8]. */
  const cancel = async (): Promise<void> => {
    // Looking has nothing more to find out.
    closed = 2;
    const isolated = popup.closed && !ready && isIsolated(app);
    popup.close();
    app.setTimeout(() => fail("broker_unreachable"), 10_000);
    // Before there is a session nobody else has the token: nothing to end.
    const reply = session ? await session(CANCEL_PATH, "POST") : ({ status: "exit" } as const);
    ending.abort(
      (await isolated)
        ? failure("opener_isolated", ISOLATION)
        : reply && reply.status !== "pending"
          ? reply
          : failure("broker_unreachable"),
    );
  };

  look();
  app.addEventListener(
    "message",
    (event) => {
      // Source, then origin, then shape. While the broker's origin is not known, nothing is heard.
      const message =
        event.source === popup && event.origin === origin && readPageMessage(event.data);
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
        introduce?.();
      }
    },
    until,
  );
  for (const type of ["focus", "visibilitychange", "pageshow", "online"])
    app.addEventListener(type, ask, until);
  app.addEventListener(
    "securitypolicyviolation",
    ({ disposition, blockedURI }) => {
      if (disposition === "enforce" && origin && blockedURI.startsWith(origin))
        fail("blocked_by_csp", "connect-src " + origin);
    },
    until,
  );
  signal?.addEventListener("abort", cancel, until);
  ended.onabort = () => settle(ended.reason as Outcome);
  begin().catch((error) => fail("token_failed", `${error}`));
  return { popup, cancel };
};
