/**
 * The widget's package as its users get it. What is in the files themselves is widget-artefact.test.ts's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, PATIENCE, ROOT, type Packed } from "./packed.ts";

let packed: Packed;
beforeAll(async () => {
  packed = await installPacked(".", "@alter-ai/connect");
}, PATIENCE);
afterAll(() => packed.remove());

describe("the tarball", () => {
  it("holds the modules, their types and what npm always adds", () => {
    const modules = ["button", "index", "react", "svelte", "testing", "vue", "way"];
    const dist = modules.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]);
    expect(packed.files).toEqual(
      ["LICENSE", "README.md", "dist", "dist/define-button.d.ts", "package.json", ...dist].sort(),
    );
  });

  it("gives publint nothing to say", async () => {
    expect(await packed.publint()).toEqual([]);
  });

  it(
    "has the right types for everything that imports it",
    async () => {
      const { code, output } = await packed.attw();
      expect(code, output).toBe(0);
      expect(output).toContain("bundler: 🟢");
    },
    PATIENCE,
  );
});

describe("installed in a project of its own", () => {
  it("brings no other package", () => {
    expect(packed.installed).toEqual(["@alter-ai/connect"]);
  });

  const CHECK = `
    if (module.default !== module.AlterConnect) throw new Error("two front doors");
    console.log(module.default.create().getVersion(), Object.keys(module).sort().join());`;
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };

  it("is imported by Node", async () => {
    packed.write("import.mjs", `import * as module from "@alter-ai/connect";${CHECK}`);
    const { code, output } = await packed.node("import.mjs");
    expect({ code, output }).toEqual({ code: 0, output: `${version} AlterConnect,default\n` });
  });

  it("is required by Node, without a CommonJS copy of it", async () => {
    packed.write(
      "require.cjs",
      `const module_ = require("@alter-ai/connect");
      ((module) => {${CHECK}})(module_);`,
    );
    const { code, output } = await packed.node("--no-warnings", "require.cjs");
    expect(code, output).toBe(0);
    expect(output).toContain(version);
  });

  it("has its element and its fake ready, and names the framework that a way in lacks", async () => {
    packed.write(
      "ways.mjs",
      `import "@alter-ai/connect/button";
      import { fakeAlterConnect } from "@alter-ai/connect/testing";
      const fake = fakeAlterConnect();
      const outcome = fake.create().open({ token: fake.token });
      await fake.succeed();
      console.log((await outcome).status);
      for (const name of ["react", "svelte", "vue"])
        await import("@alter-ai/connect/" + name).catch(({ message }) => console.log(message));`,
    );
    const { code, output } = await packed.node("ways.mjs");
    const [status, ...missing] = output.trim().split("\n");
    expect({ code, status }, output).toEqual({ code: 0, status: "success" });
    expect(missing.map((line) => /Cannot find package '(\w+)'/.exec(line)?.[1])).toEqual([
      ...["react", "svelte", "vue"],
    ]);
  });

  it("says to React's servers that its module is for browsers", () => {
    const file = join(packed.project, "node_modules/@alter-ai/connect/dist/react.js");
    expect(readFileSync(file, "utf8")).toMatch(/^"use client";/);
  });

  it("keeps its other files to itself", async () => {
    packed.write("inside.mjs", `await import("@alter-ai/connect/dist/index.js");`);
    const { code, output } = await packed.node("inside.mjs");
    expect(code).not.toBe(0);
    expect(output).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

describe("its types", () => {
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
      packed.write("app.mts", APP);
      packed.write("wrong.mts", WRONG);
      const { output } = await packed.compile(["app.mts", "wrong.mts"], options);
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
      packed.write(
        "app.cts",
        `import { AlterConnect } from "@alter-ai/connect";\nAlterConnect.create();`,
      );
      expect(await packed.compile(["app.cts"], { module: "nodenext" })).toEqual({
        code: 0,
        output: "",
      });
    },
    PATIENCE,
  );
});

describe("bundled by Vite into an app", () => {
  const bundled = async (source: string) => {
    packed.write("main.js", source);
    const made = await build({
      root: packed.project,
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        modulePreload: { polyfill: false },
        rolldownOptions: { input: join(packed.project, "main.js") },
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
    "and the element is there for whoever imports it for nothing else",
    async () => {
      const [chunk] = await bundled(`import "@alter-ai/connect/button";`);
      expect(chunk?.type === "chunk" && chunk.code).toContain("alter-connect-button");
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
