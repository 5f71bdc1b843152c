/**
 * Whose account it is, as each provider says it: an answer built from the paths at which the record looks, the same
 * wherever it stands (id_token, userinfo, a call of its own, the token reply). Also says what a dead token is told.
 */
import type { Reply } from "../servers/http.ts";
import { insist, json, reachable, type Call } from "./calls.ts";
import { at, put, type Json } from "./paths.ts";
import { capturedAt, holderOf, isLive, type Play } from "./plays.ts";
import { conforms } from "./requests.ts";
import { idOf } from "./samples.ts";

/** What a broker should have found out about somebody. */
export type Account = {
  /** Part by part, to the digit; nothing where the provider does not say. */
  id: string[] | null;
  label: string | undefined;
  name: string | undefined;
};

/** All that the provider says about an account. `below` is what the same reply says of other things. */
export const statementOf = (
  play: Play,
  account: string,
  call: Pick<Call, "loopback">,
  below?: Json,
): unknown => {
  const { identity } = play.provider;
  const named = namedIn(play);
  const labels = identity.label ?? [];
  const said: [string, unknown][] = [
    ...capturedAt(play, "identity").map(([path, value]): [string, unknown] => [
      path,
      reachable(call, value),
    ]),
    ...(named?.id ?? []).flatMap((path, i): [string, unknown][] =>
      path.startsWith("{") ? [] : [[path, idOf(play.provider, account, i)]],
    ),
    // The first label is the account as the user knows it; the broker has to prefer it to the others.
    ...labels.map((path, i): [string, string] => [
      path,
      i === 0 ? account : `Label ${i}, ${account}`,
    ]),
    ...(named
      ? [
          ...(named.name === undefined ? [] : [[named.name, `Name of ${account}`] as const]),
          [named.email, account] as const,
          [named.email_verified, named.string_booleans ? "true" : true] as const,
        ]
      : []
    ).map(([path, value]): [string, unknown] => [path, value]),
  ];
  return said.reduce<unknown>((built, [path, value]) => put(built, path, value), below);
};

/** Where the provider says whose it is; nothing where it does not. */
const namedIn = ({ provider: { identity } }: Pick<Play, "provider">) =>
  identity.source === "none" || identity.source === "check" ? undefined : identity;

export const accountOf = (play: Play, account: string): Account => {
  const named = namedIn(play);
  const statement = statementOf(play, account, { loopback: undefined });
  const labels = play.provider.identity.label ?? [];
  const textOf = (path: string | undefined): string | undefined => {
    const found = path === undefined ? undefined : at(statement, path);
    return found === undefined ? undefined : String(found);
  };
  return {
    id:
      named?.id.map((path) =>
        path.startsWith("{") ? (play.facts[path.slice(1, -1)] ?? "") : String(at(statement, path)),
      ) ?? null,
    label: textOf(labels[0]),
    name: textOf(named?.name),
  };
};

/** The provider's own call for it. */
export const answerIdentity = (play: Play, call: Call): Reply => {
  const { identity } = play.provider;
  insist(
    identity.source === "request" || identity.source === "check",
    "not_found",
    "no such call",
    404,
  );
  const holder = holderOf(play, call);
  if (!holder || !isLive(holder)) return overReply(play);
  conforms(play, identity.request, call, holder);
  const marked = identity.success && put(undefined, identity.success.at, identity.success.is);
  // Whoever says nothing of the account still says something.
  return json(statementOf(play, holder.grant.account, call, marked as Json | undefined) ?? {});
};

/** OpenID Connect Core 5.3. */
export const answerUserinfo = (play: Play, call: Call): Reply => {
  const holder = holderOf(play, call);
  const isTaken =
    holder && isLive(holder) && call.headers["authorization"] === `Bearer ${holder.token}`;
  if (!isTaken) return unauthorized();
  return json(subjectOf(play, holder.grant.account, call));
};

/** With the subject that every statement of OpenID Connect has. */
export const subjectOf = (play: Play, account: string, call: Pick<Call, "loopback">): Json => {
  const isOpenId = ["id_token", "userinfo"].includes(play.provider.identity.source);
  const claims = isOpenId ? (statementOf(play, account, call) as Json) : {};
  return { sub: `subject-${Buffer.from(account).toString("hex")}`, ...claims };
};

/** What a token that is over is told, by the API and whatever belongs to it. Some have a code for it instead of a 401. */
export const overReply = ({ provider: { identity } }: Play): Reply => {
  const [code] = identity.source === "request" ? identity.over : [];
  if (identity.source !== "request" || identity.error === undefined || code === undefined)
    return unauthorized();
  const body = put(undefined, identity.error, /^[1-9]\d*$/.test(code) ? Number(code) : code);
  return identity.success ? json(put(body, identity.success.at, false), 200) : json(body, 400);
};

export const unauthorized = (): Reply => {
  const reply = json({ error: "invalid_token" }, 401);
  return { ...reply, headers: { ...reply.headers, "www-authenticate": "Bearer" } };
};
