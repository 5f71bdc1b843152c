/** One command that runs to its end, with something on its standard input. Knows nothing of what it does. */
import { spawn } from "node:child_process";

/** @throws Error with what the command said, if it fails. */
export const runCommand = async ({
  name,
  file,
  args,
  env,
  stdin,
  signal,
}: {
  name: string;
  /** A script for this Node. */
  file: string;
  args: string[];
  env: Record<string, string>;
  stdin: string;
  /** Ends it. */
  signal: AbortSignal;
}): Promise<void> => {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "ignore", "pipe"],
    signal,
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  // It may end without having read: what it says then counts, and that we could not write does not.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const how = await new Promise<number | string | null>((resolve) => {
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", resolve);
  });
  if (how !== 0) throw new Error(`${name} failed (${String(how)}). ${complaints.trimEnd()}`);
};
