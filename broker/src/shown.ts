/**
 * How an app, a user and what may be done are put on the broker's pages: the same on each of them. Pure. Knows no page, and
 * nothing of who may see it.
 */
import type { View } from "@alter-ai/protocol/http";
import type { Locale } from "@alter-ai/protocol/locale";
import { COMMON_SCOPES } from "./config/client.ts";
import type { App } from "./config/config.ts";
import { clean } from "./identity.ts";
import type { Provider } from "./providers/schema.ts";
import { inWords } from "./providers/words.ts";
import type { SessionUser } from "./session.ts";

export const appShown = ({ name, logo_url, theme, branding }: App) => ({
  ...{ name, theme },
  ...(logo_url === undefined ? {} : { logo_url }),
  ...branding,
});

/** `app`: whose identity provider vouches for them; undefined where the configuration has it no longer. */
export const userShown = (
  { label, label_kind, name }: SessionUser,
  app: App | undefined,
): View["user"] => ({
  ...{ label, label_kind },
  ...(name === undefined ? {} : { name }),
  identity_provider: app?.identity_provider.name ?? "",
});

/** Without those that say nothing to a user. */
export const scopesShown = (
  provider: Pick<Provider, "scopes"> | undefined,
  scopes: string[],
  locale: Locale,
): string[] =>
  scopes
    .map((scope) => sentenceOf(provider?.scopes ?? {}, scope))
    .filter((sentence) => sentence !== "")
    .map((sentence) => inWords(locale, sentence));

/**
 * What was granted is the provider's word: it may be no name of ours, but one that every object has (`constructor`), or a
 * text with tricks.
 */
const sentenceOf = (words: Record<string, string>, scope: string): string => {
  const known = [words, COMMON_SCOPES].find((some) => Object.hasOwn(some, scope));
  return (known ? known[scope] : clean(scope)) ?? "";
};
