/**
 * Acme Weather: an API without users and without OAuth. It takes one key, that of the company that pays for it, and
 * gives everybody the same. Knows nothing of where the key is kept.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import express from "express";
import { listen, type Listening } from "../listen.ts";
import { spread } from "./vary.ts";

export const startWeather = ({
  port,
  key,
  now = () => new Date(),
}: {
  port: number;
  key: string;
  now?: () => Date;
}): Promise<Listening> =>
  listen(port, () => {
    const app = express();
    app.disable("x-powered-by");
    app.get("/api/weather", (req, res) => {
      res.set("Cache-Control", "no-store");
      if (same(req.get("x-api-key") ?? "", key)) res.json(forecast(now()));
      else res.status(401).json({ error: "invalid_key", detail: "Send your key as X-Api-Key" });
    });
    return app;
  });

/** In constant time, of any lengths. */
const same = (a: string, b: string): boolean => timingSafeEqual(hash(a), hash(b));

const hash = (text: string) => createHash("sha256").update(text).digest();

const SKIES = ["sun", "clouds", "rain", "wind"] as const;

const forecast = (today: Date) => ({
  place: "Acme City",
  days: [0, 1, 2].map((ahead) => {
    const date = new Date(today.getTime() + ahead * 24 * 3600_000).toISOString().slice(0, 10);
    return {
      date,
      sky: SKIES[spread(`sky ${date}`, SKIES.length)],
      celsius: 8 + spread(`heat ${date}`, 16),
    };
  }),
});
