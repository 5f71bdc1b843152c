/**
 * What the configuration says of an app's Wallet: the client that its identity provider knows the broker by. Without it
 * nobody signs in here for this app.
 */
import { z } from "zod";
import { authorizeParameters, scopeToken } from "../providers/schema.ts";
import { requiredClaims } from "./identity-provider.ts";

export type WalletClient = z.infer<typeof walletSchema>;

export const walletSchema = z.strictObject({
  client_id: z.string().min(1),
  /** None for a public client: then PKCE alone says whose code it is. */
  client_secret: z.string().min(1).optional(),
  /** `openid` is always asked for. The page shows an e-mail address only where it is verified. */
  scopes: z.array(scopeToken).default(["email", "profile"]),
  /** Sent along to the authorization endpoint, such as `acr_values` or an `organization`. A wish: the browser carries it. */
  authorize_parameters: authorizeParameters,
  /** What ID tokens must say besides, such as the `acr` that was wished for, by whichever app's client they came. */
  required_claims: requiredClaims,
});

/** Milliseconds. */
export const WALLET_DEADLINES = {
  /** For the way to the identity provider and back. */
  sign_in: 10 * 60_000,
  /** Sliding, from the last call. */
  idle: 15 * 60_000,
  most: 2 * 60 * 60_000,
} as const;
