/**
 * Token replies, bent out of shape: each switch of a record says what a broker has to repair, and here it is broken, as
 * the provider breaks it. Knows forms; which tokens there are is tokens.ts.
 */
import type { Provider } from "../../broker/src/providers/schema.ts";
import type { Reply } from "../servers/http.ts";
import { json, reachable, type Call, type Refused } from "./calls.ts";
import { statementOf } from "./identity.ts";
import { put, type Json } from "./paths.ts";
import { capturedAt, refreshTokenOf, type Grant, type Play } from "./plays.ts";
import { lifetimeOf, saysNothingOfTime } from "./samples.ts";

export type Issued = {
  access_token: string;
  id_token: string | undefined;
  /** Without rotation nobody repeats it. */
  tells_refresh_token?: boolean;
};

const REFRESH_LIFETIME = 90 * 86_400;

export const tokenReply = (
  { now }: { now: () => number },
  play: Play,
  call: Call,
  grant: Grant,
  issued: Issued,
): Reply => {
  const { provider } = play;
  const { token_response: switches } = provider;
  const { tells_refresh_token = true, access_token, id_token } = issued;
  const seconds = lifetimeOf(provider);
  const refresh_token = tells_refresh_token ? refreshTokenOf(grant) : undefined;
  const isSilent =
    switches.expires_at || switches.default_expires_in !== undefined || saysNothingOfTime(provider);
  const never = switches.zero_expires_in_is_never ? 0 : undefined;
  const answer = stripped(
    {
      access_token,
      // Missing at first, odd later.
      token_type: !switches.token_type_ignored ? "Bearer" : grant.refreshes ? "bot" : undefined,
      expires_in: isSilent ? undefined : (seconds ?? never),
      refresh_token,
      scope: switches.scope_in_callback || switches.scope ? undefined : scopeOf(switches, grant),
      id_token,
    },
    switches.nulls_dropped,
  );

  // Only a first answer is inside another one; by what is known, renewed tokens stand at the top.
  const inside = switches.nested !== undefined && !grant.refreshes ? switches.nested : undefined;
  const place = switches.envelope ?? inside;
  const stated: [string, unknown][] = [
    ...(switches.success ? [[switches.success.at, switches.success.is] as const] : []),
    ...(switches.scope === undefined || switches.scope_in_callback
      ? []
      : [
          [
            inside === undefined ? switches.scope : `${inside}.${switches.scope}`,
            scopeOf(switches, grant),
          ] as const,
        ]),
    ...(switches.expires_at && seconds !== undefined
      ? [[switches.expires_at.at, endOf(switches.expires_at.as, now() + seconds * 1000)] as const]
      : []),
    ...(switches.refresh_expires_in === undefined || refresh_token === undefined
      ? []
      : [[switches.refresh_expires_in, REFRESH_LIFETIME] as const]),
    ...capturedAt(play, "token_response").map(
      ([path, value]) => [path, reachable(call, value)] as const,
    ),
  ].map(([path, value]): [string, unknown] => [path, value]);
  const placed = place === undefined ? answer : put(undefined, place, answer);
  const body = stated.reduce<unknown>(
    (built, [path, value]) => put(built, path, value),
    placed,
  ) as Json;

  const { source } = provider.identity;
  const whole =
    source === "token_response" || source === "none"
      ? (statementOf(play, grant.account, call, body) as Json)
      : body;
  const status = switches.any_success_status ? 201 : 200;
  const isJson = !switches.form_encoded || call.headers["accept"]?.includes("application/json");
  return isJson ? json(whole, status) : formReply(whole, status);
};

const stripped = (answer: Json, withNulls: boolean): Json =>
  Object.fromEntries(
    Object.entries(answer).flatMap(([name, value]) =>
      value !== undefined && value !== "" ? [[name, value]] : withNulls ? [[name, null]] : [],
    ),
  );

const scopeOf = (
  { scope_array, scope_separator }: Provider["token_response"],
  { scopes }: Grant,
): unknown => (scope_array ? scopes : scopes.join(scope_separator));

const endOf = (as: "iso" | "epoch_seconds", at: number): string | number =>
  as === "iso" ? new Date(at).toISOString() : Math.floor(at / 1000);

const formReply = (body: Json, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body: Buffer.from(
    new URLSearchParams(
      Object.entries(body).map(([name, value]) => [name, String(value ?? "")]),
    ).toString(),
  ),
});

/** With a status of success where the record has a place for the error, as those do who have one. */
export const errorReply = (provider: Provider, { code, message, status }: Refused): Reply => {
  const { success, error } = provider.token_response;
  if (!success && error === undefined)
    return json({ error: code, error_description: message }, status);
  const marked = success && put(undefined, success.at, oppositeOf(success.is));
  const said = put(marked, error ?? "error", code);
  return json(put(said, "error_description", message), 200);
};

const oppositeOf = (value: boolean | number | string): unknown => {
  if (typeof value === "boolean") return !value;
  return typeof value === "number" ? value + 1 : "error";
};
