/**
 * How a provider looks in the picker: the operator's logo, else the one that was built for the catalogue, and the colour
 * behind its initials while there is none. Pure. Knows no file: which logos were built, its caller says.
 */
import type { View } from "@alter-ai/protocol/http";
import { textOn } from "../colour.ts";
import type { Provider } from "./schema.ts";

export type Mark = Pick<View["providers"][number], "logo_url" | "tile">;
export type MarkOf = (provider: Pick<Provider, "logo_url" | "brand">) => Mark;

/** `files`: names below /page/. Ours come from the broker's own origin, so that nobody else learns who looks at a picker. */
export const createMarks =
  (deps: { base_url: string; files: ReadonlySet<string> }): MarkOf =>
  ({ logo_url, brand }) => {
    const file = `logos/${brand?.icon ?? ""}.svg`;
    const built = deps.files.has(file) ? `${deps.base_url}/page/${file}` : undefined;
    const url = logo_url ?? built;
    return {
      ...(url === undefined ? {} : { logo_url: url }),
      ...(brand === undefined
        ? {}
        : { tile: { background: brand.color.toLowerCase(), text: textOn(brand.color) } }),
    };
  };
