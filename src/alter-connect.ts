/**
 * A widget: one attempt at a time, and who is told how it goes. Knows callbacks and listeners; must not know
 * windows, messages or the broker.
 */
import type { Connection, Outcome, PageEvent } from "@alter-ai/protocol/window";
import { startAttempt, type Attempt, type SessionToken } from "./attempt.ts";
import type { AppWindow } from "./popup-window.ts";

declare const __VERSION__: string;

export type AlterConnectConfig = {
  /** Origin of the broker, such as `https://connect.example.com`. */
  baseURL?: string | undefined;
  debug?: boolean | undefined;
};

export type ConnectError = { code: string; message: string };

export type ConnectEvent = {
  name: PageEvent | "opened" | "detached" | "completed" | "exited" | "error";
  provider?: string | undefined;
  code?: string | undefined;
};

export type { SessionToken };

export type AlterConnectEvents = {
  success: (connection: Connection, connections: Connection[]) => void;
  error: (error: ConnectError) => void;
  exit: () => void;
  close: () => void;
  event: (event: ConnectEvent) => void;
};

export type OpenOptions = {
  token: SessionToken | (() => SessionToken);
  onSuccess?: AlterConnectEvents["success"] | undefined;
  onError?: AlterConnectEvents["error"] | undefined;
  onExit?: AlterConnectEvents["exit"] | undefined;
  onEvent?: AlterConnectEvents["event"] | undefined;
  baseURL?: string | undefined;
  signal?: AbortSignal | undefined;
  closedGrace?: number | undefined;
};

export type AlterConnect = {
  open(options: OpenOptions): Promise<Outcome>;
  close(): void;
  on<Name extends keyof AlterConnectEvents>(name: Name, listener: AlterConnectEvents[Name]): () => void;
  off<Name extends keyof AlterConnectEvents>(name: Name, listener: AlterConnectEvents[Name]): void;
  isOpen(): boolean;
  getVersion(): string;
  destroy(): void;
};

type Names = keyof AlterConnectEvents;

export const create = (
  config: AlterConnectConfig = {},
  app: AppWindow = globalThis as AppWindow,
): AlterConnect => {
  type Listener = (...args: unknown[]) => void;
  let listeners: { [Name in Names]?: Set<AlterConnectEvents[Name]> } = {};
  let current: Attempt | undefined;
  let outcome: Promise<Outcome>;
  const close = () => current?.cancel();

  return {
    open: (options) => {
      if (current) {
        current.popup.focus();
        return outcome;
      }
      const mine = listeners;
      const emit = <Name extends Names>(
        name: Name,
        callback?: AlterConnectEvents[Name] | undefined,
        ...args: Parameters<AlterConnectEvents[Name]>
      ): void => {
        for (const listener of [callback, ...(mine[name] ?? [])])
          app.setTimeout(() => mine === listeners && (listener as Listener | undefined)?.(...args));
      };
      const event = (name: ConnectEvent["name"], provider?: string, code?: string): void => {
        if (config.debug) app.console.log("AlterConnect", name, provider, code);
        emit("event", options.onEvent, { name, provider, code });
      };
      outcome = new Promise((resolve) => {
        current = startAttempt(app, options, options.baseURL ?? config.baseURL, event, (result): undefined => {
          current = undefined;
          resolve(result);
          if (result.status === "success") {
            emit(result.status, options.onSuccess, result.connections[0] as Connection, result.connections);
            event("completed");
          } else if (result.status === "error") {
            emit(result.status, options.onError, result.error);
            event(result.status, undefined, result.error.code);
          } else {
            emit(result.status, options.onExit);
            event("exited");
          }
          emit("close");
        });
      });
      if (current) event("opened");
      return outcome;
    },
    close,
    on: (name, listener) => {
      ((listeners[name] as Set<unknown>) ??= new Set()).add(listener);
      return () => listeners[name]?.delete(listener);
    },
    off: (name, listener) => listeners[name]?.delete(listener),
    isOpen: () => !!current,
    getVersion: () => __VERSION__,
    destroy: () => {
      listeners = {};
      close();
    },
  };
};
