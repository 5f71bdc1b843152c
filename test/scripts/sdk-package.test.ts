/** The SDK's package as its users get it: one file and its types, for any runtime. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, PATIENCE, ROOT, type Packed } from "./packed.ts";

let packed: Packed;
beforeAll(async () => {
  packed = await installPacked("sdk", "@alter-ai/alter-sdk");
}, PATIENCE);
afterAll(() => packed.remove());

const installed = (path: string): string =>
  readFileSync(join(packed.project, "node_modules/@alter-ai/alter-sdk", path), "utf8");

describe("the tarball", () => {
  it("holds the module, its types and what npm always adds", () => {
    expect(packed.files).toEqual([
      "LICENSE",
      "README.md",
      "dist",
      "dist/index.d.ts",
      "dist/index.js",
      "package.json",
    ]);
  });

  it("says what it needs, and needs no other package", () => {
    const manifest = JSON.parse(installed("package.json")) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      engines: { node: ">=20.19" },
      license: "MIT",
      sideEffects: false,
      type: "module",
    });
    for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"])
      expect(manifest).not.toHaveProperty(kind);
    expect(packed.installed).toEqual(["@alter-ai/alter-sdk"]);
  });

  it("imports nothing: neither Node's modules nor the protocol's package, also in its types", () => {
    const IMPORT = /^\s*(?:import|export)\b[^;]*\bfrom\b|\bimport\s*\(|\brequire\s*\(/m;
    for (const file of ["dist/index.js", "dist/index.d.ts"])
      expect(installed(file), file).not.toMatch(IMPORT);
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
  const CHECK = `
    const app = new module.App({ apiKey: "alter_rk_x", baseUrl: "https://connect.example.com" });
    if (!(new module.TimeoutError({ code: "timeout", message: "m" }) instanceof module.AlterSDKError))
      throw new Error("two trees of errors");
    console.log(app.baseUrl, JSON.stringify(app));`;
  const SAID = 'https://connect.example.com {"baseUrl":"https://connect.example.com"}\n';

  it("is imported by Node", async () => {
    packed.write("import.mjs", `import * as module from "@alter-ai/alter-sdk";${CHECK}`);
    expect(await packed.node("import.mjs")).toEqual({ code: 0, output: SAID });
  });

  it("is required by Node, without a CommonJS copy of it", async () => {
    packed.write(
      "require.cjs",
      `const module_ = require("@alter-ai/alter-sdk");
      ((module) => {${CHECK}})(module_);`,
    );
    expect(await packed.node("--no-warnings", "require.cjs")).toEqual({ code: 0, output: SAID });
  });

  it("keeps its other files to itself", async () => {
    packed.write("inside.mjs", `await import("@alter-ai/alter-sdk/dist/index.js");`);
    const { code, output } = await packed.node("inside.mjs");
    expect(code).not.toBe(0);
    expect(output).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });
});

describe("its types", () => {
  const APP = `
    import {
      AmbiguousGrantError, App, HttpMethod, PolicyViolationError, reauthRequired,
      type AppOptions, type Grant, type RequestOptions, type SdkEvent,
    } from "@alter-ai/alter-sdk";

    const options: AppOptions = {
      apiKey: "alter_rk_x",
      userTokenGetter: async () => undefined,
      logger: ({ name, code }: SdkEvent) => [name, code],
    };
    const app = new App(options);
    const choice: RequestOptions = { provider: "calendar", queryParams: { maxResults: 10, tag: ["a", undefined] } };
    export const events = async (): Promise<unknown> => {
      try {
        const response = await app.request(HttpMethod.GET, "https://api.example.com/events", choice);
        return await response.json();
      } catch (error) {
        if (error instanceof AmbiguousGrantError) return error.accountIdentifiers;
        if (error instanceof PolicyViolationError) return error.policyError?.retryAt?.toISOString();
        if (reauthRequired(error)) return "connect";
        throw error;
      }
    };
    export const names = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const grant of app.listGrants({ kind: "oauth" }))
        found.push(grant.grantKind === "oauth" ? grant.accountIdentifier : grant.secretId);
      const { grants }: { grants: Grant[] } = await app.listGrants();
      return [...found, ...grants.map(({ grantId }) => grantId)];
    };
    export const scoped: typeof fetch = app.fetchFor({ provider: "calendar" });`;

  const WRONG = `
    import { App } from "@alter-ai/alter-sdk";
    const app = new App({ apiKey: "alter_rk_x" });
    void app.request("get", "https://api.example.com/", { provider: "calendar" });
    void app.request("GET", "https://api.example.com/", {});
    void app.request("GET", "https://api.example.com/", { provider: "calendar", grantId: "grant_1" });
    void app.completeConnectSession({});
    void app.listGrants().then(({ grants }) => grants[0]?.accountIdentifier);`;

  it.each([
    ["bundler", { module: "ESNext", moduleResolution: "bundler" }],
    ["as exact as TypeScript can be", { module: "node16", exactOptionalPropertyTypes: true }],
    [
      "a backend's, with Node's types instead of a browser's",
      {
        ...{ module: "nodenext", lib: ["ES2023"], types: ["node"] },
        typeRoots: [join(ROOT, "node_modules/@types")],
      },
    ],
  ])(
    "fit an app, and refuse what does not: %s",
    async (_name, options) => {
      packed.write("app.mts", APP);
      packed.write("wrong.mts", WRONG);
      const { output } = await packed.compile(["app.mts", "wrong.mts"], options);
      expect(output.match(/^\w+\.mts\(\d+/gm), output).toEqual(
        [4, 5, 6, 7, 8].map((line) => `wrong.mts(${line}`),
      );
    },
    PATIENCE,
  );
});
