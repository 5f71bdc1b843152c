/**
 * A hosted identity provider's stand-in: a real OpenID provider (oidc-provider) at any issuer path, whose tokens have
 * that one's claims and header. It has no login; the tests say who the user is. A token that oidc-provider would never
 * issue, an access token without `aud`, is one of its own, changed and signed again by its own key.
 *
 *   const okta = await startIssuer({ path: "/oauth2/default", key });
 *   await okta.access("planner", { aud: "api://default", cid: "planner", uid: "00u1" }, { typ: undefined });
 */
import type { RequestListener } from "node:http";
import { CompactSign, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from "jose";
import type { Adapter, AdapterPayload } from "oidc-provider";
import { listen } from "./http.ts";
import { OidcProvider } from "./oidc.ts";

type Members = Record<string, unknown>;

export type Issuer = {
  /** As the tokens name it: the server's origin and the path. */
  issuer: string;
  /** An access token of a client. The claims are put over oidc-provider's own; `undefined` takes one out. */
  access: (client: string, claims: Members, header?: Members) => Promise<string>;
  /** An ID token of a client, which is its audience. */
  id: (client: string, claims: Members) => Promise<string>;
  stop: () => Promise<void>;
};

const LIFETIME_SECONDS = 300;

export const startIssuer = async ({
  path,
  key,
}: {
  /** Of the issuer, as the provider writes it: "", "/", "/realms/example", … */
  path: string;
  /** Private, RS256. */
  key: JWK;
}): Promise<Issuer> => {
  const mount = path.replace(/\/$/, "");
  let answer: RequestListener = (_req, res) => res.writeHead(503).end();
  const server = await listen((req, res) => {
    if (!req.url?.startsWith(mount)) {
      res.writeHead(404).end();
      return;
    }
    // How oidc-provider learns under which path it is mounted.
    Object.assign(req, { originalUrl: req.url, url: req.url.slice(mount.length) });
    answer(req, res);
  });
  const issuer = `${server.url}${path}`;
  const shapes = new WeakMap<object, { claims: Members; header: Members }>();
  const provider = new OidcProvider(issuer, {
    adapter: (model) => clientsOnly(model),
    jwks: { keys: [{ ...key, use: "sig" }] },
    cookies: { keys: [crypto.randomUUID()] },
    // Where the recipes that name their keys themselves expect them.
    routes: { jwks: "/.well-known/jwks.json" },
    ttl: { AccessToken: LIFETIME_SECONDS, IdToken: LIFETIME_SECONDS },
    features: { devInteractions: { enabled: false } },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          const { claims, header } = shapes.get(token) ?? { claims: {}, header: {} };
          Object.assign(jwt, { header, payload: { ...jwt.payload, ...claims } });
        },
      },
    },
  });
  const callback = provider.callback();
  answer = (req, res) => void callback(req, res);

  const clientOf = async (client: string) => {
    const found = await provider.Client.find(client);
    if (!found) throw new Error(`no client ${client}`);
    return found;
  };
  const withoutAudience = async (token: string): Promise<string> => {
    const claims = { ...decodeJwt(token), aud: undefined };
    return new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ ...decodeProtectedHeader(token), alg: "RS256" })
      .sign(await importJWK(key, "RS256"));
  };

  return {
    issuer,
    access: async (client, claims, header = {}) => {
      const { aud = "nobody", ...others } = claims;
      const token = new provider.AccessToken({
        client: await clientOf(client),
        ...{ accountId: "ann", grantId: "grant", gty: "authorization_code" },
      });
      token.resourceServer = new provider.ResourceServer("urn:planner", {
        ...{ audience: "urn:planner", scope: "", accessTokenFormat: "jwt" },
        jwt: { sign: { alg: "RS256" } },
      });
      shapes.set(token, { claims: { ...others, aud }, header });
      const issued = await token.save();
      return claims["aud"] === undefined ? withoutAudience(issued) : issued;
    },
    id: async (client, claims) => {
      const token = new provider.IdToken({}, { client: await clientOf(client) });
      for (const [name, value] of Object.entries(claims)) token.set(name, value);
      return token.issue({ use: "idtoken", expiresAt: claims["exp"] as number | undefined });
    },
    stop: server.stop,
  };
};

/** Whatever its id, a client is registered; nothing else is kept, since its tokens are all JWTs. */
const clientsOnly = (model: string): Adapter => ({
  find: async (client_id): Promise<AdapterPayload | undefined> =>
    model === "Client"
      ? {
          ...{ client_id, redirect_uris: ["https://app.example.com/callback"] },
          ...{ token_endpoint_auth_method: "none", id_token_signed_response_alg: "RS256" },
        }
      : undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  upsert: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
});
