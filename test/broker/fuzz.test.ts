/**
 * Requests from the OpenAPI document, callbacks and provider replies, right and spoilt, at a broker with a life behind
 * it: each is answered, with a code of the document, with no bug on the way and no secret in reply or log. The seed is
 * fixed; `npm run fuzz -- --runs 100000 --seed 7` goes on.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { openapi } from "../../protocol/openapi/document.ts";
import { callbacks } from "./fuzz/callbacks.ts";
import { createJudge, disorder } from "./fuzz/judge.ts";
import { episodes, playEpisode } from "./fuzz/episodes.ts";
import { misreadings, readKeys } from "./fuzz/keys.ts";
import { requestsTo, unharmed, type FuzzRequest } from "./fuzz/requests.ts";
import { startStage, type Answered, type Stage } from "./fuzz/stage.ts";
import { B } from "./world.ts";

/** Set by scripts/fuzz.mjs. */
const asked = { seed: process.env["FUZZ_SEED"], runs: process.env["FUZZ_RUNS"] };
const SEED = Number(asked.seed ?? 20261130);
const runs = (usual: number): number => Number(asked.runs ?? usual);
/** Per run, so that a long one may be long; what hangs is named when the test fails. */
const patience = (usual: number): number => 60_000 + 1_000 * runs(usual);

const document = openapi({ version: "9.9.9", base_url: B });
const { judge, seen } = createJudge(document);
let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
}, 60_000);
afterAll(async () => {
  if (asked.runs) console.log(table());
  await stage.stop();
});

/** Endpoint by answer. */
const table = (): string =>
  [...seen]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([endpoint, answers]) =>
      [
        `  ${endpoint}`,
        ...[...answers].sort().map(([answer, n]) => `      ${String(n).padStart(6)}  ${answer}`),
      ].join("\n"),
    )
    .join("\n");

/** Secrets of late, for the look into the database. */
const late = new Map<string, Set<string>>();

const check = async (request: FuzzRequest): Promise<Answered> => {
  const answered = await stage.send(request);
  judge(request, answered);
  for (const [kind, values] of answered.secrets) late.set(kind, values);
  return answered;
};

const fuzz = async (requests: fc.Arbitrary<FuzzRequest>, usual: number): Promise<void> => {
  let open: FuzzRequest | undefined;
  onTestFailed(() => console.log(`seed ${SEED}; last asked: ${shown(open)}`));
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      open = request;
      await check(request);
    }),
    { seed: SEED, numRuns: runs(usual), reporter: report },
  );
  expect(await disorder(stage.world, late)).toEqual([]);
};

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "string" && part.length > 500
      ? `${part.slice(0, 500)}… (${part.length})`
      : part,
  );

/** The smallest request that fails, and how to send it again. Long texts are cut: what fails is seldom their end. */
const report = <T>(details: fc.RunDetails<T>): void => {
  if (!details.failed) return;
  const { numRuns, numShrinks, seed, errorInstance } = details;
  throw new Error(
    `${String(errorInstance)}\nrun ${numRuns} of seed ${seed}, made smaller ${numShrinks} times:\n${shown(details.counterexample)}`,
  );
};

test("every endpoint of the document", () => fuzz(requestsTo(document), 200), patience(200));

test("callbacks of providers", () => fuzz(callbacks, 100), patience(100));

/** Of requests that are as described, some contradict themselves, and some come too late. */
const MOST_TRIES = 60;

test("beyond the door: every endpoint says yes to some request that the document describes", async () => {
  const silent: string[] = [];
  for (const [name, requests] of unharmed(document)) {
    // A signature over the body, and a probe that waits by a clock which stands still here: tests of their own.
    if (name === "POST /v1/deprovision/{app}" || name === "GET /readyz") continue;
    const tries = fc.sample(requests, { seed: SEED, numRuns: MOST_TRIES });
    const said = async (): Promise<boolean> => {
      for (const request of tries) if ((await check(request)).status < 400) return true;
      return false;
    };
    if (!(await said())) silent.push(name);
  }
  expect(silent).toEqual([]);
});

test(
  "keys of identity providers",
  async () => {
    await fc.assert(
      fc.asyncProperty(misreadings, (misread) => readKeys(stage, misread, judge)),
      { seed: SEED, numRuns: runs(60), reporter: report },
    );
    // What went wrong then is over now.
    stage.pass(60_000);
    expect(
      await stage.world.backend().listGrants(await stage.world.userToken("ann")),
    ).toMatchObject({
      status: 200,
    });
  },
  patience(60),
);

test(
  "replies of providers, to every call there is: connect, use, refresh, revoke",
  async () => {
    let open: unknown;
    onTestFailed(() => console.log(`seed ${SEED}; last played: ${shown(open)}`));
    await fc.assert(
      fc.asyncProperty(episodes, async (episode) => {
        open = episode;
        await playEpisode(stage, episode, judge);
      }),
      { seed: SEED, numRuns: runs(50), reporter: report },
    );
    expect(await disorder(stage.world, late)).toEqual([]);
  },
  patience(50),
);
