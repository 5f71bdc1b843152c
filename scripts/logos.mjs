/**
 * The last step of building the hosted page: a logo for each brand of the catalogue that simple-icons (CC0) has, as a file
 * beside the page, so that no picker ever asks a third party for one. Its mark on a square of the brand's colour, white
 * where that is seen, else near-black: that looks the same on a light and on a dark card.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { runnerImport } from "vite";

const broker = resolve(import.meta.dirname, "../broker/src");
const { resolve: find } = createRequire(import.meta.url);

export const logos = () => ({
  name: "logos",
  generateBundle: {
    order: "post",
    async handler() {
      for (const [icon, source] of await drawLogos())
        this.emitFile({ type: "asset", fileName: `logos/${icon}.svg`, source });
    },
  },
});

/** By their names. @throws when simple-icons has no such icon, or a brand has two colours */
export const drawLogos = async (brands) => {
  const { markOn } = await load("colour.ts");
  const drawn = new Map();
  for (const { icon, color } of brands ?? (await catalogueBrands())) {
    if (icon === undefined) continue;
    const logo = draw(icon, color, markOn(color));
    if (drawn.has(icon) && drawn.get(icon) !== logo)
      throw new Error(`${icon} has two colours in the catalogue`);
    drawn.set(icon, logo);
  }
  return drawn;
};

const catalogueBrands = async () => {
  const { catalogued, catalogueIds } = await load("providers/catalogue.ts");
  return catalogueIds().flatMap((id) => catalogued(id).brand ?? []);
};

/** The broker's sources are TypeScript for a bundler: Vite reads them here as it does there. */
const load = async (path) =>
  (await runnerImport(join(broker, path), { configFile: false, logLevel: "error" })).module;

const draw = (icon, background, mark) => {
  const file = join(dirname(find("simple-icons/icons.json")), "../icons", `${icon}.svg`);
  if (!existsSync(file)) throw new Error(`simple-icons has no ${icon}`);
  const svg = readFileSync(file, "utf8");
  const [, path] = /<path d="([^"]+)"\/>/.exec(svg) ?? [];
  if (path === undefined) throw new Error(`simple-icons draws ${icon} in another way now`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="${background}" d="M0 0h40v40H0z"/>` +
    `<path fill="${mark}" transform="translate(8 8)" d="${path}"/></svg>\n`
  );
};
