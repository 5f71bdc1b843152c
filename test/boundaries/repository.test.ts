/** What must hold of the repository as a whole, whoever edits which file. */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesUnder, read, ROOT } from "./tree.ts";

const TEXT = /\.(ts|tsx|js|mjs|json|html|css|svg|md|ya?ml|sh)$|^[^.]*$|^\.ci\/run$|rc$/;
const isText = (path: string): boolean => TEXT.test(path) && path !== "package-lock.json";

describe("the workspaces", () => {
  it.each([
    ["@alter-ai/connect", "."],
    ["@alter-ai/alter-sdk", "sdk"],
    ["@alter-ai/broker", "broker"],
    ["@alter-ai/protocol", "protocol"],
  ])("%s is ours and not a package of that name from a registry", (name, folder) => {
    const linked = join(ROOT, "node_modules", name);
    expect(realpathSync(linked)).toBe(realpathSync(join(ROOT, folder)));
    // A nested copy would win over the link for the workspace that has it.
    for (const workspace of ["broker", "sdk", "demo", "protocol"])
      expect(existsSync(join(ROOT, workspace, "node_modules", name)), workspace).toBe(false);
  });
});

describe("the lock file", () => {
  type Entry = { resolved?: string; link?: boolean };
  const hostsIn = (lock: string): string[] => {
    const { packages } = JSON.parse(lock) as { packages: Record<string, Entry> };
    return Object.values(packages).flatMap(({ resolved }) =>
      resolved !== undefined && /^[a-z+]+:\/\//.test(resolved) ? [resolved] : [],
    );
  };

  it("names no host: everybody installs from the registry they have configured", () => {
    expect(hostsIn(read("package-lock.json"))).toEqual([]);
  });

  it("would be caught if it did", () => {
    const bad = '{"packages":{"node_modules/x":{"resolved":"https://registry.example/x.tgz"}}}';
    expect(hostsIn(bad)).toEqual(["https://registry.example/x.tgz"]);
  });
});

describe("the files", () => {
  /** Folders that exist on one machine only. Made of parts, so that this file does not name them. */
  const MACHINE = new RegExp(`(^|[^\\w.:/-])/(${["work", "home", "root", "Users"].join("|")})/\\w`);
  const machinePaths = (text: string): string[] =>
    text.split("\n").filter((line) => MACHINE.test(line));

  it("name no path of somebody's machine", () => {
    const found = filesUnder()
      .filter(isText)
      .flatMap((path) => machinePaths(read(path)).map((line) => `${path}: ${line.trim()}`));
    expect(found).toEqual([]);
  });

  it("would be caught if they did", () => {
    const path = ["", "work", "main", "x.ts"].join("/");
    expect(machinePaths(`const file = "${path}";\n(${path})\nhttps://host${path}`)).toHaveLength(2);
  });
});
