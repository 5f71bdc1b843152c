/**
 * A browser on the hosted page, without a browser: claims a session, leaves for the provider, comes back. Knows that
 * page's calls; what happens at the provider is the caller's.
 */
import { createHash, randomBytes } from "node:crypto";

export type Session = {
  /** The broker's origin. */
  broker: string;
  token: string;
  /** The page that opened the popup; without one, a server began and will finish. */
  opener?: string;
};

export type Walked = {
  /** Where the broker leads after the callback: to its own page, or to the app. */
  at: URL;
  /** The user gives up on that page; resolves with the app's URL that it leads to. */
  giveUp: () => Promise<URL>;
};

/** `agree` gets the provider's authorization URL and resolves with the callback's, which it has not fetched. */
export const walk = async (
  { broker, token, opener }: Session,
  agree: (authorizationUrl: string) => Promise<string>,
): Promise<Walked> => {
  const cookies: string[] = [];
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(broker + path, {
      method: "POST",
      headers: { "content-type": "application/json", origin: broker, cookie: cookies.join("; ") },
      body: JSON.stringify(body),
    });
    for (const line of response.headers.getSetCookie()) cookies.push(line.split(";")[0] ?? "");
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };

  const challenge = createHash("sha256").update(randomBytes(32)).digest("base64url");
  const { session_id } = await ask("/v1/connect/claim", {
    token,
    claim_id: randomBytes(32).toString("base64url"),
    ...(opener === undefined
      ? { shape: "backend" }
      : { shape: "popup", opener_origin: opener, challenge }),
  });
  const left = await ask("/v1/connect/authorize", { session_id, provider: "calendar" });
  const callback = await agree(String(left["authorization_url"]));
  const landed = await fetch(callback, {
    headers: { cookie: cookies.join("; ") },
    redirect: "manual",
  });
  return {
    at: new URL(landed.headers.get("location") ?? "", broker),
    giveUp: async () => {
      const { redirect_to } = await ask("/v1/connect/finish", { session_id, reason: "denied" });
      return new URL(String(redirect_to));
    },
  };
};

/** From the `connectUrl` of a session that a server began. */
export const sessionIn = (connectUrl: string | null): Session => {
  const { origin, hash } = new URL(connectUrl ?? "");
  return { broker: origin, token: new URLSearchParams(hash.slice(1)).get("session") ?? "" };
};
