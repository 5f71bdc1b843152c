/** How claims are held against what ran: by titles, by sentences, and by what was left out. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
// @ts-expect-error Plain Node.
import { ATTACK, ATTACKS } from "../../scripts/claims/attacks.mjs";
// @ts-expect-error Plain Node.
import { judge, stands, testsIn } from "../../scripts/claims/judge.mjs";
// @ts-expect-error Plain Node.
import { inFile } from "../../scripts/claims/titles.mjs";

type Row = { wrong: string[]; passed: number; places: string[]; twins: number };
const names = (title: string): string[] => title.match(ATTACK) ?? [];
const vitest = (...tests: [string, string][]) =>
  testsIn(
    {
      testResults: [
        {
          name: "/somewhere/test/broker/a.test.ts",
          assertionResults: tests.map(([title, status]) => ({
            ancestorTitles: ["the claim"],
            ...{ title, status },
          })),
        },
      ],
    },
    "node",
  );
const playwright = (title: string, status: string, annotations: object[] = []) =>
  testsIn(
    {
      suites: [
        {
          title: "attacks/M9.spec.ts",
          specs: [],
          suites: [
            {
              title: "M5: the thief",
              specs: [
                {
                  title,
                  file: "attacks/M9.spec.ts",
                  tests: [{ projectName: "firefox", status, annotations }],
                },
              ],
            },
          ],
        },
      ],
    },
    "e2e",
  );
const judged = (tests: unknown[], more: object = {}): Row =>
  judge({
    claims: [{ number: "M5", attack: "", closed: "", ...more }],
    ...{ tests, names },
    ...{ standing: () => true, twins: true },
  })[0] as Row;

describe("a claim", () => {
  it("is shown by a test that passed, wherever its number stands alone", () => {
    for (const title of ["M5: a thief", "a thief [M5]", "a thief (H7, M5)", "M1, M5: a thief"])
      expect(judged(vitest([title, "passed"]))).toMatchObject({
        ...{ wrong: [], passed: 1, places: ["node"] },
      });
    for (const title of ["M50: no", "XM5", "M5x", "v1.M5", "the M-5"])
      expect(judged(vitest([title, "passed"])).wrong).toEqual(["no test shows it"]);
  });

  it("is shown by a group's title too, and by no file's name", () => {
    const tests = playwright("a thief claims first", "expected");
    expect(judged(tests)).toMatchObject({ wrong: [], places: ["firefox"] });
    expect(tests.flatMap(({ title }: { title: string }) => names(title))).toEqual(["M5"]);
  });

  it("is not shown by its twin alone", () => {
    const twin: [string, string] = [`${"M5"} twin: without the guard`, "passed"];
    expect(judged(vitest(twin))).toMatchObject({ wrong: ["no test shows it"], twins: 1 });
    expect(judged(vitest(twin, ["M5: with it", "passed"]))).toMatchObject({ wrong: [], twins: 1 });
  });

  it("is wrong if a test of it failed or was left out, one that has a reason apart", () => {
    const good: [string, string] = ["M5: one", "passed"];
    expect(judged(vitest(good, ["M5: two", "failed"])).wrong).toEqual([
      "failed: the claim > M5: two",
    ]);
    for (const status of ["pending", "skipped", "todo", "disabled"])
      expect(judged(vitest(good, ["M5: two", status])).wrong).toEqual([
        "skipped without a reason: the claim > M5: two",
      ]);
    const left = (...why: object[]) => [
      ...vitest(good),
      ...playwright("two", "skipped", [{ type: "skip", ...Object.assign({}, ...why) }]),
    ];
    expect(judged(left()).wrong).toHaveLength(1);
    expect(judged(left({ description: "this engine has no such thing" })).wrong).toEqual([]);
    expect(judged([...vitest(good), ...playwright("flaky one", "flaky")]).wrong).toHaveLength(1);
  });

  it("may name a test of another name by its file and title, also one that a table fills in", () => {
    const also = (file: string, words: string): Row =>
      judged([...vitest(["a key that is short is refused", "passed"])], { also: [[file, words]] });
    expect(also("test/broker/a.test.ts", "%s is refused")).toMatchObject({ wrong: [], passed: 1 });
    expect(also("test/broker/a.test.ts", "a key that is short").wrong).toEqual([]);
    expect(also("test/broker/b.test.ts", "%s is refused").wrong).toEqual(["no test shows it"]);
    expect(also("test/broker/a.test.ts", "%s is not").wrong).toEqual(["no test shows it"]);
    const there = playwright("closed", "expected");
    expect(
      judged(there, { number: "X", also: [["e2e/attacks/M9.spec.ts", "closed"]] }).passed,
    ).toBe(1);
  });

  it("may be a sentence where no code can help, as long as that stands", () => {
    const root = mkdtempSync(join(tmpdir(), "claims-"));
    afterAll(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, "page.md"), "It is\n  said **here**, over two lines.");
    const of = (sentence: [string, string]): string[] =>
      (
        judge({
          claims: [{ number: "M5", tests: false, docs: [sentence] }],
          ...{ tests: [], names },
          standing: stands(root),
        })[0] as Row
      ).wrong;
    expect(of(["page.md", "It is said **here**, over"])).toEqual([]);
    expect(of(["page.md", "It is not said"])).toEqual(["not in page.md any more: It is not said"]);
    expect(of(["gone.md", "It is said"])).toHaveLength(1);
    expect(judged([], { tests: false }).wrong).toEqual(["neither a test nor a sentence"]);
  });
});

it("the list has every number, once and in order", () => {
  const up = (letter: string, to: number) =>
    Array.from({ length: to }, (_, i) => `${letter}${i + 1}`);
  expect(ATTACKS.map(({ number }: { number: string }) => number)).toEqual([
    ...["C1", ...up("H", 10), ...up("M", 23), ...up("L", 27), ...up("W", 15)],
  ]);
});

it("titles are read from sources as they are written, tables and twins too", () => {
  const found = inFile(
    "a.test.ts",
    `describe("M5: group", () => {
       test("one", () => { /* … */ });
       test.each([["H3: a row", 1]])("%s", () => { // The twin: by the honest way.
       });
       it.skip("three", () => {});
     });
     const TWINS = [{ name: "M7 twin: unguarded" }];`,
  );
  expect(
    found.map(({ title, inner }: { title: string; inner: boolean }) => [title, inner]),
  ).toEqual([
    ["M5: group > one", false],
    ["M5: group > %s > H3: a row", true],
    ["M7 twin: unguarded", false],
  ]);
});
