/**
 * What the page's build takes for `zod/mini`: the part of it that reads a reply, in a twentieth of its size, which would
 * be 9 kB of the page's 25. Types come from the real one, and test/popup/shapes.test.ts holds the two against each
 * other, reply by reply. Knows shapes only: no messages, since the page shows none, and no checks, since the broker
 * judges what it is sent and a reply has none.
 */

type Shape = {
  /** What is of this shape, as a new value with nothing in it that the shape does not name; else `NO`. */
  read: (value: unknown) => unknown;
  safeParse: (value: unknown) => { success: true; data: unknown } | { success: false };
  check: () => Shape;
};

const NO = Symbol("not of this shape");

const shape = (read: Shape["read"]): Shape => {
  const self: Shape = {
    read,
    safeParse: (value) => {
      const data = read(value);
      return data === NO ? { success: false } : { success: true, data };
    },
    check: () => self,
  };
  return self;
};

const one = (is: (value: unknown) => boolean): Shape => shape((value) => (is(value) ? value : NO));

const typed = (type: string) => (): Shape => one((value) => typeof value === type);
export const string = typed("string");
export const number = (): Shape => one(Number.isFinite);
export const boolean = typed("boolean");

export const literal = (only: unknown): Shape => one((value) => value === only);

const oneOf = (values: readonly unknown[]): Shape => one((value) => values.includes(value));
export { oneOf as enum };

export const optional = ({ read }: Shape): Shape =>
  shape((value) => (value === undefined ? value : read(value)));

export const nullable = ({ read }: Shape): Shape =>
  shape((value) => (value === null ? value : read(value)));

export const array = ({ read }: Shape): Shape =>
  shape((value) => {
    if (!Array.isArray(value)) return NO;
    const items = value.map(read);
    return items.includes(NO) ? NO : items;
  });

export const object = (fields: Record<string, Shape>): Shape =>
  shape((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return NO;
    const known: Record<string, unknown> = {};
    for (const [name, { read }] of Object.entries(fields)) {
      const part = read((value as Record<string, unknown>)[name]);
      if (part === NO) return NO;
      if (part !== undefined) known[name] = part;
    }
    return known;
  });
/** Of requests alone, which the page sends and does not read. */
export const strictObject = object;

export const union = (shapes: readonly Shape[]): Shape =>
  shape((value) => {
    for (const { read } of shapes) {
      const found = read(value);
      if (found !== NO) return found;
    }
    return NO;
  });
export const discriminatedUnion = (_: string, shapes: readonly Shape[]): Shape => union(shapes);

/** Checks of requests. */
const unread = (): undefined => undefined;
export { unread as gte, unread as maxLength, unread as minLength, unread as regex };
