/**
 * Random bytes for ids, drawn many at a time: asked for sixteen at a time, the system's source takes a twentieth of the
 * work of a call. Not for secrets: what has been drawn and not used yet lies in memory. Knows nothing of what an id is of.
 */
const DRAWN = 4_096;

/** `draw` gives so many bytes that nobody can foretell; no byte of it is given out twice. */
export const createPool = (draw: (bytes: number) => Uint8Array) => {
  let drawn = new Uint8Array();
  let used = 0;
  return (bytes: number): Uint8Array => {
    if (used + bytes > drawn.length) {
      drawn = new Uint8Array(draw(Math.max(DRAWN, bytes)));
      used = 0;
    }
    return drawn.slice(used, (used += bytes));
  };
};
