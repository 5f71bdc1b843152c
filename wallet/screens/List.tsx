/** What the lists of both views have in common: the rest of it, nothing in it, and its shape while it is on its way. */
import { Button, Status } from "../../look/Frame.tsx";
import type { Messages } from "../locales/en.ts";
import type { Place } from "../place.ts";
import type { Rest as RestOf } from "../screen.ts";

type RestProps = { t: Messages; rest: RestOf; busy: boolean; onMore: () => void };

export const Rest = ({ t, rest, busy, onMore }: RestProps) =>
  rest.cursor === null ? null : (
    <div class="rest">
      <Status>{rest.failed && t.moreFailed}</Status>
      <Button kind="quiet" onPress={onMore} ready={!busy}>
        {busy ? t.loading : t.more}
      </Button>
    </div>
  );

type NothingProps = {
  t: Messages;
  none: { title: string; text: string };
  place: Place;
  onGo: (place: Place) => void;
};

/** Nothing at all, or nothing of what was chosen: then the way back to everything. */
export const Nothing = ({ t, none, place, onGo }: NothingProps) => {
  // An app's own link leads to its view: whoever has nothing there has chosen nothing.
  const chosen = place.provider !== undefined;
  return (
    <div class="card nothing">
      <h2>{chosen ? t.filter.none : none.title}</h2>
      {!chosen && <p class="muted">{none.text}</p>}
      {(chosen || place.app !== undefined) && (
        <Button kind="quiet" onPress={() => onGo({ view: place.view })}>
          {t.filter.clear}
        </Button>
      )}
    </div>
  );
};

type SkeletonProps = {
  t: Messages | undefined;
  /** There is none above. */
  heading?: boolean;
};

/** As many rows as are seen at first, as high as most of them. */
export const Skeleton = ({ t, heading = false }: SkeletonProps) => (
  <div class="card rows skeleton" aria-busy="true">
    {t && heading ? <h1 class="unseen">{t.loading}</h1> : <p class="unseen">{t?.loading}</p>}
    {[1, 2, 3, 4].map((row) => (
      <div key={row} class="entry" aria-hidden="true">
        <span class="blank mark" />
        <span class="blank long" />
        <span class="blank short" />
      </div>
    ))}
  </div>
);
