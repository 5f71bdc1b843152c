/**
 * The code flow of the tests' identity provider: what a login page would do, done by the test, and a token endpoint that
 * checks everything that a client has to send. It can be told to sign something else than it should.
 */
import { createHash, randomUUID } from "node:crypto";
import { jsonReply, type Reply } from "./http.ts";
import type { Claims, SignOptions } from "./idp.ts";

export type SignInClient = { client_id: string; client_secret: string; redirect_uri: string };

export type SignIns = {
  register: (client: SignInClient) => void;
  /** What a browser that sets out gets: a page to log in, or a refusal. A scope called `unheard_of` is sent back. */
  page: (authorizationUrl: string) => Reply;
  /** The user says yes: the callback, which nobody has called yet. @throws for a request that is not one. */
  accept: (authorizationUrl: string, claims: Claims) => string;
  /** The callback of somebody who says no. */
  refuse: (authorizationUrl: string, error?: string) => string;
  /** The next ID token has other claims, or another signature. */
  forge: (claims: Claims, options?: SignOptions) => void;
  /** The code of this callback is taken once more. */
  again: (callbackUrl: string) => void;
  token: (form: URLSearchParams, authorization: string) => Promise<Reply>;
};

export const createSignIns = ({
  issuer,
  sign,
}: {
  issuer: string;
  sign: (claims: Claims, options?: SignOptions) => Promise<string>;
}): SignIns => {
  const clients = new Map<string, SignInClient>();
  type Issued = { asked: URLSearchParams; claims: Claims };
  const codes = new Map<string, Issued>();
  const spent = new Map<string, Issued>();
  let forged: { claims: Claims; options?: SignOptions | undefined } | undefined;

  const askedIn = (authorizationUrl: string): URLSearchParams => {
    const { searchParams: asked, origin, pathname } = new URL(authorizationUrl);
    const client = clients.get(asked.get("client_id") ?? "");
    const right =
      `${origin}${pathname}` === `${issuer}/auth` &&
      client?.redirect_uri === asked.get("redirect_uri") &&
      asked.get("response_type") === "code" &&
      asked.get("code_challenge_method") === "S256" &&
      (asked.get("scope") ?? "").split(" ").includes("openid") &&
      ["state", "nonce", "code_challenge"].every((name) => (asked.get(name) ?? "").length >= 43);
    if (!right) throw new Error(`not an authentication request: ${authorizationUrl}`);
    return asked;
  };

  const back = (asked: URLSearchParams, parameters: Record<string, string>): string => {
    const url = new URL(asked.get("redirect_uri") ?? "");
    for (const [name, value] of Object.entries({
      ...parameters,
      state: asked.get("state") ?? "",
    }))
      url.searchParams.set(name, value);
    return url.href;
  };

  const token: SignIns["token"] = async (form, authorization) => {
    const [id = "", secret = ""] = Buffer.from(authorization.slice("Basic ".length), "base64")
      .toString()
      .split(":")
      .map(decodeURIComponent);
    const known = clients.get(id)?.client_secret === secret;
    if (!known) return jsonReply({ error: "invalid_client" }, 401);
    const code = form.get("code") ?? "";
    const issued = codes.get(code);
    codes.delete(code);
    if (issued) spent.set(code, issued);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const right =
      issued?.asked.get("client_id") === id &&
      issued.asked.get("redirect_uri") === form.get("redirect_uri") &&
      issued.asked.get("code_challenge") === challenge;
    if (!right) return jsonReply({ error: "invalid_grant" }, 400);
    const other = forged;
    forged = undefined;
    const claims = {
      aud: id,
      nonce: issued.asked.get("nonce"),
      ...issued.claims,
      ...other?.claims,
    };
    const id_token = await sign(claims, other?.options);
    return jsonReply({
      ...{ access_token: randomUUID(), token_type: "Bearer", expires_in: 300, id_token },
    });
  };

  const page: SignIns["page"] = (authorizationUrl) => {
    const html = (status: number, headers = {}): Reply => ({
      status,
      headers,
      body: Buffer.alloc(0),
    });
    try {
      const asked = askedIn(authorizationUrl);
      return (asked.get("scope") ?? "").split(" ").includes("unheard_of")
        ? html(302, { location: back(asked, { error: "invalid_scope" }) })
        : html(200);
    } catch {
      return html(400);
    }
  };

  return {
    page,
    register: (client) => clients.set(client.client_id, client),
    accept: (authorizationUrl, claims) => {
      const asked = askedIn(authorizationUrl);
      const code = randomUUID();
      codes.set(code, { asked, claims });
      return back(asked, { code });
    },
    refuse: (authorizationUrl, error = "access_denied") =>
      back(askedIn(authorizationUrl), { error }),
    forge: (claims, options) => {
      forged = { claims, options };
    },
    again: (callbackUrl) => {
      const code = new URL(callbackUrl).searchParams.get("code") ?? "";
      const issued = spent.get(code);
      if (issued) codes.set(code, issued);
    },
    token,
  };
};
