/**
 * The hosted page as most users meet it: in a window that the widget opens inside a click, while the app's session is
 * still being made. Knows the way there; what is seen is watch.ts's.
 */
import type { BrowserContext } from "@playwright/test";
import type { World } from "../e2e/world.ts";
import { visit } from "./browser.ts";
import type { Link, Shape } from "./link.ts";
import { createPlaces, type Places } from "./places.ts";
import { tripsInARow, withoutQuestions } from "./trips.ts";
import { watchedOf, type Watched } from "./watch.ts";

/** From the app's having the session's token on, until the decision is seen. `trips`: those in a row, by name. */
export type AfterToken = { ms: number; trips: string[] };

/** Counted from the click. */
export type Opened = Watched & { afterToken: AfterToken };

export const createPopups = (world: World, link: Link) => {
  const places: Places = createPlaces(world);
  return {
    answer: places.answer,
    open: async (context: BrowserContext, shape: Shape): Promise<Opened> => {
      link.cut();
      link.shape(shape);
      const { page, noted, connect } = await visit(context, places.page("ours", "ann"));
      const clicking = noted("clicked");
      const popup = await connect();
      const [clicked, watched] = await Promise.all([clicking, watchedOf(popup)]);
      const since = watched.started - clicked;
      const seen = watched.started + watched.useful;
      const passages = withoutQuestions(link.passages());
      const session = passages.find(({ url }) => url.pathname === "/api/session");
      const told = session?.done ?? NaN;
      await popup.close();
      await page.close();
      return {
        ...{ started: clicked, shift: watched.shift },
        paint: watched.paint + since,
        useful: watched.useful + since,
        interactive: watched.interactive + since,
        afterToken: { ms: seen - told, trips: tripsInARow(passages, told, seen) },
      };
    },
  };
};
