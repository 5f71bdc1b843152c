/** Figures as people read them. Knows numbers and columns; must not know what was measured. */

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
};

/** Rows by name; every column is as wide as its widest cell. */
export const table = (heads: string[], rows: Record<string, string[]>): string => {
  const names = Object.keys(rows);
  const first = Math.max(...names.map((name) => name.length));
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...names.map((name) => rows[name]?.[at]?.length ?? 0)),
  );
  const line = (name: string, cells: string[]): string =>
    `  ${name.padEnd(first)}${cells.map((cell, at) => `  ${cell.padStart(widths[at] ?? 0)}`).join("")}`;
  return [line("", heads), ...names.map((name) => line(name, rows[name] ?? [])), ""]
    .map((text) => text.trimEnd())
    .join("\n");
};
