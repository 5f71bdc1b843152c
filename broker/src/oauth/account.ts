/**
 * Whose account it is: a stable id, a label for people, an address only if the provider vouches for it. Knows where each
 * record says they stand; also asks whether a token is still taken, which is the same question.
 */
import * as oauth from "oauth4webapi";
import type { ProviderClient } from "../config/client.ts";
import { clean } from "../identity.ts";
import type { Provider } from "../providers/schema.ts";
import type { Facts } from "../providers/template.ts";
import { call, type Answer } from "./calls.ts";
import { MOST_VALUE } from "./facts.ts";
import { UnusableReply } from "./failures.ts";
import { isObject, read, textAt, type Json } from "./json.ts";
import type { Server, Servers } from "./server.ts";

export type Account = {
  /** Stable for ever, or null: then every connection is a new grant. */
  id: string | null;
  label: string;
  /** Only if the provider vouches for it. */
  verified_email: string | undefined;
};

type Identity = Exclude<Provider["identity"], { source: "none" | "check" }>;
/** Of records that have a call of their own to ask with. */
type Asked = Extract<Provider["identity"], { source: "request" | "check" }>;

export type Issued = {
  facts: Facts;
  access_token: string;
  /** Claims of a checked id_token. */
  claims: Json | undefined;
  /** The token reply as the provider sent it. */
  body: unknown;
};

export const createAccounts = (servers: Servers, now: () => number) => {
  /** @throws what fetch throws, UnusableReply, MissingFact */
  const ask = (
    client: ProviderClient,
    { request }: Asked,
    { facts, access_token }: Pick<Issued, "facts" | "access_token">,
  ): Promise<Answer> => {
    const { credential } = client.provider;
    const injected = credential && { injection: credential.injection, access_token };
    return call(servers.fetch, request, { client, facts, access_token, injected });
  };

  /** What the account is read from. @throws */
  const statementOf = async (
    client: ProviderClient,
    server: Server,
    { facts, access_token, claims, body }: Issued,
  ): Promise<unknown> => {
    const { identity } = client.provider;
    switch (identity.source) {
      case "none":
      case "token_response":
        return body;
      case "request":
      case "check":
        return stated(identity, await ask(client, identity, { facts, access_token }));
      case "userinfo":
        return { ...claims, ...(await userinfo(client, server, access_token, claims)) };
      case "id_token": {
        const labelled = identity.label.some((path) => read(claims, path) !== undefined);
        return labelled || !server.userinfo_endpoint
          ? claims
          : { ...claims, ...(await userinfo(client, server, access_token, claims)) };
      }
    }
  };

  const userinfo = async (
    { client_id }: ProviderClient,
    server: Server,
    access_token: string,
    claims: Json | undefined,
  ): Promise<oauth.UserInfoResponse> => {
    const response = await oauth.userInfoRequest(
      server,
      { client_id },
      access_token,
      servers.options(server.userinfo_endpoint ?? "https://invalid"),
    );
    const subject = claims?.["sub"];
    return oauth.processUserInfoResponse(
      server,
      { client_id },
      typeof subject === "string" ? subject : oauth.skipSubjectCheck,
      response,
    );
  };

  const accountOf = (provider: Provider, statement: unknown, facts: Facts): Account => {
    const { identity } = provider;
    if (identity.source === "none" || identity.source === "check") {
      const named = identity.label?.map((path) => clean(textAt(statement, path))).find(Boolean);
      // Whose it is nobody says: told apart by what is true of it.
      const label = named ?? `${provider.name}, ${new Date(now()).toISOString().slice(0, 16)}Z`;
      return { id: null, label, verified_email: undefined };
    }
    const parts = identity.id.map((part) =>
      part.startsWith("{") ? facts[part.slice(1, -1)] : textAt(statement, part),
    );
    if (parts.some((part) => part === undefined)) throw new UnusableReply("no_account_id");
    // A tenant's numbers begin at one, like everybody's.
    const tenant = Object.entries(provider.variables).flatMap(
      ([name, { chosen_by, self_hosted }]) =>
        chosen_by === "user" || self_hosted ? (facts[name] ?? []) : [],
    );
    const id = [...tenant, ...parts].join(":");
    if (id.length > MOST_VALUE) throw new UnusableReply("account_id_too_long");
    // No database keeps these as they are, and two accounts that differ in them alone would be one.
    if (/[\0\p{Cs}]/u.test(id)) throw new UnusableReply("account_id_unreadable");
    const labels = [...identity.label, "preferred_username"].map((path) =>
      clean(textAt(statement, path)),
    );
    return {
      id,
      label: labels.find(Boolean) ?? clean(id) ?? provider.name,
      verified_email: isVouchedFor(identity, statement)
        ? clean(read(statement, identity.email))
        : undefined,
    };
  };

  /**
   * Whether the provider still takes an access token. True where nobody can say: an API that answers 401 for a missing
   * right must not cost the user the grant.
   */
  const accepts = async (
    client: ProviderClient,
    { access_token }: { access_token: string },
    facts: Facts,
  ): Promise<boolean> => {
    const { identity } = client.provider;
    try {
      if ("request" in identity) {
        const { status, body } = await ask(client, identity, { facts, access_token });
        const refused = client.provider.credential?.refused ?? [];
        return status !== 401 && !refused.includes(status) && !isOver(client.provider, body);
      }
      const { userinfo_endpoint: url } = await servers.serverOf(client.provider, facts);
      if (url === undefined) return true;
      const response = await servers.fetch(url, {
        headers: { authorization: `Bearer ${access_token}`, accept: "application/json" },
      });
      return response.status !== 401;
    } catch {
      return true;
    }
  };

  return { ask, statementOf, accountOf, accepts };
};

/** Whether an API's reply says, by the provider's own code, that the token is over. */
export const isOver = ({ identity }: Provider, body: unknown): boolean =>
  "request" in identity &&
  identity.error !== undefined &&
  identity.over.includes(textAt(body, identity.error) ?? "");

/** By its status, and by what the record says tells an error from an answer. */
export const isSuccess = ({ success }: Asked, { status, body }: Answer): boolean =>
  status >= 200 && status < 300 && (!success || read(body, success.at) === success.is);

/** @throws UnusableReply */
export const stated = (identity: Asked, { status, body }: Answer): unknown => {
  const code = identity.error === undefined ? undefined : textAt(body, identity.error);
  if (isSuccess(identity, { status, body }) && (isObject(body) || Array.isArray(body))) return body;
  throw new UnusableReply("identity_reply", {
    status,
    ...(code !== undefined && /^[\x20-\x7e]{1,64}$/.test(code) ? { provider_error: code } : {}),
  });
};

const isVouchedFor = (
  { email_verified, string_booleans }: Identity,
  statement: unknown,
): boolean => {
  const value = read(statement, email_verified);
  return value === true || (string_booleans && value === "true");
};
