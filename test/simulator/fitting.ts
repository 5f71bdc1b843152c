/**
 * A text that fits a pattern: for values that a record describes and nobody has an example of. Knows as much of regular
 * expressions as records use; whoever asks for more is told so.
 */

/** Enough to look like a name where a pattern says "one or more". */
const SEVERAL = 3;

export const fitting = (pattern: string): string => {
  let left = pattern;
  const take = (expression: RegExp): string | undefined => {
    const found = expression.exec(left)?.[0];
    if (found !== undefined) left = left.slice(found.length);
    return found;
  };

  /** The first of the alternatives; the others are read past. */
  const alternatives = (): string => {
    const first = sequence();
    while (take(/^\|/) !== undefined) sequence();
    return first;
  };

  const sequence = (): string => {
    let text = "";
    while (left !== "" && !/^[|)]/.test(left)) text += repeated(atom());
    return text;
  };

  const atom = (): string => {
    // Looks ahead and takes nothing.
    if (take(/^\(\?[!=]/) !== undefined) {
      alternatives();
      take(/^\)/);
      return "";
    }
    if (take(/^\((?:\?:)?/) !== undefined) {
      const inside = alternatives();
      take(/^\)/);
      return inside;
    }
    const set = take(/^\[(?:\\.|[^\]\\])+\]/);
    if (set !== undefined) return oneOf(set);
    const escaped = take(/^\\./);
    if (escaped !== undefined) return oneOf(escaped);
    return take(/^\./) === undefined ? (take(/^[^]/u) ?? "") : "x";
  };

  const repeated = (text: string): string => {
    const times = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (times === undefined) return text;
    if (times.startsWith("+")) return text.repeat(SEVERAL);
    return text.repeat(Number(/^\{(\d+)/.exec(times)?.[1] ?? 0));
  };

  return alternatives();
};

const oneOf = (set: string): string => {
  const fits = new RegExp(`^${set}$`, "u");
  const found = [..."a7A-_.:/ "].find((character) => fits.test(character));
  return found ?? [...set.replace(/^\[\^?|\]$|\\/g, "")][0] ?? "";
};
