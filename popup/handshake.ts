/**
 * Asks the opener for a session until it sends one. Knows when to ask and when to tell the user; must not
 * know what becomes of the session.
 */
import type { WidgetMessage } from "@alter-ai/protocol/window";
import type { Opener } from "./opener.ts";

const READY_EVERY_MS = 1_000;
/** An app's own token call is slow at times; a user who was sent a link should not wait much longer. */
const SILENCE_MS = 10_000;

type Handshake = {
  opener: Opener;
  /** Called once, with the first session of the opener. */
  onSession: (message: WidgetMessage, origin: string) => void;
  /** Called when nobody has answered in time, or nobody is there to answer. Listening goes on. */
  onSilence: () => void;
};

/** Starts asking; the return value stops it. */
export const startHandshake = ({ opener, onSession, onSilence }: Handshake): (() => void) => {
  const stop = (): void => {
    clearInterval(asking);
    clearTimeout(waiting);
    unlisten();
  };
  const unlisten = opener.listen((message, origin) => {
    // One session for each load of the page: a second one could only be somebody else's.
    stop();
    onSession(message, origin);
  });
  const asking = setInterval(() => opener.ready(), READY_EVERY_MS);
  const waiting = setTimeout(onSilence, opener.present() ? SILENCE_MS : 0);
  opener.ready();
  return stop;
};
