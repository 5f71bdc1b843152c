/** An attempt failed, or was denied, and another may work. Our sentence for each cause, never the provider's. */
import type { View } from "@alter-ai/protocol/http";
import type { Messages } from "../locales/en.ts";
import type { Failure, Provider } from "../screen.ts";
import { CopyAddress } from "./CopyAddress.tsx";
import { Button, Reference } from "../../look/Frame.tsx";
import { Message } from "../../look/Message.tsx";

type FailedProps = {
  t: Messages;
  view: View;
  failure: Failure;
  provider: Provider | undefined;
  reference: string | undefined;
  armed: boolean;
  busy: boolean;
  onTryAgain: () => void;
  onBack: () => void;
  onDone: () => void;
  onCancel: () => void;
};

export const Failed = (props: FailedProps) => {
  const { t, view, failure, provider, armed, busy } = props;
  const unsupported = failure === "unsupported_browser";
  const mayTry = !unsupported && failure !== "too_many_attempts";
  const { title, text } = t.failed[failure]({ app: view.app.name, provider: provider?.name });
  return (
    <Message
      icon={failure === "access_denied" ? "cross" : "alert"}
      tone={failure === "access_denied" ? "calm" : "warn"}
      title={title}
      text={text}
    >
      {unsupported && <CopyAddress t={t} address={view.app.origin} />}
      {mayTry && (
        <Button kind="primary" onPress={props.onTryAgain} ready={armed && !busy}>
          {t.retry(provider?.name)}
        </Button>
      )}
      {(unsupported || (mayTry && provider)) && view.providers.length > 1 && (
        // Another of them may well work.
        <Button kind="quiet" onPress={props.onBack} ready={!busy}>
          {t.back}
        </Button>
      )}
      {view.connections.length > 0 ? (
        // Cancel would undo nothing: what is connected stays.
        <Button kind="quiet" onPress={props.onDone} ready={!busy}>
          {t.choose.done}
        </Button>
      ) : (
        <Button kind="quiet" onPress={props.onCancel} ready={!busy}>
          {t.cancel}
        </Button>
      )}
      <Reference label={t.reference} id={props.reference} />
    </Message>
  );
};
