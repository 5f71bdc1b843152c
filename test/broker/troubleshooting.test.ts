/**
 * Each row of docs/troubleshooting.md, provoked on a real broker; and the page's table, which is drawn from the same
 * rows: `npx vitest run --project broker test/broker/troubleshooting.test.ts -u` writes it anew.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as sdk from "../../sdk/src/index.ts";
import { OF_A_SECRET, remedyOf } from "../../sdk/src/remedies.ts";
import { failure, inProcess, startStage, type Stage } from "./sdk/stage.ts";
import { render, rows } from "./troubleshooting.ts";

const PAGE = join(import.meta.dirname, "../../docs/troubleshooting.md");

/** Between its two marks. */
const TABLE = /(<!-- troubleshooting: begin .*-->\n)[^]*(<!-- troubleshooting: end -->)/;

describe("provoked on a real broker", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(inProcess);
  });
  afterAll(() => stage.stop());

  test.each(rows)("$error, $code: $cause", async ({ error, code, fix, provoke }) => {
    const met = await failure(provoke(stage));
    expect([met.name, met.code]).toEqual([error, code]);
    expect(met).toBeInstanceOf(sdk[error]);
    expect(sdk.reauthRequired(met)).toBe(fix.startsWith("Show Connect"));
    const remedy = met.grantKind ? OF_A_SECRET : remedyOf(code);
    expect(met.message.endsWith(`. ${remedy}`), met.message).toBe(true);
    expect(JSON.parse(JSON.stringify(met))).toMatchObject({
      ...{ name: error, code, message: met.message },
    });
    // People are in no log; secrets are nowhere at all.
    expect(JSON.stringify(met)).not.toMatch(/@(work|home)\.test/);
    for (const secret of await stage.secrets())
      expect(inspect(met, { depth: 9, showHidden: true }) + met.stack).not.toContain(secret);
  });
});

describe("docs/troubleshooting.md", () => {
  test("has the rows, and no others", async () => {
    const page = readFileSync(PAGE, "utf8");
    expect(page).toMatch(TABLE);
    const drawn = page.replace(
      TABLE,
      (_, begin: string, end: string) => `${begin}\n${render(rows)}\n\n${end}`,
    );
    await expect(drawn).toMatchFileSnapshot(PAGE);
  });

  test("has every class that there is", () => {
    const classes = Object.keys(sdk).filter((name) => name.endsWith("Error"));
    expect([...new Set(rows.map(({ error }) => error))].sort()).toEqual(classes.sort());
  });
});
