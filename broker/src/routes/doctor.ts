/**
 * What `alter-broker doctor` asks from outside: what has come through of its own request, whether an answer may take its
 * time, and whether pieces arrive as they are sent. For whoever has the vault; for all others there is nothing here.
 */
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { stream } from "hono/streaming";
import { callerAddress, plainAddress } from "../caller-address.ts";
import type { Broker, Env } from "../context.ts";
import { DOCTOR_PATH, PROBE_COOKIE, readPass, type Seen } from "../doctor/pass.ts";
import { refuse } from "../error.ts";
import { sameSecret } from "../vault.ts";

const LONGEST = 30_000;
/** Sent along by the doctor; no other header is told, not even to whom it came from. */
const TOLD = [
  "origin",
  "sec-fetch-site",
  "user-agent",
  "alter-user-token",
  "alter-connect-verifier",
  "cookie",
];

export const doctorRoutes = (broker: Broker, version: string): Hono<Env> => {
  const { config, vault, waiters, now } = broker;
  const routes = new Hono<Env>();
  routes.get(DOCTOR_PATH, async (c) => {
    const { pathname, search, searchParams } = new URL(c.req.url);
    const nonce = readPass(
      c.req.header("authorization"),
      pathname + search,
      now(),
      sameSecret,
      vault,
    );
    if (nonce === undefined) throw refuse("not_found");
    const remote = c.env.remote_address;
    const forwarded = c.req.header("x-forwarded-for");
    const seen: Seen = {
      version,
      base_url: config.base_url,
      now: now(),
      remote_address: remote ?? null,
      caller_address: callerAddress(remote, forwarded, config.is_trusted_proxy) ?? null,
      is_trusted_proxy: config.is_trusted_proxy(plainAddress(remote ?? "") ?? ""),
      forwarded_for: forwarded ?? null,
      headers: Object.fromEntries(
        TOLD.flatMap((name) => {
          const value = c.req.header(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    };
    const secure = config.base_url.startsWith("https:");
    // As the page's own cookies are.
    setCookie(c, `${secure ? "__Host-" : ""}${PROBE_COOKIE}`, nonce, {
      ...{ path: "/", httpOnly: true, secure, sameSite: "Lax", maxAge: 60 },
    });
    const wait = Math.min(LONGEST, Math.max(0, Number(searchParams.get("wait")) || 0));
    // Released at shutdown like a widget's question.
    const pass = async () => void (wait && (await waiters.wait(`doctor ${nonce} ${search}`, wait)));
    if (searchParams.get("pieces") === null) {
      await pass();
      return c.json(seen);
    }
    c.header("Content-Type", "text/event-stream");
    return stream(c, async (out) => {
      await out.write(": first\n\n");
      await pass();
      await out.write(`data: ${JSON.stringify(seen)}\n\n`);
    });
  });
  return routes;
};
