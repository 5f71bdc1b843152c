/** The question before anything ends, what goes on while it does, and what came of it. Knows looks only. */
import type { ComponentChildren } from "preact";
import { Button, Reference, Status } from "../../look/Frame.tsx";
import type { Messages } from "../locales/en.ts";
import type { Names } from "../names.ts";
import { totalOf, type Failure, type Question } from "../screen.ts";
import type { When } from "../when.ts";
import { Manage } from "./Aftermath.tsx";
import { wordsForAll } from "./Connections.tsx";

type AskProps = {
  t: Messages;
  when: When;
  names: Names;
  question: Question;
  /** Seconds. */
  delay: number;
  onConfirm: () => void;
  onDismiss: () => void;
};

export const Ask = (props: AskProps) =>
  props.question.about === "one" ? (
    <One {...props} question={props.question} />
  ) : (
    <All {...props} question={props.question} />
  );

type OneProps = AskProps & { question: Extract<Question, { about: "one" }> };

const One = ({ t, when, names, question, delay, onConfirm, onDismiss }: OneProps) => {
  const { connection, busy, failure } = question;
  const provider = names.provider(connection.provider).name;
  const app = names.app(connection.app).name;
  // FSI and PDI: whichever way it is written, it leaves the words around it where they are (UAX #9).
  const account = `\u2068${connection.account_identifier}\u2069`;
  return (
    <Dialog title={t.ending.title(provider)} locked={busy} onDismiss={onDismiss}>
      <p>{t.ending.text({ app, provider, account })}</p>
      <Delay {...{ t, when, delay }} />
      <Failed t={t} failure={failure} />
      <div class="choices">
        <Button kind="quiet" first onPress={onDismiss} ready={!busy}>
          {t.cancel}
        </Button>
        <Button kind="danger" onPress={onConfirm} ready={!busy}>
          {busy ? t.ending.busy : t.connections.disconnect}
        </Button>
      </div>
    </Dialog>
  );
};

type AllProps = AskProps & { question: Extract<Question, { about: "all" }> };

const All = ({ t, when, names, question, delay, onConfirm, onDismiss }: AllProps) => {
  const { place, phase } = question;
  if (phase === "over") return <Sum {...{ t, names, question, onDismiss }} />;
  const asked = phase === "asked";
  return (
    <Dialog
      title={wordsForAll(t.ending.titleAll, names, place)}
      locked={phase === "stopping"}
      onDismiss={onDismiss}
    >
      <p>{wordsForAll(t.ending.textAll, names, place)}</p>
      <Delay {...{ t, when, delay }} />
      <Status>{!asked && t.ending.soFar(totalOf(question.sum))}</Status>
      <div class="choices">
        <Button kind="quiet" first onPress={onDismiss} ready={phase !== "stopping"}>
          {asked ? t.cancel : t.ending.stop}
        </Button>
        <Button kind="danger" onPress={onConfirm} ready={asked}>
          {asked ? t.ending.confirmAll : t.ending.busy}
        </Button>
      </div>
    </Dialog>
  );
};

const Sum = ({ t, names, question, onDismiss }: Omit<AllProps, "when" | "delay" | "onConfirm">) => {
  const { sum, left, failure, place } = question;
  const untold = sum.unsupported + sum.failed;
  return (
    <Dialog title={left ? t.ending.stopped : t.ending.over} onDismiss={onDismiss}>
      <div role="status">
        <p>{t.ending.count(totalOf(sum))}</p>
        {sum.done > 0 && <p>{t.ending.told(sum.done)}</p>}
        {sum.shared > 0 && <p>{t.ending.shared(sum.shared)}</p>}
        {untold > 0 && (
          <div class="hint">
            <p>{t.ending.untold(untold)}</p>
            <p>{t.ending.removeAll}</p>
            {place.provider !== undefined && (
              <Manage t={t} provider={names.provider(place.provider)} />
            )}
          </div>
        )}
      </div>
      <Failed t={t} failure={failure} />
      <div class="choices">
        <Button kind="primary" first onPress={onDismiss}>
          {t.ending.close}
        </Button>
      </div>
    </Dialog>
  );
};

const Delay = ({ t, when, delay }: Pick<AskProps, "t" | "when" | "delay">) =>
  delay > 0 ? <p class="muted">{t.ending.delay(when.span(delay))}</p> : null;

const Failed = ({ t, failure }: { t: Messages; failure: Failure | undefined }) => (
  <div role="alert">
    {failure && (
      <div class="hint">
        <p class="strong">{t.trouble[failure.trouble].title}</p>
        <p>{t.trouble[failure.trouble].text}</p>
        <Reference label={t.reference} id={failure.reference} />
      </div>
    )}
  </div>
);

type DialogProps = {
  title: string;
  /** What goes on is not left by Escape. */
  locked?: boolean;
  onDismiss: () => void;
  children: ComponentChildren;
};

const Dialog = ({ title, locked = false, onDismiss, children }: DialogProps) => (
  <dialog
    class="card"
    ref={modal}
    aria-labelledby="asked"
    onCancel={(event) => {
      // The model says when it closes.
      event.preventDefault();
      if (!locked) onDismiss();
    }}
  >
    <h2 id="asked">{title}</h2>
    {children}
  </dialog>
);

/** Once it is closed the browser puts the focus back to where it was; if that is gone, it goes to the top of the list. */
const modal = (dialog: HTMLDialogElement | null) => {
  dialog?.showModal();
  return () => {
    dialog?.close();
    const { activeElement, body } = document;
    if (!activeElement || activeElement === body || dialog?.contains(activeElement))
      document.querySelector<HTMLElement>("h1")?.focus();
  };
};
