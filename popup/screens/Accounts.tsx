/** The accounts that the user has connected at a provider, each with the way to connect it again. */
import type { ComponentChildren } from "preact";
import type { Messages } from "../locales/en.ts";
import type { Meant, Provider } from "../screen.ts";
import { Icon } from "../../look/Icon.tsx";

type AccountListProps = {
  t: Messages;
  provider: Provider;
  onChoose: (provider: Provider, meant?: Meant) => void;
  /** What else there is to do, as the last of the list. */
  children?: ComponentChildren;
};

export const AccountList = ({ t, provider, onChoose, children }: AccountListProps) => (
  <ul class="held">
    {provider.accounts.map(({ grant_id, label, status }) => (
      <li key={grant_id} class={status}>
        <Icon name={status === "broken" ? "alert" : "check"} />
        <p class="grow">
          <bdi>{label}</bdi>
          {status === "broken" && <span class="muted broken">{t.choose.broken}</span>}
        </p>
        <button
          type="button"
          class="button small"
          aria-label={t.choose.reconnectAt({ account: label, provider: provider.name })}
          onClick={() => onChoose(provider, { renew: grant_id })}
        >
          {t.choose.reconnect}
        </button>
      </li>
    ))}
    {children && <li>{children}</li>}
  </ul>
);
