/**
 * Colours as numbers: how well one is read on another (WCAG 2.2), and mixtures that keep a hue. Pure; knows nothing of
 * apps, providers or pages. A colour is `#rrggbb`.
 */

/** WCAG 2.2, 1.4.3: text of the ordinary size. */
export const LEAST_CONTRAST = 4.5;
/** WCAG 2.2, 1.4.11: what is no text. */
export const LEAST_MARK_CONTRAST = 3;

/**
 * As dark as it has to be: on any colour at all, it or white has a contrast of 4.5. With the page's own text colour
 * there are mid-tones on which neither has.
 */
export const NEAR_BLACK = "#050608";
export const WHITE = "#ffffff";

/** Of the two, the one that is read better on it. */
export const textOn = (background: string): string =>
  contrast(WHITE, background) >= contrast(NEAR_BLACK, background) ? WHITE : NEAR_BLACK;

/** Of a picture, which takes less: white as long as it is seen, since that is how brands draw themselves. */
export const markOn = (background: string): string =>
  contrast(WHITE, background) >= LEAST_MARK_CONTRAST ? WHITE : NEAR_BLACK;

/** WCAG 2.2: from 1, the same, to 21, black and white. */
export const contrast = (one: string, other: string): number => {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
};

/**
 * Part of the way to black (`lightness` 0) or white (1), in OKLab: there a colour keeps its hue on its way, where in
 * sRGB a blue that gets lighter turns violet.
 */
export const mixed = (colour: string, lightness: 0 | 1, share: number): string => {
  const [l, a, b] = toOklab(colour);
  const kept = 1 - share;
  return fromOklab([l * kept + lightness * share, a * kept, b * kept]);
};

/** Distance from grey, where it has a hue at all: 0 to about 0.32. */
export const chroma = (colour: string): number => {
  const [, a, b] = toOklab(colour);
  return Math.hypot(a, b);
};

/** Degrees; means nothing for a grey. */
export const hue = (colour: string): number => {
  const [, a, b] = toOklab(colour);
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
};

type Triple = [number, number, number];

const luminance = (colour: string): number => {
  const [r, g, b] = toLinear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const toLinear = (colour: string): Triple => {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};

const fromLinear = (linear: Triple): string =>
  `#${linear
    .map((value) => {
      const inside = Math.min(1, Math.max(0, value));
      const coded = inside <= 0.0031308 ? inside * 12.92 : 1.055 * inside ** (1 / 2.4) - 0.055;
      return Math.round(coded * 255)
        .toString(16)
        .padStart(2, "0");
    })
    .join("")}`;

/** Both ways as CSS Color 4, section 18 has them. */
const toOklab = (colour: string): Triple => {
  const [r, g, b] = toLinear(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};

const fromOklab = ([lightness, a, b]: Triple): string => {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return fromLinear([
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]);
};
