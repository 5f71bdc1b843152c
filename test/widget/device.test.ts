// @vitest-environment node
/** Popup or redirect: by the pointer people use first and the kind of window, whatever their size (field 18). */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorld } from "./world.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Page = NonNullable<NonNullable<Parameters<typeof createWorld>[0]>["page"]>;
const device = (media: Record<string, string>, page: Page = {}): Page => ({
  ...page,
  media: { pointer: "fine", "display-mode": "browser", ...media },
});

const LANDSCAPE_PHONE = device({
  pointer: "coarse",
  "any-pointer": "coarse",
  orientation: "landscape",
  width: "844px",
});
const NARROW_WINDOW = device({ orientation: "portrait", width: "320px" });

/** Which way `auto` takes, `popup` and `redirect`. */
const DEVICES: [string, Page, string, string, string][] = [
  ["a desktop", device({}), "popup", "popup", "redirect"],
  ["a narrow desktop window", NARROW_WINDOW, "popup", "popup", "redirect"],
  [
    "a laptop that can be touched",
    device({ "any-pointer": "coarse" }),
    "popup",
    "popup",
    "redirect",
  ],
  ["a phone", device({ pointer: "coarse" }), "redirect", "popup", "redirect"],
  ["a phone on its side", LANDSCAPE_PHONE, "redirect", "popup", "redirect"],
  ["a tablet", device({ pointer: "coarse", width: "1024px" }), "redirect", "popup", "redirect"],
  ["no pointer at all", device({ pointer: "none" }), "popup", "popup", "redirect"],
  ["an installed app", device({ "display-mode": "standalone" }), "redirect", "popup", "redirect"],
  ["a frame on a desktop", device({}, { framed: true }), "popup", "popup", "popup"],
  [
    "a frame on a phone",
    device({ pointer: "coarse" }, { framed: true }),
    "popup",
    "popup",
    "popup",
  ],
];

describe.each(DEVICES)("on %s", (_, page, ...ways) => {
  it.each(["auto", "popup", "redirect"] as const)("mode %s", async (mode) => {
    const world = createWorld({ page });
    world.open({ mode });
    await world.pass(0);
    const way = world.left.length ? "redirect" : "popup";
    expect(way).toBe(ways[["auto", "popup", "redirect"].indexOf(mode)]);
    expect([world.popups.length, world.left.length]).toEqual(way === "popup" ? [1, 0] : [0, 1]);
  });

  it("no mode is auto", async () => {
    const world = createWorld({ page });
    world.open();
    await world.pass(0);
    expect(world.left).toHaveLength(ways[0] === "redirect" ? 1 : 0);
  });
});
