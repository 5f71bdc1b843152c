/**
 * Calls that are not OAuth's, held against the record: method, parameters, headers, and who is let in. A provider would
 * overlook much of this; what the broker sends by mistake is found here all the same.
 */
import type { ProviderRequest } from "../../broker/src/providers/schema.ts";
import { basicOf, insist, formDecoded, type Call } from "./calls.ts";
import { isObject } from "./paths.ts";
import { refreshTokenOf, type Holder, type Play } from "./plays.ts";
import { isInjected } from "./credentials.ts";
import { fillKnown } from "./samples.ts";

const REQUEST = "invalid_request";

/** @throws Refused */
export const conforms = (
  { provider, client, facts }: Play,
  request: ProviderRequest,
  call: Call,
  { grant, token }: Holder,
): void => {
  const refresh_token = refreshTokenOf(grant);
  const known = {
    ...facts,
    client_id: client.client_id,
    client_secret: client.client_secret ?? "",
    access_token: token,
    ...(refresh_token === undefined ? {} : { refresh_token }),
    token: refresh_token ?? token,
  };
  const filled = (value: string) => fillKnown(value, known);
  insist(call.method === request.method, REQUEST, `method: ${request.method} is expected`, 405);

  const own = new URLSearchParams(request.url.split("?")[1]);
  for (const [name, value] of [...own, ...Object.entries(request.query)])
    insist(call.url.searchParams.get(name) === filled(value), REQUEST, `query: ${name}`);
  for (const [name, value] of Object.entries(request.headers))
    insist(call.headers[name.toLowerCase()] === filled(value), REQUEST, `header: ${name}`);

  if (request.json) {
    insist(call.body.kind === "json", REQUEST, "body: JSON is expected", 415);
    insist(isSame(call.body.value, request.json, filled), REQUEST, "body: another one is expected");
  } else if (request.form && Object.keys(request.form).length) {
    insist(call.body.kind === "form", REQUEST, "body: a form is expected", 415);
    for (const [name, value] of Object.entries(request.form))
      insist(call.body.fields.get(name) === filled(value), REQUEST, `form: ${name}`);
  } else insist(call.body.kind === "none", REQUEST, "body: none is expected", 415);

  if (provider.credential) {
    insist(isInjected(provider, call, token), REQUEST, "the credential is expected", 401);
    return;
  }
  const { authorization } = call.headers;
  if (Object.keys(request.headers).some((name) => name.toLowerCase() === "authorization")) return;
  if (request.auth === "bearer")
    insist(authorization === `Bearer ${token}`, "invalid_token", "a bearer token is expected", 401);
  else if (request.auth === "none")
    insist(authorization === undefined, REQUEST, "no Authorization is expected");
  else {
    const [id = "", secret = ""] = basicOf(authorization) ?? [];
    const isClient =
      formDecoded(id) === client.client_id && formDecoded(secret) === client.client_secret;
    insist(isClient, "invalid_client", "the client's own authorization is expected", 401);
  }
};

const isSame = (given: unknown, template: unknown, filled: (value: string) => string): boolean => {
  if (typeof template === "string") return given === filled(template);
  if (Array.isArray(template))
    return (
      Array.isArray(given) &&
      given.length === template.length &&
      template.every((item, i) => isSame(given[i], item, filled))
    );
  if (isObject(template))
    return (
      isObject(given) &&
      Object.keys(given).length === Object.keys(template).length &&
      Object.entries(template).every(([name, item]) => isSame(given[name], item, filled))
    );
  return given === template;
};
