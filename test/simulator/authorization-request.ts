/** What an authorization request has to say, by the record: all of it, once, and nothing that the provider takes ill. */
import { insist } from "./calls.ts";
import type { Play } from "./plays.ts";
import { fillKnown } from "./samples.ts";

const SHORTEST_STATE = 16;
/** Known to every provider of OpenID Connect, whatever the record has words for. */
const COMMON_SCOPES = ["openid", "email", "profile", "offline_access"];

/** What the provider knows the client's address by. */
export const redirectUriOf = ({ provider, client, facts }: Play): string =>
  provider.redirect_uri_alias === undefined
    ? client.redirect_uri
    : fillKnown(provider.redirect_uri_alias, facts);

/** The scopes asked for. @throws Refused */
export const checkRequest = (play: Play, asked: URLSearchParams): string[] => {
  const { provider, client } = play;
  const need = (holds: boolean, why: string) => insist(holds, "invalid_request", why);
  for (const name of new Set(asked.keys())) need(asked.getAll(name).length === 1, `${name}: twice`);
  need(asked.get("response_type") === "code", "response_type: code");
  need((asked.get("state")?.length ?? 0) >= SHORTEST_STATE, "state: too short");
  need(
    (asked.get("response_mode") ?? "query") === provider.response_mode,
    `response_mode: ${provider.response_mode}`,
  );
  const extra = {
    ...provider.authorize_parameters,
    ...(provider.prompt === undefined ? {} : { prompt: provider.prompt }),
  };
  for (const [name, value] of Object.entries(extra))
    need(asked.get(name) === value, `${name}: ${value}`);
  if (provider.pkce === "none")
    need(!asked.has("code_challenge") && !asked.has("code_challenge_method"), "no PKCE");
  else {
    need(/^[\w-]{43}$/.test(asked.get("code_challenge") ?? ""), "code_challenge: missing");
    need(asked.get("code_challenge_method") === "S256", "code_challenge_method: S256");
  }
  const given = asked.get("scope");
  need(given !== "", "scope: empty");
  const scopes = given === null ? [] : given.split(provider.scope_separator);
  const known = [...Object.keys(provider.scopes), ...COMMON_SCOPES];
  const expected = client.scopes;
  insist(
    expected
      ? [...expected].sort().join() === [...scopes].sort().join()
      : scopes.every((scope) => known.includes(scope)),
    "invalid_scope",
    `scope: ${given}`,
  );
  const wantsNonce = isOpenId(play, scopes) && provider.nonce;
  need(asked.has("nonce") === wantsNonce, `nonce: ${wantsNonce ? "missing" : "not taken"}`);
  return scopes;
};

export const isOpenId = ({ provider }: Play, scopes: string[]): boolean =>
  provider.issuer !== undefined && provider.openid === "id_token" && scopes.includes("openid");
