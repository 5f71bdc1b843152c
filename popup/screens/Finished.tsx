/** It worked: which accounts were connected to whose app account, so that a wrong one is seen at once. */
import type { View } from "@alter-ai/protocol/http";
import type { Connection } from "@alter-ai/protocol/window";
import type { Closing } from "../closing.ts";
import type { Messages } from "../locales/en.ts";
import { Actions, Button, Heading, Status } from "../../look/Frame.tsx";
import { Icon } from "../../look/Icon.tsx";
import { Logo } from "../../look/Logo.tsx";

type FinishedProps = {
  t: Messages;
  view: View;
  connections: Connection[];
  closing: Closing;
  onClose: () => void;
};

export const Finished = ({ t, view, connections, closing, onClose }: FinishedProps) => {
  const { app, user, providers } = view;
  const markOf = (id: string) => providers.find((provider) => provider.id === id);
  return (
    <>
      <div class="message lead">
        <span class="badge good" aria-hidden="true">
          <Icon name="check" />
        </span>
        <Heading>{title(t, connections)}</Heading>
      </div>
      <div class="accounts">
        <ul>
          {connections.map((connection) => (
            <li key={connection.grant_id} class="row">
              <Logo {...markOf(connection.provider)} name={connection.provider_name} />
              <Account
                label={connection.account_identifier}
                owner={t.finished.account(connection.provider_name)}
              />
            </li>
          ))}
        </ul>
        <p class="joint">{t.finished.to}</p>
        <div class="row">
          <Logo {...app} />
          <Account label={user.label} owner={t.finished.account(app.name)} />
        </div>
      </div>
      {isAnother(view, connections) && (
        <p class="hint">{t.finished.another(view.renewing?.account_identifier ?? "")}</p>
      )}
      {differs(view, connections) && <p class="hint">{t.finished.differs(app.name)}</p>}
      <Actions>
        {closing !== "stuck" && (
          <Button kind="primary" onPress={onClose}>
            {t.backTo(app.name)}
          </Button>
        )}
        <Status>{closing === "stuck" ? t.canClose : t.finished.closing}</Status>
      </Actions>
    </>
  );
};

/** The app wanted one account renewed, and the user chose another. */
const isAnother = ({ renewing }: View, connections: Connection[]): boolean =>
  renewing !== undefined &&
  connections.every(
    (connection) =>
      connection.grant_id !== renewing.grant_id &&
      // Before it is redeemed, a renewal by redirect has an id of its own.
      connection.account_identifier !== renewing.account_identifier,
  );

const Account = ({ label, owner }: { label: string; owner: string }) => (
  <p class="grow">
    <bdi class="strong">{label}</bdi>
    <span class="muted">{owner}</span>
  </p>
);

const title = (t: Messages, connections: Connection[]): string => {
  const [first] = connections;
  if (!first || connections.length > 1) return t.finished.titleMany(connections.length);
  return first.operation === "reauth"
    ? t.finished.titleAgain(first.provider_name)
    : t.finished.title(first.provider_name);
};

/** Both are e-mail addresses and not the same: mostly on purpose, sometimes the wrong account. */
const differs = ({ user }: View, connections: Connection[]): boolean =>
  user.label_kind === "verified_email" &&
  connections.some(
    ({ account_identifier: account }) =>
      /^\S+@\S+$/.test(account) && account.toLowerCase() !== user.label.toLowerCase(),
  );
