/** What the page gets to draw an app and its providers with: from the configuration's file to the view. */
import { page } from "@alter-ai/protocol/http";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chroma, contrast, hue, NEAR_BLACK, textOn } from "../../broker/src/colour.ts";
import { CARD, coloursOf } from "../../broker/src/config/brand.ts";
import { readConfig } from "../../broker/src/config/config.ts";
import { ConfigError } from "../../broker/src/config/error.ts";
import { begin, viewOf } from "./steps.ts";
import { startWorld, type Json, type World } from "./world.ts";

const THEMES = ["light", "dark"] as const;
const ANY_COLOUR = fc.integer({ min: 0, max: 0xff_ff_ff }).map((n) => hex(n));
const hex = (n: number): string => `#${n.toString(16).padStart(6, "0")}`;

test("the card's colours are those of the page's style sheet", () => {
  const css = readFileSync(join(import.meta.dirname, "../../look/base.css"), "utf8");
  for (const name of ["surface", "raised", "accent", "action"] as const) {
    const [, declared = ""] = new RegExp(`--${name}:([^;]*);`).exec(css) ?? [];
    expect(declared.match(/#[0-9a-f]{6}/g), `--${name}`).toEqual(
      THEMES.map((theme) => CARD[theme][name]),
    );
  }
});

describe("colours from one accent", () => {
  test.each<[string, string, Json, Json]>([
    [
      "one that is dark and clear: as it is by day, lighter for links by night",
      "#0f766e",
      { action: "#0f766e", on_action: "#ffffff", accent: "#0f766e" },
      { action: "#0f766e", on_action: "#ffffff", accent: "#54938c" },
    ],
    [
      "yellow: near-black on the button, olive links by day",
      "#FFDD00",
      { action: "#ffdd00", on_action: NEAR_BLACK, accent: "#837100" },
      { action: "#ffdd00", on_action: NEAR_BLACK, accent: "#ffdd00" },
    ],
    [
      "so pale that its button would not be seen on the white card",
      "#fff5cc",
      { action: "#77725e", on_action: "#ffffff", accent: "#77725e" },
      { action: "#fff5cc", on_action: NEAR_BLACK, accent: "#fff5cc" },
    ],
    [
      "black has no hue to keep on the dark card: the page's own stand there",
      "#000000",
      { action: "#000000", on_action: "#ffffff", accent: "#000000" },
      { action: CARD.dark.action, on_action: "#ffffff", accent: CARD.dark.accent },
    ],
    [
      "a grey is a button, and no link on either card",
      "#808080",
      { action: "#808080", on_action: NEAR_BLACK, accent: CARD.light.accent },
      { action: "#808080", on_action: NEAR_BLACK, accent: CARD.dark.accent },
    ],
  ])("%s", (_, accent, light, dark) => {
    expect(coloursOf(accent, "system").colours).toEqual({ light, dark });
  });

  test("whatever the accent, everything can be read", () => {
    fc.assert(
      fc.property(ANY_COLOUR, (accent) => {
        const { colours } = coloursOf(accent, "system");
        for (const theme of THEMES) {
          const { action, on_action, accent: link } = colours[theme];
          expect(contrast(on_action, action)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(link, CARD[theme].surface)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(link, CARD[theme].raised)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(action, CARD[theme].surface)).toBeGreaterThanOrEqual(1.2);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("and it keeps its hue, where it is not the page's own", () => {
    const apart = (one: number, other: number) => Math.abs(((one - other + 540) % 360) - 180);
    fc.assert(
      fc.property(ANY_COLOUR, (accent) => {
        for (const theme of THEMES) {
          const link = coloursOf(accent, "system").colours[theme].accent;
          // Of what is nearly grey eight bits a channel do not say the hue.
          if (link === CARD[theme].accent || chroma(link) < 0.04) continue;
          expect(apart(hue(link), hue(accent)), `${accent} -> ${link}`).toBeLessThan(15);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("contrast is WCAG's", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
    expect([textOn("#ffffff"), textOn("#000000")]).toEqual([NEAR_BLACK, "#ffffff"]);
  });
});

describe("in the configuration", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const read = (branding: unknown, more: Json = {}) => {
    const [app, ...others] = world.file["apps"] as Json[];
    return readConfig(
      JSON.stringify({ ...world.file, apps: [{ ...app, branding, ...more }, ...others] }),
      {},
    );
  };

  test("an operator is told what became of a colour that cannot be read everywhere", () => {
    const words = (accent: string, more: Json = {}) =>
      read({ accent }, more).warnings.filter((warning) => warning.includes("branding"));
    expect(words("#FFDD00")).toEqual([
      "app demo: branding.accent #ffdd00 cannot be read everywhere: links on the light card are #837100",
    ]);
    expect(words("#000000")).toEqual([
      "app demo: branding.accent #000000 cannot be read everywhere: links on the dark card are the page's own #93aeff; its main button is the page's own #4169e1",
    ]);
    // Nobody sees the other card.
    expect(words("#FFDD00", { theme: "dark" })).toEqual([]);
    expect(words("#000000", { theme: "light" })).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["a colour by name", { accent: "teal" }, "accent"],
    ["a short colour", { accent: "#0af" }, "accent"],
    ["a colour with alpha", { accent: "#00aaff80" }, "accent"],
    ["a negative radius", { radius: -1 }, "radius"],
    ["a circle of a card", { radius: 29 }, "radius"],
    ["support over http", { support_url: "http://app.example.com/help" }, "support_url"],
    ["support by script", { support_url: "javascript:alert(1)" }, "support_url"],
    ["privacy as a path", { privacy_url: "/privacy" }, "privacy_url"],
  ])("%s is refused by its key", (_, branding, key) => {
    const tried = () => read(branding);
    expect(tried).toThrow(ConfigError);
    expect(tried).toThrow(`apps[0].branding.${key}: `);
  });
});

describe("in the view", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      configure: (file) => {
        const [demo] = file["apps"] as Json[];
        Object.assign(demo ?? {}, {
          branding: {
            accent: "#0f766e",
            radius: 8,
            support_url: "https://app.example.com/help",
            privacy_url: "https://app.example.com/privacy",
          },
        });
        const { calendar, files } = file["providers"] as Record<string, Json>;
        Object.assign(calendar ?? {}, {
          category: "productivity",
          brand: { color: "#FFDD00", icon: "google" },
        });
        Object.assign(files ?? {}, {
          logo_url: "https://files.example/logo.svg",
          brand: { color: "#4A154B", icon: "nobodyhasbuiltit" },
        });
      },
    });
  });
  afterAll(() => world.stop());

  const shown = async (): Promise<{ app: Json; providers: Json[] }> => {
    const session = await begin(world, { session: { allowed_providers: ["calendar", "files"] } });
    const reply = page.view.reply.parse(await viewOf(session));
    return reply.view as unknown as { app: Json; providers: Json[] };
  };

  test("an app's brand is there, its colours derived", async () => {
    const { app } = await shown();
    expect(app).toMatchObject({
      brand: { colours: coloursOf("#0f766e", "system").colours, radius: 8 },
      support_url: "https://app.example.com/help",
      privacy_url: "https://app.example.com/privacy",
    });
  });

  test("a provider's logo is the operator's, else the broker's own, behind it the brand's colour", async () => {
    const [calendar, files] = (await shown()).providers;
    expect(calendar).toMatchObject({
      category: "productivity",
      logo_url: `${world.config.base_url}/page/logos/google.svg`,
      tile: { background: "#ffdd00", text: NEAR_BLACK },
    });
    expect(files).toMatchObject({
      logo_url: "https://files.example/logo.svg",
      tile: { background: "#4a154b", text: "#ffffff" },
    });
    expect(files).not.toHaveProperty("category");
  });

  test("no logo of ours widens the page's policy, and each is served as a picture for a day", async () => {
    const policy = (await world.call("/connect")).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("img-src 'self' https://files.example;");
    const { status, headers } = await world.call("/page/logos/google.svg");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(headers.get("cache-control")).toBe("public, max-age=86400");
    expect((await world.call("/page/logos/nobodyhasbuiltit.svg")).status).toBe(404);
  });
});
