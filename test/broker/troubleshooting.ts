/**
 * Every error that a backend developer can meet: what it means, what to do, and how to get it from a real broker. The
 * test provokes each; the table in docs/troubleshooting.md is drawn from here.
 */
import { ofTheCall } from "./troubleshooting/calls.ts";
import { ofConnect } from "./troubleshooting/connect.ts";
import { ofManagedSecrets, ofTheGuide } from "./troubleshooting/grants.ts";
import { ofOthers } from "./troubleshooting/others.ts";
import type { Row } from "./troubleshooting/row.ts";

/** In the order of the table. */
export const rows: readonly Row[] = [
  ...ofTheGuide,
  ...ofManagedSecrets,
  ...ofTheCall,
  ...ofOthers,
  ...ofConnect,
];

/** As the table on the page has them. */
export const render = (all: readonly Row[]): string =>
  [
    "| Error | code | Likely cause | Fix |",
    "|---|---|---|---|",
    ...all.map(
      ({ error, code, cause, fix }) => `| \`${error}\` | \`${code}\` | ${cause} | ${fix} |`,
    ),
  ].join("\n");
