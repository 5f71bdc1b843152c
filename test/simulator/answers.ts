/** Which part answers which step, the API that tokens are for, and the no that is the same everywhere. */
import { escape, htmlReply, page, type Reply } from "../servers/http.ts";
import { answerAuthorize } from "./authorize.ts";
import { json, Refused, type Call } from "./calls.ts";
import { isInjected } from "./credentials.ts";
import type { World } from "./clients.ts";
import { answerDiscovery } from "./discovery.ts";
import type { Step } from "./endpoints.ts";
import { answerIdentity, answerUserinfo, unauthorized } from "./identity.ts";
import { holderOf, hostsOf, isLive, type Play } from "./plays.ts";
import { answerRevocation } from "./revocation.ts";
import { answerLongLived, answerRefresh, answerToken } from "./tokens.ts";

/** Calls that are an app's or a browser's: nobody expects those to name themselves. */
const OPEN: readonly Step[] = ["authorize", "api"];

export const replyTo = async (world: World, play: Play, step: Step, call: Call): Promise<Reply> => {
  try {
    const agent = call.headers["user-agent"];
    // `node` is what the runtime says of itself where the caller says nothing.
    if (!OPEN.includes(step) && (agent === undefined || agent === "node"))
      throw new Refused("forbidden", "Requests without a User-Agent are not answered", 403);
    switch (step) {
      case "discovery":
        return answerDiscovery(play, call);
      case "jwks":
        return json(world.keys.jwks);
      case "authorize":
        return answerAuthorize(play, call);
      case "token":
        return await answerToken(world, play, call);
      case "refresh":
        return await answerRefresh(world, play, call);
      case "long_lived":
        return answerLongLived(play, call);
      case "identity":
        return answerIdentity(play, call);
      case "userinfo":
        return answerUserinfo(play, call);
      case "revocation":
        return await answerRevocation(world, play, call);
      case "api":
        return answerApi(play, call);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, message, status } = error;
    return step === "authorize"
      ? htmlReply(
          page("Error", `<h1 data-testid="provider-error">${escape(`${code}: ${message}`)}</h1>`),
          status,
        )
      : json({ error: code, error_description: message }, status);
  }
};

/** It takes a live token in the record's header, by the record's scheme, at a host of the connection; nothing else. */
const answerApi = (play: Play, call: Call): Reply => {
  const holder = holderOf(play, call);
  const isTaken =
    holder &&
    isLive(holder) &&
    hostsOf(play).includes(call.url.host) &&
    isInjected(play.provider, call, holder.token);
  return isTaken
    ? json({ provider: play.provider.id, account: holder.grant.account })
    : unauthorized();
};
