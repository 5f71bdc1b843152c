/**
 * Issuers that differ from account to account of one server: a record has a template for them, filled with a claim of
 * the very token. What is checked then is that the claim and the issuer agree.
 */
import type { Provider } from "../providers/schema.ts";
import { fill } from "../providers/template.ts";
import { isObject, textAt } from "./json.ts";
import type { Server } from "./server.ts";

/** The issuer of some account of this server. */
export const isOneOf = (template: string | undefined, iss: string): boolean => {
  if (template === undefined) return false;
  const [before = "", after = ""] = template.split(/\{\w+\}/);
  const between = iss.slice(before.length, iss.length - after.length);
  return iss === before + between + after && CLAIM.test(between);
};

/** What may stand in an issuer's name. */
const CLAIM = /^[\w-]{1,64}$/;

/** The server under the issuer that this reply's id_token has to name. */
export const expectedServer = async (
  { id_token_issuer }: Provider,
  server: Server,
  response: Response,
): Promise<Server> => {
  if (id_token_issuer === undefined) return server;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const token = textAt(body, "id_token");
  const payload = token?.split(".")[1];
  if (payload === undefined) return server;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  } catch {
    return server;
  }
  const facts = Object.fromEntries(
    Object.entries(isObject(claims) ? claims : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && CLAIM.test(entry[1]),
    ),
  );
  return { ...server, issuer: fill(id_token_issuer, facts) };
};
