/**
 * A user who connects without a browser: the calls of the hosted page, as the page makes them, from a fresh session to
 * the callback. Knows the broker's HTTP only; who consents, and how, is the caller's.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Callback } from "./callback.ts";

type Body = Record<string, unknown>;

/** Whose page opens Connect. Nothing listens there: the calls are made without it. */
export const APP_ORIGIN = "http://localhost:4998";

export type Connecting = {
  user_token: string;
  provider: string;
  /** At the provider; the callback is returned and not called. */
  consent: (authorization_url: string) => Promise<Callback>;
  /** More of the session. */
  session?: Body;
};

export const createConnecting =
  (broker: { url: string }, apiKey: string) =>
  async ({ user_token, provider, consent, session = {} }: Connecting): Promise<void> => {
    const post = async (
      path: string,
      body: Body,
      headers: Record<string, string>,
    ): Promise<{ reply: Body; cookie: string }> => {
      const response = await fetch(`${broker.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      const cookie = response.headers
        .getSetCookie()
        .map((one) => one.split(";")[0])
        .join("; ");
      return { reply: JSON.parse(text) as Body, cookie };
    };

    const minted = await post(
      "/v1/connect/sessions",
      { user_token, allowed_origin: APP_ORIGIN, allowed_providers: [provider], ...session },
      { authorization: `Bearer ${apiKey}` },
    );
    const page = { origin: broker.url };
    const claim = await post(
      "/v1/connect/claim",
      {
        shape: "popup",
        token: minted.reply["session_token"],
        opener_origin: APP_ORIGIN,
        challenge: createHash("sha256").update(randomBytes(32)).digest("base64url"),
        claim_id: randomBytes(32).toString("base64url"),
      },
      page,
    );
    const { session_id } = claim.reply;
    const { cookie } = claim;
    const left = await post("/v1/connect/authorize", { session_id, provider }, { ...page, cookie });
    const back = await consent(String(left.reply["authorization_url"]));
    const landed = await fetch(back.url, { headers: { cookie }, redirect: "manual" });
    if (landed.headers.get("location") !== `/connect/s/${String(session_id)}`)
      throw new Error(`landed at ${landed.headers.get("location")}`);
  };
