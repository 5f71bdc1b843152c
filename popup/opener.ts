/**
 * The one window that opened this one. The only file that touches `window.opener` and messages.
 * Knows source, origin and shape of what it hears; must not know what a session is for.
 */
import {
  isWidgetMessage,
  type Outcome,
  type PageEvent,
  type PageMessage,
  type WidgetMessage,
} from "@alter-ai/protocol/window";

export type Opener = {
  /** False for good once a page on the way has cut the tie (COOP), and while there never was one. */
  present(): boolean;
  /** Says that a page is here, to whoever opened it. */
  ready(): void;
  /** Session messages of the opener, with the origin the browser vouches for. Returns its undo. */
  listen(heard: (message: WidgetMessage, origin: string) => void): () => void;
  event(origin: string, name: PageEvent, provider?: string): void;
  outcome(origin: string, outcome: Outcome): void;
  error(origin: string, code: string): void;
  /** Cuts the tie from this side [M8]. */
  drop(): void;
};

export const createOpener = (here: Window = window): Opener => {
  const opener = (): Window | undefined => {
    const found = here.opener as Window | null;
    return found && !found.closed ? found : undefined;
  };
  const say = (message: PageMessage, to: string): void => opener()?.postMessage(message, to);

  return {
    present: () => opener() !== undefined,
    // '*' because the page cannot know yet who opened it: the app's origin comes with the session. All
    // that leaks is that a page of the broker is open, which whoever opened it knows [L1].
    ready: () => say({ type: "alter-connect:ready", v: 1 }, "*"),
    listen: (heard) => {
      const read = (event: MessageEvent<unknown>): void => {
        // Without the first test a message from a window that is gone (`source` is null) would come from
        // an opener that is gone.
        const from = opener();
        if (!from || event.source !== from) return;
        // A sandboxed opener: never an app's origin, and there is no way to answer only it.
        if (event.origin === "null") return;
        if (isWidgetMessage(event.data)) heard(event.data, event.origin);
      };
      here.addEventListener("message", read);
      return () => here.removeEventListener("message", read);
    },
    event: (origin, name, provider) =>
      say({ type: "alter-connect:event", v: 1, name, provider }, origin),
    outcome: (origin, outcome) => say({ type: "alter-connect:outcome", v: 1, outcome }, origin),
    error: (origin, code) => say({ type: "alter-connect:error", v: 1, code }, origin),
    drop: () => {
      here.opener = null;
    },
  };
};
