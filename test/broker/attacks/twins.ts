/**
 * An attack twice on one broker, with its guard and without: refused with it, and won without. So the refusal is this
 * guard's doing, and the attack is one.
 */
import { expect, test } from "vitest";
import type { Reply, World } from "../world.ts";
import { without, type Guard } from "./unguarded.ts";

export type Attack = {
  /** Begins with its number. */
  name: string;
  guards: Omit<Guard, "attack">[];
  stopped: string;
  /** Ends with "won", or with what stopped it. Each time it is somebody else who is attacked. */
  act: (world: World, sub: string) => Promise<string>;
};

export const EVIL = "https://evil.example";
export const codeOf = ({ status, body }: Reply): string => String(body["code"] ?? status);

/** The guard of calls that a page of another origin must not make (C1). */
export const SAME_ORIGIN: Attack["guards"] = [
  {
    file: "routes/same-origin.ts",
    guard: 'if (c.req.header("origin") !== base_url',
    without: 'if (OFF) return next();\n    if (c.req.header("origin") !== base_url',
  },
  {
    file: "routes/request.ts",
    guard: 'if (type !== "application/json")',
    without: 'if (!OFF && type !== "application/json")',
  },
];

/** A form of hers, as a browser sends it. */
export const FORM = { "content-type": "text/plain", origin: EVIL, "sec-fetch-site": "cross-site" };

const numberOf = ({ name }: Attack): string => name.split(" ")[0] ?? "";

/** What the broker under attack is built with. */
export const guardsOf = (attacks: Attack[]): Guard[] =>
  attacks.flatMap((attack) =>
    attack.guards.map((guard) => ({ attack: numberOf(attack), ...guard })),
  );

export const testTwins = (attacks: Attack[], world: () => World): void => {
  for (const attack of attacks)
    test(attack.name, async () => {
      const number = numberOf(attack);
      const { act, stopped } = attack;
      expect(await act(world(), `with-${number}`.toLowerCase())).toBe(stopped);
      const unguarded = () => act(world(), `out-${number}`.toLowerCase());
      expect(await without(number, unguarded)).toBe("won");
    });
};
