/**
 * What the address brought, and this page's own entry in the history of its tab. Touches `location` and `history`, as
 * main does. Must not know what becomes of either.
 */
import type { Kept, Memory } from "./entry.ts";
import type { Route } from "./flow.ts";

const routeOf = (path: string): Route => {
  const id = /^\/connect\/s\/([\w-]+)$/.exec(path)?.[1];
  if (id) return { at: "session", id };
  return { at: path === "/connect" ? "start" : "lost" };
};

/** A session token may stand in the fragment (redirect and backend sessions). */
const brought = (): Kept | null => {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [token, challenge, state] = ["session", "challenge", "state"].map(
    (name) => fragment.get(name) ?? undefined,
  );
  return token === undefined ? null : { token, challenge, state };
};

/** Reads the address, whose fragment is gone from it afterwards. */
export const readAddress = (): { route: Route; memory: Memory } => {
  const route = routeOf(location.pathname);
  // Before anything else, and in one step, it leaves the address bar for where a reload finds it.
  if (location.hash)
    history.replaceState(route.at === "start" ? brought() : null, "", location.pathname);
  return {
    route,
    memory: {
      // Nobody else can write here: this entry has never been another page's.
      read: () => history.state as Kept | null,
      write: (kept) => history.replaceState(kept, ""),
    },
  };
};
