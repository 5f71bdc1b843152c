/** What goes to npm and to browsers, built here in memory: what it holds, and above all what it does not. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build, loadConfigFromFile } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import type { AlterConnect } from "../../src/index.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(resolve(root, path), "utf8");

type Chunk = { code: string; imports: string[]; exports: string[] };

/** One target of vite.config.ts, without the plugins: those write declarations to the disk. */
const built = async (mode: string): Promise<Chunk[]> => {
  const loaded = await loadConfigFromFile(
    { command: "build", mode },
    resolve(root, "vite.config.ts"),
  );
  const bundles = await build({
    ...loaded?.config,
    plugins: [],
    root,
    configFile: false,
    logLevel: "silent",
    build: { ...loaded?.config.build, write: false },
  });
  return [bundles]
    .flat()
    .flatMap((bundle) =>
      "output" in bundle
        ? bundle.output.flatMap((file) => (file.type === "chunk" ? [file] : []))
        : [],
    );
};

describe.each([
  ["widget", ["AlterConnect", "default"]],
  ["script", []],
  ["element", []],
])("the %s build", (mode, exported) => {
  let chunk: Chunk;
  beforeAll(async () => {
    const chunks = await built(mode);
    expect(chunks).toHaveLength(1);
    chunk = chunks[0] ?? { code: "", imports: [], exports: [] };
  });

  it("is one file that needs no other", () => {
    expect(chunk.imports).toEqual([]);
    expect(chunk.code).not.toMatch(/\bimport\b|\brequire\(/);
    expect([...chunk.exports].sort()).toEqual(exported);
  });

  it.each([
    "zod",
    "preact",
    "eval",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "cssText",
    "Function(",
    "document.write",
    "cookie",
    "indexedDB",
    "navigator",
    "@alter-ai/protocol",
    // No message of the widget may be for whoever happens to listen.
    '"*"',
    "'*'",
    "`*`",
  ])("does not contain %s", (word) => {
    expect(chunk.code).not.toContain(word);
  });

  it("has left the page's half of the protocol behind", () => {
    expect(read("protocol/window.ts")).toContain("{43}$");
    expect(chunk.code).not.toContain("{43}$");
  });
});

describe("the package", () => {
  it("works where there is no window: importing, create() and all but open() (field 17)", async () => {
    const [chunk] = await built("widget");
    const url = `data:text/javascript,${encodeURIComponent(chunk?.code ?? "")}`;
    const module = (await import(/* @vite-ignore */ url)) as {
      default: typeof AlterConnect;
      AlterConnect: typeof AlterConnect;
    };
    expect("window" in globalThis).toBe(false);
    expect(module.default).toBe(module.AlterConnect);
    const widget = module.default.create({ debug: true });
    expect(widget.isOpen()).toBe(false);
    widget.on("success", () => undefined)();
    expect(await widget.getRedirectResult()).toBeNull();
    widget.close();
    widget.destroy();
    const { version } = JSON.parse(read("package.json")) as { version: string };
    expect(widget.getVersion()).toBe(version);
  });

  // scripts/api-report.mjs holds this report against the declarations that were built.
  it("has declarations that stand alone", () => {
    const report = read("src/connect.api.md");
    expect(report).toContain("export default AlterConnect");
    expect(report).not.toMatch(/\bimport\b|@alter-ai\/protocol|\bany\b/);
  });
});
