/** One connection: whose account where, what the app may do with it, how it stands, and the way to end it. */
import type { WalletConnection } from "@alter-ai/protocol/wallet";
import { takeFocus } from "../../look/Frame.tsx";
import { Icon, type IconName } from "../../look/Icon.tsx";
import { Logo } from "../../look/Logo.tsx";
import type { Messages } from "../locales/en.ts";
import type { Names } from "../names.ts";
import type { Told } from "../screen.ts";
import type { When } from "../when.ts";
import { Aftermath } from "./Aftermath.tsx";
import { Time } from "./Time.tsx";

type ConnectionProps = {
  t: Messages;
  when: When;
  names: Names;
  connection: WalletConnection;
  /** False where all are of one app, which stands above. */
  showApp: boolean;
  /** What happened at the provider, of one that was ended here. */
  told: Told | undefined;
  isLast: boolean;
  onEnd: (connection: WalletConnection) => void;
};

export const Connection = (props: ConnectionProps) => {
  const { t, when, names, connection, told } = props;
  const provider = names.provider(connection.provider);
  const app = names.app(connection.app);
  const both = { app: app.name, provider: provider.name };
  const { grant_id, status } = connection;
  const named = `name-${grant_id}`;
  const button = `end-${grant_id}`;
  return (
    <li class={`entry ${status}`}>
      <Logo {...provider} />
      <div class="what">
        <div class="heading">
          <h2 id={named} tabIndex={-1} ref={props.isLast ? takeFocus : null}>
            {provider.name} <bdi class="account">{connection.account_identifier}</bdi>
          </h2>
          <Standing t={t} status={status} />
        </div>
        {status === "needs_reconnect" && <p class="hint">{t.connections.reconnect(both)}</p>}
        {status === "expiring" && <p class="muted">{t.connections.renew(both)}</p>}
        {told && <Aftermath t={t} told={told} app={app.name} provider={provider} />}
        {status !== "revoked" && <Scopes t={t} scopes={connection.scopes} names={both} />}
        <dl class="facts">
          {props.showApp && (
            <div>
              <dt>{t.connections.app}</dt>
              <dd>
                <bdi>{app.name}</bdi>
              </dd>
            </div>
          )}
          <div>
            <dt>{t.connections.connected}</dt>
            <dd>
              <Time when={when} at={connection.created_at} />
            </dd>
          </div>
          <div>
            <dt>{t.connections.lastUsed}</dt>
            <dd>
              {connection.last_used_at === null ? (
                t.connections.never
              ) : (
                <Time when={when} at={connection.last_used_at} />
              )}
            </dd>
          </div>
          {status === "expiring" && connection.ends_at !== null && (
            <div>
              <dt>{t.connections.ends}</dt>
              <dd>
                <Time when={when} at={connection.ends_at} ahead />
              </dd>
            </div>
          )}
          {status === "revoked" && connection.ended_at !== null && (
            <div>
              <dt>{t.connections.ended}</dt>
              <dd>
                <Time when={when} at={connection.ended_at} />
              </dd>
            </div>
          )}
        </dl>
      </div>
      {status !== "revoked" && (
        <button
          type="button"
          class="button small"
          id={button}
          aria-labelledby={`${button} ${named}`}
          onClick={() => props.onEnd(connection)}
        >
          {t.connections.disconnect}
        </button>
      )}
    </li>
  );
};

const ICONS: Record<WalletConnection["status"], IconName> = {
  active: "check",
  expiring: "clock",
  needs_reconnect: "alert",
  revoked: "cross",
};

const Standing = ({ t, status }: { t: Messages; status: WalletConnection["status"] }) => (
  <p class={`standing ${status}`}>
    <Icon name={ICONS[status]} />
    {t.connections.status[status]}
  </p>
);

/** As many as are read at a glance. */
const AT_ONCE = 3;

type ScopesProps = { t: Messages; scopes: string[]; names: { app: string; provider: string } };

const Scopes = ({ t, scopes, names }: ScopesProps) => {
  if (!scopes.length) return <p class="muted">{t.connections.noScopes(names)}</p>;
  const rest = scopes.slice(AT_ONCE);
  return (
    <div class="may">
      <p class="muted">{t.connections.may(names.app)}</p>
      <Sentences of={rest.length > 1 ? scopes.slice(0, AT_ONCE) : scopes} />
      {rest.length > 1 && (
        <details>
          <summary>{t.connections.moreScopes(rest.length)}</summary>
          <Sentences of={rest} />
        </details>
      )}
    </div>
  );
};

const Sentences = ({ of }: { of: string[] }) => (
  <ul class="scopes">
    {of.map((scope) => (
      <li key={scope}>
        <bdi>{scope}</bdi>
      </li>
    ))}
  </ul>
);
