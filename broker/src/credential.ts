/**
 * What a call can be given, whatever it is made of: the tokens of an OAuth grant or a secret of the operator's.
 * Types only. Everything but `open` is known before any token is opened.
 */
import type { Rule } from "./policy.ts";

/** Where it may go, and what it is short of: asked before anything is opened, and once more when it is. */
export type Reach = {
  /** Exact hosts, as the configuration has them today. */
  allowed_hosts: string[];
  /** Of these scopes, those that it does not have. */
  lacks: (scopes: string[]) => string[];
};

export type Credential = Reach & {
  kind: "oauth" | "managed_secret";
  grant_id: string;
  /** Key of the configuration: a provider's or a managed secret's. */
  provider: string;
  /** Those of the app come first. */
  rules: Rule[];
  /** What the app requires of every grant at this provider. */
  required_scopes: string[];
  injection: Injection;
  /** @throws Refusal when there is nothing that the provider would still take. */
  open: (refused_token_id: string | undefined) => Promise<Opened>;
};

export type Opened = Reach & {
  access_token: string;
  /** RFC 6750 spells it Bearer, whatever the provider does. */
  token_type: string;
  /** Names the token without being it. */
  token_id: string;
  /** Epoch milliseconds, or null when nobody said. */
  expires_at: number | null;
  scopes: string[];
  /** It took the place of another one during this very call. */
  refreshed: boolean;
};

/** How it is put on a request; `{token}` in the template stands for the token. */
export type Injection = { in: "header" | "query"; name: string; template: string };
