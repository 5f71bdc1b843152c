/** The logos that are built into the page's folder: of every icon in the catalogue, and nothing in them but a picture. */
import { expect, test } from "vitest";
import { contrast, LEAST_MARK_CONTRAST } from "../../broker/src/colour.ts";
// @ts-expect-error Plain Node.
import { drawLogos } from "../../scripts/logos.mjs";

const SVG =
  /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 40 40"><path fill="(#[0-9A-Fa-f]{6})" d="M0 0h40v40H0z"\/><path fill="(#[0-9a-f]{6})" transform="translate\(8 8\)" d="[\d\sMmLlHhVvCcSsQqTtAaZz.,e+-]+"\/><\/svg>\n$/;

test("every icon of the catalogue is one of simple-icons, drawn so that its mark is seen", async () => {
  const logos = await drawLogos();
  expect(logos.size).toBeGreaterThan(80);
  for (const [icon, svg] of logos) {
    expect(svg, icon).toMatch(SVG);
    const [, square = "", mark = ""] = SVG.exec(svg) ?? [];
    expect(contrast(square, mark), icon).toBeGreaterThanOrEqual(LEAST_MARK_CONTRAST);
  }
});

test("a slug that simple-icons has not fails the build, and so do two colours for one", async () => {
  await expect(drawLogos([{ icon: "nosuchbrand", color: "#000000" }])).rejects.toThrow(
    "simple-icons has no nosuchbrand",
  );
  const twice = [
    { icon: "github", color: "#000000" },
    { icon: "github", color: "#ffffff" },
  ];
  await expect(drawLogos(twice)).rejects.toThrow("two colours");
});
