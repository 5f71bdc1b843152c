/**
 * The edge: gives the model its window. The only file that touches `location`, `history` and
 * `sessionStorage`. Must not decide anything.
 */
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./App.tsx";
import { createApi } from "./api.ts";
import { createFlow, type Route } from "./flow.ts";
import { en } from "./locales/en.ts";
import { createOpener } from "./opener.ts";

// A session token may stand in the fragment (redirect and backend sessions). Before anything else it leaves the
// address bar and the history; this page does not act on it yet.
if (location.hash) history.replaceState(null, "", location.pathname);

const routeOf = (path: string): Route => {
  const id = /^\/connect\/s\/([\w-]+)$/.exec(path)?.[1];
  if (id) return { at: "session", id };
  return path === "/connect" ? { at: "start" } : { at: "lost" };
};

/** Storage that a browser may forbid: then a reload during the claim needs a new start, nothing worse. */
const tryStorage = <T,>(use: (storage: Storage) => T, otherwise: T): T => {
  try {
    return use(sessionStorage);
  } catch {
    return otherwise;
  }
};

const flow = createFlow({
  api: createApi(),
  opener: createOpener(),
  enter: (id) => history.replaceState(null, "", `/connect/s/${id}`),
  leave: (url, how) => location[how](url),
  close: () => window.close(),
  memory: {
    getItem: (key) => tryStorage((storage) => storage.getItem(key), null),
    setItem: (key, value) => tryStorage((storage) => storage.setItem(key, value), undefined),
    removeItem: (key) => tryStorage((storage) => storage.removeItem(key), undefined),
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

document.documentElement.lang = en.language;
effect(() => {
  document.title = en.pageTitle(flow.app.value?.name);
  document.documentElement.dataset.theme = flow.app.value?.theme ?? "system";
});

const root = document.getElementById("page");
// The whole page is a few dozen nodes: one effect renders all of it, and nothing binds signals to components.
if (root) effect(() => render(<App flow={flow} t={en} />, root));
flow.start(routeOf(location.pathname));
