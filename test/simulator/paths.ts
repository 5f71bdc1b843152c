/** JSON by paths such as `data.items[0].id`: built from them, read by them, written with numbers of any length. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const partsOf = (path: string): (string | number)[] =>
  path
    .split(/\.|(?=\[)/)
    .filter((part) => part !== "")
    .map((part) => {
      const index = /^\[(\d+)\]$/.exec(part)?.[1];
      return index === undefined ? part : Number(index);
    });

export const at = (value: unknown, path: string): unknown =>
  partsOf(path).reduce<unknown>((inside, part) => {
    if (typeof part === "number") return Array.isArray(inside) ? inside[part] : undefined;
    return isObject(inside) ? inside[part] : undefined;
  }, value);

/** With `leaf` at the path. What stands there already stays: of two paths that meet, the first one has said it. */
export const put = (value: unknown, path: string, leaf: unknown): unknown =>
  putInto(value, partsOf(path), leaf);

const putInto = (value: unknown, [part, ...rest]: (string | number)[], leaf: unknown): unknown => {
  if (part === undefined) return value ?? leaf;
  if (typeof part === "number") {
    if (value !== undefined && !Array.isArray(value)) return value;
    const items: unknown[] = [...(value ?? [])];
    items[part] = putInto(items[part], rest, leaf);
    return items;
  }
  if (value !== undefined && !isObject(value)) return value;
  return { ...value, [part]: putInto(value?.[part], rest, leaf) };
};

const MARK = "\u0001big:";

/** A bigint is a number like any other in JSON; JavaScript alone cannot write it down. */
export const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, leaf: unknown) =>
    typeof leaf === "bigint" ? `${MARK}${leaf}` : leaf,
  ).replace(/"\\u0001big:(\d+)"/g, "$1");
