/**
 * The edge: gives the model its window, its address and its neighbours. Must not decide anything.
 */
import { localeFor } from "@alter-ai/protocol/locale";
import { effect } from "@preact/signals";
import { render } from "preact";
import { applyBrand } from "../look/brand.ts";
import { createLanguage } from "../look/language.ts";
import { Speechless } from "../look/Speechless.tsx";
import { App } from "./App.tsx";
import { createApi } from "./api.ts";
import { createFlow } from "./flow.ts";
import { addressOf, readPlace, readProblem, type Place } from "./place.ts";
import { readNote } from "./session.ts";
import { loadWords } from "./words.ts";
import { loadWordsAgain } from "./words-again.ts";

const here = (): Place => readPlace(location.pathname, location.search);
const now = (): number => Date.now();

/** The Wallet's windows in this browser, which have one cookie between them. */
const windows = new BroadcastChannel("alter-wallet");

const save = (document_: Blob, name: string): void => {
  const url = URL.createObjectURL(document_);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // Read by then: the browser takes it up at the click, and nothing says when it has.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

const flow = createFlow({
  api: createApi(),
  now,
  visit: (place) => {
    const address = addressOf(place);
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
  },
  leave: (url) => location.assign(url),
  save,
  tell: (note) => windows.postMessage(note),
});

windows.addEventListener("message", ({ data }) => {
  const note = readNote(data);
  if (note) flow.heard(note);
});
addEventListener("popstate", () => flow.moved(here()));
addEventListener("pagehide", flow.goesAway);
addEventListener("pageshow", (event) => {
  if (event.persisted) flow.cameBack();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") flow.cameIntoView();
});

const language = createLanguage(loadWords, loadWordsAgain);
const guess = localeFor(navigator.languages) ?? "en";
effect(() => void language.speak(flow.locale.value ?? guess));

effect(() => {
  const app = flow.app.value;
  const t = language.messages.value;
  const { view } = flow.place.value;
  document.documentElement.dataset.theme = app?.theme ?? "system";
  applyBrand(app?.brand, document.documentElement.style);
  if (!t) return;
  document.documentElement.lang = t.language;
  document.documentElement.dir = t.direction;
  document.title = [t[view].title, app?.name].filter(Boolean).join(" – ");
});

const problem = readProblem(location.search);
const place = here();
// Whatever else stands there: a reload does not say again what went wrong, and nobody passes it on.
history.replaceState(null, "", addressOf(place));
void flow.start(place, problem);

const root = document.getElementById("page");
// One effect renders all of it, and nothing binds signals to components.
if (root)
  effect(() =>
    render(
      language.speechless.value ? (
        <Speechless onRetry={() => location.reload()} />
      ) : (
        <App flow={flow} t={language.messages.value} now={now} />
      ),
      root,
    ),
  );
