/**
 * The ten providers of docs/identity-providers.md: the recipes as they stand there, and for each the tokens that such a
 * provider issues. An honest one, and those that other people could get: with the recipe they are refused, and `off`
 * takes out of it the very rule that refuses them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Issuer } from "../servers/issuer.ts";
import type { Json } from "./world.ts";

export type Recipe = Json & { issuer: string; audience?: string; client_ids?: string[] };

export type Attack = {
  /** Whose token it is. */
  of: string;
  /** For whom it was issued, if not for the client of the recipe. */
  client?: string;
  /** Put over those of an honest one. */
  claims?: Json;
  /** All claims of an ID token, where the recipe wants an access token. */
  id?: Json;
  reason: string;
  /** What the recipe would have to say to let it in; `undefined` takes a key out. */
  off: Json;
};

type Case = {
  kind: "access" | "id";
  /** Of the header; without this key as oidc-provider has it, which for an access token is at+jwt. */
  typ?: string | undefined;
  claims: (client: string, issuer: string) => Json;
  subject: string;
  groups: string[];
  attacks: Attack[];
};

/** By the heading they stand under. */
export const recipes = new Map(
  readFileSync(join(import.meta.dirname, "../../docs/identity-providers.md"), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((section): [string, Recipe] => {
      const heading = section.slice(0, section.indexOf("\n"));
      const yaml = /^```yaml\n(.*?)^```/ms.exec(section)?.[1] ?? "";
      return [heading, (parse(yaml) as { identity_provider: Recipe }).identity_provider];
    }),
);

/** A user's token from this provider; an honest one unless told otherwise. */
export const mint = (
  name: string,
  at: Issuer,
  { client = clientOf(name), claims, id }: Partial<Attack> = {},
): Promise<string> => {
  const provider = cases[name];
  if (!provider || id) return at.id(client, { ...id });
  const all = { ...provider.claims(client, at.issuer), ...claims };
  if (provider.kind === "id") return at.id(client, all);
  return at.access(client, all, "typ" in provider ? { typ: provider.typ } : {});
};

const recipe = (name: string): Recipe & { audience: string; client_ids: string[] } => {
  const found = recipes.get(name);
  if (!found) throw new Error(`no recipe for ${name}`);
  return { audience: "", client_ids: [], ...found };
};
const clientOf = (name: string): string => recipe(name).client_ids[0] ?? recipe(name).audience;

const OTHER = "other-client";
const withOther = (name: string): Json => ({ client_ids: [clientOf(name), OTHER] });
/** As for ID tokens, whose audience is the client. */
const clientAsAudience = (name: string): Json => ({
  audience: clientOf(name),
  client_ids: undefined,
});

const person = { email: "ann@example.com", email_verified: true };
const groups = ["planners", "night shift"];
const entraUser = { tid: "3f1c7a52", oid: "9a1d0c44" };

export const cases: Record<string, Case> = {
  Auth0: {
    kind: "access",
    typ: "JWT",
    claims: (client, issuer) => ({
      sub: "auth0|ann",
      azp: client,
      client_id: undefined,
      aud: [recipe("Auth0").audience, `${issuer}userinfo`],
      "https://planner.example/groups": groups,
    }),
    subject: "auth0|ann",
    groups,
    attacks: [
      {
        of: "another application of the tenant",
        client: OTHER,
        reason: "client",
        off: withOther("Auth0"),
      },
      {
        of: "a machine",
        client: OTHER,
        claims: { sub: `${OTHER}@clients`, gty: "client-credentials" },
        reason: "client",
        off: withOther("Auth0"),
      },
      {
        of: "the right application, an ID token",
        id: { sub: "auth0|ann", ...person },
        reason: "audience",
        off: clientAsAudience("Auth0"),
      },
    ],
  },
  Clerk: {
    kind: "access",
    typ: "JWT",
    claims: (origin) => ({
      ...{ sub: "user_2ann", sid: "sess_1", v: 2, groups, ...person },
      azp: origin,
      ...{ client_id: undefined, aud: undefined, scope: undefined },
    }),
    subject: "user_2ann",
    groups,
    attacks: [
      { of: "another page", client: OTHER, reason: "client", off: withOther("Clerk") },
      {
        of: "an OAuth application",
        claims: { azp: undefined, client_id: OTHER, sid: undefined },
        reason: "client",
        off: { ...withOther("Clerk"), client_claim: undefined },
      },
      {
        of: "a session with a task left",
        claims: { sts: "pending" },
        reason: "claim",
        off: { required_claims: undefined },
      },
    ],
  },
  Okta: {
    kind: "access",
    typ: undefined,
    claims: (client) => ({
      ...{ sub: "ann@example.com", uid: "00u1ann", scp: ["openid"], groups },
      ...{ cid: client, client_id: undefined, aud: recipe("Okta").audience },
    }),
    subject: "00u1ann",
    groups,
    attacks: [
      { of: "another application", client: OTHER, reason: "client", off: withOther("Okta") },
      {
        of: "the right application, an ID token",
        id: { sub: "00u1ann" },
        reason: "audience",
        off: { ...clientAsAudience("Okta"), client_claim: undefined, subject_claim: "sub" },
      },
    ],
  },
  "Custom OpenID Connect": {
    kind: "access",
    claims: () => ({ sub: "user-7", aud: recipe("Custom OpenID Connect").audience, groups }),
    subject: "user-7",
    groups,
    attacks: [
      {
        of: "another client",
        client: OTHER,
        reason: "client",
        off: withOther("Custom OpenID Connect"),
      },
      {
        of: "the right client, for another API",
        claims: { aud: "https://mail.example" },
        reason: "audience",
        off: { audience: "https://mail.example" },
      },
      {
        of: "the right client, an ID token",
        id: { sub: "user-7" },
        reason: "type",
        off: { ...clientAsAudience("Custom OpenID Connect"), types: undefined },
      },
    ],
  },
  "Microsoft Entra ID": {
    kind: "access",
    typ: "JWT",
    claims: (client) => ({
      ...{ sub: "pairwise-of-ann", ...entraUser, scp: "access_as_user", roles: groups },
      ...{ azp: client, client_id: undefined, aud: recipe("Microsoft Entra ID").audience },
    }),
    subject: `${entraUser.tid}|${entraUser.oid}`,
    groups,
    attacks: [
      {
        of: "another application of the tenant",
        client: OTHER,
        reason: "client",
        off: withOther("Microsoft Entra ID"),
      },
      {
        of: "the right application itself, without a user",
        claims: { scp: undefined },
        reason: "claim",
        off: { required_claims: undefined },
      },
      {
        of: "the right application, an ID token",
        id: { sub: "pairwise-of-ann", ...entraUser },
        reason: "audience",
        off: { ...clientAsAudience("Microsoft Entra ID"), required_claims: undefined },
      },
    ],
  },
  Google: {
    kind: "id",
    claims: (client) => ({ sub: "110169484474386276334", azp: client, ...person }),
    subject: "110169484474386276334",
    groups: [],
    attacks: [
      {
        of: "another app",
        client: OTHER,
        reason: "audience",
        off: { ...withOther("Google"), audience: [clientOf("Google"), OTHER] },
      },
      {
        of: "anybody's service account, for our audience",
        claims: { azp: "104201877", sub: "104201877" },
        reason: "client",
        off: { client_ids: undefined },
      },
    ],
  },
  Keycloak: {
    kind: "access",
    typ: "JWT",
    claims: (client) => ({
      ...{ sub: "8befeac4", preferred_username: "ann", realm_access: { roles: groups } },
      ...{ typ: "Bearer", azp: client, client_id: undefined, aud: "account" },
    }),
    subject: "8befeac4",
    groups,
    attacks: [
      {
        of: "another client of the realm",
        client: OTHER,
        reason: "client",
        off: withOther("Keycloak"),
      },
      {
        of: "the right client, an ID token",
        id: { sub: "8befeac4", typ: "ID", azp: clientOf("Keycloak") },
        reason: "claim",
        off: { required_claims: undefined },
      },
    ],
  },
  "Amazon Cognito": {
    kind: "access",
    typ: undefined,
    claims: () => ({
      ...{ sub: "aaaa-bbbb", token_use: "access", username: "ann", "cognito:groups": groups },
      aud: undefined,
    }),
    subject: "aaaa-bbbb",
    groups,
    attacks: [
      {
        of: "another app client of the pool",
        client: OTHER,
        reason: "client",
        off: withOther("Amazon Cognito"),
      },
      {
        of: "the right app client, an ID token",
        id: { sub: "aaaa-bbbb", token_use: "id", ...person },
        reason: "claim",
        off: { ...clientAsAudience("Amazon Cognito"), required_claims: { token_use: "id" } },
      },
    ],
  },
  Firebase: {
    kind: "id",
    claims: () => ({ sub: "uid-ann", groups, firebase: { sign_in_provider: "password" } }),
    subject: "uid-ann",
    groups,
    attacks: [
      {
        of: "another audience",
        client: OTHER,
        reason: "audience",
        off: { audience: [clientOf("Firebase"), OTHER] },
      },
      {
        of: "nobody in particular",
        claims: { firebase: { sign_in_provider: "anonymous" } },
        reason: "claim",
        off: { required_claims: undefined },
      },
    ],
  },
  Supabase: {
    kind: "access",
    typ: "JWT",
    claims: () => ({
      ...{ sub: "uuid-ann", role: "authenticated", is_anonymous: false },
      ...{ app_metadata: { groups }, user_metadata: { groups: ["admins"] } },
      ...{ client_id: undefined, aud: recipe("Supabase").audience },
    }),
    subject: "uuid-ann",
    groups,
    attacks: [
      {
        of: "a client of the project's OAuth server",
        claims: { client_id: OTHER },
        reason: "claim",
        off: { required_claims: { is_anonymous: false } },
      },
      {
        of: "nobody in particular",
        claims: { is_anonymous: true },
        reason: "claim",
        off: { required_claims: { client_id: null } },
      },
    ],
  },
};
