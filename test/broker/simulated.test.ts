/**
 * The whole catalogue in one run: every record against the simulator that plays it, from the first click to the
 * revocation. What a record says and what the engine makes of it meet here, without a provider's own server.
 */
import { generateKeyPairSync } from "node:crypto";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../broker/src/config/config.ts";
import { catalogueIds, findProvider } from "../../broker/src/providers/catalogue.ts";
import type { Provider } from "../../broker/src/providers/schema.ts";
import type { Step } from "../simulator/endpoints.ts";
import { hostsOf, type Client, type Play } from "../simulator/plays.ts";
import { variablesOf } from "../simulator/samples.ts";
import { startSimulator, type Simulator } from "../simulator/simulator.ts";
import type { Visitor } from "../simulator/visitors.ts";
import { begin, grantsOf, land, outcomeOf, rowsOf, viewOf, type Claimed } from "./steps.ts";
import { B, s256, startWorld, type Json, type Reply, type World } from "./world.ts";

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** Longer than a token that has replaced a refused one is left alone. */
const REST = 61 * SECOND;

type Mistake = [
  id: string,
  base: string,
  wrong: (record: Provider) => Json,
  step: Step,
  code: string,
];
const REQUEST = "invalid_request";
const CLIENT = "invalid_client";
const post = () => ({ token_endpoint_auth_method: "client_secret_post" });
const basic = () => ({ token_endpoint_auth_method: "client_secret_basic" });
const raw = () => ({ token_endpoint_auth_method: "client_secret_basic_raw" });
const format = (name: string) => () => ({ token_request: { format: name } });

/** Records that are wrong in one thing, against the provider that is played right. */
const MISTAKES: Mistake[] = [
  ["secret-in-body", "airtable", post, "token", CLIENT],
  ["secret-in-header", "asana", basic, "token", CLIENT],
  ["secret-as-it-is", "airtable", raw, "token", CLIENT],
  ["secret-encoded", "epic-games", basic, "token", CLIENT],
  ["secret-of-none", "etsy", post, "token", CLIENT],
  ["form-for-json", "notion", format("form"), "token", REQUEST],
  ["json-for-form", "airtable", format("json"), "token", REQUEST],
  ["form-for-query", "gong", format("form"), "token", REQUEST],
  ["pkce-unknown", "miro", () => ({ pkce: "S256" }), "authorize", REQUEST],
  ["pkce-missing", "airtable", () => ({ pkce: "none" }), "authorize", REQUEST],
  ["scopes-by-spaces", "facebook", () => ({ scope_separator: " " }), "authorize", "invalid_scope"],
  ["parameter-missing", "dropbox", () => ({ authorize_parameters: {} }), "authorize", REQUEST],
  ["prompt-wrong", "google", () => ({ prompt: "none" }), "authorize", REQUEST],
  ["nonce-unknown", "quickbooks", () => ({ nonce: true }), "authorize", REQUEST],
  ["mode-wrong", "apple", () => ({ response_mode: "query" }), "authorize", REQUEST],
  ["client-key", "tiktok", () => ({ client_id_parameter: "client_id" }), "authorize", CLIENT],
  [
    "redirect-alias",
    "ebay",
    () => ({ redirect_uri_alias: "another" }),
    "authorize",
    "redirect_uri_mismatch",
  ],
  ["exchange-parameter", "basecamp", () => ({ token_request: {} }), "token", REQUEST],
  ["exchange-header", "square", format("json"), "token", REQUEST],
  [
    "identity-header",
    "twitch",
    ({ identity }) => ({
      identity:
        identity.source === "request"
          ? { ...identity, request: { ...identity.request, headers: {} } }
          : identity,
    }),
    "identity",
    REQUEST,
  ],
  [
    "identity-method",
    "shopify",
    ({ identity }) => ({
      identity:
        identity.source === "request"
          ? { ...identity, request: { ...identity.request, headers: {}, auth: "bearer" } }
          : identity,
    }),
    "identity",
    REQUEST,
  ],
];

const isKeyed = (id: string): boolean => {
  const found = findProvider(id, undefined);
  return found?.ok === true && found.provider.credential !== undefined;
};
/** Users leave for these, and give the others a key. */
const OAUTH = catalogueIds().filter((id) => !isKeyed(id));
const KEYED = catalogueIds().filter(isKeyed);

let world: World;
let simulator: Simulator;
const plays = new Map<string, Play>();
const problems = new Map<string, string>();
/** Filled in step by step, so that a failure leaves what had been reached. */
const table = new Map<string, Partial<Record<Column, string>>>();

const COLUMNS = ["connect", "identity", "call", "refresh", "revoke"] as const;
type Column = (typeof COLUMNS)[number];

beforeAll(async () => {
  simulator = await startSimulator({ now: () => world.now() });
  world = await startWorld({ configure, fetch: simulator.fetch });
}, 60 * SECOND);

afterAll(async () => {
  await world.stop();
  await simulator.stop();
  console.log(
    [...table]
      .map(([id, row]) => {
        const cells = COLUMNS.map((name) => `${name} ${row[name] ?? "FAILED"}`.padEnd(30));
        return `${id.padEnd(22)} ${cells.join(" ").trimEnd()}`;
      })
      .join("\n"),
  );
});

/** With every record that holds; one that does not must not take the others with it. */
const configure = (file: Json): void => {
  const [demo] = file["apps"] as Json[];
  const own = demo?.["providers"] as Json;
  const taken: Json = {};
  for (const id of catalogueIds()) {
    const found = findProvider(id, undefined);
    if (!found?.ok) {
      problems.set(id, JSON.stringify(found?.issues));
      continue;
    }
    const { provider } = found;
    const client = clientOf(provider);
    const registered = { client_id: client.client_id, client_secret: client.client_secret };
    const entry = {
      ...(provider.credential ? {} : registered),
      variables: operatorsOf(provider),
    };
    try {
      readConfig(stringify({ ...file, apps: [{ ...demo, providers: { [id]: entry } }] }), {});
      taken[id] = entry;
      plays.set(id, simulator.play(provider, client));
    } catch (error) {
      problems.set(id, String(error));
    }
  }
  Object.assign(own, taken);
  const providers = file["providers"] as Json;
  for (const [id, base, wrong] of MISTAKES) {
    const found = findProvider(base, undefined);
    if (!found?.ok) continue;
    const client = clientOf({ ...found.provider, id });
    providers[id] = { extends: base, ...wrong(found.provider) };
    own[id] = {
      ...{ client_id: client.client_id, client_secret: client.client_secret },
      variables: operatorsOf(found.provider),
    };
    plays.set(id, simulator.play({ ...found.provider, id }, client));
  }
};

/** What the configuration has to say of a record's variables. */
const operatorsOf = (provider: Provider): Json => {
  const { variables } = provider;
  const decided = Object.entries(variablesOf(provider)).filter(
    ([name]) => variables[name]?.chosen_by === "operator" && variables[name].default === undefined,
  );
  return Object.fromEntries(decided);
};

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const clientOf = ({ id, hooks }: Provider): Client => ({
  client_id: `client-of-${id}`,
  redirect_uri: `${B}/oauth/callback/${id}`,
  // With all that the encodings of HTTP and forms treat differently.
  client_secret: hooks.client_secret
    ? privateKey.export({ type: "pkcs8", format: "pem" }).toString()
    : `secret+of/${id} %41:~`,
});

const playOf = (id: string): Play => {
  const play = plays.get(id);
  expect(problems.get(id)).toBeUndefined();
  if (!play) throw new Error(`${id}: not played`);
  return play;
};

/** From the page to the provider and back, in whichever way it answers. */
const visit = async ({ browser, session_id }: Claimed, play: Play, visitor: Visitor) => {
  const { provider, facts } = play;
  const chosen = Object.entries(facts).filter(
    ([name]) => provider.variables[name]?.chosen_by === "user",
  );
  const { body } = await browser.page("authorize", {
    ...{ session_id, provider: provider.id },
    ...(chosen.length ? { variables: chosen.map(([name, value]) => ({ name, value })) } : {}),
  });
  expect(body).toMatchObject({ authorization_url: expect.any(String) });
  const callback = await simulator.authorize(String(body["authorization_url"]), visitor);
  // A browser keeps what stands behind the # to itself.
  let url = callback.url.replace(/#.*/, "");
  if (callback.form) {
    const init = { method: "POST", body: callback.form };
    const posted = await world.call(url.slice(B.length), init);
    url = B + String(posted.headers.get("location"));
  }
  expect(await land(browser, url)).toBe(`/connect/s/${session_id}`);
};

const connect = async (play: Play, account: string): Promise<Json> => {
  const { id } = play.provider;
  const session = await begin(world, { sub: id, session: { allowed_providers: [id] } });
  await visit(session, play, { account });
  expect(await outcomeOf(world, session), why(id)).toMatchObject({ status: "success" });
  const [grant] = await grantsOf(world, id);
  return grant ?? {};
};

/** What the provider has said no to, and what the broker made of it: for whoever reads a failure. */
const why = (id: string): string =>
  JSON.stringify([
    simulator
      .calls(id)
      .filter(({ status }) => status >= 400)
      .map(({ step, status, body, call }) => [step, status, body, call.url.pathname]),
    world.logs.filter(({ provider }) => provider === id).slice(-3),
  ]);

const tokenFor = async (id: string, host: string, more: Json = {}): Promise<Reply> =>
  world.backend().token({
    ...{ user_token: await world.userToken(id), provider: id, ...more },
    request: { method: "GET", host },
  });

const issued = async (id: string, host: string, more: Json = {}): Promise<Json> => {
  const { status, body } = await tokenFor(id, host, more);
  expect([status, body["code"]], why(id)).toEqual([200, undefined]);
  return body;
};

/** Whether the provider's API takes the token as the broker says it is to be sent. */
const works = async ({ injection, access_token }: Json, host: string): Promise<boolean> => {
  const { in: place, name, template } = injection as Record<"in" | "name" | "template", string>;
  expect(place).toBe("header");
  const headers = { [name]: template.replace("{token}", String(access_token)) };
  return (await simulator.fetch(`https://${host}/simulated/api`, { headers })).status === 200;
};

const statusOf = async (id: string): Promise<unknown> => (await grantsOf(world, id))[0]?.["status"];

test.each(OAUTH)("%s", async (id) => {
  const row: Partial<Record<Column, string>> = {};
  table.set(id, row);
  const play = playOf(id);
  const account = `ann@${id}.test`;

  await denied(play);
  const grant = await connect(play, account);
  row.connect = "ok";
  row.identity = await identified(play, account, grant);

  const [host] = hostsOf(play);
  if (host === undefined) {
    row.call = row.refresh = "– no API";
  } else {
    row.call = await called(play);
    row.refresh = await renewed(play, account, host);
    if ((await statusOf(id)) !== "active") await connect(play, account);
  }
  row.revoke = await revoked(play, host);
});

test.each(KEYED)("%s, by a key", async (id) => {
  const row: Partial<Record<Column, string>> = { refresh: "– no refresh" };
  table.set(id, row);
  const play = playOf(id);
  const account = `ann@${id}.test`;
  const [host = ""] = hostsOf(play);
  const values = simulator.makeKey(id, account);
  const give = async (session: Claimed, given: unknown): Promise<Reply> =>
    session.browser.page("credential", {
      ...{ session_id: session.session_id, provider: id, values: given },
    });
  const start = () => begin(world, { sub: id, session: { allowed_providers: [id] } });

  // One of the right form that nobody has made.
  const foreign = simulator.makeKey(id, "eve");
  simulator.endGrant(id, "eve");
  const session = await start();
  expect((await give(session, foreign)).body["code"], why(id)).toBe("credential_refused");
  expect(await rowsOf(world, id)).toEqual([]);

  const taken = await give(session, values);
  expect([taken.status, taken.body["phase"]], why(id)).toEqual([200, "ended"]);
  expect(await outcomeOf(world, session)).toMatchObject({ status: "success" });
  const [grant = {}] = await grantsOf(world, id);
  row.connect = "ok";
  const { id: parts, label } = simulator.account(id, account);
  const tenant = Object.entries(play.provider.variables).flatMap(([name, { chosen_by }]) =>
    chosen_by === "user" ? [play.facts[name]] : [],
  );
  expect((await rowsOf(world, id))[0]?.["account_id"]).toBe(
    parts && [...tenant, ...parts].join(":"),
  );
  const last = String(values.at(-1)?.value).slice(-4);
  expect(grant).toMatchObject({
    account_identifier: label ?? `…${last}`,
    metadata: play.facts,
    scopes: [],
  });
  row.identity = parts ? "ok" : "– nobody says";
  row.call = await called(play);

  // The same key is the same account, also where nobody says whose it is.
  const again = await start();
  expect((await give(again, values)).status, why(id)).toBe(200);
  expect((await grantsOf(world, id)).map(({ grant_id }) => grant_id)).toEqual([grant["grant_id"]]);

  // The user takes it away at the provider: the broker looks once a day.
  const token = await issued(id, host);
  expect(await works(token, host)).toBe(true);
  simulator.endGrant(id, account);
  world.pass(DAY + SECOND);
  await world.broker.purge();
  expect(await statusOf(id), why(id)).toBe("credential_revoked");
  expect((await give(await start(), simulator.makeKey(id, account))).status, why(id)).toBe(200);
  row.revoke = await revoked(play, host);
});

test.each(MISTAKES)("twin: %s, which %s does not take", async (id, _base, _wrong, step, code) => {
  const session = await begin(world, { sub: id, session: { allowed_providers: [id] } });
  // A provider that does not know the client, or where to send anybody, sends nobody back.
  const stays = code === CLIENT || code === "redirect_uri_mismatch";
  const going = visit(session, playOf(id), {});
  if (step === "authorize" && stays) await expect(going).rejects.toThrow(code);
  else {
    await going;
    expect(await viewOf(session)).toMatchObject({ phase: "failed" });
  }
  expect(await grantsOf(world, id)).toEqual([]);
  const told = simulator.calls(id, step).at(-1);
  expect(JSON.stringify([told?.body, told?.location])).toContain(code);
});

describe("what no record could get wrong", () => {
  const id = "airtable";
  const verifier = "v".repeat(43);

  const code = async (): Promise<string> => {
    const { provider, client } = playOf(id);
    const { authorization_endpoint: endpoint = "", base_scopes } = provider;
    const asked = new URLSearchParams({
      ...{ response_type: "code", client_id: client.client_id, redirect_uri: client.redirect_uri },
      ...{ scope: base_scopes.join(" "), state: "s".repeat(16) },
      ...{ code_challenge: s256(verifier), code_challenge_method: "S256" },
    });
    const { url } = await simulator.authorize(`${endpoint}?${asked}`, { account: "eve" });
    return new URL(url).searchParams.get("code") ?? "";
  };

  const ask = async (fields: Record<string, string>, agent = "somebody"): Promise<Reply> => {
    const { provider, client } = playOf(id);
    const pair = [client.client_id, client.client_secret ?? ""].map(encodeURIComponent).join(":");
    const response = await simulator.fetch(provider.token_endpoint ?? "", {
      method: "POST",
      headers: { authorization: `Basic ${btoa(pair)}`, "user-agent": agent },
      body: new URLSearchParams(fields),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Json };
  };

  const exchange = (given: string, agent?: string) => {
    const { redirect_uri } = playOf(id).client;
    const fields = { code: given, redirect_uri, code_verifier: verifier };
    return ask({ grant_type: "authorization_code", ...fields }, agent);
  };

  const refresh = (refresh_token: unknown) =>
    ask({ grant_type: "refresh_token", refresh_token: String(refresh_token) });

  const refuses = (reply: Reply, error: string): void => {
    expect([reply.status >= 400, reply.body["error"]]).toEqual([true, error]);
  };

  const isTaken = async ({ access_token }: Json): Promise<boolean> => {
    const headers = { authorization: `Bearer ${String(access_token)}` };
    const [host = ""] = hostsOf(playOf(id));
    return (await simulator.fetch(`https://${host}/simulated/api`, { headers })).status === 200;
  };

  test("a code is good once, and takes what it brought with it", async () => {
    const given = await code();
    const { body } = await exchange(given);
    expect(await isTaken(body)).toBe(true);
    refuses(await exchange(given), "invalid_grant");
    expect(await isTaken(body)).toBe(false);
    refuses(await refresh(body["refresh_token"]), "invalid_grant");
  });

  test("so is a refresh token that rotates", async () => {
    const { body } = await exchange(await code());
    const { body: next } = await refresh(body["refresh_token"]);
    expect(await isTaken(next)).toBe(true);
    refuses(await refresh(body["refresh_token"]), "invalid_grant");
    refuses(await refresh(next["refresh_token"]), "invalid_grant");
    expect(await isTaken(next)).toBe(false);
  });

  test("whoever does not say who calls is not heard", async () => {
    refuses(await exchange(await code(), "node"), "forbidden");
  });

  test("a token is for its API, in its header, on its hosts", async () => {
    const { body } = await exchange(await code());
    const token = String(body["access_token"]);
    const [host = ""] = hostsOf(playOf(id));
    const statuses = await Promise.all(
      [
        [host, `Bearer ${token}`],
        [host, `OAuth ${token}`],
        [host, "Bearer another"],
        ["api.linear.app", `Bearer ${token}`],
      ].map(async ([at, authorization = ""]) => {
        const url = `https://${at}/simulated/api`;
        return (await simulator.fetch(url, { headers: { authorization } })).status;
      }),
    );
    expect(statuses).toEqual([200, 401, 401, 401]);
  });
});

test("an operator's file can lead every record to the simulator, and nothing of it elsewhere", () => {
  for (const id of catalogueIds()) {
    const { provider } = playOf(id);
    const found = findProvider(id, simulator.overridesFor(provider));
    expect(found, id).toMatchObject({ ok: true });
    if (!found?.ok) continue;
    const { refresh, identity, revocation, long_lived, ...record } = found.provider;
    const urls = JSON.stringify([
      ...[refresh, identity, revocation, long_lived, record.captures],
      ...[record.authorization_endpoint, record.token_endpoint, record.issuer],
      ...[record.userinfo_endpoint, record.revocation_endpoint, record.jwks_uri],
    ]);
    expect(urls, id).not.toContain("https://");
  }
});

test("none of it is in the log: no secret, no token, no code", () => {
  expect(world.logs.length).toBeGreaterThan(plays.size);
  const lines = JSON.stringify(world.logs);
  for (const { client, grants } of plays.values()) {
    const secrets = grants.flatMap((grant) => [
      ...[grant.code, grant.state, grant.nonce, ...grant.access_tokens.keys()],
      ...[...grant.refresh_tokens, ...grant.replaced.keys()],
    ]);
    for (const secret of [client.client_secret, ...secrets])
      if (secret) expect(lines).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
});

/** Somebody says no, and nothing has been written. */
const denied = async (play: Play): Promise<void> => {
  const { id } = play.provider;
  const session = await begin(world, { sub: id, session: { allowed_providers: [id] } });
  await visit(session, play, { deny: true });
  expect(await viewOf(session), why(id)).toMatchObject({
    phase: "failed",
    failure: "access_denied",
  });
  expect(await rowsOf(world, id)).toEqual([]);
  expect(simulator.counts(id).token).toBeUndefined();
};

const identified = async (
  { provider, facts }: Play,
  account: string,
  grant: Json,
): Promise<string> => {
  const { id, name, variables, default_scopes, base_scopes } = provider;
  const { id: parts, label } = simulator.account(id, account);
  const tenant = Object.keys(variables).flatMap((key) =>
    variables[key]?.chosen_by === "user" || variables[key]?.self_hosted ? [facts[key]] : [],
  );
  expect((await rowsOf(world, id)).at(-1)?.["account_id"]).toBe(
    parts && [...tenant, ...parts].join(":"),
  );
  expect(grant["account_identifier"]).toEqual(
    label ?? expect.stringMatching(new RegExp(`^${name}, \\d{4}-`)),
  );
  expect(grant["metadata"]).toMatchObject(facts);
  const asked = [...new Set([...base_scopes, ...default_scopes])];
  expect(new Set(grant["scopes"] as string[])).toEqual(new Set(asked));
  return parts ? "ok" : "– nobody says";
};

const called = async (play: Play): Promise<string> => {
  const { id } = play.provider;
  for (const host of hostsOf(play)) {
    const token = await issued(id, host);
    expect(new Set(token["allowed_hosts"] as string[])).toEqual(new Set(hostsOf(play)));
    expect(await works(token, host)).toBe(true);
  }
  expect((await tokenFor(id, "foreign.example")).body["code"]).toBe("host_not_allowed");
  return "ok";
};

const renewed = async (play: Play, account: string, host: string): Promise<string> => {
  const { id, refresh } = play.provider;
  if (refresh.with === "nothing") return lasting(play, account, host);
  let token = await issued(id, host);
  const silent = token["expires_at"] === null;
  /** To where it has to be renewed: past its end, or near the end of one that renews itself. */
  const lapse = (): Json => {
    const ends = silent ? world.now() : Date.parse(String(token["expires_at"]));
    if (refresh.with === "access_token") world.pass(ends - world.now() - DAY);
    else {
      world.pass(Math.max(ends - world.now(), 0) + REST);
      simulator.expireAccessTokens(id);
    }
    return silent ? { refused_token_id: token["token_id"] } : {};
  };
  for (const times of [1, 2]) {
    const before = token;
    token = await issued(id, host, lapse());
    expect(token["access_token"], why(id)).not.toBe(before["access_token"]);
    expect(simulator.counts(id).refresh).toBe(times);
    expect(await works(token, host)).toBe(true);
    if (refresh.with === "refresh_token") expect(await works(before, host)).toBe(false);
  }
  // The user takes it away at the provider, which says so at the next refresh.
  simulator.endGrant(id, account);
  const ended = await tokenFor(id, host, lapse());
  expect(simulator.counts(id).refresh).toBe(3);
  expect(ended.body["code"], why(id)).toBe("credential_revoked");
  return silent ? "ok, once refused" : "ok";
};

/** Tokens that nothing renews: they end by a time of their own, or are shown to the provider every day. */
const lasting = async (play: Play, account: string, host: string): Promise<string> => {
  const { id, identity } = play.provider;
  const token = await issued(id, host);
  if (token["expires_at"] !== null) {
    world.pass(Date.parse(String(token["expires_at"])) - world.now() + SECOND);
    expect((await tokenFor(id, host)).body["code"]).toBe("credential_revoked");
    return "– no refresh";
  }
  const isAsked = identity.source !== "none" && identity.source !== "token_response";
  const looks = () => (simulator.counts(id).identity ?? 0) + (simulator.counts(id).userinfo ?? 0);
  const before = looks();
  world.pass(DAY + SECOND);
  await world.broker.purge();
  expect(await statusOf(id)).toBe("active");
  expect(looks()).toBe(before + (isAsked ? 1 : 0));
  if (!isAsked) return "– never expires, nobody to ask";
  simulator.endGrant(id, account);
  world.pass(DAY + SECOND);
  await world.broker.purge();
  expect(await statusOf(id), why(id)).toBe("credential_revoked");
  return "– never expires";
};

const revoked = async (play: Play, host: string | undefined): Promise<string> => {
  const { id, revocation, revocation_endpoint, authorization_endpoint } = play.provider;
  const token = host === undefined ? undefined : await issued(id, host);
  const user_token = await world.userToken(id);
  for (const grant of await grantsOf(world, id)) {
    const { body } = await world.backend().revoke(String(grant["grant_id"]), user_token);
    const hasWay =
      revocation.by === "request" ||
      (revocation.by === "rfc7009" && (revocation_endpoint ?? !authorization_endpoint));
    expect(body, why(id)).toMatchObject({
      status: "revoked",
      provider_revocation: hasWay ? "done" : "unsupported",
    });
    if (!hasWay) return "– no way to revoke";
    expect(simulator.calls(id, "revocation").at(-1)?.status, why(id)).toBeLessThan(300);
  }
  if (token && host !== undefined) expect(await works(token, host)).toBe(false);
  return "ok";
};
