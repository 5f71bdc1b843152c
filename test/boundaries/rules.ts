/**
 * Holds sources against the house's rules. Pure: it gets the sources and returns sentences; an empty list is
 * a clean house.
 */
import { posix } from "node:path";
import { factsOf, type Facts, type Source } from "./facts.ts";
import { inBroker, matches, privileges, rank, rooms, under, type Packages } from "./house.ts";

export const violations = (sources: Source[], packages: Packages): string[] => {
  const known = sources
    .filter(({ path }) => rooms(packages).some(({ has }) => has(path)))
    .map((source) => ({ path: source.path, facts: factsOf(source) }));
  return [
    ...known.flatMap(({ path, facts }) => outsideImports(path, facts, packages)),
    ...known.flatMap(({ path, facts }) => brokerDirection(path, facts)),
    ...known.flatMap(({ path, facts }) => withoutPrivilege(path, facts)),
    ...cycles(known.filter(({ path }) => inBroker(path))),
  ];
};

const outsideImports = (path: string, facts: Facts, packages: Packages): string[] => {
  const room = rooms(packages).find(({ has }) => has(path));
  if (!room) return [];
  return facts.imports
    .filter(({ specifier }) => {
      const target = fileOf(path, specifier);
      if (target === undefined) return !matches(room.may, specifier);
      return !room.has(target) && !room.may.some((may) => under(may.slice(1))(target));
    })
    .map(({ specifier, line }) => `${path}:${line}: ${room.name} may not import ${specifier}`);
};

const brokerDirection = (path: string, facts: Facts): string[] =>
  inBroker(path)
    ? targetsOf(path, facts)
        .filter(({ target }) => inBroker(target) && rank(target) < rank(path))
        .map(({ target, line }) => `${path}:${line}: imports go down, ${target} is above`)
    : [];

const withoutPrivilege = (path: string, facts: Facts): string[] =>
  privileges
    .filter(({ within, holders }) => within(path) && !holders(path))
    .flatMap(({ rule, uses }) => uses(facts).map((line) => `${path}:${line}: ${rule}`));

/** Files that reach themselves over their imports: then there is no direction. */
const cycles = (files: { path: string; facts: Facts }[]): string[] => {
  const next = new Map(
    files.map(({ path, facts }) => [path, targetsOf(path, facts).map(({ target }) => target)]),
  );
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some((target) => {
      if (target === goal) return true;
      if (seen.has(target)) return false;
      seen.add(target);
      return reaches(target, goal, seen);
    });
  return files
    .filter(({ path }) => reaches(path, path))
    .map(({ path }) => `${path}: imports itself in a circle`);
};

const targetsOf = (path: string, facts: Facts): { target: string; line: number }[] =>
  facts.imports.flatMap(({ specifier, line }) => {
    const target = fileOf(path, specifier);
    return target === undefined ? [] : [{ target, line }];
  });

/** The file a relative specifier names, from the root of the tree; `undefined` for packages. */
const fileOf = (path: string, specifier: string): string | undefined =>
  specifier.startsWith(".")
    ? posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ""))
    : undefined;
