/** JSON of strangers: parsed so that no digit is lost, and read by paths. Knows nothing of what it means. */
import { isSafeNumber, parse } from "lossless-json";

export type Json = Record<string, unknown>;

/** Numbers that JavaScript would round, such as the ids of some providers, come as text. `undefined`: it is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return parse(text, null, (digits) =>
      isSafeNumber(digits, { approx: true }) ? Number(digits) : digits,
    );
  } catch {
    return undefined;
  }
};

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands at `data.items[0].id`; own properties only. */
export const read = (value: unknown, path: string): unknown =>
  path
    .split(/\.|(?=\[)/)
    .filter((part) => part !== "")
    .reduce<unknown>((at, part) => {
      const index = /^\[(\d+)\]$/.exec(part)?.[1];
      if (index !== undefined) return Array.isArray(at) ? at[Number(index)] : undefined;
      return isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
    }, value);

/** A text, or a number as one; nothing else names anybody. */
export const textAt = (value: unknown, path: string): string | undefined => {
  const found = read(value, path);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? found : undefined;
};
