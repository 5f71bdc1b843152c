/**
 * The edge: gives the model its window. The only file that touches `location` and `history`. Must not decide
 * anything.
 */
import { localeFor } from "@alter-ai/protocol/locale";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./App.tsx";
import { createApi } from "./api.ts";
import { applyBrand } from "./brand.ts";
import type { Kept } from "./entry.ts";
import { createFlow, type Route } from "./flow.ts";
import { createLanguage } from "./language.ts";
import { createOpener } from "./opener.ts";
import { Speechless } from "./screens/Speechless.tsx";

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

// On its way before the broker is asked, and mostly the one that the broker will name.
const language = createLanguage();
const guess = localeFor(navigator.languages) ?? "en";
effect(() => void language.speak(flow.locale.value ?? guess));

effect(() => {
  const { app } = flow;
  const t = language.messages.value;
  document.documentElement.dataset.theme = app.value?.theme ?? "system";
  applyBrand(app.value?.brand, document.documentElement.style);
  if (!t) return;
  document.documentElement.lang = t.language;
  document.documentElement.dir = t.direction;
  document.title = t.pageTitle(app.value?.name);
  // What comes late is new to the user, whatever has been under the pointer until now [L17].
  flow.cameToFront();
});

// Before anything is drawn: the opener can be answering meanwhile.
flow.start(route);

const root = document.getElementById("page");
// The whole page is a few dozen nodes: one effect renders all of it, and nothing binds signals to components.
if (root)
  effect(() =>
    render(
      language.speechless.value ? (
        <Speechless onRetry={() => location.reload()} />
      ) : (
        <App flow={flow} t={language.messages.value} />
      ),
      root,
    ),
  );
