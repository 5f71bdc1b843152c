/**
 * The authorization endpoint and its one page: what the request has to say, who consents, and what goes back to the
 * client. Knows nothing of tokens.
 */
import { createHmac, randomBytes } from "node:crypto";
import { posted } from "../servers/callback.ts";
import { escape, htmlReply, page, redirectReply, type Reply } from "../servers/http.ts";
import { checkRequest, redirectUriOf } from "./authorization-request.ts";
import { insist, reachable, Refused, type Call } from "./calls.ts";
import { subjectOf } from "./identity.ts";
import { at } from "./paths.ts";
import { capturedAt, issuerOf, type Grant, type Play } from "./plays.ts";
import { fragmentOf } from "./samples.ts";

/** GET shows the page, POST is the user's answer. Both have to be as the record says. */
export const answerAuthorize = (play: Play, call: Call): Reply => {
  const { provider, client } = play;
  const asked = call.url.searchParams;
  // Before these are right there is nowhere to send anybody: a provider keeps the user on a page of its own.
  insist(
    asked.get(provider.client_id_parameter) === client.client_id,
    "invalid_client",
    `${provider.client_id_parameter}: no such client`,
  );
  insist(
    asked.get("redirect_uri") === redirectUriOf(play),
    "redirect_uri_mismatch",
    "redirect_uri: not the registered one",
  );
  try {
    const scopes = checkRequest(play, asked);
    if (call.method !== "POST") return consentPage(play, scopes);
    const form = call.body.kind === "form" ? call.body.fields : new URLSearchParams();
    if (form.get("action") === "deny")
      throw new Refused(provider.denied[0] ?? "access_denied", "The user said no");
    const without = form.getAll("without");
    const account = form.get("account") ?? "";
    return consented(
      play,
      call,
      account,
      scopes.filter((scope) => !without.includes(scope)),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return sendBack(play, call, { error: error.code, error_description: error.message });
  }
};

const consented = (play: Play, call: Call, account: string, scopes: string[]): Reply => {
  const { provider, facts } = play;
  const scopesAt = provider.token_response.scope_in_callback;
  const asked = call.url.searchParams;
  const before = play.grants.some((grant) => grant.account === account && !grant.ended);
  const grant: Grant = {
    ...{ account, scopes, code: randomBytes(24).toString("base64url"), code_used: false },
    challenge: asked.get("code_challenge") ?? undefined,
    nonce: asked.get("nonce") ?? undefined,
    state: asked.get("state") ?? "",
    with_refresh_token: getsRefreshToken(play, scopes, asked, before),
    ...{ access_tokens: new Map(), refresh_tokens: new Set(), replaced: new Map() },
    ...{ refreshes: 0, ended: false },
  };
  play.grants.push(grant);
  return sendBack(
    play,
    call,
    {
      code: grant.code,
      ...Object.fromEntries(
        capturedAt(play, "callback").map(([name, value]) => [name, reachable(call, value)]),
      ),
      ...(scopesAt === undefined
        ? {}
        : { [scopesAt]: scopes.join(provider.token_response.scope_separator) }),
      ...(provider.hooks.callback === "shopify-hmac"
        ? {
            shop: `${facts["shop"]}.myshopify.com`,
            timestamp: String(Math.floor(Date.now() / 1000)),
          }
        : {}),
    },
    account,
  );
};

const getsRefreshToken = (
  { provider }: Play,
  scopes: string[],
  asked: URLSearchParams,
  before: boolean,
): boolean => {
  const { refresh } = provider;
  if (refresh.with !== "refresh_token") return false;
  if (refresh.obtained === "scope") return scopes.some((scope) => /offline|refresh/i.test(scope));
  // A second consent brings another one only if the user was asked anew.
  if (refresh.obtained === "first_consent")
    return !before || (asked.get("prompt") ?? "").split(" ").includes("consent");
  return true;
};

const sendBack = (
  play: Play,
  call: Call,
  given: Record<string, string>,
  account?: string,
): Reply => {
  const { provider, client } = play;
  const url = new URL(client.redirect_uri);
  const state = call.url.searchParams.get("state");
  const parameters: Record<string, string> = {
    ...given,
    ...(state === null ? {} : { state }),
    ...(provider.iss_parameter ? { iss: reachable(call, issuerFor(play, account, call)) } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (provider.hooks.callback === "shopify-hmac" && "code" in given)
    url.searchParams.set("hmac", hmacOf(url.searchParams, client.client_secret ?? ""));
  const reply = redirectReply(url.href + fragmentOf(provider), 302);
  return withOpener(
    play,
    call.url.searchParams.get("response_mode") === "form_post"
      ? posted(reply, { url: url.href })
      : reply,
  );
};

/** Where each account has an issuer of its own, it is named by claims of the account. */
export const issuerFor = (play: Play, account: string | undefined, call: Call): string => {
  const { id_token_issuer } = play.provider;
  if (id_token_issuer === undefined || account === undefined) return issuerOf(play);
  const claims = subjectOf(play, account, call);
  return id_token_issuer.replace(/\{(\w+)\}/g, (_, name: string) => String(at(claims, name)));
};

/** Shopify's: over the other parameters by name. */
const hmacOf = (parameters: URLSearchParams, secret: string): string => {
  const message = [...parameters]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("&");
  return createHmac("sha256", secret).update(message).digest("hex");
};

const consentPage = (play: Play, scopes: string[]): Reply => {
  const { name, id } = play.provider;
  const boxes = scopes.map((scope) => `<li data-testid="scope">${escape(scope)}</li>`).join("");
  return withOpener(
    play,
    htmlReply(
      page(
        `${name}: allow?`,
        `<h1>Allow ${escape(play.client.client_id)} to use ${escape(name)}?</h1><ul>${boxes}</ul>
        <form method="post">
        <label>Account <input name="account" data-testid="account" value="ann@${escape(id)}.test"></label>
        <button name="action" value="allow" data-testid="allow">Allow</button>
        <button name="action" value="deny" data-testid="deny">Deny</button></form>`,
      ),
    ),
  );
};

const withOpener = ({ provider }: Play, reply: Reply): Reply =>
  provider.opener === "severed"
    ? { ...reply, headers: { ...reply.headers, "cross-origin-opener-policy": "same-origin" } }
    : reply;
