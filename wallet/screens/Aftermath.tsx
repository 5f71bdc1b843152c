/** What came of ending a connection: whether the provider knows, what is left to do there, and the way back. */
import { mayLeaveFor } from "../../look/destination.ts";
import type { Messages } from "../locales/en.ts";
import type { NamedProvider } from "../names.ts";
import type { Told } from "../screen.ts";

type AftermathProps = { t: Messages; told: Told; app: string; provider: NamedProvider };

export const Aftermath = ({ t, told, app, provider }: AftermathProps) => {
  const untold = told === "unsupported" || told === "failed";
  return (
    <div class={untold ? "hint" : "good-hint"}>
      <p>{toldWords(t, told, provider.name)}</p>
      {untold && <p>{t.told.remove({ app, provider: provider.name })}</p>}
      {untold && <Manage t={t} provider={provider} />}
      <p>{t.told.again(app)}</p>
    </div>
  );
};

export const toldWords = (t: Messages, told: Told, provider: string): string =>
  t.told[told === "unsupported" ? "failed" : told](provider);

/** To the provider itself: without a word of where from, and with no way back into this window. */
export const Manage = ({ t, provider }: { t: Messages; provider: NamedProvider }) =>
  provider.manage_url !== undefined && mayLeaveFor(provider.manage_url) ? (
    <p>
      <a href={provider.manage_url} target="_blank" rel="noopener noreferrer">
        {t.told.manage(provider.name)}
      </a>
    </p>
  ) : null;
