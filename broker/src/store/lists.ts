/** Lists of ids in a statement: in pieces of few lengths, since each length is a text of its own to prepare. */
const MOST = 256;

/** Filled up with their last id, which changes no answer to `in`, to a power of two. */
export const chunks = (ids: string[]): string[][] => {
  const pieces: string[][] = [];
  for (let i = 0; i < ids.length; i += MOST) {
    const piece = ids.slice(i, i + MOST);
    const last = piece.at(-1) ?? "";
    const length = 2 ** Math.ceil(Math.log2(piece.length));
    pieces.push([...piece, ...Array<string>(length - piece.length).fill(last)]);
  }
  return pieces;
};
