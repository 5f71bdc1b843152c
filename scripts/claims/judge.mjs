/**
 * Holds what is claimed against what ran: each claim needs a test of its name that passed, or a sentence that still
 * stands in its file. Pure but for reading those files; plain Node, since it runs where nothing need be installed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The tests of one report, Vitest's or Playwright's: whole title, status, where it ran, why it failed. */
export const testsIn = (report, place) =>
  report.testResults
    ? report.testResults.flatMap(({ name, assertionResults, status: whole, message }) =>
        // A file that does not load has no test to fail.
        (assertionResults.length || whole !== "failed"
          ? assertionResults
          : [{ ancestorTitles: [], title: "", status: whole, failureMessages: [message] }]
        ).map(({ ancestorTitles, title, status, failureMessages = [] }) => ({
          file: name,
          title: [...ancestorTitles, title].join(" > "),
          status: status === "passed" || status === "failed" ? status : "skipped",
          explained: false,
          place,
          why: failureMessages.join("\n"),
        })),
      )
    : report.suites.flatMap((suite) => inSuite(suite, []));

/** The outermost suite is the file, whose name is no title. */
const inSuite = ({ specs = [], suites = [] }, above) => [
  ...specs.flatMap(({ file, title, tests }) =>
    tests.map(({ projectName, status, annotations = [], results = [] }) => ({
      file: `e2e/${file}`,
      title: [...above, title].join(" > "),
      status: status === "expected" ? "passed" : status === "skipped" ? "skipped" : "failed",
      explained: annotations.some(({ type, description }) => type === "skip" && description),
      place: projectName,
      why: results.flatMap(({ errors = [] }) => errors.map(({ message }) => message)).join("\n"),
    })),
  ),
  ...suites.flatMap((suite) => inSuite(suite, [...above, suite.title])),
];

/**
 * `names` finds the claims in a title; `also` of a claim are tests by file and title. `standing` says which sentences
 * of docs are still there. Only where there are `twins` does a test of that name show nothing by itself.
 */
export const judge = ({ claims, tests, names, standing, twins = false }) => {
  const named = new Map(claims.map(({ number }) => [number, []]));
  for (const test of tests) for (const name of names(test.title)) named.get(name)?.push(test);
  for (const { number, also = [] } of claims)
    for (const [file, words] of also) {
      const called = filledIn(words);
      named
        .get(number)
        ?.push(...tests.filter((test) => test.file.endsWith(file) && called.test(test.title)));
    }
  return claims.map((claim) => {
    const own = named.get(claim.number) ?? [];
    const shows = own.filter(({ title }) => !twins || !isTwin(title));
    const passed = shows.filter(({ status }) => status === "passed");
    const gone = (claim.docs ?? []).filter((sentence) => !standing(sentence));
    const wrong = [
      ...own.filter(({ status }) => status === "failed").map(({ title }) => `failed: ${title}`),
      ...own
        .filter(({ status, explained }) => status === "skipped" && !explained)
        .map(({ title }) => `skipped without a reason: ${title}`),
      ...(claim.tests === false || claim.not_ours || passed.length ? [] : ["no test shows it"]),
      ...(claim.tests === false && !claim.docs ? ["neither a test nor a sentence"] : []),
      ...gone.map(([file, sentence]) => `not in ${file} any more: ${sentence}`),
    ];
    return {
      ...{ claim, wrong },
      passed: passed.length,
      places: [...new Set(passed.map(({ place }) => place))],
      twins: own.filter(({ title, status }) => isTwin(title) && status === "passed").length,
    };
  });
};

/** A title as the source has it, and as a table has filled it in: `%s is refused`, `stays text ($name)`. */
const filledIn = (words) =>
  new RegExp(
    words
      .split(/%[sdijo]|\$\w+/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
      .join(".*"),
  );

export const isTwin = (title) => /\btwin\b/i.test(title);

/** Whether a sentence stands in its file, however its lines are broken. */
export const stands =
  (root) =>
  ([file, sentence]) => {
    const path = join(root, file);
    return existsSync(path) && plain(readFileSync(path, "utf8")).includes(plain(sentence));
  };
const plain = (text) => text.replaceAll(/\s+/g, " ");

export const columns = (lines) => {
  const widths = lines[0].map((_name, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
