/** The files of this repository as a fresh clone has them, without asking git. Knows what is ignored. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Source } from "./facts.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

/** What .gitignore keeps out, and git itself. */
const IGNORED =
  /^(\.git|node_modules|dist|dist-.*|\.data|\.screenshots|test-results|playwright-report|temp)$|\.(log|tgz)$/;

/** Paths from the root, with `/`. */
export const filesUnder = (folder = ""): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !IGNORED.test(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : [];
    });

export const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

export const sources = (): Source[] =>
  filesUnder()
    .filter((path) => /\.(ts|tsx|mts|js|mjs)$/.test(path))
    .map((path) => ({ path, text: read(path) }));
