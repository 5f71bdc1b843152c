/** The list of what may be connected, and of what this session has connected so far. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import type { Provider } from "../screen.ts";
import { Accounts } from "./Confirm.tsx";
import { Actions, Button, Card, Heading } from "./Frame.tsx";
import { Icon } from "./Icon.tsx";
import { Identity } from "./Identity.tsx";
import { Logo } from "./Logo.tsx";

type ChooseProps = {
  t: Messages;
  view: View;
  busy: boolean;
  onChoose: (provider: Provider) => void;
  onDone: () => void;
  onCancel: () => void;
  onNotYou: () => void;
};

export const Choose = ({ t, view, busy, onChoose, onDone, onCancel, onNotYou }: ChooseProps) => (
  <Card>
    <div class="pair">
      <Logo name={view.app.name} url={view.app.logo_url} />
    </div>
    <Heading>{t.choose.title(view.app.name)}</Heading>
    <p class="origin">
      {t.requestedBy} <bdi class="strong">{view.app.origin}</bdi>
    </p>
    <Identity t={t} view={view} ready={!busy} onNotYou={onNotYou} />
    {view.connections.length > 0 && (
      <section class="block">
        <h2>{t.choose.connected}</h2>
        <ul class="scopes">
          {view.connections.map((connection) => (
            <li key={connection.grant_id}>
              <Icon name="check" />
              <span>
                {connection.provider_name} <bdi class="muted">{connection.account_identifier}</bdi>
              </span>
            </li>
          ))}
        </ul>
      </section>
    )}
    <section class="block">
      <h2>{t.choose.list}</h2>
      <ul class="providers">
        {view.providers.map((provider) => (
          <li key={provider.id}>
            <button type="button" class="row" onClick={() => onChoose(provider)}>
              <Logo name={provider.name} url={provider.logo_url} />
              <span class="grow">
                <span class="strong">{provider.name}</span>
                {provider.accounts.length > 0 && (
                  <span class="muted">
                    {t.choose.connectedAs} <Accounts of={provider.accounts} />
                  </span>
                )}
              </span>
              <Icon name="chevron" />
            </button>
          </li>
        ))}
      </ul>
    </section>
    <Actions>
      {view.connections.length > 0 ? (
        <Button kind="primary" onPress={onDone} ready={!busy}>
          {t.choose.done}
        </Button>
      ) : (
        <Button kind="quiet" onPress={onCancel} ready={!busy}>
          {t.cancel}
        </Button>
      )}
    </Actions>
  </Card>
);
