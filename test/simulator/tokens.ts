/**
 * The token endpoint: who may come to it and with what, and which tokens there are then. Knows grants and how each ends;
 * in what form a reply comes is replies.ts.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Reply } from "../servers/http.ts";
import { CANARY } from "../servers/leaks.mjs";
import { isOpenId, redirectUriOf } from "./authorization-request.ts";
import { issuerFor } from "./authorize.ts";
import { insist, json, reachable, Refused, type Call } from "./calls.ts";
import { fieldsOf, type World } from "./clients.ts";
import { overReply, subjectOf } from "./identity.ts";
import { holderOf, isLive, type Grant, type Play } from "./plays.ts";
import { errorReply, tokenReply, type Issued } from "./replies.ts";
import { conforms } from "./requests.ts";
import { fillKnown, LONG_LIFE, numberOf } from "./samples.ts";

export const answerToken = async (world: World, play: Play, call: Call): Promise<Reply> =>
  refusing(play, async () => {
    const { provider, client } = play;
    const fields = await fieldsOf(world, play, call);
    insist(
      fields.get("grant_type") === "authorization_code",
      "unsupported_grant_type",
      "grant_type",
    );
    const grant = play.grants.find(({ code }) => code === fields.get("code"));
    insist(grant, "invalid_grant", "code: unknown");
    if (grant.code_used) {
      // RFC 6749 section 4.1.2: somebody else may have come first.
      grant.ended = true;
      throw new Refused("invalid_grant", "code: used before");
    }
    grant.code_used = true;
    insist(
      fields.get("redirect_uri") === redirectUriOf(play),
      "invalid_grant",
      "redirect_uri: another",
    );
    const verifier = fields.get("code_verifier");
    if (provider.pkce === "none")
      insist(verifier === undefined, "invalid_request", "code_verifier: not taken");
    else
      insist(
        verifier !== undefined &&
          createHash("sha256").update(verifier).digest("base64url") === grant.challenge,
        "invalid_grant",
        "code_verifier: not that of the challenge",
      );
    const known = { ...play.facts, state: grant.state, client_id: client.client_id };
    for (const [name, value] of Object.entries(provider.token_request.parameters))
      insist(fields.get(name) === fillKnown(value, known), "invalid_request", `${name}: ${value}`);
    if (grant.with_refresh_token) grant.refresh_tokens.add(newToken(play, grant, "r"));
    return tokenReply(world, play, call, grant, await issue(world, play, call, grant));
  });

export const answerRefresh = async (world: World, play: Play, call: Call): Promise<Reply> =>
  refusing(play, async () => {
    const { provider, client } = play;
    const { refresh } = provider;
    if (refresh.with === "access_token") return renewed(play, call);
    insist(refresh.with === "refresh_token", "unsupported_grant_type", "no refresh");
    const fields = await fieldsOf(world, play, call);
    insist(fields.get("grant_type") === "refresh_token", "unsupported_grant_type", "grant_type");
    const over = refresh.over[0] ?? "invalid_grant";
    const token = fields.get("refresh_token") ?? "";
    const grant = play.grants.find(
      ({ refresh_tokens, replaced }) => refresh_tokens.has(token) || replaced.has(token),
    );
    insist(grant && !grant.ended, over, "refresh_token: unknown");
    const replaced_at = grant.replaced.get(token);
    if (
      replaced_at !== undefined &&
      world.now() > replaced_at + (refresh.grace_seconds ?? 0) * 1000
    ) {
      // Either the client or a thief has the new one: a strict provider lets neither go on.
      grant.ended = true;
      throw new Refused(over, "refresh_token: used before");
    }
    const known = { ...play.facts, client_id: client.client_id };
    for (const [name, value] of Object.entries(refresh.parameters))
      insist(fields.get(name) === fillKnown(value, known), "invalid_request", `${name}: ${value}`);
    if (refresh.redirect_uri)
      insist(
        fields.get("redirect_uri") === redirectUriOf(play),
        "invalid_grant",
        "redirect_uri: another",
      );
    grant.refreshes += 1;
    // Those of whom nobody knows do now this, now that.
    const rotates =
      refresh.rotates === "yes" || (refresh.rotates !== "no" && grant.refreshes % 2 === 1);
    if (rotates) {
      for (const old of grant.refresh_tokens) grant.replaced.set(old, world.now());
      grant.refresh_tokens.clear();
      grant.refresh_tokens.add(newToken(play, grant, "r"));
    }
    const issued = await issue(world, play, call, grant);
    return tokenReply(world, play, call, grant, { ...issued, tells_refresh_token: rotates });
  });

/** The token of the exchange for one that lives longer. */
export const answerLongLived = (play: Play, call: Call): Reply => {
  const { long_lived } = play.provider;
  insist(long_lived, "not_found", "no such call", 404);
  return swapped(play, call, long_lived);
};

const renewed = (play: Play, call: Call): Reply => {
  const { refresh } = play.provider;
  insist(refresh.with === "access_token", "not_found", "no such call", 404);
  return swapped(play, call, refresh.request);
};

const swapped = (play: Play, call: Call, request: Parameters<typeof conforms>[1]): Reply => {
  const holder = holderOf(play, call);
  if (!holder || !isLive(holder)) return overReply(play);
  conforms(play, request, call, holder);
  const access_token = newToken(play, holder.grant, "a");
  holder.grant.access_tokens.set(access_token, "live");
  return json({ access_token, token_type: "bearer", expires_in: LONG_LIFE });
};

const refusing = async (play: Play, answer: () => Promise<Reply>): Promise<Reply> => {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return errorReply(play.provider, error);
  }
};

const issue = async (world: World, play: Play, call: Call, grant: Grant): Promise<Issued> => {
  const access_token = newToken(play, grant, "a");
  grant.access_tokens.set(access_token, "live");
  return { access_token, id_token: await idTokenOf(world, play, call, grant) };
};

const idTokenOf = async (
  { keys }: World,
  play: Play,
  call: Call,
  grant: Grant,
): Promise<string | undefined> => {
  const { provider, client } = play;
  const claims = {
    iss: reachable(call, issuerFor(play, grant.account, call)),
    aud: client.client_id,
    ...subjectOf(play, grant.account, call),
  };
  // Nobody could check it, and it says so itself.
  if (provider.token_response.id_token_ignored)
    return keys.signStrangely({ ...claims, iss: "https://unknown.invalid" });
  if (!isOpenId(play, grant.scopes)) return undefined;
  const nonce = grant.nonce === undefined || grant.refreshes ? {} : { nonce: grant.nonce };
  const isPinned = provider.authorization_endpoint && provider.token_endpoint;
  return keys.sign({ ...claims, ...nonce }, isPinned ? "RS256" : "ES256");
};

const newToken = ({ provider }: Play, { account }: Grant, kind: string): string => {
  const random = randomBytes(24).toString("base64url");
  return provider.hooks.tokens === "etsy-user-id"
    ? `${numberOf(account)}.${CANARY}${kind}${random}`
    : `${CANARY}${kind}_${random}`;
};
