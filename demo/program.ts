/**
 * One child process that serves HTTP: start it, wait until it answers, hear of its death, stop it.
 * Knows nothing of what the program does. Its output goes to a file, so that the terminal stays readable.
 */
import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";

export type Program = {
  /** Resolves with a sentence when the program ends without having been told to. */
  died: Promise<string>;
  /** Asks it to stop, insists after five seconds; resolves when it is gone. */
  stop: () => Promise<void>;
};

export const startProgram = async ({
  name,
  file,
  args = [],
  env,
  logFile,
  health,
  signal,
  patience = 30_000,
}: {
  name: string;
  /** A script for this Node. */
  file: string;
  args?: string[];
  env: Record<string, string>;
  logFile: string;
  /** URL that answers 200 once the program is ready. */
  health: string;
  /** Ends the waiting. */
  signal: AbortSignal;
  /** Milliseconds. */
  patience?: number;
}): Promise<Program> => {
  const log = await open(logFile, "w", 0o600);
  // A detached child would survive a killed terminal; in our group it hears the same Ctrl-C as we do.
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", log.fd, log.fd],
  });
  // If we end by a bug of ours, the child must not keep its port.
  const abandon = () => void child.kill("SIGKILL");
  process.once("exit", abandon);
  let stopping = false;
  const exit = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("exit", (code, signal) => {
      process.off("exit", abandon);
      resolve(signal === null ? `exit code ${String(code)}` : signal);
    });
  });
  await log.close();

  const stop = async () => {
    stopping = true;
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await exit;
    clearTimeout(insist);
  };

  const died = new Promise<string>((resolve) => {
    void exit.then(async (how) => {
      if (!stopping) resolve(`${name} stopped (${how}). ${await lastLines(logFile)}`);
    });
  });

  const waiting = new AbortController();
  const failure = await Promise.race([
    died,
    answers(health, patience, AbortSignal.any([signal, waiting.signal])).then((ready) =>
      ready ? undefined : `${name} did not answer at ${health}. See ${logFile}`,
    ),
  ]);
  waiting.abort();
  if (failure !== undefined) {
    await stop();
    throw new Error(failure);
  }
  return { died, stop };
};

const answers = async (url: string, patience: number, signal: AbortSignal): Promise<boolean> => {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && !signal.aborted) {
    // Refused until the program listens: that is what we are waiting for.
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};

const lastLines = async (file: string): Promise<string> => {
  // The file may be gone with its folder; the death is worth telling all the same.
  const text = await readFile(file, "utf8").catch(() => "");
  return `The end of ${file}:\n${text.trimEnd().split("\n").slice(-8).join("\n")}`;
};
