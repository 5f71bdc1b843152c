import { describe, expect, it } from "vitest";
import { insufficientScope } from "../../sdk/src/challenges.ts";

describe("insufficientScope", () => {
  it.each([
    ['Bearer error="insufficient_scope", scope="a b"', ["a", "b"]],
    ["bearer error=insufficient_scope,scope=a", ["a"]],
    ['BEARER Realm="x", ERROR = "insufficient_scope" , Scope = "a"', ["a"]],
    ['Bearer error="insufficient_scope"', []],
    ['Bearer realm="a, Bearer error=\\"x\\"", error="insufficient_scope", scope="c"', ["c"]],
    ['Basic realm="x", Bearer error="insufficient_scope", scope="a"', ["a"]],
    ['Negotiate YWJj==, Bearer error="insufficient_scope", scope="a", Basic realm="b"', ["a"]],
    ['Negotiate, Bearer scope="a", error="insufficient_scope"', ["a"]],
    ['Bearer error="invalid_token", Bearer error="insufficient_scope", scope="a"', ["a"]],
    [', ,Bearer error="insufficient_scope", , scope="a"', ["a"]],
    ['Bearer error="insufficient_scope", scope="a\\"b"', ['a"b']],
    ['Bearer error="insufficient_scope", scope="a", scope="b"', ["a"]],
  ])("reads %s", (header, scopes) => {
    expect(insufficientScope(header)).toEqual(scopes);
  });

  it.each([
    [null],
    [""],
    ["Bearer"],
    ['Bearer error="invalid_token", scope="a"'],
    ['Basic error="insufficient_scope", scope="a"'],
    ['Basic realm="Bearer error=insufficient_scope"'],
    ['Basic realm="\\", Bearer error=insufficient_scope"'],
    ['Bearer error="insufficient_scope'],
    ['error="insufficient_scope"'],
  ])("finds none in %s", (header) => {
    expect(insufficientScope(header)).toBeUndefined();
  });

  it("comes to an end with whatever a server sends", () => {
    for (const text of ['"'.repeat(9_000), "Bearer a=\\".repeat(900), 'B x="\\'.repeat(900), "=,"])
      expect(insufficientScope(text)).toBeUndefined();
  });
});
