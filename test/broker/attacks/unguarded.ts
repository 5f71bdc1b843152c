/**
 * A broker whose guards can be switched off, for the twins of attacks. The product has no such switch: the sources
 * are read anew with one put into each guard, and bundled for the test alone. Knows sources as text; a guard that
 * is no longer where its twin looks for it is an error, so that no twin passes by missing it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import type * as program from "./program.ts";

export type Program = typeof program;

/** In `file` the text `guard` becomes `without`, in which `OFF` is true while the attack is switched off. */
export type Guard = { attack: string; file: string; guard: string; without: string };

declare global {
  var __guardsOff: Set<string> | undefined;
}

const root = resolve(import.meta.dirname, "../../..");

export const buildUnguarded = async (guards: Guard[]): Promise<Program> => {
  const unseen = new Set(guards);
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    ssr: { noExternal: [/^@alter-ai\/protocol/], target: "node" },
    build: {
      ssr: join(import.meta.dirname, "program.ts"),
      write: false,
      target: "node20",
      minify: false,
    },
    plugins: [
      {
        name: "switches",
        enforce: "pre",
        transform: (code, id) => {
          let text = code;
          for (const each of guards) {
            if (!id.endsWith(`/broker/src/${each.file}`)) continue;
            if (text.split(each.guard).length !== 2)
              throw new Error(`${each.attack}: ${each.file} has not one "${each.guard}"`);
            const off = `globalThis.__guardsOff?.has(${JSON.stringify(each.attack)})`;
            text = text.replace(each.guard, () => each.without.replaceAll("OFF", off));
            unseen.delete(each);
          }
          return text === code ? undefined : text;
        },
      },
    ],
  });
  for (const { attack, file } of unseen) throw new Error(`${attack}: ${file} is not in the broker`);
  const [chunk] = "output" in result ? result.output : [];
  if (chunk?.type !== "chunk") throw new Error("nothing was built");
  // Below node_modules, where its packages are found and nobody looks for sources.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "unguarded-"));
  try {
    const file = join(folder, "program.mjs");
    writeFileSync(file, chunk.code);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Program;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** While `act` runs, the guards of this attack are off, and no others. */
export const without = async <T>(attack: string, act: () => Promise<T>): Promise<T> => {
  globalThis.__guardsOff = new Set([attack]);
  try {
    return await act();
  } finally {
    globalThis.__guardsOff = undefined;
  }
};
