/**
 * Svelte's way in: a store, and an action for a button of yours. Plain functions, so one file is for Svelte 4 and 5.
 * Knows components and their life; must not know sessions or windows.
 */
import { onMount } from "svelte";
import { writable, type Readable } from "svelte/store";
import { createWay, type ConnectOptions, type Way } from "./way.ts";

export type { ConnectOptions };

export type UseAlterConnect = Pick<Way, "open" | "close"> & {
  /** There is a window, or this page is about to be left. */
  isOpen: Readable<boolean>;
  /** For `use:connect` or `use:connect={{ provider: "google" }}`: a click opens. */
  connect: (
    button: HTMLElement,
    options?: ConnectOptions,
  ) => { update: (options?: ConnectOptions) => void; destroy: () => void };
};

/** Call it while the component is made. A component that goes away cancels what it has opened. */
export const useAlterConnect = (
  options: ConnectOptions | (() => ConnectOptions),
): UseAlterConnect => {
  const { subscribe, set } = writable(false);
  const { open, close, start } = createWay(
    () => (typeof options === "function" ? options() : options),
    set,
  );
  onMount(start);
  return {
    open,
    close,
    isOpen: { subscribe },
    connect: (button, own) => {
      const click = (): void => void open(own);
      button.addEventListener("click", click);
      const stop = subscribe((is) => {
        for (const state of ["aria-busy", "aria-disabled"]) button.setAttribute(state, String(is));
      });
      return {
        update: (changed) => (own = changed),
        destroy: () => {
          button.removeEventListener("click", click);
          stop();
        },
      };
    },
  };
};
