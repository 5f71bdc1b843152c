/** All that the SDK does on a real broker, by subject: once in process, once over HTTP. */
import { afterAll, beforeAll, describe } from "vitest";
import { adversary } from "./adversary.ts";
import { cache } from "./cache.ts";
import { ended } from "./ended.ts";
import { guide } from "./guide.ts";
import { library } from "./library.ts";
import { policies } from "./policies.ts";
import { proxied } from "./proxy.ts";
import { scopes } from "./scopes.ts";
import { secrets } from "./secrets.ts";
import { sessions } from "./sessions.ts";
import { startStage, type Run, type Stage } from "./stage.ts";
import { urls } from "./urls.ts";

const SUBJECTS: Record<string, (at: () => Stage) => void> = {
  "the guide": guide,
  "sessions and user tokens": sessions,
  scopes,
  "what ends a grant": ended,
  policies,
  "managed secrets": secrets,
  "the broker makes the call": proxied,
  "tokens at hand": cache,
  "a provider's client library": library,
  "a provider that means harm": adversary,
  "URLs that mean harm": urls,
};

export const onBroker = (run: Run): void => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(run);
  });
  afterAll(() => stage.stop());
  for (const [subject, scenarios] of Object.entries(SUBJECTS))
    describe(subject, () => scenarios(() => stage));
};
