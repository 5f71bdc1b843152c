/**
 * The way out of the page: the outcome is told, shown and closed upon, or else the browser leaves for somewhere. Knows
 * what has to happen in which order; must not know how it came to the end.
 */
import type { FinishReply, ViewReply } from "./api.ts";
import type { createClosing } from "./closing.ts";
import { mayLeaveFor } from "../look/destination.ts";
import type { Opener } from "./opener.ts";
import type { createPresence } from "./presence.ts";
import { outcomeScreen, type Screen } from "./screen.ts";
import type { createTurns } from "../look/turns.ts";

type WayOut = {
  opener: Opener;
  presence: ReturnType<typeof createPresence>;
  closing: ReturnType<typeof createClosing>;
  turns: ReturnType<typeof createTurns>;
  show: (screen: Screen) => void;
  leave: (url: string, how: "assign" | "replace") => void;
  /** The browser does not get away. */
  onSlow: () => void;
  /** The session is over, and nothing says how. */
  onNothing: (reference: string | undefined) => void;
};

const SLOW_MS = 8_000;

export const createWayOut = (deps: WayOut) => {
  const { opener, presence, closing, turns, show } = deps;

  const depart = (url: string, how: "assign" | "replace", to: string): void => {
    presence.left();
    // First: the browser is already on its way while this is drawn.
    deps.leave(url, how);
    show({ name: "leaving", to, slow: false });
    turns.later(SLOW_MS, () => {
      deps.onSlow();
      show({ name: "leaving", to, slow: true });
    });
  };

  /** The outcome in `reply` stands, whoever wrote it: tell the app, then go. */
  const settle = (
    { view, allowed_origin }: ViewReply,
    { outcome, redirect_to }: FinishReply,
    atOnce: boolean,
    reference: string | undefined,
  ): void => {
    if (redirect_to !== undefined && mayLeaveFor(redirect_to))
      return depart(redirect_to, "replace", view.app.name);
    if (!outcome) return deps.onNothing(reference);
    opener.outcome(allowed_origin, outcome);
    const end = outcomeScreen(outcome, view, reference);
    show(end);
    if (end.name === "finished") return atOnce ? closing.now() : closing.soon();
    // What the user asked for has happened. Every other ending has something to read.
    if (end.ending === "cancelled" || end.ending === "denied") closing.now();
  };

  return { depart, settle };
};
