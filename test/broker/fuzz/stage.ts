/**
 * A broker with a life behind it, for requests to be sent to: users, grants in every state, sessions at every point.
 * Fills the placeholders of a request with what they stand for, sends it, and remembers which secrets were about.
 */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { runSecrets } from "../../../broker/src/commands/secrets.ts";
import { Readable } from "node:stream";
import {
  A,
  B,
  newKey,
  OTHER,
  RETURN_URL,
  s256,
  secret,
  startWorld,
  type Json,
  type World,
} from "../world.ts";
import { CLIENT as WALLET, visit } from "../wallet/kit.ts";
import { startFuzzProvider, type Answers, type FuzzProvider, type Part } from "./provider.ts";
import { encoded, type FuzzRequest, type Scene } from "./requests.ts";
import type { Json as Value } from "./values.ts";

export type Stage = Awaited<ReturnType<typeof startStage>>;
export type Answered = {
  status: number;
  headers: Headers;
  text: string;
  /** Log lines that the request has led to. */
  lines: Json[];
  /** What may stand in none of them, by kind; where a reply is for it, the judge knows. */
  secrets: Map<string, Set<string>>;
};

const SCOPES = { read: "Read", write: "Write" };

export const startStage = async () => {
  const keys = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k", alg: "ES256", use: "sig" };
  /** Of the authorization that an id_token is about to answer. */
  let nonce = "";
  let count = 0;

  /** What this provider ought to say. */
  const right = async (
    part: Part,
    tenant: string,
    url: string,
    account: string,
  ): Promise<Value> => {
    count += 1;
    const issuer = `${url}/${tenant}`;
    const tokens = {
      access_token: `access-token-${count}-${secret()}`,
      refresh_token: `refresh-token-${count}-${secret()}`,
      token_type: "bearer",
      expires_in: 60,
      scope: "read write",
      tenant: "acme",
    };
    switch (part) {
      case "token":
      case "refresh":
        return tenant !== "oidc" || part === "refresh"
          ? tokens
          : { ...tokens, id_token: await idToken(issuer, account) };
      case "me":
        return { id: account, sub: account, email: `${account}@plain.test`, email_verified: true };
      case "revoke":
        return {};
      case "jwks":
        return { keys: [jwk as Value] };
      case "discovery":
        return {
          ...{
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
          },
          ...{
            jwks_uri: `${issuer}/jwks`,
            userinfo_endpoint: `${issuer}/me`,
            revocation_endpoint: `${issuer}/revoke`,
          },
          ...{ response_types_supported: ["code"], subject_types_supported: ["public"] },
          id_token_signing_alg_values_supported: ["ES256"],
        };
      case "api":
        return { fine: true };
    }
  };
  const idToken = async (issuer: string, account: string): Promise<string> =>
    new SignJWT({ nonce, email: `${account}@plain.test`, email_verified: true })
      .setProtectedHeader({ alg: "ES256", kid: "k" })
      .setIssuer(issuer)
      .setSubject(account)
      .setAudience("client-oidc")
      .setIssuedAt(Math.floor(world.now() / 1000))
      .setExpirationTime(Math.floor(world.now() / 1000) + 60)
      .sign(keys.privateKey);

  const provider: FuzzProvider = await startFuzzProvider(right);
  const third = newKey();
  const world: World = await startWorld({
    configure: (file) => configure(file, provider, third.hash),
    // Nothing here waits on purpose, and a wait between two tries of a refresh is one of the clock's.
    sleep: async () => world.pass(1_000),
  });
  await putSecret(world);
  world.idp.signIns.register(WALLET);

  // ---- users and grants -----------------------------------------------------------------------

  const users = new Map<string, string>();
  const user = async (name: string): Promise<string> => {
    const known = users.get(name);
    if (known !== undefined) return known;
    const token =
      name === "expired"
        ? await world.userToken("ann", { exp: Math.floor(world.now() / 1000) - 600 })
        : name === "forged"
          ? await world.idp.sign({ sub: "ann" }, { key: "foreign" })
          : name === "none"
            ? await world.idp.sign({ sub: "ann" }, { alg: "none" })
            : await world.userToken(name);
    users.set(name, token);
    return token;
  };

  let played = 0;
  /** A user has fifty open sessions at most, and here two users play all the scenes [L19]. */
  const clearAway = async (): Promise<void> => {
    if (++played % 40 === 0)
      await world.database.exec(
        `update sessions set expires_at = 1
          where id not in (select id from sessions order by created_at desc limit 8)`,
      );
  };

  /** Connects in a popup, or as far as the scene goes. */
  const play = async (scene: Scene, sub: string, to = "plain"): Promise<Record<string, string>> => {
    await clearAway();
    const browser = world.browser();
    const backend = scene.startsWith("backend");
    const redirect = scene.startsWith("redirect");
    const token = await world.mint(
      {
        allowed_providers: scene === "several" ? ["plain", "odd", "posted", "keyed"] : [to],
        ...(redirect || backend ? { return_url: RETURN_URL } : {}),
        ...(backend ? { completion: "backend" } : {}),
        ...(scene === "several" ? { multiple: true } : {}),
      },
      sub,
    );
    const [verifier, claim_id, redirect_state] = [secret(), secret(), secret()];
    const session: Record<string, string> = {
      ...{ token, verifier, claim_id, redirect_state, challenge: s256(verifier) },
      ...{
        id: secret().slice(0, 22),
        cookie: secret(),
        state: secret(),
        result_code: secret(),
        handle: secret(),
      },
    };
    if (scene === "unclaimed") return session;
    const claimed = await browser.page("claim", {
      ...{ token, claim_id, shape: redirect ? "redirect" : backend ? "backend" : "popup" },
      ...(backend ? {} : { challenge: s256(verifier) }),
      ...(redirect ? { state: redirect_state } : {}),
      ...(redirect || backend ? {} : { opener_origin: A }),
    });
    const id = String(claimed.body["session_id"]);
    Object.assign(session, { id, cookie: browser.jar.get(`ac_${id}`) ?? "" });
    const leave = async () => {
      const { body } = await browser.page("authorize", { session_id: id, provider: to });
      const url = new URL(String(body["authorization_url"] ?? B));
      nonce = url.searchParams.get("nonce") ?? "";
      return url.searchParams.get("state") ?? "";
    };
    const come = (state: string) =>
      browser.callback(`${B}/oauth/callback/${to}?code=${secret()}&state=${state}`);
    if (scene === "claimed" || scene === "redirect" || scene === "backend") return session;
    if (scene === "ended") await browser.page("finish", { session_id: id, reason: "cancel" });
    if (scene === "expired") world.pass(61 * 60_000);
    if (["away", "several", "redirect_away"].includes(scene)) session["state"] = await leave();
    if (["connected", "redirect_ended", "backend_ended"].includes(scene)) {
      session["state"] = await leave();
      const back = new URL((await come(session["state"])).headers.get("location") ?? "/", B);
      session["result_code"] = back.searchParams.get("alter_connect_code") ?? secret();
    }
    if (scene === "expired") users.clear();
    return session;
  };

  const grantIdOf = async (sub: string, id = "plain"): Promise<string> => {
    const { body } = await world
      .backend()
      .listGrants(await world.userToken(sub), `?provider=${id}`);
    const [first] = body["grants"] as Json[];
    return String(first?.["grant_id"] ?? "");
  };
  const connectAs = async (sub: string, to = "plain"): Promise<string> => {
    provider.answer({});
    provider.account(sub);
    await play("connected", sub, to);
    return grantIdOf(sub, to);
  };

  /** Somebody at the Wallet: one who is in, and one who is about to come back from the identity provider. */
  const playWallet = async (): Promise<Record<string, string>> => {
    const [visitor, coming] = [visit(world), visit(world)];
    await visitor.signIn("ann");
    const { searchParams } = new URL(await coming.away("ann"));
    return {
      id: String((await visitor.view())["session_id"]),
      cookie: visitor.jar.get("acw") ?? "",
      way: coming.jar.get("acw_in") ?? "",
      state: searchParams.get("state") ?? "",
      code: searchParams.get("code") ?? "",
    };
  };

  const pool: Record<string, string> = {};
  const FIXED: Record<string, () => Promise<string> | string> = {
    "key.demo": () => world.keys.demo.key,
    "key.other": () => world.keys.other.key,
    "origin.a": () => A,
    "origin.other": () => OTHER,
    "origin.broker": () => B,
    "provider.url": () => provider.url,
    "provider.host": () => provider.host,
    "token.id": () => pool["token.id"] ?? "tok",
    fresh: () => secret(),
    body: () => "a body",
    "grant.own": async () => (pool["own"] ??= await connectAs("ann")),
    "grant.foreign": async () => (pool["foreign"] ??= await connectAs("bob")),
    "grant.revoked": async () => {
      if (!pool["revoked"]) {
        pool["revoked"] = await connectAs("ann", "odd");
        await world.backend().revoke(pool["revoked"]);
      }
      return pool["revoked"];
    },
    "grant.pending": async () => {
      if (!pool["pending"]) {
        await play("redirect_ended", "eve");
        const rows = (JSON.parse(await world.snapshot()) as Json[][])[2] ?? [];
        pool["pending"] = String(rows.find(({ status }) => status === "pending")?.["id"] ?? "none");
      }
      return pool["pending"];
    },
    "secret.own": async () => (pool["secret"] ??= await grantIdOf("ann", "weather")),
  };

  // ---- sending --------------------------------------------------------------------------------

  /** The session of an episode, in place of one of the request's own. */
  let held: Record<string, string> | undefined;

  const send = async (request: FuzzRequest, answers: Answers = {}): Promise<Answered> => {
    provider.answer({});
    provider.account("ann");
    const values = new Map<string, string>();
    const whole = JSON.stringify(request);
    const asked = new Set([...whole.matchAll(/\{\{([a-z_.]+)\}\}/g)].map(([, name = ""]) => name));
    const scenes: Record<string, () => Promise<Record<string, string>>> = {
      session: async () => held ?? (await play(request.scene, "ann")),
      other: () => play("claimed", "bob"),
      wallet: playWallet,
    };
    for (const [prefix, begin] of Object.entries(scenes))
      if ([...asked].some((name) => name.startsWith(`${prefix}.`)))
        for (const [name, value] of Object.entries(await begin()))
          values.set(`${prefix}.${name}`, value);
    for (const name of asked) {
      const fixed = FIXED[name];
      if (fixed) values.set(name, await fixed());
      else if (name.startsWith("user.")) values.set(name, await user(name.slice(5)));
    }
    values.set(
      "origin.caller",
      /^\/v1\/connect\/(outcome|cancel|redeem)/.test(request.path) ? A : B,
    );
    const fill = (text: string, spelt = (value: string) => value): string =>
      text.replace(/\{\{([a-z_.]+)\}\}/g, (as, name: string) => {
        const value = values.get(name);
        return value === undefined ? as : spelt(value);
      });

    const url = new URL(fill(request.path, encoded), B);
    const pairs = request.query.map(
      ([name, value]) => `${encoded(fill(name))}=${encoded(bearable(name, fill(value)))}`,
    );
    if (pairs.length) url.search = pairs.join("&");
    const headers = new Headers();
    for (const [name, value] of request.headers) {
      const filled = fill(value);
      const described = /^base64url:(.*)$/s.exec(filled)?.[1];
      const text = described === undefined ? filled : Buffer.from(described).toString("base64url");
      try {
        headers.append(name, text);
      } catch {
        // What HTTP has no room for no server gets to see: bytes stand in for it.
        headers.append(
          name,
          Buffer.from(text)
            .toString("latin1")
            .replace(/[\0\r\n]/g, "?"),
        );
      }
    }
    const bodiless = ["GET", "HEAD", "get"].includes(request.method) || request.body === undefined;
    const from = world.logs.length;
    provider.answer(answers);
    const response = await world.broker.fetch(
      new Request(url, {
        method: request.method,
        headers,
        body: bodiless ? null : fill(request.body ?? ""),
      }),
      { remote_address: "192.0.2.7" },
    );
    // A reply that a provider breaks off breaks off for the app as well.
    const text = await response.text().catch(() => "");
    provider.answer({});
    if (response.ok && request.endpoint.startsWith("DELETE")) delete pool["own"];
    if (/"token_id":"([^"]+)"/.test(text))
      pool["token.id"] = /"token_id":"([^"]+)"/.exec(text)?.[1] ?? "";
    return {
      ...{ status: response.status, headers: response.headers, text },
      lines: world.logs.slice(from),
      secrets: secretsOf(values, provider.seen()),
    };
  };

  return {
    ...{ world, provider, send, play },
    hold: (session: Record<string, string> | undefined) => {
      held = session;
    },
    /** The browser has left: what its return needs is in the URL. */
    left: (reply: string) => {
      const found = /"authorization_url":"([^"]+)"/.exec(reply)?.[1];
      const parameters = new URL(found ?? B).searchParams;
      nonce = parameters.get("nonce") ?? "";
      if (held) held["state"] = parameters.get("state") ?? secret();
    },
    /** The clock goes on; users get new tokens. */
    pass: (ms: number) => {
      world.pass(ms);
      users.clear();
    },
    stop: async () => {
      await world.broker.settled();
      await world.stop();
      await provider.stop();
    },
  };
};

/** Long polls wait for real: how long a wait may be asked for is another test's. */
const bearable = (name: string, value: string): string =>
  name === "wait" && Number(value) > 0 ? "0.001" : value;

const KINDS: Record<string, string> = {
  "key.demo": "API key",
  "key.other": "API key",
  token: "session token",
  cookie: "page cookie",
  verifier: "verifier",
  claim_id: "claim id",
  way: "page cookie",
  code: "authorization code",
  state: "OAuth state",
  result_code: "result code",
};
const secretsOf = (
  values: Map<string, string>,
  seen: [string, string][],
): Map<string, Set<string>> => {
  const secrets = new Map<string, Set<string>>();
  const add = (kind: string, value: string) =>
    value.length >= 16 && secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value));
  for (const [name, value] of values) {
    const kind =
      KINDS[name] ??
      KINDS[name.split(".")[1] ?? ""] ??
      (name.startsWith("user.") ? "user token" : "");
    if (kind) add(kind, value);
  }
  for (const [kind, value] of seen) add(kind, value);
  add("client secret", CLIENT_SECRET);
  add("managed secret", MANAGED);
  return secrets;
};

export const CLIENT_SECRET = "a-client-secret-of-the-fuzz-world";
const MANAGED = "a-managed-secret-of-the-fuzz-world";

const putSecret = async (world: World): Promise<void> => {
  await runSecrets(
    {
      config: world.config,
      stdin: Readable.from([Buffer.from(MANAGED)]) as never,
      say: () => undefined,
    },
    ["set"],
    { app: "demo", secret: "weather", everyone: true } as never,
  );
};

const configure = (file: Json, { url, host }: FuzzProvider, hash: string): void => {
  const record = (tenant: string, more: Json = {}): Json => ({
    name: tenant,
    authorization_endpoint: `${url}/${tenant}/authorize`,
    token_endpoint: `${url}/${tenant}/token`,
    revocation_endpoint: `${url}/${tenant}/revoke`,
    identity: { source: "request", request: { url: `${url}/${tenant}/me` }, id: "id" },
    api_hosts: [host],
    scopes: SCOPES,
    revocation_scope: "token",
    ...more,
  });
  Object.assign(file["providers"] as Json, {
    plain: record("plain"),
    posted: record("posted", { response_mode: "form_post" }),
    // Every repair there is.
    odd: record("odd", {
      token_response: {
        ...{ envelope: "reply", nested: "inner", form_encoded: true, any_success_status: true },
        ...{
          error: "error",
          token_type_ignored: true,
          nulls_dropped: true,
          zero_expires_in_is_never: true,
        },
        ...{
          expires_at: { at: "expires_at", as: "iso" },
          scope: "scope",
          scope_separator: ",",
          scope_array: true,
        },
        ...{ refresh_expires_in: "refresh_expires_in", id_token_ignored: true },
      },
      captures: { tenant: { from: "token_response", at: "tenant", pattern: "[a-z0-9-]{1,20}" } },
    }),
    keyed: {
      name: "keyed",
      credential: {
        kind: "api_key",
        fields: { api_key: { label: "API key", pattern: "[a-z-]{1,40}" } },
        inject: { header: "X-Api-Key", template: "{token}" },
      },
      identity: { source: "request", request: { url: `${url}/keyed/me` }, id: "id" },
      api_hosts: [host],
    },
    oidc: {
      ...{
        name: "oidc",
        issuer: `${url}/oidc`,
        api_hosts: [host],
        scopes: SCOPES,
        revocation_scope: "token",
      },
      identity: { source: "id_token" },
    },
  });
  const [app] = file["apps"] as { providers: Json; secrets: Json; api_keys: Json[] }[];
  if (!app) return;
  for (const id of ["plain", "posted", "odd", "oidc"])
    app.providers[id] = {
      ...{ client_id: `client-${id}`, client_secret: CLIENT_SECRET },
      scopes: id === "oidc" ? ["openid", "read", "write"] : ["read", "write"],
    };
  const { client_id, client_secret } = WALLET;
  Object.assign(app, { wallet: { client_id, client_secret } });
  app.providers["keyed"] = {};
  app.secrets = {
    weather: {
      name: "Weather",
      api_hosts: ["api.weather.test", host],
      inject: { header: "X-Api-Key" },
    },
  };
  app.api_keys.push({ id: "needs-user", hash, needs_user: true });
  file["private_addresses"] = ["127.0.0.0/8"];
};
