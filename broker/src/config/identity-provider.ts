/**
 * What the configuration says of an app's identity provider: whose tokens speak for users, and which of them.
 * A claim is named by its name; one inside an object by its path, as in `realm_access.roles`.
 */
import { z } from "zod";
import { secureUrl } from "../providers/url.ts";
import { deprovisioningSchema } from "./deprovisioning.ts";

export type IdentityProvider = z.infer<typeof identityProviderSchema>;
/** `null` stands for a claim that is not there. */
export type ClaimValue = z.infer<typeof claimValue>;

/** `typ` values of tokens that speak for a user. A logout token or a DPoP proof of the same issuer does not. */
export const TYPES = ["jwt", "at+jwt", "id+jwt"] as const;

const text = z.string().min(1);
const claimName = text.max(255);
const claimValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One, or a list of at least one; always a list afterwards. */
const some = <T extends z.ZodType>(one: T, what: string) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1)], {
    error: `must be ${what}, or a list of these`,
  });

export const requiredClaims = z
  .record(claimName, some(claimValue, "a text, a number, true, false or null (not there)"))
  .default({});

export const identityProviderSchema = z
  .strictObject({
    /** Shown to users beside the identity that it vouches for. */
    name: z.string().min(1).max(80),
    issuer: secureUrl,
    jwks_uri: secureUrl.optional(),
    /** One of them must be in `aud`. */
    audience: some(text, "a text").optional(),
    /** Clients whose tokens are taken, where the audience alone says too little [M10]. */
    client_ids: z.array(text).min(1).optional(),
    /** Where the token names its client; without it `azp`, else `client_id`. */
    client_claim: claimName.optional(),
    /** Of the header's `typ`. A token that has none is taken only without this. */
    types: z
      .array(z.enum(["jwt", "at+jwt", "id+jwt"]))
      .min(1)
      .optional(),
    /** What claims must be: how an access token is told from an ID token, or a person from a machine. */
    required_claims: requiredClaims,
    /** Who the user is: one claim, or several that only together name one person. */
    subject_claim: some(claimName, "the name of a claim").default(["sub"]),
    groups_claim: claimName.optional(),
    /** Seconds since `iat`, for identity providers whose tokens live too long. */
    max_age_seconds: z.int().min(1).optional(),
    /** How the identity provider says that a user is gone. */
    deprovisioning: deprovisioningSchema.optional(),
  })
  .refine(
    ({ deprovisioning, subject_claim }) =>
      deprovisioning === undefined ||
      deprovisioning.kind === "hmac" ||
      subject_claim.join() === "sub",
    {
      path: ["deprovisioning", "kind"],
      message:
        "names users by what is in sub, and subject_claim is another: take hmac, whose deliveries name the claims",
    },
  )
  .refine((idp) => idp.audience !== undefined || idp.client_ids !== undefined, {
    path: ["audience"],
    message:
      "is required unless client_ids is given: without either, any client of this issuer could speak for your users",
  })
  .refine((idp) => idp.client_claim === undefined || idp.client_ids !== undefined, {
    path: ["client_claim"],
    message: "says where the client is named, so it needs client_ids",
  });
