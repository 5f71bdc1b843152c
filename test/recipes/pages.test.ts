/**
 * The recipes in the docs are the files that run here, to the letter. `UPDATE_DOCS=1 npx vitest run --project unit
 * test/recipes/pages.test.ts` writes the pages anew.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const PAGES = [
  "docs/backend.md",
  "docs/ways-in.md",
  ...readdirSync(join(root, "docs/frameworks")).map((name) => `docs/frameworks/${name}`),
];

/** A line that links to the file, then the block. */
const BLOCK =
  /(\]\((?:\.\.\/)+(test\/(?:recipes|ways\/samples)\/[^)]+)\)[^\n]*\n\n```\w+\n)(.*?)(^```)/gms;

const withFiles = (markdown: string): string =>
  markdown.replace(
    BLOCK,
    (_, head: string, path: string, __: string, foot: string) =>
      head + readFileSync(join(root, path), "utf8") + foot,
  );

it.each(PAGES)("%s shows its recipes as they are", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  if (process.env["UPDATE_DOCS"]) writeFileSync(join(root, page), withFiles(text));
  else expect(text).toBe(withFiles(text));
});

it("every recipe is on a page, and the frameworks' pages have no other code", () => {
  const shown = PAGES.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    const found = [...text.matchAll(BLOCK)].map(([, , path]) => path);
    if (page.startsWith("docs/frameworks/"))
      expect(text.match(/^```ts$/gm)?.length, page).toBe(found.length);
    return found;
  });
  const recipes = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/(\.test|^walk)\.ts$/.test(path))
    .map((path) => `test/recipes/${path}`);
  const samples = readdirSync(join(root, "test/ways/samples"))
    // What the sample of a test tests is the reader's own; the other is the same for the oldest Svelte.
    .filter((name) => name !== "accounts.ts" && name !== "Accounts4.svelte")
    .map((name) => `test/ways/samples/${name}`);
  expect(shown.sort()).toEqual([...recipes, ...samples].sort());
});
