/** The end of a grant: by RFC 7009, by a call that the provider has instead, or by the user at the provider. */
import type { Reply } from "../servers/http.ts";
import { insist, json, valuesOf, type Call } from "./calls.ts";
import { authenticate, type World } from "./clients.ts";
import { holderOf, isLive, type Grant, type Holder, type Play } from "./plays.ts";
import { conforms } from "./requests.ts";

export const answerRevocation = async (world: World, play: Play, call: Call): Promise<Reply> => {
  const { revocation } = play.provider;
  if (revocation.by !== "request") return byStandard(world, play, call);
  const isByToken = /\{(?:access_token|refresh_token|token)\}/.test(
    JSON.stringify(revocation.request),
  );
  const holder =
    holderOf(play, call) ??
    (isByToken || revocation.request.auth === "bearer"
      ? ofRefreshToken(play, call)
      : ofClient(play));
  insist(holder && !holder.grant.ended, "invalid_token", "no live token in it", 401);
  conforms(play, revocation.request, call, holder);
  holder.grant.ended = true;
  return { ...json(null), status: 204, body: Buffer.alloc(0) };
};

/** RFC 7009. More than it asks for: the kind of token that the record names has to be the one that comes. */
const byStandard = async (world: World, play: Play, call: Call): Promise<Reply> => {
  const { revocation, client_id_parameter } = play.provider;
  insist(revocation.by === "rfc7009", "not_found", "no such call", 404);
  insist(call.body.kind === "form", "invalid_request", "body: a form is expected");
  const fields = new Map(call.body.fields);
  const token = fields.get("token") ?? "";
  const grant = play.grants.find((one) => tokensOf(one).includes(token));
  // Section 2.2: a token that nobody knows is as good as revoked.
  if (!grant) return json({});
  const isRefreshToken = grant.refresh_tokens.has(token);
  insist(
    isRefreshToken === (revocation.token === "refresh_token" && grant.refresh_tokens.size > 0),
    "unsupported_token_type",
    `token: ${revocation.token} is expected`,
  );
  const { authorization } = call.headers;
  switch (revocation.auth) {
    case "client":
      await authenticate(world, play, call, fields);
      break;
    case "client_id":
      insist(
        fields.get(client_id_parameter) === play.client.client_id,
        "invalid_client",
        "client_id",
      );
      insist(!fields.has("client_secret"), "invalid_request", "client_secret: not taken");
      break;
    case "bearer": {
      const bearer = { grant, token: /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "" };
      insist(isLive(bearer), "invalid_token", "a live bearer token is expected", 401);
      break;
    }
    case "none":
      insist(authorization === undefined, "invalid_request", "no Authorization is expected");
  }
  grant.ended = true;
  return json({});
};

const tokensOf = ({ access_tokens, refresh_tokens }: Grant): string[] => [
  ...access_tokens.keys(),
  ...refresh_tokens,
];

/** Where the client alone says it, by facts of the connection: its last one is meant. */
const ofClient = ({ grants }: Play): Holder | undefined => {
  const grant = grants.filter(({ ended }) => !ended).at(-1);
  return grant && { grant, token: [...grant.access_tokens.keys()].at(-1) ?? "" };
};

const ofRefreshToken = ({ grants }: Play, call: Call): Holder | undefined => {
  const values = valuesOf(call);
  const grant = grants.find(({ refresh_tokens }) =>
    [...refresh_tokens].some((token) => values.has(token)),
  );
  return grant && { grant, token: [...grant.access_tokens.keys()].at(-1) ?? "" };
};
