/**
 * All that is kept of a person as one JSON document, in pieces: a page is read when the one before has been taken, so that
 * a million rows need no more memory than a page. Knows the form of the document, and no reply.
 */
import { Readable } from "node:stream";
import type { Locale } from "@alter-ai/protocol/locale";
import type { walletDocument } from "@alter-ai/protocol/wallet";
import type * as z from "zod/mini";
import type { Place } from "../store/people.ts";
import type { Page, Views, Whole } from "./views.ts";

type Document = z.infer<typeof walletDocument>;

/** Rows that are read, and written, at a time. */
const PAGE = 500;

/** Ends when it has been read, or when nobody wants the rest. */
export const createDownload = (...of: Parameters<typeof documentOf>): Readable =>
  Readable.from(encoded(documentOf(...of)), { objectMode: false });

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

async function* documentOf(
  views: Views,
  whole: Whole,
  about: { user: Document["user"]; locale: Locale; now: number },
): AsyncGenerator<string> {
  const { names, given } = await views.names(whole, undefined);
  const head: Omit<Document, "connections" | "activity"> = {
    downloaded_at: new Date(about.now).toISOString(),
    user: about.user,
    apps: names.apps.map(({ id, name }) => ({ id, name })),
    providers: names.providers.map(({ id, name }) => ({ id, name })),
    secrets: given.map(views.secretView),
  };
  yield JSON.stringify(head).slice(0, -1);
  yield* list("connections", (after) =>
    views.connections(whole, { after, limit: PAGE }, about.locale),
  );
  yield* list("activity", (after) => views.activity(whole, { after, limit: PAGE }));
  yield "}\n";
}

async function* list(
  name: string,
  read: (after: Place | undefined) => Promise<Page<unknown>>,
): AsyncGenerator<string> {
  yield `,${JSON.stringify(name)}:[`;
  let first = true;
  for (let after: Place | undefined; ;) {
    const { rows, next } = await read(after);
    const text = rows.map((row) => JSON.stringify(row)).join(",\n");
    if (text) yield (first ? "" : ",") + text;
    first &&= !text;
    if (!next) break;
    after = next;
  }
  yield "]";
}
