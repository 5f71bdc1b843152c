/** Ways to a provider in a long list: a field for its name, and the categories there are. Nothing on a short one. */
import type { Messages } from "../locales/en.ts";
import { categoriesOf, SEARCH_FROM, type Picker } from "../picker.ts";
import type { Provider } from "../screen.ts";
import { Button, Status } from "../../look/Frame.tsx";
import { Icon } from "../../look/Icon.tsx";

type SearchProps = {
  t: Messages;
  picker: Picker;
  providers: Provider[];
  /** How many are left. */
  count: number;
  onEnter: () => void;
};

export const Search = ({ t, picker, providers, count, onEnter }: SearchProps) => {
  const all = providers.length;
  if (all < SEARCH_FROM) return null;
  const { query, category } = picker;
  const names: Readonly<Record<string, string>> = t.categories;
  const categories = categoriesOf(providers, names);
  let field: HTMLInputElement | null = null;
  const clear = (): void => {
    query.value = "";
    category.value = undefined;
    field?.focus();
  };
  return (
    <search class="search">
      <span class="field">
        <Icon name="search" />
        <input
          ref={(element) => {
            field = element;
          }}
          type="search"
          aria-label={t.choose.search}
          placeholder={t.choose.search}
          value={query.value}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={64}
          enterkeyhint="search"
          onInput={({ currentTarget }) => {
            query.value = currentTarget.value;
          }}
          onKeyDown={({ key }) => {
            if (key === "Escape") query.value = "";
            if (key === "Enter") onEnter();
          }}
        />
      </span>
      {categories.length > 0 && (
        <div class="chips" role="group" aria-label={t.choose.categories}>
          {[undefined, ...categories].map((one) => (
            <button
              key={one ?? ""}
              type="button"
              class="chip"
              aria-pressed={category.value === one}
              onClick={() => {
                category.value = one;
              }}
            >
              {one === undefined ? t.choose.all : names[one]}
            </button>
          ))}
        </div>
      )}
      <Status>
        {(query.value.trim() !== "" || category.value !== undefined) &&
          (count > 0 ? t.choose.count({ count, all }) : t.choose.none)}
      </Status>
      {count === 0 && (
        <Button kind="quiet" onPress={clear}>
          {t.choose.clear}
        </Button>
      )}
    </search>
  );
};
