/** The API beside a demo provider: whose token it is, what it may, and the answer. Knows no consent and no client. */
import express, { type Express, type Request, type Response } from "express";
import type { Provider } from "oidc-provider";
import type { Account } from "../oidc/directory.ts";
import { accounts } from "./accounts.ts";
import type { Entry, ProviderDescription } from "./provider.ts";

const MOST_ADDED = 10;

export const serveApi = (
  app: Express,
  provider: Provider,
  { path, scope, read, write }: ProviderDescription,
  now: () => Date,
): void => {
  /** Until the server stops: a demo's events are nobody's. */
  const added = new Map<string, Entry[]>();
  const of = ({ id }: Account) => added.get(id) ?? [];

  app.get(path, async (req, res) => {
    const account = await ownerOf(provider, req, res, scope);
    if (account) res.json({ account: account.login, ...read(account, now(), of(account)) });
  });

  if (!write) return;
  app.post(path, express.json({ limit: "4kb" }), async (req, res) => {
    const account = await ownerOf(provider, req, res, write.scope);
    if (!account) return;
    const entry = write.entry(req.body, now());
    if (entry) {
      added.set(account.id, [...of(account), entry].slice(-MOST_ADDED));
      res.status(201).json({ account: account.login, ...entry });
    } else res.status(400).json({ error: "invalid_request", detail: "Send a title" });
  });
};

/** Answers by itself when it finds no account that the token may act for. */
const ownerOf = async (
  provider: Provider,
  req: Request,
  res: Response,
  scope: string,
): Promise<Account | undefined> => {
  // RFC 6750, section 2.1: in the header only; a token in a URL ends up in logs.
  const value = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.get("authorization") ?? "")?.[1];
  if (value === undefined) {
    refuse(res, 401, undefined, "Send a bearer token");
    return undefined;
  }
  const token = await provider.AccessToken.find(value);
  const account = token?.isValid === true ? accounts.byId(token.accountId) : undefined;
  if (!token || !account) {
    refuse(res, 401, "invalid_token", "The token is unknown, expired or revoked");
    return undefined;
  }
  if (!token.scopes.has(scope)) {
    refuse(res, 403, "insufficient_scope", `The token lacks the scope ${scope}`, scope);
    return undefined;
  }
  return account;
};

/** RFC 6750, section 3. A request without a token gets a challenge without an error code. */
const refuse = (
  res: Response,
  status: 401 | 403,
  error: "invalid_token" | "insufficient_scope" | undefined,
  detail: string,
  scope?: string,
) => {
  const challenge = [
    'realm="api"',
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ];
  res
    .status(status)
    .set("WWW-Authenticate", `Bearer ${challenge.join(", ")}`)
    .json({ error: error ?? "token_required", detail });
};
