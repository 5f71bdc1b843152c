/** The page is at work and the user has nothing to decide; a way on appears if it takes too long. */
import type { Messages } from "../locales/en.ts";
import { Actions, Button, Heading, Status } from "../../look/Frame.tsx";

type WaitingProps = {
  /** Without words, while those are on their way, it is the spinner alone, where it is with them. */
  t?: Messages;
  title?: string;
  text?: string;
  /** Set when the wait is longer than it should be. */
  onRetry?: (() => void) | undefined;
};

export const Waiting = ({ t, title, text, onRetry }: WaitingProps) => (
  <>
    <div class="message waiting">
      <span class="spinner" aria-hidden="true" />
      {title ? <Heading>{title}</Heading> : <span class="unsaid" />}
      <Status>{onRetry ? t?.leavingSlow : text}</Status>
    </div>
    {onRetry && (
      <Actions>
        <Button kind="quiet" onPress={onRetry}>
          {t?.tryAgain}
        </Button>
      </Actions>
    )}
  </>
);
