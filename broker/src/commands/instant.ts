/** A point in time as an option gives it. */
import * as z from "zod";

const rfc3339 = z.iso.datetime({ offset: true });

/** @throws Error for the operator, naming the option. */
export const readInstant = (option: string, text: string): number => {
  if (!rfc3339.safeParse(text).success)
    throw new Error(
      `--${option}: expected an RFC 3339 time such as 2026-11-23T00:00:00Z, got "${text}"`,
    );
  return Date.parse(text);
};
