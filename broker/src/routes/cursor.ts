/** Where a page of a list ended, as its reader hands it back. Knows no list. */
import { refuse } from "../error.ts";

export type Cursor = { created_at: number; id: string };

export const writeCursor = ({ created_at, id }: Cursor): string =>
  Buffer.from(`${created_at}.${id}`).toString("base64url");

export const readCursor = (given: string | undefined): Cursor | undefined => {
  if (given === undefined) return undefined;
  const match = /^(\d{1,15})\.([\w-]{1,128})$/.exec(Buffer.from(given, "base64url").toString());
  if (!match?.[1] || !match[2])
    throw refuse("invalid_request", "cursor: expected a next_cursor of this broker.");
  return { created_at: Number(match[1]), id: match[2] };
};
