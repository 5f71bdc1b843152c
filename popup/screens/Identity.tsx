/** For whom: the app's user, as the identity provider vouches for them. The line an attacker cannot write. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import { Button } from "../../look/Frame.tsx";
import { Who } from "../../look/Who.tsx";

type IdentityProps = { t: Messages; view: View; ready: boolean; onNotYou: () => void };

export const Identity = ({ t, view, ready, onNotYou }: IdentityProps) => {
  return (
    <section class="block">
      <div class="caption">
        <h2>{t.identity.caption(view.app.name)}</h2>
        <Button kind="link" onPress={onNotYou} ready={ready}>
          {t.identity.notYou}
        </Button>
      </div>
      <Who t={t} user={view.user} />
    </section>
  );
};
