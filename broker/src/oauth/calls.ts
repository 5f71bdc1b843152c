/**
 * Calls to a provider that are not OAuth's own: whose account it is, a longer life for a token, its end. Knows how a
 * record describes one; what an answer means is the caller's.
 */
import type { ProviderClient } from "../config/client.ts";
import { inject, type Injected } from "../injection.ts";
import type { ProviderRequest } from "../providers/schema.ts";
import { fill, fillUrl, type Facts } from "../providers/template.ts";
import { secureUrlOf } from "../providers/url.ts";
import { UnusableReply } from "./failures.ts";
import { parseJson } from "./json.ts";
import type { Fetch } from "./server.ts";

export type CallFacts = {
  client: Pick<ProviderClient, "client_id" | "client_secret">;
  facts: Facts;
  access_token?: string | undefined;
  refresh_token?: string | undefined;
  /** The user's own credential: it goes on the call as it will on the app's, and stands in nothing else. */
  injected?: Injected | undefined;
};

export type Answer = { status: number; body: unknown };

/** @throws what fetch throws, UnusableReply, MissingFact */
export const call = async (
  fetch: Fetch,
  request: ProviderRequest,
  { client, facts, access_token, refresh_token, injected }: CallFacts,
): Promise<Answer> => {
  const secrets: Facts = injected
    ? {}
    : {
        client_id: client.client_id,
        ...(client.client_secret === undefined ? {} : { client_secret: client.client_secret }),
        ...(access_token === undefined ? {} : { access_token }),
        ...(refresh_token === undefined ? {} : { refresh_token }),
        // Whichever a revocation is about.
        ...(access_token === undefined ? {} : { token: refresh_token ?? access_token }),
      };
  const all = { ...facts, ...secrets };
  const filled = (given: Record<string, string>): [string, string][] =>
    Object.entries(given).map(([name, value]) => [name, fill(value, all)]);

  const url = secureUrlOf(fillUrl(request.url, facts, secrets));
  if (!url) throw new UnusableReply("insecure_endpoint");
  for (const [name, value] of filled(request.query)) url.searchParams.set(name, value);
  const headers = new Headers({ accept: "application/json" });
  for (const [name, value] of filled(request.headers)) headers.set(name, value);
  if (injected) inject(url, headers, injected);
  else if (!headers.has("authorization")) {
    if (request.auth === "bearer" && access_token !== undefined)
      headers.set("authorization", `Bearer ${access_token}`);
    if (request.auth === "client_secret_basic") headers.set("authorization", basic(client));
  }
  const init: RequestInit = { method: request.method, headers };
  if (request.form) init.body = new URLSearchParams(filled(request.form));
  if (request.json) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(fillAll(request.json, all));
  }
  const response = await fetch(url.href, init);
  return { status: response.status, body: parseJson(await response.text()) };
};

/** RFC 6749 section 2.3.1 wants both form-encoded first; `raw` is for those who take them as they are. */
export const basic = (
  { client_id, client_secret = "" }: Pick<ProviderClient, "client_id" | "client_secret">,
  raw = false,
): string => {
  const encoded = (text: string) =>
    raw ? text : new URLSearchParams([["", text]]).toString().slice(1);
  const pair = `${encoded(client_id)}:${encoded(client_secret)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
};

const fillAll = (value: unknown, facts: Facts): unknown => {
  if (typeof value === "string") return fill(value, facts);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, facts));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, fillAll(item, facts)]),
    );
  return value;
};
