/**
 * The app's colours and corners, as properties that the style sheet chooses from by theme. Knows their names; must not
 * judge them: the broker has.
 */
import type { View } from "@alter-ai/protocol/http";

type Style = Pick<CSSStyleDeclaration, "setProperty">;

/** By way of the CSSOM, which the page's policy allows: an attribute it would not. What an app has not, is ours. */
export const applyBrand = (brand: View["app"]["brand"], style: Style): void => {
  for (const theme of ["light", "dark"] as const) {
    const colours = brand?.colours?.[theme];
    // An empty value takes a property away, and with it the app that was shown before.
    style.setProperty(`--action-${theme}`, colours?.action ?? "");
    style.setProperty(`--on-action-${theme}`, colours?.on_action ?? "");
    style.setProperty(`--accent-${theme}`, colours?.accent ?? "");
    // Away from the text on it, so that it is read even better.
    style.setProperty(`--away-${theme}`, colours ? awayFrom(colours.on_action) : "");
  }
  style.setProperty("--radius", brand?.radius === undefined ? "" : `${brand.radius}px`);
};

/** Of `#rrggbb`: text on a button is nearly white or nearly black, and green tells which. */
const awayFrom = (colour: string): string =>
  Number.parseInt(colour.slice(3, 5), 16) > 127 ? "#000" : "#fff";
