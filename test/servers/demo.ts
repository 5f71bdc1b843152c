/**
 * The demo as a newcomer starts it: the built program, free ports, a folder of its own. Black box: knows its
 * options and the one line of JSON it prints.
 *
 *   const demo = await startDemo();            // or { directory } to start again on what was kept
 *   page.goto(demo.urls.app);
 *   expect(await demo.stop()).toBe(0);
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expectNoLeak } from "./leaks.mjs";

export type Demo = {
  urls: Record<"app" | "broker" | "idp" | "calendar" | "files" | "weather", string>;
  directory: string;
  /** SIGTERM; resolves with the exit code once everything it started has gone. */
  stop: () => Promise<number | null>;
  /** Removes what it kept. */
  forget: () => Promise<void>;
};

const PROGRAM = resolve(import.meta.dirname, "../../demo/dist/start.js");

export const startDemo = async (options: { directory?: string } = {}): Promise<Demo> => {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "demo-")));
  // A folder keeps the ports it was made with, so they are chosen once.
  const ports = options.directory === undefined ? ["--port", "0"] : [];
  const child = spawn(process.execPath, [PROGRAM, "--json", "--data", directory, ...ports], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const line = await Promise.race([
    new Promise<string>((done) => createInterface(child.stdout).once("line", done)),
    ended.then((code) => {
      throw new Error(`the demo ended with ${code}:\n${complaints}`);
    }),
  ]);
  const { urls } = JSON.parse(line) as { urls: Demo["urls"] };
  return {
    urls,
    directory,
    stop: async () => {
      child.kill("SIGTERM");
      const code = await ended;
      expectNoLeak("what the demo wrote", said + complaints);
      return code;
    },
    forget: () => rm(directory, { recursive: true, force: true }),
  };
};
