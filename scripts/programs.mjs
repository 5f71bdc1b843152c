/**
 * Programs that are not ours and no package of npm: where each is, and how to get it, from the distribution. What
 * names one in the environment goes before all else. Must not know what any of them is for.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * @typedef {object} Program
 * @property {string} name what people call it
 * @property {string[]} paths where distributions put it; the first that starts is taken
 * @property {string[]} packages of Debian
 * @property {string} [asks] argument with which it does nothing and ends well; `--version` unless said
 * @property {(path: string) => boolean} [works] instead of `asks`, where starting is not enough
 * @property {() => Promise<string | undefined>} [own] a path that depends on the machine; goes before `paths`
 */

const TIMEOUT = 600_000;

/** Path of the program that this variable stands for, or `undefined`. */
export const find = async (programs, variable) => {
  if (process.env[variable]) return process.env[variable];
  const {
    paths,
    own,
    asks = "--version",
    works = (path) => starts(path, asks),
  } = programs[variable];
  return [await own?.(), ...paths].find(
    (path) => path !== undefined && existsSync(path) && works(path),
  );
};

/**
 * Environment that names all of these variables' programs, after installing what is missing. Throws with all that
 * was tried. `means`: other ways to try before the distribution's packages, as [what it is called, (missing) => how
 * it went].
 */
export const findOrInstall = async (programs, variables, { reason, means = [] }) => {
  const tried = [];
  for (const [called, install] of [
    ...means,
    ["apt-get install", (missing) => installPackages(programs, missing)],
  ]) {
    const { missing } = await look(programs, variables);
    if (!missing.length) break;
    console.log(`Not here: ${namesOf(programs, missing)}. Trying ${called}`);
    tried.push(`${called}: ${install(missing)}`);
  }
  const { found, missing } = await look(programs, variables);
  if (!missing.length) return found;
  throw new Error(
    `Missing for ${reason}: ${namesOf(programs, missing)}.\n` +
      `  ${tried.join("\n  ")}\n` +
      `Install them (on Debian, as root: apt-get install ${packagesOf(programs, missing).join(" ")}), ` +
      `or name them in ${missing.join(", ")}.`,
  );
};

/** Runs it where everybody can see its output; says how it ended, in words. */
export const run = (command, args, env) => {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: TIMEOUT,
    env: { ...process.env, ...env },
  });
  if (error) return error.message;
  return status === 0 ? "done" : `ended with ${status}`;
};

const namesOf = (programs, variables) =>
  variables.map((variable) => programs[variable].name).join(", ");

const packagesOf = (programs, variables) =>
  variables.flatMap((variable) => programs[variable].packages);

const look = async (programs, variables) => {
  const paths = await Promise.all(variables.map((variable) => find(programs, variable)));
  return {
    found: Object.fromEntries(variables.map((variable, i) => [variable, paths[i]])),
    missing: variables.filter((_variable, i) => paths[i] === undefined),
  };
};

/** A program may be there and lack the system's libraries, so it is run once. */
const starts = (path, asks) =>
  spawnSync(path, [asks], { stdio: "ignore", timeout: 20_000 }).status === 0;

const installPackages = (programs, missing) => {
  if (process.getuid?.() !== 0) return "needs root";
  const noQuestions = { DEBIAN_FRONTEND: "noninteractive" };
  const updated = run("apt-get", ["update"], noQuestions);
  if (updated !== "done") return updated;
  return run(
    "apt-get",
    ["install", "-y", "--no-install-recommends", ...packagesOf(programs, missing)],
    noQuestions,
  );
};
