/** What the bench makes of its raw figures. No test asserts a time. */
import { describe, expect, it } from "vitest";
import type { Passage } from "../../bench/link.ts";
import { median } from "../../bench/table.ts";
import { countTrips, tripsInARow, withoutQuestions } from "../../bench/trips.ts";

const passage = (asked: number, done: number, opened = false, path = "/"): Passage => ({
  method: "GET",
  url: new URL(path, "http://localhost/"),
  opened,
  asked,
  answered: done,
  done,
  bytes: 0,
});

describe("median", () => {
  it.each([
    [[3], 3],
    [[10, 2, 9], 9],
    [[4, 1, 3, 2], 2.5],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("round trips", () => {
  it("in a row are those that waited for one another, connections included", () => {
    const session = passage(0, 700);
    const page = passage(10, 810, true);
    const claim = passage(820, 1_220);
    const login = passage(1_230, 2_030, true);
    expect(countTrips([session, page, claim, login], 0, 2_100)).toEqual({
      requests: 4,
      connections: 2,
      inARow: 5,
    });
  });

  it("leave out what came before the click, after the page, and what nobody waited for", () => {
    const before = passage(-500, -100);
    const question = passage(5, Infinity, true);
    const login = passage(0, 400);
    const after = passage(600, 900);
    expect(countTrips([before, question, login, after], 0, 500)).toEqual({
      requests: 2,
      connections: 1,
      inARow: 1,
    });
  });

  it("have names: a file's without its hash, and a connection's", () => {
    const script = passage(0, 400, false, "/page/assets/early-D_XR-82S.js");
    const claim = passage(410, 1_210, true, "/v1/connect/claim");
    expect(tripsInARow([script, claim], 0, 1_300)).toEqual(["early.js", "connection", "claim"]);
  });

  it("to the page's decision are not the widget's, which hears of the claim when the page does", () => {
    const claim = passage(10, 410, false, "/v1/connect/claim");
    const allowed = passage(0, 200, true, "/v1/connect/outcome");
    const question = passage(210, 420, false, "/v1/connect/outcome");
    const all = [claim, allowed, question];
    expect(tripsInARow(all, 0, 500)).toEqual(["connection", "outcome", "outcome"]);
    expect(tripsInARow(withoutQuestions(all), 0, 500)).toEqual(["claim"]);
  });
});
