/** A demo provider with one OAuth client, and a person who connects an account there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as oauth from "openid-client";
import { createOidcKeys } from "../../demo/oidc/keys.ts";
import type { OidcServer } from "../../demo/oidc/server.ts";
import { calendar } from "../../demo/providers/calendar.ts";
import { startProvider } from "../../demo/providers/provider.ts";
import { createVisitor, type Visit } from "./visitor.ts";

export const REDIRECT_URI = "http://127.0.0.1:9/oauth/callback/calendar";
export const SCOPE = "openid email offline_access calendar.read";
export const ANN_WORK = "ann.work@acme.test";
export const ANN_HOME = "ann.home@acme.test";

const SECRET = "a secret of the test";

/** Reads what it needs at each start, so that a restart finds what the last run left. */
export const prepareProvider = async (description = calendar) => {
  const folder = await mkdtemp(join(tmpdir(), "demo-provider-"));
  const keys = await createOidcKeys();
  return {
    start: (port = 0): Promise<OidcServer> =>
      startProvider(description, {
        port,
        keys,
        file: join(folder, "state.json"),
        clients: [
          {
            client_id: "day-planner",
            client_name: "Day Planner",
            client_secret: SECRET,
            redirect_uris: [REDIRECT_URI],
          },
        ],
      }),
    remove: () => rm(folder, { recursive: true }),
  };
};

export const discover = (issuer: string) =>
  oauth.discovery(new URL(issuer), "day-planner", SECRET, undefined, {
    execute: [oauth.allowInsecureRequests],
  });

export const createCustomer = (issuer: string) => {
  const visitor = createVisitor();

  /** Leaves for the provider and comes to its login page. */
  const leave = async (scope = SCOPE, extra: Record<string, string> = {}) => {
    const client = await discover(issuer);
    const verifier = oauth.randomPKCECodeVerifier();
    const url = oauth.buildAuthorizationUrl(client, {
      redirect_uri: REDIRECT_URI,
      scope,
      state: "the-state",
      prompt: "login consent",
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...extra,
    });
    const login = await visitor.open(url.href, REDIRECT_URI);
    return { client, verifier, login };
  };

  const logIn = (login: Visit, account: string) =>
    visitor.submit(login, "/login", { login: account }, REDIRECT_URI);

  /** The whole way: log in, allow, exchange the code. */
  const connect = async (account = ANN_WORK, scope = SCOPE) => {
    const { client, verifier, login } = await leave(scope);
    const consent = await logIn(login, account);
    const callback = await visitor.submit(consent, "/consent", {}, REDIRECT_URI);
    const tokens = await oauth.authorizationCodeGrant(client, new URL(callback.url), {
      pkceCodeVerifier: verifier,
      expectedState: "the-state",
    });
    return { client, tokens, refreshToken: tokens.refresh_token ?? "" };
  };

  return { ...visitor, leave, logIn, connect };
};

export const callApi = (issuer: string, token?: string) =>
  fetch(
    `${issuer}/api/events`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
