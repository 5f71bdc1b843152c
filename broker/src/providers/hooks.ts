/**
 * Code for the few providers whose difference no field of a record can say: named, one file each, all of one form. A
 * hook gets facts and gives facts; it makes no request and keeps nothing.
 */
import { appleClientSecret } from "./hooks/apple-client-secret.ts";
import { etsyUserId } from "./hooks/etsy-user-id.ts";
import { shopifyHmac } from "./hooks/shopify-hmac.ts";
import type { Hook } from "./hook.ts";

export const HOOKS = ["apple-client-secret", "etsy-user-id", "shopify-hmac"] as const;

export const hooks: Record<(typeof HOOKS)[number], Hook> = {
  "apple-client-secret": appleClientSecret,
  "etsy-user-id": etsyUserId,
  "shopify-hmac": shopifyHmac,
};
