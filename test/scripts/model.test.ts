/**
 * What the check of the model makes of the checker's output. That a claim holds is only said of a search that was
 * whole, and whatever is not as expected fails.
 */
import { describe, expect, it } from "vitest";

type Verdict = { found: "holds" | "refuted" | "unfinished"; states: number };
type Row = Verdict & {
  without?: string;
  claim: string;
  expected: "holds" | "refuted";
  seconds: number;
  told: string[];
};
const { verdict, report } = (await import(
  // Plain JavaScript, without declarations of its own.
  new URL("../../scripts/model.mjs", import.meta.url).href
)) as {
  verdict: (output: string) => Verdict;
  report: (rows: Row[], print: (line: string) => void) => { passed: number; failed: number };
};

const HELD = `pan: ltl formula one_browser
State-vector 112 byte, depth reached 390, errors: 0
   951349 states, stored
`;
const BROKEN = `pan:1: assertion violated  !( !((stolen||(grant!=2)))) (at depth 46)
pan: wrote connect.pml.trail
Warning: Search not completed
State-vector 112 byte, depth reached 46, errors: 1
  1.2e+06 states, stored
`;

describe("a search", () => {
  it("that was whole and found nothing says that the claim holds", () => {
    expect(verdict(HELD)).toEqual({ found: "holds", states: 951_349 });
  });

  it("that ended at a run which breaks the claim has refuted it", () => {
    expect(verdict(BROKEN)).toEqual({ found: "refuted", states: 1_200_000 });
  });

  it.each([
    ["was cut off at its depth", `error: max search depth too small\n${HELD}`],
    ["ran out of memory", `pan: out of memory\n${HELD}`],
    ["was ended early", `Warning: Search not completed\n${HELD}`],
    ["saw no state", HELD.replace("951349", "0")],
    ["found something that is no claim", BROKEN.replace("assertion violated", "invalid end state")],
    ["said nothing", ""],
  ])("that %s says neither", (_why, output) => {
    expect(verdict(output).found).toBe("unfinished");
  });
});

describe("the counts", () => {
  const row = (expected: Row["expected"], found: Verdict["found"]): Row => ({
    ...{ claim: "one_browser", expected, found, states: 1, seconds: 0, told: [] },
  });

  it.each<[Row["expected"], Verdict["found"], number]>([
    ["holds", "holds", 0],
    ["holds", "refuted", 1],
    ["holds", "unfinished", 1],
    ["refuted", "refuted", 0],
    ["refuted", "holds", 1],
    ["refuted", "unfinished", 1],
  ])("expected %s, found %s: %d failed", (expected, found, failed) => {
    const lines: string[] = [];
    expect(report([row(expected, found)], (line) => lines.push(line))).toEqual({
      passed: 1 - failed,
      failed,
    });
    expect(lines.filter((line) => line.includes("not as expected"))).toHaveLength(failed);
  });
});
