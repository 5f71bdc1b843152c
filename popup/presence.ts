/**
 * Tells the broker that somebody has this page before them, or has closed it [H9]. Knows when to speak;
 * must not know what the session is doing.
 */
import type { Opener } from "./opener.ts";

type Presence = { opener: Opener; here: () => void; gone: () => void };

/** Only while the opener is cut off: a live one can see for itself that the window is open. */
const HERE_MS = 5_000;

export const createPresence = ({ opener, here, gone }: Presence) => {
  let where: "nowhere" | "here" | "leaving" | "left" = "nowhere";
  const say = (): void => {
    if (where === "here") here();
  };
  const beat = setInterval(() => {
    if (!opener.present()) say();
  }, HERE_MS);

  return {
    /** On screen, or again: what the broker thinks of a departure that did not happen ends here. */
    arrive: (): void => {
      where = "here";
      say();
    },
    say,
    /** Silent from now on, since `here` would take the session back from the provider. Closing still counts. */
    leave: (): void => {
      where = "leaving";
    },
    /** The next page is loading by our own doing: its unload is no goodbye. */
    left: (): void => {
      where = "left";
    },
    /** Nobody is waited for any more. */
    end: (): void => {
      where = "nowhere";
    },
    /** The page is being unloaded. */
    bye: (): void => {
      if (where === "here" || where === "leaving") gone();
    },
    stop: () => clearInterval(beat),
  };
};
