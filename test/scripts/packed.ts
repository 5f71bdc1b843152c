/**
 * A package of ours as its users get it: packed, then installed into a project that has nothing else, with no network
 * and an empty cache. Knows npm and compilers; what is right for which package is its test's.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { publint, type Message } from "publint";

export const ROOT = resolve(import.meta.dirname, "../..");
/** npm and compilers take their time on a busy machine; this only ends what hangs. */
export const PATIENCE = 180_000;

export type Ended = { code: number; output: string };

export type Packed = {
  /** Where the package is installed. */
  project: string;
  /** What the tarball holds. */
  files: string[];
  /** What else came with it, by the folders of node_modules. */
  installed: string[];
  /** What publint has to say of it. */
  publint: () => Promise<Message[]>;
  /** arethetypeswrong, which ends with 0 if they are not. */
  attw: () => Promise<Ended>;
  /** In the project: writes a file, runs it by Node, compiles TypeScript. */
  write: (path: string, content: string | object) => void;
  node: (...args: string[]) => Promise<Ended>;
  compile: (files: string[], options: object) => Promise<Ended>;
  remove: () => void;
};

/** `source`: the folder of the package, from the root; `name` is what it is called. */
export const installPacked = async (source: string, name: string): Promise<Packed> => {
  const folder = mkdtempSync(join(tmpdir(), "alter-package-test-"));
  const project = join(folder, "project");
  const write: Packed["write"] = (path, content) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(
      join(project, path),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  };
  const npm = async (args: string[], cwd: string): Promise<void> => {
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache", join(folder, "cache")];
    const { code, output } = await run("npm", [...args, ...quiet], cwd);
    if (code !== 0) throw new Error(output);
  };

  await npm(["pack", "--pack-destination", folder], join(ROOT, source));
  const [file = ""] = readdirSync(folder).filter((one) => one.endsWith(".tgz"));
  const tarball = join(folder, file);
  write("package.json", { name: "somebodys-app", private: true, type: "module" });
  await npm(["install", "--offline", tarball], project);
  const modules = join(project, "node_modules");

  return {
    project,
    files: readdirSync(join(modules, name), { recursive: true }).map(String).sort(),
    installed: readdirSync(modules)
      .filter((one) => !one.startsWith("."))
      .flatMap((scope) => readdirSync(join(modules, scope)).map((one) => `${scope}/${one}`)),
    publint: async () => {
      const { buffer, byteOffset, byteLength } = readFileSync(tarball);
      const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
      return (await publint({ strict: true, pack: { tarball: bytes } })).messages;
    },
    attw: () => {
      const args = ["--profile", "esm-only", "--no-definitely-typed", "--format", "ascii"];
      return run(bin("attw"), [tarball, ...args], project);
    },
    write,
    node: (...args) => run(process.execPath, args, project),
    compile: (files, options) => {
      write("tsconfig.json", {
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: "ES2022",
          lib: ["ES2023", "DOM"],
          types: [],
          // Ours are checked like the app's own files.
          skipDefaultLibCheck: true,
          ...options,
        },
        files,
      });
      return run(process.execPath, [TSC, "-p", "tsconfig.json"], project);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
};

/** Version 6, whichever of the two compilers here is called `tsc` at the moment. */
export const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const bin = (name: string): string => join(ROOT, "node_modules/.bin", name);

const run = (file: string, args: string[], cwd: string): Promise<Ended> =>
  new Promise((done) => {
    // What `npm test` told npm about this repository must not reach the npm that works on another folder.
    const env = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITE)/i.test(name));
    const options = { cwd, env: Object.fromEntries(env) };
    const child = execFile(file, args, options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
