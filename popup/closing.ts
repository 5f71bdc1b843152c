/**
 * The window's own end: at once or after a moment to read, and what to say if the browser refuses.
 * Must not know why.
 */
import { signal } from "@preact/signals";

/** `soon`: the window is about to close by itself. `stuck`: it was told to and is still here. */
export type Closing = "no" | "soon" | "stuck";

/** Time to read whose accounts were connected. */
const READ_MS = 3_000;
/** A window that may close itself is gone by then; no browser says that it may not. */
const CLOSED_BY_MS = 400;

export const createClosing = (close: () => void) => {
  const closing = signal<Closing>("no");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (ms: number, act: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
  const now = (): void => {
    close();
    after(CLOSED_BY_MS, () => {
      closing.value = "stuck";
    });
  };
  const soon = (): void => {
    closing.value = "soon";
    after(READ_MS, now);
  };
  return { closing, now, soon, stop: () => clearTimeout(timer) };
};
