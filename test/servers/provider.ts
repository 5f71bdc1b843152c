/**
 * An OAuth provider under a test's control: a real server behind a front that counts and misbehaves.
 *
 *   const calendar = await startProvider({ name: "calendar" });
 *   calendar.control.register({ client_id, client_secret, redirect_uris: [`${B}/oauth/callback/calendar`] });
 *   calendar.control.fail("token", html());                    // the next code exchange gets a web page
 *   calendar.control.tamper(wrongState);                       // the next callback carries another state
 *   const { url } = await calendar.control.authorize(authorizationUrl, { account: "ann@work.test" });
 *   expect(calendar.counts.token).toBe(1);
 */
import { posted, readCallback, tamperWith, type Callback, type Tamper } from "./callback.ts";
import { createFaults, type Fault } from "./faults.ts";
import { createFront, type Call } from "./front.ts";
import { authorizeWithoutBrowser, type Visitor } from "./headless.ts";
import { inScript, listen, redirectReply, type Reply } from "./http.ts";
import { createOidc, type Client, type OidcOptions } from "./oidc.ts";

const ENDPOINTS = [
  "discovery",
  "jwks",
  "authorize",
  /** Redirects on the way to the first page, if there are any. */
  "hop",
  "pages",
  /** The token endpoint with grant_type=authorization_code. */
  "token",
  /** The token endpoint with grant_type=refresh_token. */
  "refresh",
  "userinfo",
  "revocation",
  "api",
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

export type ProviderOptions = Partial<OidcOptions> & { port?: number; clients?: Client[] };

export type Control = {
  /** Adds a client, or replaces the one with the same id. */
  register: (client: Client) => void;
  /** The next `times` calls (default 1) of an endpoint meet a fault. Returns the switch that ends it. */
  fail: (endpoint: Endpoint, fault: Fault, options?: { times?: number }) => () => void;
  /** The next `times` callbacks (default 1) carry other parameters. */
  tamper: (tamper: Tamper, options?: { times?: number }) => () => void;
  /** Cross-Origin-Opener-Policy on the pages the user sees, on all redirects, or on one in a chain of them. */
  coop: (policy: { page?: string; redirect?: string; chain?: string }) => void;
  /** Runs on each page that the user sees. */
  script: (source: string) => void;
  /** Sends callbacks as `response_mode=form_post` does, for providers that were configured to. */
  formPost: () => void;
  /** Logs in and consents (or denies) without a browser; the callback is returned, never called. */
  authorize: (url: string, visitor?: Visitor) => Promise<Callback>;
  /** The user removed the app at the provider: refreshes answer invalid_grant. */
  revoke: (account: string) => void;
  expireAccessTokens: () => void;
  /** All calls of an endpoint so far, whole, secrets included: for assertions, not for logs. */
  calls: (endpoint: Endpoint) => readonly Call[];
  /** Ends all faults, tampering, COOP, scripts; keeps clients, grants and counts. */
  calm: () => void;
};

export type TestProvider = {
  issuer: string;
  url: string;
  /** `localhost:<port>`, as `api_hosts` wants it. */
  host: string;
  control: Control;
  /** Calls so far by endpoint. */
  readonly counts: Readonly<Record<Endpoint, number>>;
  stop: () => Promise<void>;
};

export const startProvider = async (options: ProviderOptions = {}): Promise<TestProvider> => {
  const { port = 0, clients = [], name = "calendar" } = options;
  const faults = createFaults<Endpoint>();
  const calls: { endpoint: Endpoint; call: Call }[] = [];
  let tampers: { tamper: Tamper; left: number }[] = [];
  let behaviour: Behaviour = {};
  const ofEndpoint = (endpoint: Endpoint): Call[] =>
    calls.filter((entry) => entry.endpoint === endpoint).map((entry) => entry.call);

  const before = (call: Call): Fault | undefined => {
    const endpoint = endpointOf(call);
    if (!endpoint) return undefined;
    calls.push({ endpoint, call });
    if (endpoint === "hop") return () => Promise.resolve(hop(call.url, behaviour.chain));
    return faults.take(endpoint);
  };
  const after = (call: Call, reply: Reply): Reply => {
    const endpoint = endpointOf(call);
    if (endpoint !== "authorize" && endpoint !== "pages") return reply;
    const behaved = endpoint === "pages" ? withScript(reply, behaviour.script) : reply;
    const detoured = withHeader(
      detour(behaved, behaviour.chain),
      reply.headers.location ? behaviour.redirect : behaviour.page,
    );
    const found = readCallback(detoured, oidc.isRedirectUri);
    const opened = found && behaviour.formPost ? posted(detoured, found) : detoured;
    const callback = readCallback(opened, oidc.isRedirectUri);
    const next = callback && tampers[0];
    if (!next) return opened;
    next.left -= 1;
    if (next.left <= 0) tampers = tampers.filter((other) => other !== next);
    return tamperWith(opened, callback, next.tamper);
  };

  const inner = await listen((req, res) => oidc.listener(req, res));
  const front = await listen(
    createFront(() => inner.port, { before, after }),
    port,
  );
  const oidc = await createOidc(front.url, {
    name,
    scopes: options.scopes ?? ["calendar.read", "calendar.write"],
    rotate: options.rotate ?? true,
    accessTokenTtl: options.accessTokenTtl ?? 120,
  });
  clients.forEach(oidc.register);

  return {
    issuer: front.url,
    url: front.url,
    host: new URL(front.url).host,
    control: {
      register: oidc.register,
      fail: faults.set,
      tamper: (tamper, { times = 1 } = {}) => {
        const entry = { tamper, left: times };
        tampers.push(entry);
        return () => {
          tampers = tampers.filter((other) => other !== entry);
        };
      },
      coop: (policy) => {
        behaviour = { ...behaviour, ...policy };
      },
      script: (source) => {
        behaviour = { ...behaviour, script: source };
      },
      formPost: () => {
        behaviour = { ...behaviour, formPost: true };
      },
      authorize: (url, visitor = {}) =>
        authorizeWithoutBrowser(
          url,
          { account: `ann@${name}.test`, ...visitor },
          oidc.isRedirectUri,
        ),
      revoke: oidc.revoke,
      expireAccessTokens: oidc.expireAccessTokens,
      calls: ofEndpoint,
      calm: () => {
        faults.clear();
        tampers = [];
        behaviour = {};
      },
    },
    get counts() {
      return Object.fromEntries(
        ENDPOINTS.map((endpoint) => [endpoint, ofEndpoint(endpoint).length]),
      ) as Record<Endpoint, number>;
    },
    stop: async () => {
      await Promise.all([front.stop(), inner.stop()]);
    },
  };
};

type Behaviour = {
  page?: string;
  redirect?: string;
  chain?: string;
  script?: string;
  formPost?: boolean;
};

/** What pages of providers do to the windows that show them. */
export const DROPS_OPENER = "window.opener = null;";
/** A link or an app that brings the user back in a tab of its own, without an opener. */
export const RETURNS_IN_NEW_TAB =
  "document.querySelector('[data-testid=allow]')?.form.setAttribute('target', '_blank');";
/** The same by window.open: the new tab's opener is the provider's page. */
export const RETURNS_IN_OWN_WINDOW = `document.querySelector('[data-testid=allow]')?.addEventListener('click', (event) => {
  event.currentTarget.form.target = 'own';
  window.open('', 'own');
});`;
/** [M8] */
export const navigatesOpener = (url: string): string =>
  `if (window.opener) window.opener.location = ${inScript(url)};`;

const endpointOf = ({ url, form }: Call): Endpoint | undefined => {
  if (url.pathname.startsWith("/.well-known/")) return "discovery";
  if (url.pathname === "/jwks") return "jwks";
  if (url.pathname === "/auth" || url.pathname.startsWith("/auth/")) return "authorize";
  if (url.pathname === "/hop") return "hop";
  if (url.pathname.startsWith("/interaction/")) return "pages";
  if (url.pathname === "/token")
    return form.get("grant_type") === "refresh_token" ? "refresh" : "token";
  if (url.pathname === "/me") return "userinfo";
  if (url.pathname === "/token/revocation") return "revocation";
  return url.pathname.startsWith("/api/") ? "api" : undefined;
};

const withHeader = (reply: Reply, policy: string | undefined): Reply =>
  policy === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, "cross-origin-opener-policy": policy } };

const withScript = (reply: Reply, source: string | undefined): Reply =>
  source === undefined || reply.headers.location !== undefined
    ? reply
    : {
        ...reply,
        body: Buffer.from(
          reply.body.toString().replace("</body>", `<script>${source}</script></body>`),
        ),
      };

const HOPS = 3;

/** Leads to the first page over several redirects. */
const detour = (reply: Reply, chain: string | undefined): Reply => {
  const { location } = reply.headers;
  if (chain === undefined || typeof location !== "string" || !location.includes("/interaction/"))
    return reply;
  return { ...reply, headers: { ...reply.headers, location: hopTo(HOPS, location) } };
};

/** The one in the middle sends the policy, the others say nothing. */
const hop = (url: URL, chain: string | undefined): Reply => {
  const left = Number(url.searchParams.get("left"));
  const to = url.searchParams.get("to") ?? "/";
  const reply = redirectReply(left > 1 ? hopTo(left - 1, to) : to);
  return withHeader(reply, left === Math.ceil(HOPS / 2) ? chain : undefined);
};

const hopTo = (left: number, to: string): string =>
  `/hop?left=${left}&to=${encodeURIComponent(to)}`;
