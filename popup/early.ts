/**
 * The first of the page to run, in a small script of its own: it takes the way in, claims, and asks for the words, while
 * the rest of the page is still being loaded. On a slow link that is a round trip. Must not know what is answered: the
 * page takes over, finds the same session, makes the same claim, and is given the reply to the one that is under way.
 */
import { localeFor } from "@alter-ai/protocol/locale";
import type { page } from "@alter-ai/protocol/http";
import type { WidgetMessage } from "@alter-ai/protocol/window";
import { readAddress } from "./address.ts";
import { startEntry } from "./entry.ts";
import { createOpener, type Opener } from "./opener.ts";
import { post, type Fetch } from "../look/post.ts";
import { loadWords } from "./words.ts";

const CLAIM_PATH: typeof page.claim.path = "/v1/connect/claim";

/** Of the browser's languages the one that the broker will mostly name as well. */
export const guess = localeFor(navigator.languages) ?? "en";

/** 256 bits, base64url. */
const random = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
};
const fetching: Fetch = (path, init) => fetch(path, init);

const start = () => {
  const { route, memory } = readAddress();
  const opener = createOpener();
  let heard: { message: WidgetMessage; origin: string } | undefined;
  let asked: { body: string; reply: Promise<Response> } | undefined;

  const noting: Opener = {
    ...opener,
    listen: (hear) =>
      opener.listen((message, origin) => {
        heard = { message, origin };
        hear(message, origin);
      }),
  };
  // Nobody listens to a failure yet, and whoever asks for the words again asks anew.
  loadWords(guess).catch(() => undefined);
  const stop =
    route.at === "start"
      ? startEntry({
          ...{ opener: noting, memory, random },
          onClaim: (claim) => {
            const reply = post(fetching, CLAIM_PATH, claim);
            reply.catch(() => undefined);
            asked = { body: JSON.stringify(claim), reply };
          },
          // The page has a clock of its own for this.
          onSilence: () => undefined,
        })
      : () => undefined;

  /** Ends what runs here. What the opener has said is said again to whoever listens now. */
  const takeOver = () => {
    stop();
    return {
      ...{ route, memory, random },
      opener: {
        ...opener,
        listen: (hear) => {
          const unlisten = opener.listen(hear);
          if (heard) {
            const { message, origin } = heard;
            queueMicrotask(() => hear(message, origin));
          }
          return unlisten;
        },
      } satisfies Opener,
      /** As the browser's, but the claim that is under way is not made twice. A second one is a second one. */
      fetch: ((path, init) => {
        const { body, reply } = asked ?? {};
        asked = undefined;
        return reply && path === CLAIM_PATH && init.body === body ? reply : fetching(path, init);
      }) satisfies Fetch as Fetch,
    };
  };
  return takeOver;
};

export const takeOver = start();
