/**
 * A real OpenID provider (oidc-provider) with plain pages of its own, as the tests' providers run it.
 * Knows OAuth and its accounts; knows nothing of faults. Its state lives in one Map and dies with it.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import type { default as Provider, Adapter, AdapterPayload, Configuration } from "oidc-provider";
import { escape, htmlReply, jsonReply, page, readBody, type Reply } from "./http.ts";

export type Client = {
  client_id: string;
  client_secret: string;
  redirect_uris: string[];
  token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post";
};

export type OidcOptions = {
  name: string;
  scopes: string[];
  /** Each refresh replaces the refresh token; reuse of an old one revokes the grant. */
  rotate: boolean;
  /** Seconds. */
  accessTokenTtl: number;
};

export type Oidc = {
  listener: RequestListener;
  register: (client: Client) => void;
  isRedirectUri: (url: string) => boolean;
  /** Forgets everything granted by an account: its refresh and access tokens are dead. */
  revoke: (account: string) => void;
  /** Kills the access tokens and leaves the refresh tokens alive. */
  expireAccessTokens: () => void;
};

/** It warns at import that it would rather have Node 22; tests run on 20, too, and know. */
const importCalmly = async (): Promise<typeof Provider> => {
  const { warn } = console;
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes("Unsupported runtime")) warn(...args);
  };
  try {
    return (await import("oidc-provider")).default;
  } finally {
    console.warn = warn;
  }
};
export const OidcProvider = await importCalmly();

/** The subject of an account is not its e-mail address, as at real providers. */
export const subjectOf = (account: string): string =>
  `acct-${Buffer.from(account).toString("base64url")}`;
const accountOf = (subject: string): string =>
  Buffer.from(subject.slice("acct-".length), "base64url").toString();

export const createOidc = async (issuer: string, options: OidcOptions): Promise<Oidc> => {
  const rows = new Map<string, Row>();
  const clients = new Map<string, Client>();
  const provider = new OidcProvider(issuer, {
    ...(await configuration(options)),
    adapter: (model) => createAdapter(model, rows, clients),
  });
  const callback = provider.callback();

  const drop = (match: (model: string, payload: AdapterPayload) => boolean): void => {
    for (const [key, row] of rows)
      if (match(key.slice(0, key.indexOf(":")), row.payload)) rows.delete(key);
  };

  return {
    listener: (req, res) => {
      const path = new URL(req.url ?? "/", issuer).pathname;
      if (path.startsWith("/interaction/"))
        interact(provider, options.name, req, res).catch((error: unknown) =>
          end(res, htmlReply(page("Error", `<h1>${escape(String(error))}</h1>`), 400)),
        );
      else if (path === "/api/me") void me(provider, options.name, req).then((r) => end(res, r));
      else void callback(req, res);
    },
    register: (client) => clients.set(client.client_id, client),
    isRedirectUri: (url) =>
      [...clients.values()].some((client) =>
        client.redirect_uris.some((uri) => url === uri || url.startsWith(`${uri}?`)),
      ),
    revoke: (account) => drop((_model, payload) => payload.accountId === subjectOf(account)),
    expireAccessTokens: () => drop((model) => model === "AccessToken"),
  };
};

const configuration = async (options: OidcOptions): Promise<Configuration> => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "p1", alg: "ES256", use: "sig" }] },
    scopes: ["openid", "offline_access", ...options.scopes],
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    pkce: { required: () => true },
    clientDefaults: {
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    },
    features: {
      devInteractions: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    rotateRefreshToken: options.rotate,
    issueRefreshToken: () => Promise.resolve(true),
    ttl: {
      AccessToken: options.accessTokenTtl,
      AuthorizationCode: 60,
      IdToken: 300,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 3_600,
      Session: 86_400,
    },
    // Cookies on localhost are shared by all ports, so each provider needs names of its own.
    cookies: {
      keys: [crypto.randomUUID()],
      names: {
        session: `${options.name}_session`,
        interaction: `${options.name}_interaction`,
        resume: `${options.name}_resume`,
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, email: accountOf(subject), email_verified: true }),
    }),
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = page("Error", `<h1 data-testid="provider-error">${escape(out.error)}</h1>`);
    },
  };
};

type Row = { payload: AdapterPayload; expires: number };

const createAdapter = (
  model: string,
  rows: Map<string, Row>,
  clients: Map<string, Client>,
): Adapter => {
  const find = (key: string): AdapterPayload | undefined => {
    const row = rows.get(key);
    return row && row.expires > Date.now() ? row.payload : undefined;
  };
  return {
    upsert: async (id, payload, expiresIn) => {
      const expires = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1_000;
      rows.set(`${model}:${id}`, { payload, expires });
    },
    find: async (id) =>
      model === "Client" ? (clients.get(id) as AdapterPayload) : find(`${model}:${id}`),
    findByUid: async (uid) =>
      [...rows].find(([key, row]) => key.startsWith(`${model}:`) && row.payload.uid === uid)?.[1]
        .payload,
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const payload = find(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
    },
    destroy: async (id) => void rows.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, row] of rows) if (row.payload.grantId === grantId) rows.delete(key);
    },
  };
};

/** Login, then consent: two pages with buttons that a test can find. */
const interact = async (
  provider: Provider,
  name: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> => {
  const { uid, prompt, params, grantId, session } = await provider.interactionDetails(req, res);
  if (req.method !== "POST") {
    end(
      res,
      htmlReply(prompt.name === "login" ? loginPage(name, uid) : consentPage(name, uid, params)),
    );
    return;
  }
  const form = new URLSearchParams((await readBody(req)).toString());
  if (form.get("action") === "deny") {
    const denied = { error: "access_denied", error_description: "<i>The user said no</i>" };
    await provider.interactionFinished(req, res, denied, { mergeWithLastSubmission: false });
  } else if (prompt.name === "login") {
    const accountId = subjectOf(form.get("account") ?? "");
    await provider.interactionFinished(req, res, { login: { accountId } });
  } else {
    const existing = grantId ? await provider.Grant.find(grantId) : undefined;
    const grant =
      existing ??
      new provider.Grant({
        accountId: session?.accountId ?? "",
        clientId: String(params.client_id),
      });
    const asked = String(params.scope).split(" ");
    const ticked = form.getAll("scope");
    // Without the mark nobody was asked, as for a visitor who only presses Allow.
    const out = form.has("choice") ? optional(asked).filter((one) => !ticked.includes(one)) : [];
    grant.addOIDCScope(asked.filter((one) => !out.includes(one)).join(" "));
    if (out.length) grant.rejectOIDCScope(out.join(" "));
    await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  }
};

const loginPage = (name: string, uid: string): string =>
  page(
    `${name}: log in`,
    `<h1>Log in to ${escape(name)}</h1><form method="post" action="/interaction/${uid}">
    <label>Account <input name="account" data-testid="account" value="ann@${escape(name)}.test"></label>
    <button name="action" value="login" data-testid="login">Log in</button></form>
    <button type="button" data-testid="go-back" onclick="history.back()">Go back</button>`,
  );

const consentPage = (name: string, uid: string, params: Record<string, unknown>): string =>
  page(
    `${name}: allow?`,
    `<h1>Allow ${escape(String(params.client_id))} to use ${escape(name)}?</h1>
    <p data-testid="scope">${escape(String(params.scope))}</p>
    <form method="post" action="/interaction/${uid}">
    <input type="hidden" name="choice" value="1">
    ${optional(String(params.scope).split(" "))
      .map(
        (scope) =>
          `<label><input type="checkbox" name="scope" value="${escape(scope)}" checked> ${escape(scope)}</label>`,
      )
      .join("\n")}
    <button name="action" value="allow" data-testid="allow">Allow</button>
    <button name="action" value="deny" data-testid="deny">Deny</button></form>`,
  );

/** What the user may leave out. */
const optional = (scopes: string[]): string[] =>
  scopes.filter((scope) => !["openid", "email", "offline_access"].includes(scope));

/** The API the tokens are for: it believes the bearer token and nothing else. */
const me = async (provider: Provider, name: string, req: IncomingMessage): Promise<Reply> => {
  const bearer = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? "")?.[1];
  const token = bearer === undefined ? undefined : await provider.AccessToken.find(bearer);
  if (!token || token.isExpired) {
    const reply = jsonReply({ error: "invalid_token" }, 401);
    return { ...reply, headers: { ...reply.headers, "www-authenticate": "Bearer" } };
  }
  const email = accountOf(token.accountId);
  return jsonReply({ provider: name, sub: token.accountId, email, scopes: [...token.scopes] });
};

const end = (res: ServerResponse, reply: Reply): void => {
  res.writeHead(reply.status, reply.headers).end(reply.body);
};
