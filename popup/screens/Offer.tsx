/** One provider of the list: what it will be asked for, or else the accounts that are connected there. */
import type { Messages } from "../locales/en.ts";
import type { Meant, Provider } from "../screen.ts";
import { AccountList } from "./Accounts.tsx";
import { Icon } from "../../look/Icon.tsx";
import { Logo } from "../../look/Logo.tsx";

type OfferProps = {
  t: Messages;
  provider: Provider;
  /** Its accounts are shown. */
  open: boolean;
  onOpen: (open: boolean) => void;
  onChoose: (provider: Provider, meant?: Meant) => void;
};

export const Offer = ({ t, provider, open, onOpen, onChoose }: OfferProps) => {
  const { id, name, scopes, accounts } = provider;
  const some = accounts.length > 0;
  const about = `about-${id}`;
  return (
    <li class="offer">
      <div class="row">
        <Logo {...provider} />
        <div class="grow">
          {/* The name alone is its label, for who says what to press; all of the row is its surface. */}
          <button
            type="button"
            class="strong surface"
            aria-label={some ? t.choose.accountsAt(name) : t.choose.connect(name)}
            // Whole, though no more than two lines of it are seen.
            aria-describedby={about}
            aria-expanded={some ? open : undefined}
            onClick={() => (some ? onOpen(!open) : onChoose(provider))}
          >
            {name}
          </button>
          <span class="muted brief" id={about}>
            {some ? <Standing t={t} accounts={accounts} /> : scopes.join(" · ")}
          </span>
        </div>
        <Icon name="chevron" />
      </div>
      {some && open && (
        <AccountList t={t} provider={provider} onChoose={onChoose}>
          <button
            type="button"
            class="button small"
            aria-label={t.choose.anotherAt(name)}
            onClick={() => onChoose(provider, { another: true })}
          >
            <Icon name="plus" />
            {t.choose.another}
          </button>
        </AccountList>
      )}
    </li>
  );
};

const Standing = ({ t, accounts }: { t: Messages; accounts: Provider["accounts"] }) =>
  accounts.some(({ status }) => status === "broken") ? (
    <span class="broken">{t.choose.broken}</span>
  ) : (
    <>
      {t.choose.connectedAs}{" "}
      {accounts.map(({ grant_id, label }, at) => (
        <span key={grant_id}>
          {at > 0 && ", "}
          <bdi>{label}</bdi>
        </span>
      ))}
    </>
  );
