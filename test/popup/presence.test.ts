/** Signs of life and the goodbye: when they are sent, and when they would be a lie. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { authorized, connection, createPage, pass, settle, stopAll, viewReply } from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

const open = { view: [viewReply()], authorize: [authorized()] };
const finished = viewReply({
  phase: "ended",
  outcome: { status: "success", connections: [connection()] },
});

describe("here [H9]", () => {
  it("is said on load, when seen again, and out of the back-forward cache", async () => {
    const page = createPage(open);
    await page.reload();
    expect(page.signs()).toEqual(["here"]);
    page.flow.cameIntoView();
    page.flow.cameBack();
    await settle();
    expect(page.signs()).toEqual(["here", "here", "here"]);
    expect(page.calls("view")).toHaveLength(2);
  });

  it("is said every five seconds, but only without an opener", async () => {
    const page = createPage(open);
    await page.reload();
    await pass(20_000);
    expect(page.signs()).toHaveLength(1);
    page.window.opener = null;
    await pass(20_000);
    expect(page.signs()).toHaveLength(5);
  });

  it("is not said on the way to the provider, where it would take the session back", async () => {
    const page = createPage({ ...open, authorize: ["never"] });
    page.window.opener = null;
    await page.reload();
    await page.press(page.flow.connect);
    page.flow.cameIntoView();
    await pass(20_000);
    expect(page.signs()).toEqual(["here"]);
  });

  it("is said at once after an attempt that did not get away, and from then on", async () => {
    const page = createPage({ ...open, authorize: ["no answer"] });
    page.window.opener = null;
    await page.reload();
    await page.press(page.flow.connect);
    expect(page.signs()).toEqual(["here", "here"]);
    await pass(5_000);
    expect(page.signs()).toHaveLength(3);
  });

  it("is not said once there is an outcome, nor before there is a session", async () => {
    const page = createPage({ view: [finished] });
    page.window.opener = null;
    await page.reload();
    page.flow.cameIntoView();
    await pass(20_000);
    expect(page.signs()).toEqual(["here"]);

    const early = createPage(open);
    await early.start({ at: "start" });
    early.flow.cameIntoView();
    early.flow.cameBack();
    await pass(20_000);
    expect(early.sent.calls).toEqual([]);
  });
});

describe("gone [H9]", () => {
  it("is a JSON beacon when the page is closed", async () => {
    const page = createPage(open);
    await page.reload();
    page.flow.goesAway();
    const [beacon] = page.sent.beacons;
    expect(page.sent.beacons).toHaveLength(1);
    expect(beacon?.path).toBe("/v1/connect/page");
    expect(beacon?.body.type).toBe("application/json");
    expect(JSON.parse(String(await beacon?.body.text()))).toEqual({
      session_id: "s1",
      event: "gone",
    });
  });

  it("is not said when the page leaves for the provider", async () => {
    const page = createPage(open);
    await page.reload();
    await page.press(page.flow.connect);
    page.flow.goesAway();
    expect(page.sent.beacons).toEqual([]);
    // The twin: back on the page, the same event is a goodbye again.
    page.flow.cameBack();
    await settle();
    page.flow.goesAway();
    expect(page.sent.beacons).toHaveLength(1);
  });

  it("is said when the window is closed before it got away", async () => {
    const page = createPage({ ...open, authorize: ["never"] });
    await page.reload();
    await page.press(page.flow.connect);
    page.flow.goesAway();
    expect(page.sent.beacons).toHaveLength(1);
  });

  it("is not said after the outcome, nor without a session", async () => {
    const page = createPage({ view: [finished] });
    await page.reload();
    page.flow.goesAway();
    expect(page.sent.beacons).toEqual([]);

    const early = createPage(open);
    await early.start({ at: "start" });
    early.flow.goesAway();
    expect(early.sent.beacons).toEqual([]);
  });
});
