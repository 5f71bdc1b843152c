/**
 * One oidc-provider on localhost: the settings that the demo's identity provider and its OAuth providers
 * share, the pages around it, and room for an API beside it. Knows nothing of broker or app.
 */
import express, { type Express, type Response } from "express";
import { Provider, type ClientMetadata, type Configuration } from "oidc-provider";
import { listen } from "../listen.ts";
import type { Directory } from "./directory.ts";
import { interactionRoutes } from "./interaction.ts";
import type { OidcKeys } from "./keys.ts";
import screenCss from "./screen.css?raw";
import { problemScreen, type Brand } from "./screens.ts";
import { openStore, type Store } from "./store.ts";

export type OidcServer = {
  issuer: string;
  port: number;
  provider: Provider;
  stop: () => Promise<void>;
};

/** What differs from start to start. */
export type OidcPlace = {
  port: number;
  keys: OidcKeys;
  /** File that holds sessions, grants and tokens. */
  file: string;
  /** The OAuth clients that are registered here. */
  clients: ClientMetadata[];
};

export const startOidcServer = async ({
  port,
  keys,
  file,
  clients,
  brand,
  directory,
  wishes,
  optional = [],
  claims,
  settings = {},
  routes,
}: OidcPlace & {
  brand: Brand;
  directory: Directory;
  wishes: Record<string, string>;
  /** Scopes that a user can untick. */
  optional?: string[];
  claims: Record<string, string[]>;
  settings?: Partial<Configuration>;
  /** More paths on the same origin, such as a resource API. */
  routes?: (app: Express, provider: Provider, store: Store) => void;
}): Promise<OidcServer> => {
  const store = await openStore(file);
  let provider: Provider | undefined;

  const listening = await listen(port, (actual) => {
    provider = new Provider(`http://localhost:${String(actual)}`, {
      adapter: store.adapter,
      clients: clients.map((client) => ({
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        ...client,
      })),
      jwks: keys.jwks,
      // Cookies on localhost are seen by every port, so each server has names of its own.
      cookies: {
        keys: keys.cookieKeys,
        names: {
          session: `${brand.id}_session`,
          interaction: `${brand.id}_interaction`,
          resume: `${brand.id}_resume`,
        },
      },
      claims,
      scopes: ["openid", "offline_access", ...Object.keys(wishes)],
      // Claims of a scope go into the ID token too; by default only userinfo has them.
      conformIdTokenClaims: false,
      clockTolerance: 0,
      pkce: { required: () => true },
      findAccount: (_ctx, id) => {
        const account = directory.byId(id);
        return account && { accountId: id, claims: () => ({ sub: id, ...account.claims }) };
      },
      // No page of another origin calls these endpoints.
      clientBasedCORS: () => false,
      features: {
        devInteractions: { enabled: false },
        revocation: {
          enabled: true,
          allowedPolicy: (_ctx, { clientId }, token) => token.clientId === clientId,
        },
      },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      renderError: (ctx, { error, error_description }) => {
        ctx.type = "html";
        ctx.body = problemScreen(brand, "That did not work", error_description ?? error);
      },
      ...settings,
    });

    const app = express();
    app.disable("x-powered-by");
    app.use((_req, res, next) => {
      protect(res);
      next();
    });
    app.get("/screen.css", (_req, res) => {
      res.type("css").send(screenCss);
    });
    app.get("/logo.svg", (_req, res) => {
      // Shown by the broker's page and the app as well.
      res.set("Cross-Origin-Resource-Policy", "cross-origin").type("svg").send(brand.logo);
    });
    routes?.(app, provider, store);
    app.use(interactionRoutes({ provider, brand, directory, wishes, optional }));
    app.use(provider.callback());
    return app;
  });

  if (!provider) throw new Error("The listener was not asked for");
  return { issuer: provider.issuer, port: listening.port, provider, stop: listening.stop };
};

/**
 * No `form-action`: browsers apply it to the redirect after a form too, and that leads to the client.
 * No COOP either: the popup needs its opener.
 */
const protect = (res: Response) =>
  res.set({
    "Content-Security-Policy":
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  });
