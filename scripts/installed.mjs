/** Whether what the lock file wants is there. Plain Node, since it is asked before any install. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Everything in that version. Compared by content with the lock that npm leaves of what it installed, since a clone
 * has no useful times. Optional packages may be missing: they are for other platforms.
 */
export const isInstalled = (root) => {
  const left = join(root, "node_modules/.package-lock.json");
  if (!existsSync(left)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const there = packagesOf(left);
  return Object.entries(packagesOf(join(root, "package-lock.json")))
    .filter(([path]) => path.includes("node_modules/"))
    .every(([path, { version, optional }]) =>
      there[path] ? there[path].version === version : optional === true,
    );
};
