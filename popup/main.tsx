/**
 * The edge: gives the model its window. The only file that touches `location` and `history`. Must not decide
 * anything.
 */
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./App.tsx";
import { createApi } from "./api.ts";
import { applyBrand } from "./brand.ts";
import type { Kept } from "./entry.ts";
import { createFlow, type Route } from "./flow.ts";
import { en } from "./locales/en.ts";
import { createOpener } from "./opener.ts";

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

// Before anything else, and in one step, it leaves the address bar for where a reload finds it.
const route = routeOf(location.pathname);
if (location.hash)
  history.replaceState(route.at === "start" ? brought() : null, "", location.pathname);

const flow = createFlow({
  api: createApi(),
  opener: createOpener(),
  enter: (id) => history.replaceState(null, "", `/connect/s/${id}`),
  leave: (url, how) => location[how](url),
  close: () => window.close(),
  back: () => {
    history.back();
    return history.length > 1;
  },
  online: () => navigator.onLine,
  memory: {
    // Nobody else can write here: this entry has never been another page's.
    read: () => history.state as Kept | null,
    write: (kept) => history.replaceState(kept, ""),
  },
  random: () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  },
});

addEventListener("focus", flow.cameToFront);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") flow.cameIntoView();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) flow.cameBack();
});
addEventListener("pagehide", flow.goesAway);
addEventListener("offline", flow.wentOffline);
addEventListener("online", flow.cameOnline);

document.documentElement.lang = en.language;
effect(() => {
  document.title = en.pageTitle(flow.app.value?.name);
  document.documentElement.dataset.theme = flow.app.value?.theme ?? "system";
  applyBrand(flow.app.value?.brand, document.documentElement.style);
});

// Before anything is drawn: the opener can be answering meanwhile.
flow.start(route);

const root = document.getElementById("page");
// The whole page is a few dozen nodes: one effect renders all of it, and nothing binds signals to components.
if (root) effect(() => render(<App flow={flow} t={en} />, root));
