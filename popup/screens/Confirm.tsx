/** The decision: which app, for whom, which provider, what for; and the one click that leads to consent. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import type { Meant, Provider, Wrong } from "../screen.ts";
import { AccountList } from "./Accounts.tsx";
import { Actions, Button, Heading, takeFocus } from "../../look/Frame.tsx";
import { Icon } from "../../look/Icon.tsx";
import { Identity } from "./Identity.tsx";
import { Logo } from "../../look/Logo.tsx";

type ConfirmProps = {
  t: Messages;
  view: View;
  provider: Provider;
  meant?: Meant;
  /** There is a list to go back to. */
  canGoBack: boolean;
  armed: boolean;
  busy: boolean;
  wrong: Wrong;
  typed: (field: string) => string | undefined;
  onType: (field: string, text: string) => void;
  onChoose: (provider: Provider, meant?: Meant) => void;
  onConnect: () => void;
  onBack: () => void;
  onCancel: () => void;
  onNotYou: () => void;
};

export const Confirm = (props: ConfirmProps) => {
  const { t, view, provider, canGoBack, armed, busy } = props;
  const names = { app: view.app.name, provider: provider.name };
  const renewed = provider.accounts.find(({ grant_id }) => grant_id === props.meant?.renew);
  return (
    <>
      <div class="pair">
        <Logo {...view.app} />
        <Icon name="link" />
        <Logo {...provider} />
      </div>
      <Heading>{renewed ? t.confirm.titleAgain(names) : t.confirm.title(names)}</Heading>
      <p class="origin">
        {t.requestedBy} <bdi class="strong">{view.app.origin}</bdi>
      </p>
      <Identity t={t} view={view} ready={!busy} onNotYou={props.onNotYou} />
      {provider.fields && <Fields {...props} fields={provider.fields} />}
      <section class="block">
        {provider.credential ? (
          <p class="muted">{t.confirm.allowedBy(view.app.name)}</p>
        ) : provider.scopes.length > 0 ? (
          <>
            <h2>{t.confirm.scopes(view.app.name)}</h2>
            <ul class="scopes">
              {provider.scopes.map((scope) => (
                <li key={scope}>
                  <Icon name="check" />
                  <span>{scope}</span>
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p class="muted">{t.confirm.noScopes(provider.name)}</p>
        )}
      </section>
      {renewed && (
        <section class="block">
          {!provider.credential && <h2>{t.confirm.renewed(provider.name)}</h2>}
          <p class="chosen">
            <bdi>{renewed.label}</bdi>
          </p>
        </section>
      )}
      {!renewed && provider.accounts.length > 0 && (
        <section class="block">
          <h2>{t.confirm.already}</h2>
          <AccountList t={t} provider={provider} onChoose={props.onChoose} />
        </section>
      )}
      <Actions>
        <Button kind="primary" onPress={props.onConnect} ready={armed && !busy}>
          {provider.credential ? t.choose.connect(provider.name) : t.confirm.go(provider.name)}
        </Button>
        {canGoBack ? (
          <Button kind="quiet" onPress={props.onBack} ready={!busy}>
            {t.back}
          </Button>
        ) : (
          <Button kind="quiet" onPress={props.onCancel} ready={!busy}>
            {t.cancel}
          </Button>
        )}
        <p class="assurance">
          {provider.credential ? t.confirm.kept(names) : t.confirm.assurance(names)}
        </p>
      </Actions>
    </>
  );
};

/**
 * What only the user knows, such as which shop it is. Enter is as good as the button, once that is armed.
 * Refused, the field that may be wrong takes the focus, and a screen reader says with it what is amiss.
 */
const Fields = (props: ConfirmProps & { fields: NonNullable<Provider["fields"]> }) => (
  <section class="block">
    {props.fields.map(({ name, label, suffix, example, secret, value = "" }) => (
      <label key={name}>
        <span class="muted">{label}</span>
        <span class="field">
          <input
            {...(secret ? { type: "password" as const, autocomplete: "off" as const } : {})}
            ref={name === wrongIn(props) ? takeFocus : null}
            placeholder={example && props.t.confirm.example(example)}
            value={props.typed(name) ?? value}
            autocapitalize="off"
            // The property is a boolean, and "off" would be true; the type knows the attribute alone.
            autocorrect={false as unknown as string}
            maxLength={secret ? 4096 : 512}
            spellcheck={false}
            enterkeyhint="go"
            aria-invalid={props.wrong !== undefined}
            aria-describedby="amiss"
            onInput={({ currentTarget }) => props.onType(name, currentTarget.value)}
            onKeyDown={({ key }) => key === "Enter" && props.onConnect()}
          />
          {suffix && <bdi class="muted">{suffix}</bdi>}
        </span>
      </label>
    ))}
    {props.wrong && (
      <p class="hint" id="amiss">
        {props.wrong === "refused"
          ? props.t.confirm.refused(props.provider.name)
          : props.t.confirm.amiss(props.provider.name, props.fields[0]?.example)}
      </p>
    )}
    {/* To the provider itself: without a word of where from, and with no way back into this window. */}
    {props.provider.help_url?.startsWith("https://") && (
      <p class="muted">
        <a href={props.provider.help_url} target="_blank" rel="noopener noreferrer">
          {props.t.confirm.help(props.provider.name)}
        </a>
      </p>
    )}
  </section>
);

/** Not of the form: the first. Not taken: the secret, which is gone and has to be typed anew. */
const wrongIn = ({ wrong, provider: { fields = [] } }: ConfirmProps): string | undefined => {
  if (wrong === undefined) return undefined;
  const secret = wrong === "refused" ? fields.find((field) => field.secret) : undefined;
  return (secret ?? fields[0])?.name;
};
