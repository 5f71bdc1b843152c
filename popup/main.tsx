/**
 * The edge: gives the model its window. Leaves by `location` and `history`. Must not decide anything.
 */
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./App.tsx";
import { createApi } from "./api.ts";
import { applyBrand } from "../look/brand.ts";
import { guess, takeOver } from "./early.ts";
import { createFlow } from "./flow.ts";
import { createLanguage } from "../look/language.ts";
import { loadWords } from "./words.ts";
import { loadWordsAgain } from "./words-again.ts";
import { Speechless } from "../look/Speechless.tsx";

const { route, memory, random, opener, fetch } = takeOver();

const flow = createFlow({
  api: createApi({ fetch }),
  ...{ memory, random, opener },
  enter: (id) => history.replaceState(null, "", `/connect/s/${id}`),
  leave: (url, how) => location[how](url),
  close: () => window.close(),
  back: () => {
    history.back();
    return history.length > 1;
  },
  online: () => navigator.onLine,
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

const language = createLanguage(loadWords, loadWordsAgain);
effect(() => void language.speak(flow.locale.value ?? guess));

/** Of all apps here, where they wish for the same. */
const { theme = "system" } = document.documentElement.dataset;
effect(() => {
  const { app } = flow;
  const t = language.messages.value;
  document.documentElement.dataset.theme = app.value?.theme ?? theme;
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
