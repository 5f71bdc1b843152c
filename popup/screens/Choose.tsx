/** The list of what may be connected, and of what this session has connected so far. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import { found, type Picker } from "../picker.ts";
import type { Meant, Provider } from "../screen.ts";
import { Actions, Button, Heading } from "../../look/Frame.tsx";
import { Icon } from "../../look/Icon.tsx";
import { Identity } from "./Identity.tsx";
import { Logo } from "../../look/Logo.tsx";
import { Offer } from "./Offer.tsx";
import { Search } from "./Search.tsx";

type ChooseProps = {
  t: Messages;
  view: View;
  picker: Picker;
  busy: boolean;
  onChoose: (provider: Provider, meant?: Meant) => void;
  onDone: () => void;
  onCancel: () => void;
  onNotYou: () => void;
};

export const Choose = (props: ChooseProps) => {
  const { t, view, picker, busy, onChoose } = props;
  const { app, providers, connections } = view;
  const shown = found(providers, picker.query.value, picker.category.value);
  const only = shown.length === 1 ? shown[0] : undefined;
  return (
    <>
      <div class="head">
        <Logo {...app} />
        <div class="grow">
          <Heading>
            {connections.length ? t.choose.titleMore(app.name) : t.choose.title(app.name)}
          </Heading>
          <p class="origin">
            {t.requestedBy} <bdi class="strong">{app.origin}</bdi>
          </p>
        </div>
      </div>
      {connections.length > 0 && (
        <section class="block">
          <h2>{t.choose.connected}</h2>
          <ul class="connected">
            {connections.map((connection) => (
              <li key={connection.grant_id}>
                <Icon name="check" />
                <span>
                  {connection.provider_name}{" "}
                  <bdi class="muted">{connection.account_identifier}</bdi>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Identity t={t} view={view} ready={!busy} onNotYou={props.onNotYou} />
      <section class="block" onKeyDown={walk}>
        <h2 id="services">{t.choose.list}</h2>
        <Search
          t={t}
          picker={picker}
          providers={providers}
          count={shown.length}
          onEnter={() => only && !only.accounts.length && onChoose(only)}
        />
        <ul class="providers" aria-labelledby="services">
          {shown.map((provider) => (
            <Offer
              key={provider.id}
              t={t}
              provider={provider}
              open={picker.open.value === provider.id}
              onOpen={(open) => {
                picker.open.value = open ? provider.id : undefined;
              }}
              onChoose={onChoose}
            />
          ))}
        </ul>
      </section>
      <Actions kept>
        {connections.length > 0 ? (
          <Button kind="primary" onPress={props.onDone} ready={!busy}>
            {t.choose.done}
          </Button>
        ) : (
          <Button kind="quiet" onPress={props.onCancel} ready={!busy}>
            {t.cancel}
          </Button>
        )}
      </Actions>
    </>
  );
};

/** Up and down as in every list, from the search field too; Tab still comes by everything. */
const walk = (event: KeyboardEvent & { currentTarget: HTMLElement }): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, .providers button")];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  // Else the page would scroll as well, or the cursor jump in what was typed.
  event.preventDefault();
  next.focus();
};
