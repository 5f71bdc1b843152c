/**
 * A world whose app has a Wallet, and a browser that signs in to it: the page's own calls, with nothing of the page. The
 * demo app and the other one trust one identity provider; only the demo app has credentials there.
 */
import { expect } from "vitest";
import { B, OTHER, startWorld, type Json, type Reply, type World } from "../world.ts";

export const CLIENT = {
  client_id: "wallet-of-the-broker",
  client_secret: "canary-secret-of-wallet",
  redirect_uri: `${B}/wallet/callback/demo`,
};

type Options = NonNullable<Parameters<typeof startWorld>[0]>;
type AppFile = Json & { id: string };

export const appsOf = (file: Json): Record<string, AppFile> =>
  Object.fromEntries((file["apps"] as AppFile[]).map((app) => [app.id, app]));

export const startWalletWorld = async (options: Options = {}): Promise<World> => {
  const world = await startWorld({
    ...options,
    configure: (file) => {
      const { demo } = appsOf(file);
      const { client_id, client_secret } = CLIENT;
      if (demo) demo["wallet"] = { client_id, client_secret };
      options.configure?.(file);
    },
  });
  world.idp.signIns.register(CLIENT);
  return world;
};

export type Visitor = ReturnType<typeof visit>;

/** One browser at the Wallet. */
export const visit = (world: World) => {
  const browser = world.browser();
  const { jar } = browser;

  const strict = new Set<string>();
  const lax = (name: string): boolean => !strict.has(name);

  const send = async (
    path: string,
    init: RequestInit,
    comes: (name: string) => boolean = () => true,
  ): Promise<Reply> => {
    const headers = new Headers(init.headers);
    const sent = [...jar].filter(([name]) => comes(name));
    if (sent.length) headers.set("cookie", sent.map(([k, v]) => `${k}=${v}`).join("; "));
    const reply = await world.call(path, { ...init, headers });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/samesite=strict/i.test(cookie)) strict.add(name);
      if (/max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };

  const page = (name: string, body: Json = {}, headers: Record<string, string> = {}) =>
    send(`/v1/wallet/${name}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: B,
        "sec-fetch-site": "same-origin",
        ...headers,
      },
      body: JSON.stringify(body),
    });

  /** As the page does, which names the session that it shows. */
  let shown = "";
  const see = async (name: string, body: Json): Promise<View> => {
    const view = (await page(name, body)).body as View;
    shown = String(view["session_id"] ?? "");
    return view;
  };
  /** Calls that act: of the session that was seen last, of this browser's where none was. */
  const act = async (name: string, body: Json = {}, headers: Record<string, string> = {}) => {
    if (!shown) await see("view", {});
    return page(name, { session_id: shown || "none", ...body }, headers);
  };

  /** Goes to the identity provider and logs in there; the way back has not been taken. */
  const away = async (sub = "ann", claims: Json = {}, more: Json = {}): Promise<string> => {
    const begun = await page("sign-in", { app: "demo", ...more });
    if (begun.status !== 200) throw new Error(`no sign-in: ${JSON.stringify(begun.body)}`);
    const url = String(begun.body["authorization_url"]);
    return world.idp.signIns.accept(url, { ...claimsOf(world, sub), ...claims });
  };

  /** From the identity provider's site, from which no cookie with SameSite=Strict comes along. */
  const callback = (url: string) => send(url.slice(B.length), { method: "GET" }, lax);

  return {
    ...{ jar, page, act, away, callback },
    signIn: async (sub = "ann", claims: Json = {}, more: Json = {}): Promise<Reply> =>
      callback(await away(sub, claims, more)),
    view: (body: Json = {}) => see("view", body),
    activity: (body: Json = {}) => see("activity", body),
  };
};

/** As read by a test: every member may be missing. */
export type View = Json & {
  state: string;
  connections: (Json & { grant_id: string; status: string })[];
  activity: Json[];
  secrets: Json[];
  apps: Json[];
  providers: Json[];
};

const claimsOf = (world: World, sub: string): Json => ({
  sub,
  email: `${sub}@example.com`,
  email_verified: true,
  name: "Ann Arden",
  iat: Math.floor(world.now() / 1000),
  exp: Math.floor(world.now() / 1000) + 300,
});

/** Somebody who is in. */
export const signedIn = async (world: World, sub = "ann", claims: Json = {}): Promise<Visitor> => {
  const visitor = visit(world);
  const landed = await visitor.signIn(sub, claims);
  expect(landed.headers.get("location")).toBe("/wallet?app=demo");
  return visitor;
};

/** A grant of the other app, which trusts the same identity provider. @returns the status of the session's making */
export const connectOther = async (
  world: World,
  sub: string,
  claims: Json = {},
): Promise<number> => {
  const minted = await world.backend(world.keys.other.key).createSession({
    user_token: await world.userToken(sub, claims),
    allowed_origin: OTHER,
    allowed_providers: ["calendar"],
  });
  const browser = world.browser();
  const token = String(minted.body["session_token"]);
  const { body } = await browser.claim(token, { opener_origin: OTHER });
  await browser.callback(await browser.visit(String(body["session_id"])));
  return minted.status;
};
