/**
 * Whether a delivery is the identity provider's: each kind's signature over the bytes as they came, before anybody
 * parses them. Pure. What is compared has one length, and is compared in constant time.
 */
import { createHmac } from "node:crypto";
import type { DeprovisioningRule } from "../config/deprovisioning.ts";
import { hashSecret, sameSecret } from "../vault.ts";

/** What a delivery came with; names in lower case. */
export type Delivered = { header: (name: string) => string | undefined; body: Uint8Array };

export type Verified =
  /** `id` and `at` as they were signed, where they are. */
  | { ok: true; id: string | undefined; at: number | undefined }
  /** For the log. */
  | { ok: false; why: "no_signature" | "timestamp" | "signature" };

/** Either way: a clock that is ahead is as wrong as a delivery that is old. */
const isNow = (seconds: string, now: number, tolerance: number): boolean =>
  Math.abs(now - Number(seconds) * 1000) <= tolerance;

export const verifyDelivery = (
  rule: DeprovisioningRule,
  delivered: Delivered,
  now: number,
  tolerance: number,
): Verified => {
  switch (rule.kind) {
    case "auth0":
      return byToken(rule.secrets, delivered);
    case "clerk":
      return bySvix(rule.secrets, delivered, now, tolerance);
    case "hmac":
      return byHmac(rule.secrets, delivered, now, tolerance);
  }
};

/** All that Auth0 offers: a text that the operator has chosen. Event streams put `Bearer` in front of it. */
const byToken = (secrets: string[], { header }: Delivered): Verified => {
  const given = header("authorization");
  if (given === undefined) return { ok: false, why: "no_signature" };
  const hash = hashSecret(given.replace(/^Bearer /i, ""));
  const fits = secrets.filter((secret) => sameSecret(hash, hashSecret(secret))).length > 0;
  return fits ? { ok: true, id: undefined, at: undefined } : { ok: false, why: "signature" };
};

/** Svix, and Standard Webhooks, which is the same by another name. */
const bySvix = (
  secrets: string[],
  { header, body }: Delivered,
  now: number,
  tolerance: number,
): Verified => {
  const [id, seconds, signatures] = ["id", "timestamp", "signature"].map(
    (name) => header(`svix-${name}`) ?? header(`webhook-${name}`),
  );
  if (!id || !/^\d{1,12}$/.test(seconds ?? "") || !seconds || !signatures)
    return { ok: false, why: "no_signature" };
  if (!isNow(seconds, now, tolerance)) return { ok: false, why: "timestamp" };
  const given = signatures
    .split(" ")
    .filter((one) => one.startsWith("v1,"))
    .map((one) => one.slice("v1,".length));
  const expected = secrets.map((secret) =>
    signatureOf(Buffer.from(secret.slice("whsec_".length), "base64"), `${id}.${seconds}.`, body),
  );
  return anySame(
    given,
    expected.map((mac) => mac.toString("base64")),
  )
    ? { ok: true, id, at: Number(seconds) * 1000 }
    : { ok: false, why: "signature" };
};

/** Ours, for every other identity provider. */
const byHmac = (
  secrets: string[],
  { header, body }: Delivered,
  now: number,
  tolerance: number,
): Verified => {
  const parts = (header("alter-webhook-signature") ?? "").split(",").map((part) => part.trim());
  const of = (name: string) =>
    parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
  const [seconds, second] = of("t");
  const given = of("v1");
  if (seconds === undefined || second !== undefined || !/^\d{1,12}$/.test(seconds) || !given.length)
    return { ok: false, why: "no_signature" };
  if (!isNow(seconds, now, tolerance)) return { ok: false, why: "timestamp" };
  const expected = secrets.map((secret) => signatureOf(Buffer.from(secret), `${seconds}.`, body));
  return anySame(
    given,
    expected.map((mac) => mac.toString("hex")),
  )
    ? { ok: true, id: undefined, at: Number(seconds) * 1000 }
    : { ok: false, why: "signature" };
};

/** All of them, whichever fits: how long it takes says nothing of which secret it was. */
const anySame = (given: string[], expected: string[]): boolean =>
  given.flatMap((one) => expected.filter((other) => sameSecret(one, other))).length > 0;

const signatureOf = (key: Uint8Array, prefix: string, body: Uint8Array): Buffer =>
  createHmac("sha256", key).update(prefix).update(body).digest();
