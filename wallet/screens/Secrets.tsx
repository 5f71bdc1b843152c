/** What an app's operator has given to the user: shown as such, by app, with nothing to end. Knows looks only. */
import { Icon } from "../../look/Icon.tsx";
import { Logo } from "../../look/Logo.tsx";
import type { Messages } from "../locales/en.ts";
import type { Names } from "../names.ts";
import type { Secret } from "../reply.ts";
import type { When } from "../when.ts";
import { Time } from "./Time.tsx";

type SecretsProps = { t: Messages; when: When; names: Names; secrets: Secret[] };

export const Secrets = ({ t, when, names, secrets }: SecretsProps) => (
  <>
    {[...new Set(secrets.map(({ app }) => app))].map((id) => {
      const app = names.app(id).name;
      return (
        <section key={id} class="given">
          <h2>{t.secrets.title(app)}</h2>
          <p class="muted">{t.secrets.note(app)}</p>
          <ul class="card rows">
            {secrets
              .filter((secret) => secret.app === id)
              .map((secret) => (
                <Given key={secret.grant_id} {...{ t, when, names, secret }} app={app} />
              ))}
          </ul>
        </section>
      );
    })}
  </>
);

type GivenProps = Omit<SecretsProps, "secrets"> & { secret: Secret; app: string };

const Given = ({ t, when, names, secret, app }: GivenProps) => {
  const provider = names.provider(secret.provider);
  const to = t.secrets[secret.given_to];
  return (
    <li class={`entry ${secret.status}`}>
      <Logo {...provider} />
      <div class="what">
        <div class="heading">
          <h3>
            {provider.name} <span class="account">{typeof to === "string" ? to : to(app)}</span>
          </h3>
          <p class={`standing ${secret.status}`}>
            <Icon name={secret.status === "active" ? "check" : "clock"} />
            {t.secrets[secret.status]}
          </p>
        </div>
        <dl class="facts">
          <div>
            <dt>{t.secrets.given}</dt>
            <dd>
              <Time when={when} at={secret.created_at} />
            </dd>
          </div>
          <div>
            <dt>{t.connections.lastUsed}</dt>
            <dd>
              {secret.last_used_at === null ? (
                t.connections.never
              ) : (
                <Time when={when} at={secret.last_used_at} />
              )}
            </dd>
          </div>
        </dl>
      </div>
    </li>
  );
};
