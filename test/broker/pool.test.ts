/** Random bytes for ids: what was drawn is given out once. */
import { expect, test } from "vitest";
import { createPool } from "../../broker/src/pool.ts";

const counting = () => {
  let next = 0;
  const drawn: number[] = [];
  const draw = (bytes: number): Uint8Array => {
    drawn.push(bytes);
    return Uint8Array.from({ length: bytes }, () => next++ % 251);
  };
  return { draw, drawn };
};

test("gives each byte once, in pieces of any size, and draws anew when they are used up", () => {
  const { draw, drawn } = counting();
  const pool = createPool(draw);
  const given = [16, 4_000, 100, 5_000, 16].flatMap((bytes) => {
    const piece = [...pool(bytes)];
    expect(piece).toHaveLength(bytes);
    return [piece];
  });
  expect(drawn).toEqual([4_096, 4_096, 5_000, 4_096]);
  expect(given[0]?.slice(0, 3)).toEqual([0, 1, 2]);
  // The rest of a drawing that is too short for a piece is not patched up with the next.
  expect(given[2]?.[0]).toBe(4_096 % 251);
});

test("what was given out is the caller's: a later piece does not change it", () => {
  const pool = createPool(counting().draw);
  const first = pool(16);
  const copy = [...first];
  pool(16).fill(0);
  expect([...first]).toEqual(copy);
});
