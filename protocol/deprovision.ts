/**
 * The endpoint table, identity provider's side: how an app's identity provider says that a user is gone. Knows shapes
 * only. The signature is the credential, there is no API key; who signs how is docs/deprovisioning.md.
 */
import * as z from "zod/mini";
import { id, shortText } from "./http.ts";

export const deprovision = {
  method: "POST",
  /** Of several apps that share an identity provider and a secret, any will do: it counts for all of them. */
  path: "/v1/deprovision/:app",
  status: 200,
  /** Header of a generic delivery: `t=<Unix seconds>,v1=<hex of HMAC-SHA256 over t, a full stop and the body>`. */
  signatureHeader: "Alter-Webhook-Signature",
  /** Of a generic delivery. Auth0's and Clerk's are as they send them. */
  body: z.object({
    /** Names this delivery: repeated under the same id, it does nothing more. */
    id,
    /** Others are taken and do nothing. */
    type: z.string().check(z.maxLength(128)),
    /** Who, as `POST /v1/users/verify` says it. */
    subject: z.optional(shortText),
    /** Instead: the claims of `subject_claim`, where several together name one user. */
    claims: z.optional(z.record(z.string().check(z.maxLength(255)), z.string())),
    /** Without it, the app's own. Of another one nothing is done. */
    issuer: z.optional(z.string().check(z.maxLength(2048))),
    /** RFC 3339: when the user went, if that is long ago. */
    time: z.optional(z.string().check(z.maxLength(64))),
  }),
  reply: z.object({
    /** How many users were named as gone; what was done before, and what names nobody, does not count. */
    deprovisioned: z.number(),
  }),
} as const;
