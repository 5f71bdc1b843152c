/** For whom: the app's user, as the identity provider vouches for them. The line an attacker cannot write. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import { Button } from "../../look/Frame.tsx";
import { Icon } from "../../look/Icon.tsx";

type IdentityProps = { t: Messages; view: View; ready: boolean; onNotYou: () => void };

export const Identity = ({ t, view, ready, onNotYou }: IdentityProps) => {
  const { label, label_kind, name, identity_provider } = view.user;
  return (
    <section class="block">
      <div class="caption">
        <h2>{t.identity.caption(view.app.name)}</h2>
        <Button kind="link" onPress={onNotYou} ready={ready}>
          {t.identity.notYou}
        </Button>
      </div>
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
    </section>
  );
};
