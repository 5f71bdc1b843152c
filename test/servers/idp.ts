/**
 * An app's identity provider: discovery, JWKS, and user JWTs, right ones and every kind of wrong one.
 * It has no login page; the tests say who the user is, for JWTs and for sign-ins by the code flow (sign-ins.ts).
 *
 *   const idp = await startIdp({ audience: "day-planner" });
 *   await idp.sign({ sub: "ann", email: "ann@example.com" });         // good for five minutes
 *   await idp.sign({ sub: "ann", exp: idp.now() - 1 });               // expired
 *   await idp.sign({ sub: "ann" }, { key: "foreign" });               // right kid, wrong key
 *   await idp.sign({ sub: "ann" }, { alg: "none" });
 */
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from "jose";
import { createFaults, type Fault } from "./faults.ts";
import { createSignIns, type SignIns } from "./sign-ins.ts";
import { jsonReply, listen, readBody, type Reply } from "./http.ts";

export type Claims = Record<string, unknown>;

export type SignOptions = {
  /** HS256 signs with the published public key as the secret: the classic confusion. */
  alg?: "ES256" | "RS256" | "HS256" | "none";
  /** `foreign` claims the current key's id and is signed by somebody else. */
  key?: "current" | "foreign";
  /** Merged into the JOSE header; `undefined` takes a member out. */
  header?: Record<string, unknown>;
};

export type TestIdp = {
  issuer: string;
  jwksUri: string;
  audience: string;
  /** A JWT with iss, aud, iat and exp filled in; claims set to `undefined` are left out. */
  sign: (claims: Claims, options?: SignOptions) => Promise<string>;
  /** Replaces the keys; tokens signed before are no longer good, unless the old keys stay published. */
  roll: (options?: { publishOld?: boolean }) => Promise<void>;
  fail: (endpoint: IdpEndpoint, fault: Fault, options?: { times?: number }) => () => void;
  readonly counts: Readonly<Record<IdpEndpoint, number>>;
  /** Clients that sign users in here, and what comes back to them. */
  signIns: SignIns;
  /** Seconds since the epoch, as JWTs count. */
  now: () => number;
  stop: () => Promise<void>;
};

export type IdpEndpoint = "discovery" | "jwks" | "token";
type SigningAlg = "ES256" | "RS256";
type Keys = { kid: (alg: SigningAlg) => string } & Record<SigningAlg, CryptoKeyPair>;

const LIFETIME_SECONDS = 300;

export const startIdp = async ({ port = 0, audience = "test-app" } = {}): Promise<TestIdp> => {
  const faults = createFaults<IdpEndpoint>();
  const counts = { discovery: 0, jwks: 0, token: 0 };
  const foreign = await makeKeys("foreign");
  let current = await makeKeys(crypto.randomUUID());
  let published = [current];

  const reply = async (path: string, form: URLSearchParams, basic: string): Promise<Reply> => {
    if (path === "/token") return signIns.token(form, basic);
    return path === "/jwks"
      ? jsonReply({ keys: (await Promise.all(published.map(publicKeys))).flat() })
      : jsonReply({ issuer, jwks_uri: `${issuer}/jwks`, ...requiredMetadata(issuer) });
  };

  const server = await listen((req, res) => {
    const { pathname, href } = new URL(req.url ?? "", issuer);
    if (pathname === "/auth") {
      const { status, headers } = signIns.page(href);
      res.writeHead(status, headers).end();
      return;
    }
    const endpoint = endpointOf(req.url ?? "");
    if (!endpoint) {
      res.writeHead(404).end();
      return;
    }
    counts[endpoint] += 1;
    const real = async (): Promise<Reply> => {
      const form = new URLSearchParams((await readBody(req)).toString());
      return reply(req.url ?? "", form, req.headers.authorization ?? "");
    };
    void (faults.take(endpoint)?.(real) ?? real()).then((answer) => {
      if (answer) res.writeHead(answer.status, answer.headers).end(answer.body);
      else res.socket?.resetAndDestroy();
    });
  }, port);
  const issuer = server.url;
  const now = (): number => Math.floor(Date.now() / 1_000);

  const sign: TestIdp["sign"] = async (
    claims,
    { alg = "ES256", key = "current", header = {} } = {},
  ) => {
    const payload = without({
      iss: issuer,
      aud: audience,
      iat: now(),
      exp: now() + LIFETIME_SECONDS,
      ...claims,
    });
    if (alg === "none") return new UnsecuredJWT(payload).encode();
    const asymmetric = alg === "HS256" ? "RS256" : alg;
    const joseHeader = without({ alg, typ: "JWT", kid: current.kid(asymmetric), ...header });
    const signer = key === "foreign" ? foreign : current;
    const secret =
      alg === "HS256"
        ? new TextEncoder().encode(await exportSPKI(current.RS256.publicKey))
        : signer[asymmetric].privateKey;
    return new SignJWT(payload).setProtectedHeader({ ...joseHeader, alg }).sign(secret);
  };
  const signIns = createSignIns({ issuer, sign });

  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    audience,
    sign,
    signIns,
    roll: async ({ publishOld = false } = {}) => {
      current = await makeKeys(crypto.randomUUID());
      published = publishOld ? [current, ...published] : [current];
    },
    fail: faults.set,
    get counts() {
      return { ...counts };
    },
    now,
    stop: server.stop,
  };
};

const endpointOf = (path: string): IdpEndpoint | undefined => {
  if (path === "/jwks" || path === "/token") return path === "/jwks" ? "jwks" : "token";
  return path.startsWith("/.well-known/") ? "discovery" : undefined;
};

/** What OpenID Connect Discovery 1.0 requires beside issuer and jwks_uri. */
const requiredMetadata = (issuer: string): Record<string, unknown> => ({
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["ES256", "RS256"],
});

const makeKeys = async (id: string): Promise<Keys> => ({
  kid: (alg) => `${alg}-${id}`,
  ES256: await generateKeyPair("ES256"),
  RS256: await generateKeyPair("RS256"),
});

const publicKeys = (keys: Keys): Promise<JWK[]> =>
  Promise.all(
    (["ES256", "RS256"] as const).map(async (alg) => ({
      ...(await exportJWK(keys[alg].publicKey)),
      kid: keys.kid(alg),
      alg,
      use: "sig",
    })),
  );

const without = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
