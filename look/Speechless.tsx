/** No language could be loaded: the one sentence the main script carries, and a new start. Knows looks only. */
import { Button } from "./Frame.tsx";
import { Message } from "./Message.tsx";

export const Speechless = ({ onRetry }: { onRetry: () => void }) => (
  <Message
    icon="alert"
    tone="warn"
    title="Please load this page again"
    text="A part of it is missing."
  >
    <Button kind="primary" onPress={onRetry}>
      Load again
    </Button>
  </Message>
);
