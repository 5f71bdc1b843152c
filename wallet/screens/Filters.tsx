/** Which app's and which provider's: a choice for each of the two that there is more than one of. Knows looks only. */
import type { Messages } from "../locales/en.ts";
import type { Place } from "../place.ts";
import type { Head } from "../reply.ts";

type FiltersProps = { t: Messages; head: Head; place: Place; onGo: (place: Place) => void };

export const Filters = ({ t, head, place, onGo }: FiltersProps) => (
  <div class="filters" role="group" aria-label={t.filter.label}>
    <Filter
      label={t.filter.app}
      all={t.filter.allApps}
      unknown={head.app?.name ?? t.filter.unknown}
      among={head.apps}
      chosen={place.app}
      onChoose={(app) => onGo({ ...place, app })}
    />
    <Filter
      label={t.filter.provider}
      all={t.filter.allProviders}
      unknown={t.filter.unknown}
      among={head.providers}
      chosen={place.provider}
      onChoose={(provider) => onGo({ ...place, provider })}
    />
  </div>
);

type FilterProps = {
  label: string;
  all: string;
  /** For one that the address names and the list does not: never the address's own word. */
  unknown: string;
  among: { id: string; name: string }[];
  chosen: string | undefined;
  onChoose: (id: string | undefined) => void;
};

const Filter = ({ label, all, unknown, among, chosen, onChoose }: FilterProps) => {
  const isKnown = chosen === undefined || among.some(({ id }) => id === chosen);
  if (isKnown && chosen === undefined && among.length < 2) return null;
  return (
    <label>
      <span class="muted">{label}</span>
      <select
        value={chosen ?? ""}
        onChange={({ currentTarget: { value } }) => onChoose(value === "" ? undefined : value)}
      >
        <option value="">{all}</option>
        {!isKnown && <option value={chosen}>{unknown}</option>}
        {among.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};
