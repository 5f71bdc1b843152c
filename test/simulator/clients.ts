/** Who comes to a token endpoint, and in which form: by the record's way of saying it, and by no other. */
import { basicOf, insist, formDecoded, type Call } from "./calls.ts";
import { isByKey, type Keys } from "./keys.ts";
import { isObject } from "./paths.ts";
import type { Play } from "./plays.ts";
import { fillKnown } from "./samples.ts";

/** What all plays have in common. */
export type World = { keys: Keys; now: () => number };

/** The fields of a request that is in the record's form and by the record's client. */
export const fieldsOf = async (
  world: World,
  play: Play,
  call: Call,
): Promise<Map<string, string>> => {
  const { token_request } = play.provider;
  for (const [name, value] of Object.entries(token_request.headers)) {
    const known = { ...play.facts, client_id: play.client.client_id };
    const given = call.headers[name.toLowerCase()];
    insist(given === fillKnown(value, known), "invalid_request", `header: ${name}`);
  }
  const fields = read(call, token_request.format);
  await authenticate(world, play, call, fields);
  return fields;
};

const read = (
  { body, url }: Call,
  format: Play["provider"]["token_request"]["format"],
): Map<string, string> => {
  insist(
    format === "query" ? body.kind === "none" : body.kind === format,
    "invalid_request",
    `body: ${format} is expected`,
  );
  const entries =
    body.kind === "form"
      ? [...body.fields]
      : body.kind === "json"
        ? Object.entries(isObject(body.value) ? body.value : {}).map(
            ([name, value]): [string, string] => [name, String(value)],
          )
        : [...url.searchParams];
  insist(
    new Set(entries.map(([name]) => name)).size === entries.length,
    "invalid_request",
    "a parameter stands there twice",
  );
  return new Map(entries);
};

/** By the record's method and no other. Also for revocation, where that asks for the client. */
export const authenticate = async (
  { now }: Pick<World, "now">,
  { provider, client, facts }: Play,
  call: Call,
  fields: Map<string, string>,
): Promise<void> => {
  const { token_endpoint_auth_method: method, client_id_parameter, hooks } = provider;
  const { client_id, client_secret = "" } = client;
  const need = (holds: boolean, why: string) => insist(holds, "invalid_client", why, 401);
  const { authorization } = call.headers;
  if (method === "client_secret_basic" || method === "client_secret_basic_raw") {
    const raw = method === "client_secret_basic_raw";
    const [id = "", secret = ""] = basicOf(authorization) ?? [];
    const read = raw ? (text: string) => text : formDecoded;
    need(read(id) === client_id && read(secret) === client_secret, method);
    need(!fields.has("client_secret"), `${method}: client_secret stands in the body as well`);
    return;
  }
  need(authorization === undefined, `${method}: no Authorization is expected`);
  need(fields.get(client_id_parameter) === client_id, `${method}: ${client_id_parameter}`);
  const secret = fields.get("client_secret");
  if (method === "none") need(secret === undefined, "none: no client_secret is expected");
  else if (hooks.client_secret === undefined) need(secret === client_secret, method);
  else {
    const claims = {
      ...{ issuer: facts["team_id"] ?? "", subject: client_id, kid: facts["key_id"] ?? "" },
      audience: "https://appleid.apple.com",
    };
    need(
      await isByKey(secret ?? "", client_secret, claims, now()),
      "client_secret: no JWT of ours",
    );
  }
};
