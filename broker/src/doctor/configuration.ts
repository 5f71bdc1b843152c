/** The program, its configuration file and who may read that. Never a value of it. */
import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const OLDEST = [20, 19] as const;

export const checkNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const about = {
    expected: `Node ${OLDEST.join(".")} or newer`,
    came: version,
    todo: "update Node",
  };
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return fail("node_old", "Node", about);
  return ok("node", `Node ${version}`);
};

/** `text`: as it stands in the file, to see whether secrets stand in it themselves. */
export const checkFile = (path: string, text: string, config: Config): Finding[] => {
  const mode = statSync(path).mode & 0o777;
  const has = holdsSecrets(text);
  const findings: Finding[] = config.warnings.map((came) =>
    warn("configuration_warning", "configuration", { came }),
  );
  if (has && mode & 0o044)
    findings.push(
      fail("configuration_readable_by_others", path, {
        ...{ expected: "600, since secrets stand in it", came: mode.toString(8) },
        todo: "chmod 600, or take the secrets from the environment: ${NAME}",
      }),
    );
  if (mode & 0o022)
    findings.push(
      fail("configuration_writable_by_others", path, {
        ...{ expected: "600 or 640", came: mode.toString(8) },
        todo: "chmod go-w: whoever writes it decides where tokens go",
      }),
    );
  return [
    ok("configuration", `${config.apps.size} app${config.apps.size === 1 ? "" : "s"}`),
    ...findings,
  ];
};

/** A secret key whose value is no `${NAME}`. */
const holdsSecrets = (text: string): boolean =>
  /^[^#\n]*["']?\b(?:client_secret|private_key|key|url)["']?\s*:\s*(?!["']?\$\{)["']?[\w+/=:@.-]{16,}/m.test(
    text,
  );
