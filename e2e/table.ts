/**
 * A reporter that ends the output with one table: scenario by engine. Knows results and reasons; must not know
 * what is tested. A cell without a result needs a reason, which stands under the table; without one the run fails.
 */
import type { FullConfig, FullResult, Reporter, Suite, TestCase } from "@playwright/test/reporter";

export type TableOptions = {
  /** Specs below this folder are rows by scenario, seen in every engine or with a reason. */
  everywhere: string;
  /** All others, one row per file: why that runs in one engine only, by how its path begins. */
  elsewhere: Record<string, string>;
};

type Cell = { tests: TestCase[]; reason?: string };
type Row = { name: string; cells: Map<string, Cell> };

export default class Table implements Reporter {
  readonly #options: TableOptions;
  #engines: string[] = [];
  #tests: TestCase[] = [];

  constructor(options: TableOptions) {
    this.#options = options;
  }

  printsToStdio(): boolean {
    return false;
  }

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#engines = suite.suites.map((project) => project.title);
    this.#tests = suite.allTests();
  }

  async onEnd(): Promise<{ status: FullResult["status"] } | undefined> {
    const rows = this.#rows();
    const reasons: string[] = [];
    let silent = 0;
    const written = rows.map(({ name, cells }) => [
      name,
      ...this.#engines.map((engine) => {
        const { tests = [], reason } = cells.get(engine) ?? {};
        const left = tests.filter((test) => test.outcome() === "skipped");
        if (tests.some((test) => !["expected", "skipped"].includes(test.outcome())))
          return "FAILED";
        if (tests.length > left.length) return tests.length > 1 ? `ok ${tests.length}` : "ok";
        const why = reason ?? left.map(reasonOf)[0];
        if (why === undefined) {
          silent += 1;
          return "not run";
        }
        if (!reasons.includes(why)) reasons.push(why);
        return `- ${reasons.indexOf(why) + 1}`;
      }),
    ]);
    print([["scenario", ...this.#engines], ...written]);
    reasons.forEach((reason, i) => console.log(`- ${i + 1}  ${reason}`));
    if (!silent) return undefined;
    console.log(`${silent} cells have neither a result nor a reason`);
    return { status: "failed" };
  }

  #rows(): Row[] {
    const { everywhere, elsewhere } = this.#options;
    const rows = new Map<string, Row>();
    for (const test of this.#tests) {
      const [, engine = "", file = "", ...titles] = test.titlePath();
      const name = file.startsWith(everywhere) ? titles.join(": ") : file;
      const row = rows.get(name) ?? { name, cells: new Map<string, Cell>() };
      rows.set(name, row);
      const cell = row.cells.get(engine) ?? { tests: [] };
      row.cells.set(engine, cell);
      cell.tests.push(test);
      if (file.startsWith(everywhere)) continue;
      const reason = Object.entries(elsewhere).find(([path]) => file.startsWith(path))?.[1];
      for (const other of this.#engines)
        if (reason !== undefined && !row.cells.has(other))
          row.cells.set(other, { tests: [], reason });
    }
    return [...rows.values()];
  }
}

const reasonOf = (test: TestCase): string | undefined =>
  test.annotations.find(({ type, description }) => type === "skip" && description)?.description;

const print = (lines: string[][]): void => {
  const widths = (lines[0] ?? []).map((_name, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  console.log("");
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  console.log("");
};
