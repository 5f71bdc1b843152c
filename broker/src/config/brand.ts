/**
 * An app's brand on the hosted page: from one accent, colours for the light and the dark card that can be read there.
 * Pure. Knows the card's own colours, which are look/base.css's; must not know how the page uses what it gets.
 */
import type { View } from "@alter-ai/protocol/http";
import { z } from "zod";
import { chroma, contrast, LEAST_CONTRAST, mixed, textOn } from "../colour.ts";
import { secureUrl } from "../providers/url.ts";

export const brandingSchema = z
  .strictObject({
    accent: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #2a50cf, in quotes")
      .optional(),
    /** Of the card, in CSS pixels. More than that, and a short card has no straight side left. */
    radius: z.number().min(0).max(28).optional(),
    support_url: secureUrl.optional(),
    privacy_url: secureUrl.optional(),
  })
  .default({});

/** As the page's view has it. */
export type Branding = Pick<View["app"], "brand" | "support_url" | "privacy_url">;

/** @returns with it what the operator ought to know, in one sentence */
export const brandingOf = (
  { accent, radius, ...urls }: z.output<typeof brandingSchema>,
  theme: Theme | "system",
): { branding: Branding; warning: string | undefined } => {
  const { colours, warning } =
    accent === undefined ? { colours: undefined, warning: undefined } : coloursOf(accent, theme);
  const brand = {
    ...(colours === undefined ? {} : { colours }),
    ...(radius === undefined ? {} : { radius }),
  };
  return { branding: { ...urls, ...(Object.keys(brand).length ? { brand } : {}) }, warning };
};

type Brand = NonNullable<View["app"]["brand"]>;
type Theme = "light" | "dark";
const THEMES: readonly Theme[] = ["light", "dark"];
type Colours = NonNullable<Brand["colours"]>[Theme];

/** As look/base.css has them; a test reads it. Links stand on both of the first two. */
export const CARD: Record<
  Theme,
  { surface: string; raised: string; accent: string; action: string }
> = {
  light: { surface: "#ffffff", raised: "#f6f7f9", accent: "#2a50cf", action: "#2a50cf" },
  dark: { surface: "#16191f", raised: "#1e222a", accent: "#93aeff", action: "#4169e1" },
};

/** A button that is nearer to the card than this is not seen to be one: yellow on white, with 1.3, still is. */
const LEAST_BUTTON_CONTRAST = 1.2;
/** Below it a colour is a grey for the eye: darker or lighter it would not be the brand's, but disabled text. */
const LEAST_CHROMA = 0.02;
/** Fine enough that no step is seen. */
const STEPS = 256;

/** @returns with them what the operator ought to know of the themes that the app shows, in one sentence */
export const coloursOf = (
  accent: string,
  theme: Theme | "system",
): { colours: NonNullable<Brand["colours"]>; warning: string | undefined } => {
  const given = accent.toLowerCase();
  const colours = { light: derived(given, "light"), dark: derived(given, "dark") };
  const shown = THEMES.filter((one) => theme === "system" || theme === one);
  const changes = shown.flatMap((one) => changesTo(given, one, colours[one]));
  const warning = changes.length
    ? `branding.accent ${given} cannot be read everywhere: ${changes.join("; ")}`
    : undefined;
  return { colours, warning };
};

const derived = (given: string, theme: Theme): Colours => {
  const own = readable(given, theme);
  const seen = contrast(given, CARD[theme].surface) >= LEAST_BUTTON_CONTRAST;
  const action = seen ? given : (own ?? CARD[theme].action);
  return { action, on_action: textOn(action), accent: own ?? CARD[theme].accent };
};

/** The colour, or the nearest to it of the same hue, that is read on the card. */
const readable = (given: string, theme: Theme): string | undefined => {
  const { surface, raised } = CARD[theme];
  const isRead = (colour: string): boolean =>
    contrast(colour, surface) >= LEAST_CONTRAST && contrast(colour, raised) >= LEAST_CONTRAST;
  if (isRead(given)) return given;
  if (chroma(given) < LEAST_CHROMA) return undefined;
  const towards = theme === "light" ? 0 : 1;
  const nearest = Array.from({ length: STEPS }, (_, i) =>
    mixed(given, towards, (i + 1) / STEPS),
  ).find(isRead);
  // What has lost its hue on the way is the brand's no more than a grey is.
  return nearest !== undefined && chroma(nearest) >= LEAST_CHROMA ? nearest : undefined;
};

const changesTo = (given: string, theme: Theme, { accent, action }: Colours): string[] => {
  const instead = (colour: string, own: string): string =>
    colour === own ? `the page's own ${colour}` : colour;
  const card = CARD[theme];
  return [
    ...(accent === given ? [] : [`links on the ${theme} card are ${instead(accent, card.accent)}`]),
    ...(action === given ? [] : [`its main button is ${instead(action, card.action)}`]),
  ];
};
