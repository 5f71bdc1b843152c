/** A user, as the identity provider vouches for them. The line an attacker cannot write. Knows looks only. */
import type { View } from "@alter-ai/protocol/http";
import { Icon } from "./Icon.tsx";
import type { Common } from "./locales/en.ts";

type WhoProps = { t: Pick<Common, "vouched">; user: View["user"] };

export const Who = ({ t, user: { label, label_kind, name, identity_provider } }: WhoProps) => (
  <div class="row">
    <span class="avatar" aria-hidden="true">
      <Icon name="user" />
    </span>
    <p class="grow">
      <bdi class="strong">{label}</bdi>
      <span class="muted">
        {t.vouched[label_kind](identity_provider)}
        {name && (
          // Users choose it themselves: only ever beside and after what was verified.
          <>
            {" · "}
            <bdi>{name}</bdi>
          </>
        )}
      </span>
    </p>
  </div>
);
