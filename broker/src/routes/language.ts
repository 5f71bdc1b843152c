/**
 * What languages a browser prefers, from its request (RFC 9110 section 12.5.4). Knows the header and nothing of the
 * languages that there are.
 */
import type { Context } from "hono";
import type { Env } from "../context.ts";

/** People have a few; a header of thousands is somebody's experiment. */
const MOST = 32;

/** Tags, the most wanted first. Those of weight 0, which are not wanted at all, and `*` are none. */
export const languagesOf = (c: Context<Env>): string[] =>
  (c.req.header("accept-language") ?? "")
    .split(",", MOST)
    .map((range) => {
      const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => tag !== "" && tag !== "*" && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
