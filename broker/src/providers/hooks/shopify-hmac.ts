/**
 * Shopify signs its authorization response with the client secret, and says which shop it is of: HMAC-SHA256, hex, over
 * the other parameters in the order of their names. It has to be the shop that the browser was sent to. What is signed
 * must be readable in one way only, or parameters could be moved around under a signature that still holds.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Hook } from "../hook.ts";

export const shopifyHmac: Hook = ({ client_secret, facts, callback }) => {
  const given = Buffer.from(callback.get("hmac") ?? "", "hex");
  const parameters = [...callback].filter(([name]) => name !== "hmac" && name !== "signature");
  if (!parameters.every(isUnambiguous)) return { ok: false, reason: "hmac" };
  const message = parameters
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const expected = createHmac("sha256", client_secret).update(message).digest();
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return { ok: false, reason: "hmac" };
  const host = callback.get("shop");
  return host === `${facts["shop"]}.myshopify.com`
    ? { ok: true, facts: {} }
    : { ok: false, reason: "another_shop" };
};

/** Each `&` ends a parameter and each first `=` a name, so a value may have more of these: `host` is base64. */
const isUnambiguous = ([name, value]: [string, string]): boolean =>
  !/[&=]/.test(name) && !value.includes("&");
