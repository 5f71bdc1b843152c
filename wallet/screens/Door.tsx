/** There is nobody: why, and the ways in. Nothing here is of a user. Knows looks only. */
import { Button, Heading, Reference } from "../../look/Frame.tsx";
import { Icon, type IconName } from "../../look/Icon.tsx";
import { Logo } from "../../look/Logo.tsx";
import type { Messages } from "../locales/en.ts";
import type { App, Screen, Why } from "../screen.ts";

type DoorProps = {
  t: Messages;
  shown: Extract<Screen, { name: "signed_out" }>;
  leaving: boolean;
  onSignIn: (way: string, again: boolean) => void;
  onRetry: () => void;
};

export const Door = ({ t, shown, leaving, onSignIn, onRetry }: DoorProps) => {
  const { why, ways, app } = shown;
  // Whoever has left on purpose is asked who it is: it may be somebody else's turn.
  const again = why.kind === "left";
  const { title, text } = wordsFor(t, why, app);
  return (
    <div class="card door">
      <div class="message">
        {app ? (
          <Logo {...app} />
        ) : (
          <span class={`badge ${why.kind === "problem" ? "warn" : ""}`} aria-hidden="true">
            <Icon name={ICONS[why.kind]} />
          </span>
        )}
        <Heading key={why.kind}>{title}</Heading>
        <p>{text}</p>
      </div>
      <div class="actions">
        {ways?.map((way) => (
          <Button
            key={way.app}
            kind={ways.length === 1 ? "primary" : "outlined"}
            onPress={() => onSignIn(way.app, again)}
            ready={!leaving}
          >
            {(again ? t.left.again : t.signedOut.signIn)(way.identity_provider)}
          </Button>
        ))}
        {ways?.length === 0 && (
          <Button kind="primary" onPress={onRetry}>
            {t.tryAgain}
          </Button>
        )}
        {why.kind === "fresh" && <p class="assurance">{t.signedOut.note}</p>}
        {why.kind === "problem" && <Reference label={t.reference} id={why.reference} />}
      </div>
    </div>
  );
};

const ICONS: Record<Why["kind"], IconName> = {
  fresh: "link",
  ended: "clock",
  left: "check",
  problem: "alert",
};

const wordsFor = (t: Messages, why: Why, app: App | undefined): { title: string; text: string } => {
  switch (why.kind) {
    case "fresh":
      return {
        title: app ? t.signedOut.titleOf(app.name) : t.signedOut.title,
        text: t.signedOut.text,
      };
    case "ended":
      return t.ended;
    case "left":
      return { title: t.left.title, text: t.left.text(why.identity_provider) };
    case "problem":
      return t.problem[why.problem];
  }
};

type NoWalletProps = { t: Messages; app: App | undefined; onAll: (() => void) | undefined };

export const NoWallet = ({ t, app, onAll }: NoWalletProps) => (
  <div class="card door">
    <div class="message">
      {app ? (
        <Logo {...app} />
      ) : (
        <span class="badge" aria-hidden="true">
          <Icon name="cross" />
        </span>
      )}
      <Heading key="no-wallet">{app ? t.noWallet.titleOf(app.name) : t.noWallet.title}</Heading>
      <p>{app ? t.noWallet.textOf(app.name) : t.noWallet.text}</p>
    </div>
    {onAll && (
      <div class="actions">
        <Button kind="quiet" onPress={onAll}>
          {t.noWallet.all}
        </Button>
      </div>
    )}
  </div>
);
