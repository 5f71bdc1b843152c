/** The smoke under the Node that runs the tests; `npm run runtimes` runs it under the others. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { startWorld } from "./world.ts";

it("finds nothing wrong in this runtime", async () => {
  const world = await startWorld();
  try {
    const program = resolve(import.meta.dirname, "program.js");
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify(await world.settingsFor("this")));
    const results = JSON.parse(await text(child.stdout)) as { check: string; error?: string }[];
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  } finally {
    await world.stop();
  }
});
