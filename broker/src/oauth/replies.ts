/**
 * Token replies, repaired. Each repair is a switch of the provider's record, and a reply that needs none of them goes to
 * the OAuth library as it came: what no record asks for stays as strict as the RFCs.
 */
import type { TokenResponse } from "../providers/schema.ts";
import { isObject, parseJson, read, textAt, type Json } from "./json.ts";

/** `body` is what the provider said, whole: facts and accounts may stand in it. */
export type Conformed = { response: Response; body: unknown };

export const conform = async (
  given: Response,
  switches: TokenResponse,
  now: number,
): Promise<Conformed> => {
  const { status, statusText, headers } = given;
  const text = await given.text();
  const body = parseBody(text, given, switches);
  const repaired = isObject(body) ? repair(body, status, switches, now) : undefined;
  if (!repaired)
    return { response: new Response(text || null, { status, statusText, headers }), body };
  const kept = new Headers(headers);
  kept.set("content-type", "application/json");
  return {
    body,
    response: new Response(JSON.stringify(repaired.body), {
      status: repaired.status,
      headers: kept,
    }),
  };
};

const parseBody = (text: string, { headers }: Response, { form_encoded }: TokenResponse) => {
  const form = /^application\/x-www-form-urlencoded|^text\/plain/i;
  const body = parseJson(text);
  return body === undefined && form_encoded && form.test(headers.get("content-type") ?? "")
    ? Object.fromEntries(new URLSearchParams(text))
    : body;
};

/** Nothing, if the reply is as it should be or no switch is about it. */
const repair = (
  body: Json,
  status: number,
  switches: TokenResponse,
  now: number,
): { body: Json; status: number } | undefined => {
  const error = errorOf(body, status, switches);
  if (error) return { body: error, status: status < 300 ? 400 : status };
  if (status >= 300) return undefined;
  const opened = switches.envelope === undefined ? body : read(body, switches.envelope);
  const answer = present(isObject(opened) ? opened : body, switches);
  if (switches.nested !== undefined && typeof answer["access_token"] !== "string")
    Object.assign(answer, read(body, switches.nested));
  if (switches.token_type_ignored) answer["token_type"] = "bearer";
  if (switches.id_token_ignored) delete answer["id_token"];
  repairLifetime(answer, body, switches, now);
  repairScope(answer, body, switches);
  const fine = switches.any_success_status ? 200 : status;
  const same = fine === status && JSON.stringify(answer) === JSON.stringify(body);
  return same && !switches.form_encoded ? undefined : { body: answer, status: fine };
};

const present = (answer: Json, { nulls_dropped }: TokenResponse): Json =>
  Object.fromEntries(
    Object.entries(answer).filter(
      ([, value]) => !(nulls_dropped && (value === null || value === false || value === "")),
    ),
  );

/** The provider's own code, in the place that RFC 6749 section 5.2 has for it. */
const errorOf = (body: Json, status: number, { success, error }: TokenResponse) => {
  const isSuccess = status < 300;
  const code = error === undefined ? undefined : textAt(body, error);
  const failed = isSuccess && success !== undefined && read(body, success.at) !== success.is;
  if (code === undefined && !failed) return undefined;
  const stated = success && textAt(body, success.at);
  const description = ["error_description", "message", "error_message", "detail"]
    .map((name) => textAt(body, name))
    .find((text) => text !== undefined && text !== code);
  return {
    error: code ?? (stated === undefined ? "unsuccessful" : `${success?.at}_${stated}`),
    ...(description === undefined ? {} : { error_description: description }),
  };
};

const repairLifetime = (answer: Json, body: Json, switches: TokenResponse, now: number): void => {
  const { expires_at, default_expires_in } = switches;
  if (switches.zero_expires_in_is_never && Number(answer["expires_in"]) === 0)
    delete answer["expires_in"];
  const end = expires_at && textAt(body, expires_at.at);
  if (expires_at && end !== undefined && answer["expires_in"] === undefined) {
    const at = expires_at.as === "iso" ? Date.parse(end) : Number(end) * 1000;
    if (Number.isFinite(at)) answer["expires_in"] = Math.max(0, Math.floor((at - now) / 1000));
  }
  if (default_expires_in !== undefined) answer["expires_in"] ??= default_expires_in;
};

const repairScope = (answer: Json, body: Json, switches: TokenResponse): void => {
  const at = switches.scope ?? "scope";
  const given = read(answer, at) ?? read(body, at);
  const listed = switches.scope_array && Array.isArray(given) ? given.join(" ") : given;
  if (typeof listed === "string")
    answer["scope"] = switches.scope_separator === "," ? splitScopes(listed).join(" ") : listed;
  else if (switches.scope_in_callback) delete answer["scope"];
};

/** At commas and at spaces: those who write the one sometimes mean the other. */
export const splitScopes = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
