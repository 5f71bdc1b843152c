/**
 * A widget: one attempt at a time, and who is told how it goes. Knows callbacks and listeners; must not know
 * messages or the broker.
 */
import type { Connection, Outcome, PageEvent } from "@alter-ai/protocol/window";
import { startAttempt, type Attempt, type SessionToken } from "./attempt.ts";
import type { Mode } from "./device.ts";
import type { AppWindow } from "./popup-window.ts";
import type { PromptText } from "./prompt.ts";
import { readReturn } from "./redirect.ts";

declare const __VERSION__: string;

export type { Mode, PromptText, SessionToken };

export type AlterConnectConfig = {
  /**
   * Origin of the broker, such as `https://connect.example.com`. With it the Connect page loads while the
   * session token is still being made, and a token that names another broker is refused. The `<script>` build
   * knows it from its own address.
   */
  baseURL?: string | undefined;
  /** Logs the events. */
  debug?: boolean | undefined;
  /**
   * The dialog on the app's page while a window is open: `false` for none, or sentences of your own. Without it
   * nobody is offered a way on from a blocked window, and a window closed at a provider is noticed by
   * `closedGrace` alone.
   */
  prompt?: boolean | Partial<PromptText> | undefined;
};

/**
 * Why nothing was connected. `code` is the API; `message` is for the developer. Codes of the broker, such as
 * `access_denied`, `session_expired` or `wrong_user`, come as they are; these are the widget's own:
 * - `popup_blocked`: the browser opened no window. Call `open()` directly in the click, and hand the token
 *   over as a promise or a function instead of awaiting it first.
 * - `token_failed`: the token's promise or function failed; `message` tells how.
 * - `invalid_token`: not a session token, or one of another broker than `baseURL`.
 * - `unsupported_context`: a window opened by this frame is not the user's own; `message` names the attribute of
 *   the frame that has to change.
 * - `storage_blocked`: this browser stores nothing here, so a redirect could not come back.
 * - `redirect_state_lost`: a redirect came back in another browser or app than it left. Nothing was connected.
 * - `opener_isolated`: this page sends `Cross-Origin-Opener-Policy: same-origin`, which cuts popups off. Use
 *   `same-origin-allow-popups`.
 * - `blocked_by_csp`: `connect-src` in this page's Content-Security-Policy has to list the broker.
 * - `broker_unreachable`: the attempt was cancelled, but the broker did not confirm it in time. Something may
 *   have been connected all the same.
 * - `invalid_response`: the broker's reply was not understood.
 */
export type ConnectError = { code: string; message: string };

/** What happens on the way, for analytics. Holds no secret and no account. */
export type ConnectEvent = {
  /**
   * `opened`: there is a window. `page_ready`: its page has the session. `provider_selected`, `oauth_started`:
   * the user leaves for `provider`. `detached`: the window closed or was cut off; the broker is asked. Then
   * one of `completed`, `exited` and `error` (with `code`).
   */
  name: PageEvent | "opened" | "detached" | "completed" | "exited" | "error";
  provider: string | undefined;
  code: string | undefined;
};

export type AlterConnectEvents = {
  /** The connection, and all of them where a session allows several. */
  success: (connection: Connection, connections: Connection[]) => void;
  error: (error: ConnectError) => void;
  /** The user left without connecting anything. */
  exit: () => void;
  /** After success, error or exit. */
  close: () => void;
  event: (name: ConnectEvent["name"], event: ConnectEvent) => void;
};

/** An API key in the source of a page does not compile, and the compiler quotes this sentence. */
type NoApiKey<Token extends string> = Token extends `alter_${"rk" | "key"}_${string}`
  ? "This is an API key. It stays on your backend, which makes a session token with it"
  : Token;

export type OpenOptions<Token extends string = string> = {
  /** From your backend. A promise or a function lets the window open inside the click. Never from a URL. */
  token: NoApiKey<Token> | PromiseLike<string> | (() => SessionToken);
  onSuccess?: AlterConnectEvents["success"] | undefined;
  onError?: AlterConnectEvents["error"] | undefined;
  onExit?: AlterConnectEvents["exit"] | undefined;
  onEvent?: AlterConnectEvents["event"] | undefined;
  /** Instead of the widget's. */
  baseURL?: string | undefined;
  /** Instead of the widget's. */
  prompt?: boolean | Partial<PromptText> | undefined;
  /**
   * `redirect` leaves this page and comes back to the session's return URL, where `getRedirectResult()` tells how
   * it ended; inside a frame, or without a return URL, it is a popup all the same. Default `auto`: redirect on
   * phones, tablets and in installed apps.
   */
  mode?: Mode | undefined;
  /** Aborting it is `close()`. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds of unbroken focus on the app's page after which a window that was last at a provider, and
   * can no longer be seen, counts as closed by the user; only without the prompt, which asks. Default 30 000.
   */
  closedGrace?: number | undefined;
};

/** A widget of the app: opens one Connect window at a time and tells how it ended. */
export type AlterConnect = {
  /**
   * Opens the Connect window; call it inside a click. The promise is the outcome: it never rejects and settles
   * before `onSuccess`, `onError` or `onExit` is called. While a window is open it is brought to the front
   * and its promise is returned.
   */
  open<Token extends string>(options: OpenOptions<Token>): Promise<Outcome>;
  /**
   * The outcome of a redirect that came back to this page, `null` if none did; the same however often it is
   * asked for. Listeners of `success`, `error` and `exit` hear of it too, whenever they are added.
   */
  getRedirectResult(): Promise<Outcome | null>;
  /** Cancels. What the broker replies is the outcome, and if it was too late that is a success. */
  close(): void;
  /** Returns its own undo. */
  on<Name extends keyof AlterConnectEvents>(
    name: Name,
    listener: AlterConnectEvents[Name],
  ): () => void;
  off<Name extends keyof AlterConnectEvents>(name: Name, listener: AlterConnectEvents[Name]): void;
  isOpen(): boolean;
  getVersion(): string;
  /** Cancels, and tells nobody but the promise any more. */
  destroy(): void;
};

type Name = keyof AlterConnectEvents;
type Listener = (...args: unknown[]) => void;

/** `app` is for tests. */
export const create = (
  config: AlterConnectConfig = {},
  app: AppWindow = globalThis as AppWindow,
): AlterConnect => {
  let listeners: Partial<Record<Name, Set<unknown>>> = {};
  let current: Attempt | undefined;
  let outcome: Promise<Outcome>;
  const close = (): void => current?.cancel();

  /** Tells the listeners there are now, and those of one open(). */
  const teller = (options: Partial<OpenOptions>) => {
    const mine = listeners;

    // Each in a task of its own: what one throws is reported as uncaught and stops no other, and whoever
    // awaits the promise comes first.
    const emit = (name: Name, callback?: unknown, ...args: unknown[]): void => {
      for (const listener of [callback, ...(mine[name] ?? [])])
        app.setTimeout(() => mine === listeners && (listener as Listener | undefined)?.(...args));
    };
    const event = (name: ConnectEvent["name"], provider?: string, code?: string): void => {
      const detail: ConnectEvent = { name, provider, code };
      if (config.debug) app.console.log("AlterConnect", detail);
      emit("event", options.onEvent, name, detail);
    };
    const settled = (result: Outcome): void => {
      const { status } = result;
      if (status === "success") {
        emit(status, options.onSuccess, result.connections[0], result.connections);
        event("completed");
      } else if (status === "error") {
        emit(status, options.onError, result.error);
        event(status, undefined, result.error.code);
      } else {
        emit(status, options.onExit);
        event("exited");
      }
      emit("close");
    };
    return [event, settled] as const;
  };

  // There is no page to come back to on a server.
  const back = app.location && readReturn(app);
  /** What came back, until a listener hears it. */
  let held: Outcome | null;
  const deliver = (): void => {
    if (!held || !listeners[held.status]?.size) return;
    back.forget();
    teller({})[1](held);
    held = null;
  };
  void back?.result.then((outcome) => {
    held = outcome;
    deliver();
  });

  return {
    open: (options) => {
      if (current) current.focus();
      else
        outcome = new Promise((resolve) => {
          const [event, settled] = teller(options);
          current = startAttempt(
            app,
            // A key without a value must not take the pin away [M2].
            { ...config, ...options, baseURL: options.baseURL ?? config.baseURL },
            event,
            (result): undefined => {
              current = undefined;
              resolve(result);
              settled(result);
            },
          );
        });
      return outcome;
    },
    getRedirectResult: async () => {
      const outcome = await back?.result;
      back?.forget();
      return outcome ?? null;
    },
    close,
    on: (name, listener) => {
      (listeners[name] ??= new Set()).add(listener);
      deliver();
      return () => listeners[name]?.delete(listener);
    },
    off: (name, listener) => listeners[name]?.delete(listener),
    isOpen: () => !!current,
    getVersion: () => __VERSION__,
    destroy: () => {
      // Whoever captured the old ones is not heard any more.
      listeners = {};
      close();
    },
  };
};

export const AlterConnect: {
  /**
   * Makes a widget, and on a page that a redirect came back to takes the result out of its address: call it as
   * early as you can there. Touches no window otherwise, so it may run on a server or while a module loads.
   */
  create(config?: AlterConnectConfig): AlterConnect;
} = { create };
