/** Which screen is on, as a switch over the model's state. Knows the model and the screens; decides nothing. */
import type { Flow } from "./flow.ts";
import type { Messages } from "./locales/en.ts";
import { Choose } from "./screens/Choose.tsx";
import { Confirm } from "./screens/Confirm.tsx";
import { Failed } from "./screens/Failed.tsx";
import { Finished } from "./screens/Finished.tsx";
import { Button, Reference, Status } from "../look/Frame.tsx";
import type { IconName } from "../look/Icon.tsx";
import { Message } from "../look/Message.tsx";
import { Foot } from "../look/Foot.tsx";
import { Notices } from "./screens/Surroundings.tsx";
import { Waiting } from "./screens/Waiting.tsx";
import type { Ending } from "./screen.ts";

export const App = ({ flow, t }: { flow: Flow; t: Messages | undefined }) => {
  const app = flow.app.value;
  // The trouble says it at length.
  const offline = flow.offline.value && flow.screen.value.name !== "trouble";
  const preview = flow.preview.value;
  return (
    <main class="card">
      {t ? (
        <>
          <Notices
            t={t}
            preview={preview}
            refused={flow.refusedByPreview.value}
            offline={offline}
          />
          <Shown flow={flow} t={t} />
          {app && <Foot t={t} app={app} />}
        </>
      ) : (
        <Waiting key="loading" />
      )}
    </main>
  );
};

const Shown = ({ flow, t }: { flow: Flow; t: Messages }) => {
  const shown = flow.screen.value;
  const busy = flow.busy.value;
  const armed = flow.armed.value;

  switch (shown.name) {
    case "loading":
      return <Waiting key="loading" t={t} title={t.loading} />;
    case "leaving":
      return (
        <Waiting
          key="leaving"
          t={t}
          title={t.leaving(shown.to)}
          onRetry={shown.slow ? flow.retry : undefined}
        />
      );
    case "finishing":
      return <Waiting key="finishing" t={t} title={t.finishing} text={t.finishingText} />;
    case "confirm":
      return (
        <Confirm
          key={`${shown.provider.id} ${shown.meant?.renew ?? ""}`}
          t={t}
          {...shown}
          armed={armed}
          busy={busy}
          typed={flow.typed}
          onType={flow.type}
          onChoose={flow.choose}
          onConnect={flow.connect}
          onBack={flow.back}
          onCancel={flow.cancel}
          onNotYou={flow.notYou}
        />
      );
    case "choose":
      return (
        <Choose
          t={t}
          view={shown.view}
          picker={flow.picker}
          busy={busy}
          onChoose={flow.choose}
          onDone={flow.done}
          onCancel={flow.cancel}
          onNotYou={flow.notYou}
        />
      );
    case "failed":
      return (
        <Failed
          key={shown.failure}
          t={t}
          {...shown}
          armed={armed}
          busy={busy}
          onTryAgain={flow.tryAgain}
          onBack={flow.back}
          onDone={flow.done}
          onCancel={flow.cancel}
        />
      );
    case "finished":
      return (
        <Finished
          t={t}
          view={shown.view}
          connections={shown.connections}
          closing={flow.closing.value}
          onClose={flow.closeWindow}
        />
      );
    case "trouble":
      return (
        <Message key={shown.kind} icon="alert" tone="warn" {...troubleOf(shown.kind, flow, t)}>
          <Button kind="primary" onPress={flow.retry}>
            {t.tryAgain}
          </Button>
          <Reference label={t.reference} id={shown.reference} />
        </Message>
      );
    case "open_from_app":
      return (
        <Message
          key={`open-${shown.refused}`}
          icon="window"
          tone="calm"
          {...t.openFromApp}
          note={t.sentLink}
        >
          <Close flow={flow} t={t} reference={shown.reference} />
        </Message>
      );
    case "lost":
      return (
        <Message key="lost" icon="window" tone="calm" {...t.lost} note={t.sentLink}>
          <Close flow={flow} t={t} reference={shown.reference} />
        </Message>
      );
    case "cookies_blocked":
      return (
        <Message key="cookies" icon="alert" tone="warn" {...t.cookiesBlocked}>
          <Close flow={flow} t={t} reference={shown.reference} />
        </Message>
      );
    case "ended":
      return (
        <Message
          key={shown.ending}
          icon={ENDING_ICONS[shown.ending]}
          tone="calm"
          {...t.ended[shown.ending](shown.app ?? t.theApp)}
        >
          <Close
            flow={flow}
            t={t}
            app={shown.app}
            reference={shown.ending === "cancelled" ? undefined : shown.reference}
          />
        </Message>
      );
  }
};

/** Without a network nobody has to look for the cause anywhere else. */
const troubleOf = (kind: keyof Messages["trouble"], { offline }: Flow, t: Messages) =>
  t.trouble[kind === "unreachable" && offline.value ? "offline" : kind];

const ENDING_ICONS: Record<Ending, IconName> = {
  cancelled: "cross",
  denied: "cross",
  expired: "clock",
  wrong_user: "user",
  elsewhere: "window",
  over: "clock",
};

type CloseProps = {
  flow: Flow;
  t: Messages;
  app?: string | undefined;
  reference: string | undefined;
};

/** Closes the window; where the browser does not allow it, says that the user can. */
const Close = ({ flow, t, app, reference }: CloseProps) => (
  <>
    {flow.closing.value !== "stuck" && (
      <Button kind="primary" onPress={flow.closeWindow}>
        {app ? t.backTo(app) : flow.ownTab.value ? t.back : t.closeWindow}
      </Button>
    )}
    <Status>{flow.closing.value === "stuck" && t.canClose}</Status>
    <Reference label={t.reference} id={reference} />
  </>
);
