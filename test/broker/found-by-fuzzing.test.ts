/** What the fuzz run has found, each by itself, so that it stays found whatever the seed is. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStage, type Stage } from "./fuzz/stage.ts";
import { rowsOf } from "./steps.ts";
import type { Json } from "./world.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
}, 60_000);
afterAll(() => stage.stop());

describe("an account id that no database keeps as it is", () => {
  /** Connects a user of whom the provider says this. */
  const connect = async (sub: string, me: string): Promise<Json> => {
    const { world, provider } = stage;
    const headers: [string, string][] = [["content-type", "application/json"]];
    provider.answer({ me: { status: 200, headers, body: me, how: "whole" } });
    await stage.play("connected", sub);
    provider.answer({});
    return world.logs.findLast(({ event }) => /^callback_(?:bug|failed)$/.test(event)) ?? {};
  };

  test.each(["\\u0000", "7\\u0000", "\\ud800", "7\\udfff"])(
    "%s: the provider's fault, not a bug",
    async (id) => {
      const line = await connect("carl", `{"id":"${id}","email":"carl@plain.test"}`);
      expect(line).toMatchObject({ event: "callback_failed", kind: "account_id_unreadable" });
      expect(line["failure"]).toBe("identity_unavailable");
      expect(await rowsOf(stage.world, "carl")).toEqual([]);
    },
  );

  test("the twin: one that is only odd is an account", async () => {
    await connect("dora", '{"id":"7\\u202e\\u0001","email":"dora@plain.test"}');
    expect(await rowsOf(stage.world, "dora")).toHaveLength(1);
  });
});

describe("a secret where a name ought to be", () => {
  const verify = async (body: Json) => {
    const { world } = stage;
    const from = world.logs.length;
    const authorization = `Bearer ${world.keys.demo.key}`;
    const reply = await world.post("/v1/users/verify", body, { authorization });
    expect(reply).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    return { detail: String(reply.body["detail"]), log: JSON.stringify(world.logs.slice(from)) };
  };

  test("is said neither to the caller nor to the log", async () => {
    const { key } = stage.world.keys.demo;
    const user_token = await stage.world.userToken("ann");
    const { detail, log } = await verify({ user_token, [key]: 1, [user_token]: 2 });
    expect(detail).toBe("(body): expected no (a name), (a name)");
    expect(log).not.toContain(key);
    expect(log).not.toContain(user_token);
  });

  test("the twin: a name is", async () => {
    const { detail, log } = await verify({ user_token: "x", allowed_orgin: "y" });
    expect(detail).toBe("(body): expected no allowed_orgin");
    expect(log).toContain("allowed_orgin");
  });
});
