/**
 * Bodies on their way through: counted, and watched for silence on the provider's side. Knows streams and time; not
 * what is in them.
 */
import { refuse, type Refusal } from "../error.ts";

/** What a body is judged by. */
export type Carried = {
  method: string;
  body: ReadableStream<Uint8Array> | null;
  /** Of the caller's body, if it said so. */
  content_length: number | undefined;
};

/** Bodies up to here are sent with their length, which some providers insist on; longer ones in chunks. */
const MOST_BUFFERED = 1 << 20;

type WithBody = { body: ReadableStream<Uint8Array> };

export const hasBody = <C extends Carried>(call: C): call is C & WithBody =>
  call.body !== null &&
  call.method !== "GET" &&
  call.method !== "HEAD" &&
  call.content_length !== 0;

export const isSmall = ({ content_length = Infinity }: Carried): boolean =>
  content_length <= MOST_BUFFERED;

/** No longer than it said: whoever parses HTTP in front of us has seen to that. */
export const collect = async ({ body }: WithBody): Promise<ArrayBuffer> =>
  new Response(body).arrayBuffer().catch(() => {
    throw refuse("invalid_request", "The body broke off.");
  });

export const counted = (
  body: ReadableStream<Uint8Array>,
  most: number,
  watch: Watch,
  onRefusal: (why: Refusal) => void,
): ReadableStream<Uint8Array> => {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length;
        // The caller may be slow; it is the provider that is watched.
        watch.restart();
        if (bytes <= most) return controller.enqueue(chunk);
        const why = tooLarge(most);
        onRefusal(why);
        controller.error(why);
      },
    }),
  );
};

/** A provider may take its time, but not without a byte for longer than `timeout`; nor say more than `most`. */
export const bounded = (
  stream: ReadableStream<Uint8Array>,
  most: number,
  watch: Watch,
): ReadableStream<Uint8Array> => {
  const reader = stream.getReader();
  let bytes = 0;
  return new ReadableStream({
    pull: async (controller) => {
      // Only while it is the provider's turn: a caller may read as slowly as it likes.
      watch.restart();
      try {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        bytes += value.length;
        // The status has gone out: breaking off is all that can still be said.
        if (bytes > most)
          throw new Error("The provider's reply is larger than the proxy passes on");
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        // Not waited for: a stream that fails may never say that it has been cancelled.
        void reader.cancel().catch(() => undefined);
      } finally {
        watch.stop();
      }
    },
    cancel: async (why) => {
      watch.stop();
      await reader.cancel(why);
    },
  });
};

export type Watch = { signal: AbortSignal; restart: () => void; stop: () => void };

export const startWatch = (timeout: number): Watch => {
  const late = new AbortController();
  const strike = () => late.abort(new Error("The provider fell silent"));
  let timer = setTimeout(strike, timeout);
  return {
    signal: late.signal,
    restart: () => {
      clearTimeout(timer);
      timer = setTimeout(strike, timeout);
    },
    stop: () => clearTimeout(timer),
  };
};

export const tooLarge = (most: number): Refusal =>
  refuse("payload_too_large", `Expected at most ${most} bytes.`);
