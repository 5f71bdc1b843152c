/**
 * A credential that the user has given in place of an authorization: one call of the record's, which says whether the
 * provider takes it and whose it is. Knows replies; what the user is told is the caller's. Nothing of the credential
 * leaves here but in that call and in the tokens that come of it.
 */
import type { ProviderClient } from "../config/client.ts";
import type { Credential } from "../credential-fields.ts";
import { clean } from "../identity.ts";
import type { Failure } from "../session.ts";
import { isOver, isSuccess, stated, type Account, type createAccounts } from "./account.ts";
import type { Answer } from "./calls.ts";
import { apiHosts } from "./facts.ts";
import { explain, UnusableReply, type Cause } from "./failures.ts";
import type { Facts } from "../providers/template.ts";
import type { Tokens } from "./token-requests.ts";

export type Checked =
  | { ok: true; tokens: Tokens; account: Account; metadata: Facts; hosts: string[] }
  /** `failure: undefined`: the provider has answered, and said no. */
  | { ok: false; failure: Failure | undefined; cause: Cause };

export const createChecking =
  ({ ask, accountOf }: Pick<ReturnType<typeof createAccounts>, "ask" | "accountOf">) =>
  async (
    client: ProviderClient,
    { variables, token, hint }: Omit<Credential, "ok">,
  ): Promise<Checked> => {
    const { provider } = client;
    const { identity } = provider;
    let step = "credential";
    try {
      if (!("request" in identity)) throw new UnusableReply("nothing_to_ask");
      const answer = await ask(client, identity, { facts: variables, access_token: token });
      const { status } = answer;
      if (isOver(provider, answer.body) || saysNo(answer, isSuccess(identity, answer)))
        return { ok: false, failure: undefined, cause: { step, kind: "refused", status } };
      const statement = stated(identity, answer);
      step = "identity";
      const account = accountOf(provider, statement, variables);
      const named = identity.source === "request" || identity.label !== undefined;
      return {
        ok: true,
        tokens: {
          access_token: token,
          refresh_token: undefined,
          token_type: "bearer",
          scopes: [],
          access_expires_at: null,
          ends_at: null,
        },
        account: named ? account : { ...account, label: clean(hint) ?? account.label },
        metadata: variables,
        hosts: apiHosts(provider, variables),
      };
    } catch (error) {
      const explained = explain(step, error);
      if (step === "identity") explained.failure = "identity_unavailable";
      return { ok: false, ...explained };
    }
  };

/** Not now, which says nothing of the credential. */
const LATER = [408, 425, 429];

/** What a record's own call is told: the user is wrong, or the record is, and only the user can look. */
const saysNo = ({ status }: Answer, isFine: boolean): boolean =>
  (status >= 400 && status < 500 && !LATER.includes(status)) ||
  (status >= 200 && status < 300 && !isFine);
