/** What was done on the user's behalf, a list for each day: when, what, where to, and whether it was allowed. */
import type { WalletActivity } from "@alter-ai/protocol/wallet";
import { Icon, type IconName } from "../../look/Icon.tsx";
import type { Messages } from "../locales/en.ts";
import type { Names } from "../names.ts";
import type { Place } from "../place.ts";
import type { Screen } from "../screen.ts";
import type { When } from "../when.ts";
import { Nothing, Rest } from "./List.tsx";

type ActivityProps = {
  t: Messages;
  when: When;
  names: Names;
  place: Place;
  shown: Extract<Screen, { name: "activity" }>;
  loading: boolean;
  onGo: (place: Place) => void;
  onMore: () => void;
};

export const Activity = (props: ActivityProps) => {
  const { t, when, names, shown } = props;
  return (
    <>
      {!shown.activity.length && (
        <Nothing t={t} none={t.activity.none} place={props.place} onGo={props.onGo} />
      )}
      {byDay(shown.activity, when).map(({ day, deeds }) => (
        <section key={day} class="day">
          <h2>{day}</h2>
          <ul class="card rows">
            {deeds.map((deed) => (
              <Deed key={deed.id} {...{ t, when, names, deed }} />
            ))}
          </ul>
        </section>
      ))}
      <Rest t={t} rest={shown.rest} busy={props.loading} onMore={props.onMore} />
    </>
  );
};

/** In the order of the list, which is that of time. */
const byDay = (activity: WalletActivity[], when: When) => {
  const days = new Map<string, WalletActivity[]>();
  for (const deed of activity) {
    const day = when.day(deed.at);
    days.set(day, [...(days.get(day) ?? []), deed]);
  }
  return [...days].map(([day, deeds]) => ({ day, deeds }));
};

const ICONS: Record<WalletActivity["kind"], IconName> = {
  used: "check",
  refused: "cross",
  connected: "link",
  reconnected: "link",
  revoked: "cross",
  ended_by_provider: "cross",
  expired: "clock",
};

type DeedProps = Pick<ActivityProps, "t" | "when" | "names"> & { deed: WalletActivity };

const Deed = ({ t, when, names, deed }: DeedProps) => (
  <li class={`deed ${deed.kind}`}>
    <time dateTime={deed.at} title={when.exact(deed.at)}>
      {when.time(deed.at)}
    </time>
    <Icon name={ICONS[deed.kind]} />
    <div class="what">
      <p>{sentence(t, names, deed)}</p>
      {deed.kind === "refused" && <p class="no">{t.activity.because(reasonFor(t, deed))}</p>}
      {(deed.method !== null || deed.host !== null) && (
        // Never in the direction of the words around it.
        <p class="muted">
          <code dir="ltr">
            {[deed.method, deed.host].filter((part) => part !== null).join(" ")}
          </code>
          {deed.kind === "used" && <span> · {t.activity.allowed}</span>}
        </p>
      )}
    </div>
  </li>
);

const sentence = (t: Messages, names: Names, { kind, by, ...deed }: WalletActivity): string => {
  const who = {
    app: names.app(deed.app).name,
    provider: deed.provider === null ? undefined : names.provider(deed.provider).name,
  };
  if (kind !== "revoked") return t.activity.kinds[kind](who);
  return (by === null ? t.activity.revoked : t.activity.revokedBy[by])(who);
};

/** A broker that is newer may have others. */
const reasonFor = (t: Messages, { reason }: WalletActivity): string =>
  new Map(Object.entries(t.activity.reasons)).get(reason ?? "") ?? t.activity.other;
