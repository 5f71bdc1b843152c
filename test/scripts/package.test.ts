/**
 * The package as its users get it: packed, then installed into a project that has nothing else, with no network
 * and an empty cache. What is in the files themselves is widget-artefact.test.ts's.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { publint } from "publint";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const bin = (name: string): string => join(root, "node_modules/.bin", name);
/** npm and compilers take their time on a busy machine; this only ends what hangs. */
const PATIENCE = 180_000;

const folder = mkdtempSync(join(tmpdir(), "alter-package-test-"));
const project = join(folder, "project");
let tarball = "";
let packed: string[] = [];

type Ended = { code: number; output: string };

const run = (file: string, args: string[], cwd = project): Promise<Ended> =>
  new Promise((done) => {
    // What `npm test` told npm about this repository must not reach the npm that works on another folder.
    const env = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITE)/i.test(name));
    const options = { cwd, env: Object.fromEntries(env) };
    const child = execFile(file, args, options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });

const npm = async (args: string[], cwd: string): Promise<void> => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache", join(folder, "cache")];
  const { code, output } = await run("npm", [...args, ...quiet], cwd);
  if (code !== 0) throw new Error(output);
};

const write = (path: string, content: string | object): void => {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(
    join(project, path),
    typeof content === "string" ? content : JSON.stringify(content),
  );
};

beforeAll(async () => {
  await npm(["pack", "--pack-destination", folder], root);
  const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  tarball = join(folder, name);
  write("package.json", { name: "somebodys-app", private: true, type: "module" });
  await npm(["install", "--offline", tarball], project);
  packed = readdirSync(join(project, "node_modules/@alter-ai/connect"), { recursive: true })
    .map(String)
    .sort();
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the tarball", () => {
  it("holds the module, its types and what npm always adds", () => {
    expect(packed).toEqual([
      "LICENSE",
      "README.md",
      "dist",
      "dist/index.d.ts",
      "dist/index.js",
      "package.json",
    ]);
  });

  it("gives publint nothing to say", async () => {
    const file = readFileSync(tarball);
    const { messages } = await publint({
      strict: true,
      pack: {
        tarball: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength),
      },
    });
    expect(messages).toEqual([]);
  });

  it(
    "has the right types for everything that imports it",
    async () => {
      const args = ["--profile", "esm-only", "--no-definitely-typed", "--format", "ascii"];
      const { code, output } = await run(bin("attw"), [tarball, ...args]);
      expect(code, output).toBe(0);
      expect(output).toContain("bundler: 🟢");
    },
    PATIENCE,
  );
});

describe("installed in a project of its own", () => {
  it("brings no other package", () => {
    const installed = readdirSync(join(project, "node_modules"));
    expect(installed.filter((name) => !name.startsWith("."))).toEqual(["@alter-ai"]);
    expect(readdirSync(join(project, "node_modules/@alter-ai"))).toEqual(["connect"]);
  });

  const CHECK = `
    if (module.default !== module.AlterConnect) throw new Error("two front doors");
    console.log(module.default.create().getVersion(), Object.keys(module).sort().join());`;
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };

  it("is imported by Node", async () => {
    write("import.mjs", `import * as module from "@alter-ai/connect";${CHECK}`);
    const { code, output } = await run(process.execPath, ["import.mjs"]);
    expect({ code, output }).toEqual({ code: 0, output: `${version} AlterConnect,default\n` });
  });

  it("is required by Node, without a CommonJS copy of it", async () => {
    write(
      "require.cjs",
      `const module_ = require("@alter-ai/connect");
      ((module) => {${CHECK}})(module_);`,
    );
    const { code, output } = await run(process.execPath, ["--no-warnings", "require.cjs"]);
    expect(code, output).toBe(0);
    expect(output).toContain(version);
  });

  it("keeps its other files to itself", async () => {
    write("inside.mjs", `await import("@alter-ai/connect/dist/index.js");`);
    const { code, output } = await run(process.execPath, ["inside.mjs"]);
    expect(code).not.toBe(0);
    expect(output).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

describe("its types", () => {
  const compile = async (files: string[], options: object): Promise<Ended> => {
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
    return run(bin("tsc"), ["-p", "tsconfig.json"]);
  };

  const APP = `
    import AlterConnect, {
      type AlterConnectConfig, type AlterConnectEvents, type ConnectError, type ConnectEvent,
      type Connection, type Mode, type OpenOptions, type Outcome, type PromptText, type SessionToken,
      type AlterError, type Grant,
    } from "@alter-ai/connect";

    const prompt: Partial<PromptText> = { open: "Weiter im anderen Fenster" };
    const config: AlterConnectConfig = { baseURL: "https://connect.example.com", prompt };
    const connect: AlterConnect = AlterConnect.create(config);
    const token = (): SessionToken => fetch("/api/connect-session").then((reply) => reply.text());
    const mode: Mode = "auto";
    const options: OpenOptions = {
      token, mode,
      onSuccess: (connection: Connection, connections: Grant[]) => [connection.scopes, connections],
      onError: ({ code }: ConnectError) => code,
    };
    const told: AlterConnectEvents["event"] = (name, event: ConnectEvent) => [name, event.provider];
    export const stop: () => void = connect.on("event", told);
    connect.on("error", (error: AlterError) => error.message);
    export const shown = async (): Promise<string> => {
      const outcome: Outcome | null = (await connect.getRedirectResult()) ?? (await connect.open(options));
      if (outcome.status === "success") return outcome.connections[0]?.account_identifier ?? "";
      return outcome.status === "error" ? outcome.error.code : "";
    };`;

  const WRONG = `
    import AlterConnect from "@alter-ai/connect";
    const connect = AlterConnect.create();
    void connect.open({ token: "alter_rk_4Zk1" });
    void connect.open({ token: fetch("/api/connect-session") });
    void connect.open({ token: "alter_cs_x.y", mode: "tab" });
    connect.on("succes", () => undefined);
    void connect.open({});`;

  it.each([
    ["bundler", { module: "ESNext", moduleResolution: "bundler" }],
    [
      "node16, as exact as TypeScript can be",
      { module: "node16", exactOptionalPropertyTypes: true },
    ],
  ])(
    "fit an app and say in words what does not: %s",
    async (_name, options) => {
      write("app.mts", APP);
      write("wrong.mts", WRONG);
      const { output } = await compile(["app.mts", "wrong.mts"], options);
      expect(output.match(/^\w+\.mts\(\d+/gm), output).toEqual(
        [4, 5, 6, 7, 8].map((line) => `wrong.mts(${line}`),
      );
      expect(output).toContain("This is an API key. It stays on your backend");
      expect(output).toContain("Type 'Promise<Response>' is not assignable");
    },
    PATIENCE,
  );

  it(
    "fit a CommonJS file, which requires the module as Node does",
    async () => {
      write("app.cts", `import { AlterConnect } from "@alter-ai/connect";\nAlterConnect.create();`);
      expect(await compile(["app.cts"], { module: "nodenext" })).toEqual({ code: 0, output: "" });
    },
    PATIENCE,
  );
});

describe("bundled by Vite into an app", () => {
  const bundled = async (source: string) => {
    write("main.js", source);
    const made = await build({
      root: project,
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: join(project, "main.js") },
      },
    });
    return [made].flat().flatMap((one) => ("output" in one ? one.output : []));
  };

  it(
    "is all there is",
    async () => {
      const [chunk, ...others] = await bundled(
        `import AlterConnect from "@alter-ai/connect";
         document.onclick = () => AlterConnect.create().open({ token: fetch("/t").then((r) => r.text()) });`,
      );
      expect(others).toEqual([]);
      const modules = chunk?.type === "chunk" ? chunk.moduleIds : [];
      expect(modules.map((id) => id.replace(/^.*?\/project\//, ""))).toEqual([
        "node_modules/@alter-ai/connect/dist/index.js",
        "main.js",
      ]);
      expect(chunk?.type === "chunk" && chunk.code).toContain("alter-connect:session");
    },
    PATIENCE,
  );

  it(
    "is not there at all where nobody uses it",
    async () => {
      const [chunk] = await bundled(`import "@alter-ai/connect"; document.title = "other page";`);
      const code = chunk?.type === "chunk" ? chunk.code : "";
      expect(code).toContain("other page");
      expect(code.length).toBeLessThan(100);
    },
    PATIENCE,
  );
});
