/**
 * The titles of all tests as their sources have them, and whether a twin is inside. Knows how Vitest and Playwright
 * name tests; nothing of what is claimed. What a loop or a table fills in is seen as it stands in the source.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/** Of each test: its file, its line, its titles from the outermost on, and whether a comment in it names its twin. */
export const titlesIn = (root) =>
  ["test", "e2e"]
    .flatMap((folder) => sources(join(root, folder)))
    .flatMap((path) =>
      inFile(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")),
    );

const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(?:test|spec)\.tsx?$/.test(entry.name) ? [path] : [];
  });

export const inFile = (file, text) => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node, above) => {
    // What a loop makes tests of: a text that begins like a title is one.
    if (ts.isStringLiteralLike(node) && /^[A-Z]\d+ twin: /.test(node.text))
      add(node, [...above, node.text]);
    const named = ts.isCallExpression(node) ? namedBy(node) : undefined;
    if (!named) return ts.forEachChild(node, (child) => visit(child, above));
    const titles = [...above, ...named.titles];
    if (named.groups) return ts.forEachChild(node, (child) => visit(child, titles));
    return add(node, titles);
  };
  const add = (node, titles) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ file, line, title: titles.join(" > "), inner: TWIN.test(node.getText()) });
  };
  visit(source, []);
  return found;
};

/** As the house writes it: a comment `Twin: …`, `The twin: …`, in the test that it belongs to. */
const TWIN = /\/\/ (?:The )?[Tt]win\b/;

/** `test("…")`, `test.each(rows)("…")`, `describe("…")`; with a table, what its rows are called as well. */
const namedBy = (call) => {
  const [title] = call.arguments;
  const spoken = title && textOf(title);
  if (spoken === undefined) return undefined;
  const table = ts.isCallExpression(call.expression) ? call.expression : undefined;
  const words = (table ?? call).expression.getText().split(".");
  if (!["test", "it", "describe"].includes(words[0] ?? "") || words.includes("skip"))
    return undefined;
  const rows = table ? literalsIn(table.arguments) : [];
  return { titles: [spoken, ...rows], groups: words.includes("describe") };
};

const textOf = (node) => {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : undefined;
};

const literalsIn = (nodes) => {
  const found = [];
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  // Only what names a number: the rest are values.
  return found.filter((text) => /^[A-Z]\d+\b.*: /.test(text));
};
