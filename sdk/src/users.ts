/** Whether the broker takes a user token, and for whom. */
import { backend } from "@alter-ai/protocol/backend";
import type { Broker } from "./broker.ts";
import type { CallOptions, Calls } from "./calls.ts";
import { instant } from "./problem.ts";
import type { UserToken } from "./user-token.ts";

export type VerifiedUser = {
  issuer: string;
  subject: string;
  /** As Connect shows the user: for people, never an identity. */
  label: string;
  labelKind: "verified_email" | "username" | "subject";
  /** When the token ends. */
  expiresAt: Date;
};

export const createVerifyUser =
  (calls: Calls, broker: Broker, userToken: UserToken) =>
  (token: string | undefined, options: CallOptions): Promise<VerifiedUser> =>
    calls.run({ operation: "verifyUserToken" }, options, async (call) => {
      const body = { user_token: await userToken(token) };
      const user = await broker.call(call, backend.verifyUser, { body });
      const { issuer, subject, label, label_kind, expires_at } = user;
      return { issuer, subject, label, labelKind: label_kind, expiresAt: instant(expires_at) };
    });
