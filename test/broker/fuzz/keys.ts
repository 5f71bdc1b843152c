/** An identity provider whose discovery document or keys are not what they should be, at the moment a user is verified. */
import * as fc from "fast-check";
import type { Fault } from "../../servers/faults.ts";
import type { FuzzRequest } from "./requests.ts";
import type { Answered, Stage } from "./stage.ts";
import { spoil, spoiling, spoiltText, type Json } from "./values.ts";

export type Misread = {
  of: "discovery" | "jwks";
  status: number;
  changes: Parameters<typeof spoil>[1];
  spoilt: ((text: string) => string) | undefined;
  reset: boolean;
};

export const misreadings: fc.Arbitrary<Misread> = fc.record({
  of: fc.constantFrom("discovery", "jwks", "jwks", "jwks"),
  status: fc.constantFrom(200, 200, 200, 200, 200, 204, 302, 404, 500),
  changes: fc.array(spoiling, { maxLength: 4 }),
  spoilt: fc.option(spoiltText, { nil: undefined, freq: 6 }),
  reset: fc.constantFrom(false, false, false, false, false, true),
});

const fault =
  ({ status, changes, spoilt, reset }: Misread): Fault =>
  async (real) => {
    const { headers, body } = await real();
    if (reset) return undefined;
    const text = JSON.stringify(spoil(JSON.parse(body.toString()) as Json, changes));
    return { status, headers, body: Buffer.from(spoilt ? spoilt(text) : text) };
  };

const DAY = 25 * 3_600_000;
const request: FuzzRequest = {
  ...{
    endpoint: "POST /v1/users/verify",
    scene: "unclaimed",
    method: "POST",
    path: "/v1/users/verify",
    query: [],
  },
  headers: [
    ["authorization", "Bearer {{key.demo}}"],
    ["content-type", "application/json"],
  ],
  body: '{"user_token":"{{user.ann}}"}',
};

/** @throws Error saying what is wrong */
export const readKeys = async (
  stage: Stage,
  misread: Misread,
  judge: (request: FuzzRequest, answered: Answered) => void,
): Promise<void> => {
  // Nothing that was known before is good any more.
  stage.pass(DAY);
  const calm = stage.world.idp.fail(misread.of, fault(misread), { times: 10 });
  try {
    judge(request, await stage.send(request));
  } finally {
    calm();
  }
};
