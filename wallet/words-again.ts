/** The words of a language whose file did not come. Apart from words.ts: few need it, and the page's script is short. */
import { wordsAgain } from "../look/words-again.ts";
import type { Messages } from "./locales/en.ts";

export const loadWordsAgain = wordsAgain<Messages>(
  import.meta.glob("./locales/*.ts", { query: "again" }),
);
