/** Messages from the hosted page: source, then origin, then shape. Must not know what they lead to. */
import { readPageMessage, type PageMessage } from "@alter-ai/protocol/window";

/** While the page's origin is not known yet, nothing is heard. */
export const heard = (
  event: MessageEvent,
  popup: Window,
  origin: string | undefined,
): PageMessage | undefined =>
  event.source === popup && event.origin === origin ? readPageMessage(event.data) : undefined;
