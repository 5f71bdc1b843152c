/**
 * One open(), from the click to its outcome. A message of the page or a reply of the broker, whichever comes
 * first, settles it; what the window's handle says only makes it ask. Knows the popup flow (wire, section 2);
 * must not know who is told.
 */
import {
  CANCEL_PATH,
  OUTCOME_PATH,
  PAGE_PATH,
  hearPage,
  VERIFIER_HEADER,
  type Outcome,
  type PageEvent,
  type Standing,
  type WidgetMessage,
} from "@alter-ai/protocol/window";
import { brokerOrigin, canReturn, tokenOrigin } from "./broker-origin.ts";
import { obstacle, redirects, type Mode } from "./device.ts";
import { callBroker, failure } from "./outcome.ts";
import { isIsolated, ISOLATION, openPopup, type AppWindow } from "./popup-window.ts";
import { createPrompt, type PromptText } from "./prompt.ts";
import { leave } from "./redirect.ts";
import { prove, type Proof } from "./secret.ts";

export type SessionToken = string | PromiseLike<string>;

export type AttemptOptions = {
  token: SessionToken | (() => SessionToken);
  baseURL?: string | undefined;
  mode?: Mode | undefined;
  prompt?: boolean | Partial<PromptText> | undefined;
  signal?: AbortSignal | undefined;
  closedGrace?: number | undefined;
};

export type Attempt = { focus: () => void; cancel: () => void };

/** Calls `settle` once. Returns nothing if that has happened already, since nothing was opened. */
export const startAttempt = (
  app: AppWindow,
  { token, baseURL, mode = "auto", prompt, signal, closedGrace = 30_000 }: AttemptOptions,
  tell: (name: PageEvent | "opened" | "detached", provider?: string) => void,
  settle: (outcome: Outcome) => undefined,
): Attempt | undefined => {
  const redirect = redirects(app, mode);
  /** The broker's; empty until the token names it. */
  let origin = brokerOrigin(() => baseURL ?? "") ?? "";
  let popup: Window | null = null;

  const dialog =
    prompt === false
      ? undefined
      : createPrompt(
          app,
          prompt,
          (state) => {
            if (state === "open") popup?.focus();
            else if (state === "isolated") goThere();
            else if (state === "detached") void cancel();
            else start();
          },
          () => void cancel(),
        );
  const why = obstacle(app);
  if (signal?.aborted) return settle({ status: "exit" });
  if (why) return settle(failure("unsupported_context", why));

  // The first abort wins and its reason is the outcome: all that the attempt holds ends with it.
  const ending = new AbortController();
  const ended = ending.signal;
  const until = { signal: ended };
  const fail = (code: string, message?: string): void => {
    popup?.close();
    ending.abort(failure(code, message));
  };

  let proof: Proof | undefined;
  let away = false;
  let ready = false;
  let started = false;
  /** Looks at the handle that found it closed, and milliseconds of unbroken focus since. */
  let closed = 0;
  let focused = 0;
  /** Questions asked, and seconds until the next. */
  let asked = 0;
  let askIn = 0;

  const begin = async (): Promise<void> => {
    const value = await (typeof token === "function" ? token() : token);
    const named = tokenOrigin(value);
    if (!named || (baseURL && named !== origin)) return fail("invalid_token");
    const made = await prove(app, value);
    if (ended.aborted) return;
    if (!origin) popup?.location.replace(named + PAGE_PATH);
    origin = named;
    proof = made;
    if (!redirect) introduce();
    else if (canReturn(value)) goThere();
    // Nobody could come back. A window it is, if the click still counts.
    else start();
  };

  const introduce = (): void => {
    if (ready && proof)
      popup?.postMessage(
        {
          type: "alter-connect:session",
          v: 1,
          token: proof.token,
          challenge: proof.challenge,
        } satisfies WidgetMessage,
        origin,
      );
  };

  const goThere = (): void => {
    tell("opened");
    away = !!proof && leave(app, origin, proof);
    if (!away) fail("storage_blocked");
  };

  /** The token and the verifier stay in here: no address, event or log has them. */
  const call = async (path: string, method: "GET" | "POST" = "GET") =>
    proof &&
    callBroker(app, origin + path, {
      method,
      headers: { Authorization: "Bearer " + proof.token, [VERIFIER_HEADER]: proof.verifier },
      signal: ended,
    });

  /** Asks at once. The broker lets a newer question answer an older one, whose reply is then old news. */
  const ask = async (): Promise<void> => {
    if (!proof) return;
    const mine = ++asked;
    // Until then there is a reply, or the connection has died without a word.
    askIn = 40;
    // Seconds the broker may hold the question: fewer once only replies can tell what goes on.
    const standing = conclude(await call(OUTCOME_PATH + "?wait=" + (popup?.closed ? 5 : 25)));
    if (mine !== asked) return;
    askIn = standing?.retry_after ?? 3;
    if (
      standing &&
      (standing.phase === "at_provider"
        ? // The prompt asks the user instead.
          !dialog && focused >= closedGrace
        : standing.page_gone)
    ) {
      // A page that is silent in a window that is open can still come back.
      if (popup?.closed) void cancel();
      else askIn = 10;
    }
    // Something has happened, so more is about to.
    if (!askIn) void ask();
  };

  /** Ends the attempt, if that is what the reply says. */
  const conclude = (reply: Outcome | Standing | undefined): Standing | undefined => {
    if (reply?.status === "pending") return reply;
    if (reply) ending.abort(reply);
    return undefined;
  };

  /** Looks at the handle, which says nothing by itself, and at the clocks. */
  const look = (): void => {
    if (ended.aborted) return;
    app.setTimeout(look, 250);
    if ((askIn -= 0.25) <= 0) void ask();
    if (!popup?.closed) return;
    // Not at the first look: what the page said before it closed may still be on its way.
    if (++closed === 2) {
      void ask();
      if (started) {
        tell("detached");
        dialog?.show("detached");
      } else void gone();
    }
    // Closed by the user or cut off by the provider? Only a user who stays on the app's page tells. A page that
    // has the focus is visible.
    focused = app.document.hasFocus() ? focused + 250 : 0;
  };

  /** Closed before anybody left for a provider: by the user, or by this page's own isolation. */
  const gone = async (): Promise<void> => {
    if (ready || !(await isIsolated(app))) return cancel();
    await begun;
    // Nobody has got the session, and it ends by itself.
    if (
      !dialog ||
      !proof ||
      !canReturn(proof.token) ||
      !redirects(app, "redirect") ||
      !dialog.show("isolated")
    )
      fail("opener_isolated", ISOLATION);
  };

  /** Every exit is a cancel, since only the broker knows whether it comes too late [H8]. */
  const cancel = async (): Promise<void> => {
    // Looking has nothing more to find out.
    closed = 2;
    popup?.close();
    app.setTimeout(unreachable, 10_000);
    // Before there is a session nobody else has the token: nothing to end.
    conclude(proof ? await call(CANCEL_PATH, "POST") : { status: "exit" });
    unreachable();
  };

  const unreachable = (): void => fail("broker_unreachable");

  /** Inside a click, or there is no window. */
  const start = (): void => {
    popup = openPopup(app, origin && origin + PAGE_PATH);
    if (popup) {
      tell("opened");
      dialog?.show("open");
      look();
    } else if (!dialog?.show("blocked")) fail("popup_blocked");
  };

  app.addEventListener(
    "message",
    (event) => {
      // Source, then origin, then shape. While the broker's origin is not known, nothing is heard.
      if (popup && event.source === popup && event.origin === origin)
        hearPage(event.data, {
          ready: () => {
            ready = true;
            // Not again to a page that a provider has led back there.
            if (!started) introduce();
          },
          event: (name, provider) => {
            tell(name, provider);
            started ||= name === "oauth_started";
          },
          outcome: conclude,
          error: (code) => conclude(failure(code)),
        });
    },
    until,
  );
  for (const type of ["focus", "visibilitychange", "pageshow", "online"])
    app.addEventListener(
      type,
      // Back to a page that left by redirect, whole as it was: this attempt is over.
      (event) => void (away && (event as PageTransitionEvent).persisted ? cancel() : ask()),
      until,
    );
  app.addEventListener(
    "securitypolicyviolation",
    ({ disposition, blockedURI }) => {
      if (disposition === "enforce" && origin && blockedURI.startsWith(origin + OUTCOME_PATH))
        fail("blocked_by_csp", "connect-src " + origin);
    },
    until,
  );
  signal?.addEventListener("abort", cancel, until);
  ended.onabort = () => {
    dialog?.close();
    const outcome = ended.reason as Outcome;
    // The page may be showing whose accounts were connected, and closes itself after three seconds; or what went
    // wrong, for as long as the user likes.
    if (outcome.status !== "error") app.setTimeout(() => popup?.close(), 5_000);
    settle(outcome);
  };
  if (!redirect) start();
  if (ended.aborted) return undefined;
  const begun = begin().catch((error) => fail("token_failed", `${error}`));
  return { focus: () => popup?.focus(), cancel };
};
