/** How an identity provider is believed when it says that a user is gone: whose form its deliveries have, and the secrets. */
import { z } from "zod";

export type DeprovisioningRule = z.infer<typeof deprovisioningSchema>;

const secrets = (form: z.ZodType<string, string>) =>
  /** Several while one takes the place of another. */
  z.array(form).min(1).max(5);

/** Svix's: `whsec_` and 24 to 64 bytes in base64. */
const svixSecret = z.string().refine((text) => {
  const bytes = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const { length } = Buffer.from(bytes ?? "", "base64");
  return length >= 24 && length <= 64;
}, "must be the signing secret as it is shown there: whsec_…");

/** What is compared, or signed with, as it stands. */
const longText = z
  .string()
  .regex(
    /^[\x21-\x7e]{32,512}$/,
    "must be 32 to 512 printable characters without spaces, random: openssl rand -base64 32",
  );

export const deprovisioningSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("auth0"), secrets: secrets(longText) }),
  z.strictObject({ kind: z.literal("clerk"), secrets: secrets(svixSecret) }),
  z.strictObject({ kind: z.literal("hmac"), secrets: secrets(longText) }),
]);
