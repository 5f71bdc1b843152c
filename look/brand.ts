/**
 * The app's colours and corners, as properties that the style sheet chooses from by theme. Knows their names; must not
 * judge them: the broker has.
 */
import type { View } from "@alter-ai/protocol/http";

type Style = Pick<CSSStyleDeclaration, "setProperty">;

/** By way of the CSSOM, which the page's policy allows: an attribute it would not. */
export const applyBrand = (brand: View["app"]["brand"], style: Style): void => {
  for (const theme of ["light", "dark"] as const) {
    const colours = brand?.colours?.[theme];
    if (!colours) continue;
    const { action, on_action, accent } = colours;
    style.setProperty(`--action-${theme}`, action);
    style.setProperty(`--on-action-${theme}`, on_action);
    style.setProperty(`--accent-${theme}`, accent);
    // Away from the text on it, so that it is read even better.
    style.setProperty(`--away-${theme}`, isLight(on_action) ? "#000" : "#fff");
  }
  if (brand?.radius !== undefined) style.setProperty("--radius", `${brand.radius}px`);
};

/** Of `#rrggbb`: text on a button is nearly white or nearly black, and green tells which. */
const isLight = (colour: string): boolean => Number.parseInt(colour.slice(3, 5), 16) > 127;
