/**
 * Managed secrets through the broker: who gets which value, how it is put on a request, and that it can be read
 * nowhere but in the answer to a call that may have it. Values are set by the real command, on the broker's own file.
 */
import { managedSecretSchema } from "@alter-ai/protocol/backend";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { runSecrets } from "../../broker/src/commands/secrets.ts";
import { readConfig } from "../../broker/src/config/config.ts";
import { ConfigError } from "../../broker/src/config/error.ts";
import { placeOf, tokenOf } from "../../broker/src/managed-secrets.ts";
import { listen, type Listening } from "../servers/http.ts";
import { createScanner } from "./scanner.ts";
import { accepted, refused as refusedCall } from "./steps.ts";
import { connect, secret, startWorld, type Json, type Reply, type World } from "./world.ts";

const { found, keep, secrets: kinds } = createScanner();

const KIND = "managed secret";
const WEATHER = "api.weather.example";

const SECRETS = {
  weather: { name: "Weather API", api_hosts: [WEATHER], inject: { header: "X-Api-Key" } },
  tides: {
    name: "Tides",
    api_hosts: ["tides.example"],
    inject: { header: "Authorization", template: "Token {token}" },
  },
  maps: { name: "Maps", api_hosts: ["maps.example"], inject: { query: "key" } },
  bearer: {
    name: "Bearer",
    api_hosts: ["bearer.example"],
    inject: { header: "Authorization", template: "Bearer {token}" },
  },
  archive: { name: "Archive", api_hosts: ["archive.example"], inject: "basic" },
  scarce: {
    name: "Scarce",
    api_hosts: ["scarce.example"],
    inject: { header: "X-Api-Key" },
    policies: [{ name: "once", kind: "rate_limit", per: "user", limit: 1, window_seconds: 3600 }],
  },
};

let world: World;
let api: Listening;
/** What the API was sent, newest last. */
const received: { url: string | undefined; authorization: string | undefined }[] = [];
const printed: string[] = [];
let everything: Json;

beforeAll(async () => {
  api = await listen((req, res) => {
    received.push({ url: req.url, authorization: req.headers.authorization });
    res.end("fine");
  });
  const api_hosts = [`localhost:${api.port}`];
  world = await startWorld({
    configure: (file) => {
      for (const app of file["apps"] as Json[]) {
        app["secrets"] = {
          ...SECRETS,
          door: { name: "Door", api_hosts, inject: "basic" },
          gate: { name: "Gate", api_hosts, inject: { query: "key", template: "k-{token}" } },
        };
        (app["identity_provider"] as Json)["groups_claim"] = "groups";
      }
      everything = file;
    },
  });
});
afterAll(async () => {
  // The scanner is shared with the other files of this worker.
  kinds.delete(KIND);
  await Promise.all([world.stop(), api.stop()]);
});

/** Runs the operator's command on the broker's file; resolves with what it printed. */
const command = async (words: string[], options: Json = {}, value = ""): Promise<string> => {
  const lines: string[] = [];
  const { config, now } = world;
  const stdin = Readable.from([Buffer.from(value)]);
  await runSecrets({ config, stdin, say: (line) => lines.push(line), now }, words, options);
  printed.push(...lines);
  return lines.join("\n");
};

const newValue = (): string => {
  const value = `sk_${secret()}`;
  keep(KIND, value);
  return value;
};

type Set = { id: string; value: string };
/** Sets or rotates, with a value that nobody has seen before. */
const set = async (name: string, audience: Json, more: Json = {}): Promise<Set> => {
  const value = String(more["value"] ?? newValue());
  const options = { app: more["app"] ?? "demo", secret: name, ...audience };
  const expires = more["expires"] === undefined ? {} : { expires: more["expires"] };
  const said = await command(["set"], { ...options, ...expires }, `${value}\n`);
  return { id: said.split(" ")[1] ?? "", value };
};
const EVERYONE = { everyone: true };

const ask = async (
  by: Json,
  { sub = "ann", groups = [], app = "demo" }: { sub?: string; groups?: unknown; app?: string } = {},
): Promise<Reply> =>
  world.backend(app === "demo" ? world.keys.demo.key : world.keys.other.key).token({
    user_token: await world.userToken(sub, { groups }),
    request: { method: "GET", host: by["host"] ?? WEATHER },
    ...Object.fromEntries(Object.entries(by).filter(([name]) => name !== "host")),
  });

const given = async (...call: Parameters<typeof ask>): Promise<Json> =>
  (await accepted(() => ask(...call))).body;
const tokenFor = async (...call: Parameters<typeof ask>): Promise<unknown> =>
  (await given(...call))["access_token"];

const rows = (): Promise<Json[]> =>
  world.database.rows("select * from managed_secrets order by id");
const row = async (id: string): Promise<Json> =>
  (await rows()).find((one) => one["id"] === id) ?? {};
afterEach(() => world.database.exec("delete from managed_secrets"));

/** Refused, with nothing given away, written or counted as used. */
const refused = async (
  by: Json,
  code: Parameters<typeof refusedCall>[2],
  who?: Parameters<typeof ask>[1],
): Promise<Reply> => {
  const before = await rows();
  const reply = await refusedCall(world, () => ask(by, who), code);
  expect(await rows()).toEqual(before);
  expect(found(JSON.stringify(reply.body))).toEqual([]);
  return reply;
};

const listed = async (sub = "ann", groups: string[] = [], query = ""): Promise<Json[]> => {
  const user_token = await world.userToken(sub, { groups });
  const { body } = await accepted(() =>
    world.backend().listGrants(user_token, `?kind=managed_secret${query}`),
  );
  return body["grants"] as Json[];
};

describe("how a value is put on a request", () => {
  test.each([
    ["weather", WEATHER, "header", "X-Api-Key", "{token}", "ApiKey"],
    ["tides", "tides.example", "header", "Authorization", "Token {token}", "Token"],
    ["bearer", "bearer.example", "header", "Authorization", "Bearer {token}", "Bearer"],
    ["maps", "maps.example", "query", "key", "{token}", "ApiKey"],
  ])("%s: as its configuration says", async (provider, host, where, name, template, type) => {
    const { id, value } = await set(provider, EVERYONE);
    expect(await given({ provider, host })).toEqual({
      access_token: value,
      token_type: type,
      token_id: `${id}.1`,
      expires_at: null,
      cache_seconds: 30,
      scopes: [],
      grant_kind: "managed_secret",
      grant_id: id,
      allowed_hosts: [host],
      injection: { in: where, name, template },
    });
  });

  test("archive: a pair becomes RFC 7617's base64, whatever its script, at its first colon", async () => {
    const value = "ann:pässwörd:with spaces and colons";
    await set("archive", EVERYONE, { value });
    expect(await given({ provider: "archive", host: "archive.example" })).toMatchObject({
      access_token: Buffer.from(value).toString("base64"),
      token_type: "Basic",
      injection: { in: "header", name: "Authorization", template: "Basic {token}" },
    });
  });

  test("the broker's own proxy puts it there, and the app sees no value", async () => {
    const door = await set("door", EVERYONE, { value: `ann:${newValue()}` });
    const gate = await set("gate", EVERYONE);
    const proxied = async (provider: string, url: string): Promise<string> => {
      const asked = { provider, method: "GET", url, headers: [] };
      const response = await world.broker.fetch(
        new Request(new URL("/v1/proxy", world.config.base_url), {
          method: "POST",
          headers: {
            authorization: `Bearer ${world.keys.demo.key}`,
            "alter-user-token": await world.userToken(),
            "alter-proxy-request": Buffer.from(JSON.stringify(asked)).toString("base64url"),
          },
        }),
      );
      return JSON.stringify([response.status, [...response.headers], await response.text()]);
    };
    const replies = [
      await proxied("door", `${api.url}/open`),
      await proxied("gate", `${api.url}/open?a=1`),
    ];
    expect(received).toEqual([
      { url: "/open", authorization: `Basic ${Buffer.from(door.value).toString("base64")}` },
      { url: `/open?a=1&key=k-${gate.value}`, authorization: undefined },
    ]);
    for (const reply of replies) expect(reply).toMatch(/^\[200,.*"fine"\]$/);
    expect(found(replies.join("\n"))).toEqual([]);
  });
});

describe("for whom a value is", () => {
  test("the closest one counts: the user's own, then the group's, then everyone's", async () => {
    const everyone = await set("weather", EVERYONE);
    const sales = await set("weather", { group: "sales" });
    const ann = await set("weather", { user: "ann" });
    const by = { provider: "weather" };
    expect(await tokenFor(by, { sub: "bob" })).toBe(everyone.value);
    expect(await tokenFor(by, { sub: "bob", groups: ["staff"] })).toBe(everyone.value);
    expect(await tokenFor(by, { sub: "bob", groups: ["staff", "sales"] })).toBe(sales.value);
    expect(await tokenFor(by, { sub: "ann", groups: ["sales"] })).toBe(ann.value);
    await command(["revoke", ann.id]);
    expect(await tokenFor(by, { sub: "ann", groups: ["sales"] })).toBe(sales.value);
  });

  test("and no id leads around it: what has a closer one beside it is not there", async () => {
    const everyone = await set("weather", EVERYONE);
    const { id, value } = await set("weather", { user: "ann" });
    await refused({ grant_id: everyone.id }, "grant_not_found");
    expect(await tokenFor({ grant_id: id })).toBe(value);
    expect((await listed()).map((one) => one["grant_id"])).toEqual([id]);
    // The twin: without a closer one, that very id works.
    expect(await tokenFor({ grant_id: everyone.id }, { sub: "bob" })).toBe(everyone.value);
  });

  test("of two groups the app picks one by its name", async () => {
    const sales = await set("weather", { group: "sales" });
    const staff = await set("weather", { group: "staff" });
    const both = { sub: "bob", groups: ["sales", "staff"] };
    const by = { provider: "weather" };
    const { body } = await refused(by, "ambiguous_grant", both);
    expect(body["account_identifiers"]).toEqual(["sales", "staff"]);
    expect(await tokenFor({ ...by, account: "staff" }, both)).toBe(staff.value);
    expect(await tokenFor({ grant_id: sales.id }, both)).toBe(sales.value);
    await refused({ ...by, account: "bosses" }, "grant_not_found", both);
    // A group that has a value, and that this user is not in.
    await refused({ ...by, account: "staff" }, "grant_not_found", { groups: ["sales"] });
    await set("weather", { user: "bob" });
    await refused({ ...by, account: "staff" }, "grant_not_found", both);
  });

  test("another user, another group, another app: by name or by id, they find nothing", async () => {
    const personal = await set("weather", { user: "ann" });
    const shared = await set("tides", { group: "sales" });
    const foreign = await set("maps", EVERYONE, { app: "other" });
    const { body } = await refused({ provider: "weather" }, "grant_not_found", { sub: "bob" });
    expect(String(body["detail"])).not.toContain("ann");
    await refused({ grant_id: personal.id }, "grant_not_found", { sub: "bob" });
    // The name of the user as a group, and the other way around.
    await refused({ provider: "weather" }, "grant_not_found", { sub: "bob", groups: ["ann"] });
    const host = "tides.example";
    await refused({ provider: "tides", host }, "grant_not_found", { sub: "sales" });
    await refused({ grant_id: shared.id, host }, "grant_not_found", {
      groups: ["Sales", "sales "],
    });
    await refused({ provider: "maps", host: "maps.example" }, "grant_not_found");
    await refused({ grant_id: foreign.id, host: "maps.example" }, "grant_not_found");
    await refused({ grant_id: personal.id }, "grant_not_found", { app: "other" });
    await refused({ provider: "weather" }, "grant_not_found", { app: "other" });
    expect(await listed("bob", ["ann"])).toEqual([]);
    // The twin: each of these ids works for whom it is.
    expect(await tokenFor({ grant_id: personal.id })).toBe(personal.value);
    expect(await tokenFor({ grant_id: shared.id, host }, { groups: ["sales"] })).toBe(shared.value);
    const other = { grant_id: foreign.id, host: "maps.example" };
    expect(await tokenFor(other, { app: "other" })).toBe(foreign.value);
  });

  test("nobody may guess: an id of somebody else's is answered like one that does not exist", async () => {
    const { id } = await set("weather", { user: "ann" });
    const told = async (grant_id: string): Promise<Json> => {
      const { body } = await refused({ grant_id }, "grant_not_found", { sub: "bob" });
      return { ...body, request_id: "" };
    };
    expect(await told(id)).toEqual(await told("secret_AAAAAAAAAAAAAAAAAAAAAA"));
  });

  test("the same name at another identity provider is somebody else", async () => {
    const { id, value } = await set("weather", { user: "ann" });
    const elsewhere = (issuer: string) =>
      world.database.rows("update managed_secrets set issuer = ?", issuer);
    await elsewhere("https://before.example");
    await refused({ provider: "weather" }, "grant_not_found");
    await refused({ grant_id: id }, "grant_not_found");
    expect(await command(["list"], { app: "demo" })).toContain("of another issuer");
    // The twin: it was the issuer alone.
    await elsewhere(world.idp.issuer);
    expect(await tokenFor({ provider: "weather" })).toBe(value);
  });
});

describe("a value's life", () => {
  test("set beside the running broker, it is there for the next call", async () => {
    await refused({ provider: "weather" }, "grant_not_found");
    const { value } = await set("weather", EVERYONE);
    expect(await tokenFor({ provider: "weather" })).toBe(value);
  });

  test("rotated, it keeps its id, and the next call sends the new one", async () => {
    const old = await set("weather", EVERYONE);
    const before = await given({ provider: "weather" });
    // Refused by its API: there is no other one, and the SDK sees that by the token's id.
    const again = { provider: "weather", refused_token_id: before["token_id"] };
    expect(await given(again)).toMatchObject({ token_id: before["token_id"] });
    const fresh = await set("weather", EVERYONE);
    expect(fresh.id).toBe(old.id);
    const after = await given(again);
    expect(after).toMatchObject({ access_token: fresh.value, grant_id: old.id });
    expect(after["token_id"]).not.toBe(before["token_id"]);
    expect(await rows()).toHaveLength(1);
  });

  test("revoked, its bytes are gone at once and its id says so", async () => {
    const { id } = await set("weather", EVERYONE);
    await given({ provider: "weather" });
    expect(await command(["revoke", id])).toBe(`revoked ${id}`);
    expect(await row(id)).toMatchObject({ sealed: null, revoked_at: expect.any(Number) as number });
    await refused({ grant_id: id }, "grant_revoked");
    await refused({ provider: "weather" }, "grant_not_found");
    expect(await listed()).toEqual([]);
    // To whom it was never given, it is still unknown.
    await refused({ grant_id: id }, "grant_not_found", { app: "other" });
    const next = await set("weather", EVERYONE);
    expect(next.id).not.toBe(id);
    expect(await tokenFor({ provider: "weather" })).toBe(next.value);
  });

  test("a revoked row is purged after ninety days, and only that", async () => {
    const { id } = await set("weather", EVERYONE);
    const kept = await set("maps", EVERYONE);
    await command(["revoke", id]);
    await world.broker.purge();
    expect(await rows()).toHaveLength(2);
    world.pass(91 * 86_400_000);
    await world.broker.purge();
    expect((await rows()).map((one) => one["id"])).toEqual([kept.id]);
  });

  test("past its end it is refused, listed as expired, and good again once a new one is set", async () => {
    const expires = new Date(world.now() + 60_000).toISOString();
    const { id, value } = await set("weather", EVERYONE, { expires });
    expect(await given({ provider: "weather" })).toMatchObject({
      access_token: value,
      expires_at: expires,
    });
    world.pass(61_000);
    for (const by of [{ provider: "weather" }, { grant_id: id }])
      await refused(by, "grant_expired");
    expect(await listed()).toMatchObject([{ grant_id: id, status: "expired" }]);
    expect(await listed("ann", [], "&status=active")).toEqual([]);
    const next = await set("weather", EVERYONE);
    expect(next.id).toBe(id);
    expect(await tokenFor({ grant_id: id })).toBe(next.value);
  });

  test("an expired one of the user's own is not made good by everyone's", async () => {
    await set("weather", EVERYONE);
    const expires = new Date(world.now() + 60_000).toISOString();
    await set("weather", { user: "ann" }, { expires });
    world.pass(61_000);
    await refused({ provider: "weather" }, "grant_expired");
  });

  test("taken out of the configuration, it is neither usable nor listed", async () => {
    const { id, value } = await set("weather", EVERYONE);
    const configured = world.config.apps.get("demo")?.secrets;
    const entry = configured?.get("weather");
    if (!configured || !entry) throw new Error("not configured");
    configured.delete("weather");
    await refused({ provider: "weather" }, "provider_not_allowed");
    await refused({ grant_id: id }, "grant_not_found");
    expect(await listed()).toEqual([]);
    expect(await command(["list"], { app: "demo" })).toContain("not configured");
    // The twin: the row itself is untouched.
    configured.set("weather", entry);
    expect(await tokenFor({ grant_id: id })).toBe(value);
  });

  test("it belongs to the operator: no call of the app ends it", async () => {
    const { id, value } = await set("weather", { user: "ann" });
    const before = await rows();
    for (const user_token of [await world.userToken("ann"), undefined])
      await refusedCall(world, () => world.backend().revoke(id, user_token), "grant_not_found");
    expect(await rows()).toEqual(before);
    expect(await tokenFor({ provider: "weather" })).toBe(value);
  });
});

describe("what decides before it is opened", () => {
  test("its hosts", async () => {
    await set("weather", EVERYONE);
    for (const host of ["tides.example", `${WEATHER}:443`, `${WEATHER}.`, `x.${WEATHER}`])
      await refused({ provider: "weather", host }, "host_not_allowed");
    await given({ provider: "weather" });
  });

  test("its policies", async () => {
    await set("scarce", EVERYONE);
    const by = { provider: "scarce", host: "scarce.example" };
    expect(await given(by)).toMatchObject({ cache_seconds: 0 });
    const { body } = await refused(by, "policy_violation");
    expect(body["policy_error"]).toMatchObject({ rule: "once", attached_to: "secret" });
  });

  test("not scopes: those are OAuth's", async () => {
    const { value } = await set("weather", EVERYONE);
    expect(await tokenFor({ provider: "weather", required_scopes: ["weather.read"] })).toBe(value);
  });
});

describe("what is kept", () => {
  test("a sealed value in another row does not open", async () => {
    const mine = await set("weather", { user: "mallory" });
    const theirs = await set("weather", { user: "ann" });
    const { sealed: copied } = await row(theirs.id);
    const sql = "update managed_secrets set sealed = ? where id = ?";
    await world.database.rows(sql, copied, mine.id);
    await refused({ provider: "weather" }, "internal_error", { sub: "mallory" });
    expect(world.logs.findLast(({ event }) => event === "refused")).toMatchObject({
      code: "internal_error",
      why: expect.stringContaining(mine.id) as string,
    });
    // The twin: it is the place that keeps it shut.
    const sealed = String((await row(mine.id))["sealed"]);
    const opened = world.vault.unseal(sealed, placeOf(theirs.id), world.store);
    expect(await opened).toBe(theirs.value);
  });

  test("a value that its configuration no longer takes is not sent", async () => {
    await set("archive", EVERYONE, { value: "ann:two words" });
    const archive = world.config.apps.get("demo")?.secrets.get("archive");
    if (!archive) throw new Error("not configured");
    archive.is_pair = false;
    await refused({ provider: "archive", host: "archive.example" }, "internal_error");
    archive.is_pair = true;
    await given({ provider: "archive", host: "archive.example" });
  });

  test("the list has name, dates and state, in pages, and never a value", async () => {
    await connect(world, { sub: "lister" });
    const ids: string[] = [];
    for (const name of ["weather", "tides", "maps"]) {
      world.pass(1_000);
      ids.push((await set(name, { user: "lister" })).id);
    }
    await given({ provider: "tides", host: "tides.example" }, { sub: "lister" });
    const all = await listed("lister");
    expect(all.map((one) => managedSecretSchema.parse(one))).toEqual(all);
    expect(all.map(({ name, status, grant_id }) => [grant_id, name, status])).toEqual([
      [ids[0], "Weather API", "active"],
      [ids[1], "Tides", "active"],
      [ids[2], "Maps", "active"],
    ]);
    expect(all.map((one) => one["last_used_at"] !== null)).toEqual([false, true, false]);
    expect((await listed("lister", [], "&provider=maps")).length).toBe(1);

    const user_token = await world.userToken("lister");
    const seen: unknown[] = [];
    for (let cursor: unknown = ""; cursor !== null;) {
      const query = cursor === "" ? "?limit=1" : `?limit=1&cursor=${String(cursor)}`;
      const { body } = await accepted(() => world.backend().listGrants(user_token, query));
      seen.push(...(body["grants"] as Json[]).map((one) => one["grant_kind"]));
      cursor = body["next_cursor"];
    }
    expect(seen).toEqual(["oauth", ...ids.map(() => "managed_secret")]);
  });

  test("neither disk nor log nor audit nor any command says a value; each change has its row", async () => {
    const { id } = await set("weather", { user: "ann" });
    await set("weather", { user: "ann" });
    await set("weather", { group: "sales" });
    await set("archive", EVERYONE, { value: `ann:${newValue()}` });
    await given({ provider: "weather" });
    await command(["list"], { app: "demo" });
    const disk = await world.database.bytes();
    for (const text of [disk, JSON.stringify(world.logs), JSON.stringify(await world.audit())])
      expect(found(text)).not.toContain(KIND);
    expect(printed.length).toBeGreaterThan(10);
    expect(found(printed.join("\n"))).not.toContain(KIND);

    await command(["revoke", id]);
    const audited = (await world.audit()).filter(({ event, grant_id }) =>
      [grant_id === id, String(event).startsWith("secret.")].every(Boolean),
    );
    expect(audited).toMatchObject(
      [
        ["secret.set", "set for user ann"],
        ["secret.set", "rotated for user ann"],
        ["secret.revoked", "revoked for user ann"],
      ].map(([event, reason]) => ({
        ...{ event, reason, actor: "operator", app_id: "demo", provider: "weather" },
        ...{ issuer: world.idp.issuer, subject: "ann" },
      })),
    );
    // The twin: in the answer that is for it, the scanner finds it.
    const { value } = await set("weather", { user: "ann" });
    expect(found(JSON.stringify(await given({ provider: "weather" })))).toEqual([KIND]);
    expect(found(`… ${value} …`)).toContain(KIND);
  });
});

describe("what a value may be", () => {
  const plain = { is_pair: false };
  const pair = { is_pair: true };

  test.each([
    [plain, "k", "k"],
    [plain, "!~".repeat(4096), "!~".repeat(4096)],
    [pair, "ann:", "YW5uOg=="],
    [pair, ":x", "Ong="],
    [pair, "a:é", "YTrDqQ=="],
  ])("%j takes it", (secretOf, value, token) => {
    expect(tokenOf(secretOf, value)).toEqual({ ok: true, token });
  });

  test.each([
    [plain, ""],
    [plain, "two words"],
    [plain, " k"],
    [plain, "k\r\nX-Other: y"],
    [plain, "k\n"],
    [plain, "k\0"],
    [plain, "k\x7f"],
    [plain, "é"],
    [plain, "k".repeat(8193)],
    [pair, ""],
    [pair, "no-colon"],
    [pair, "a:b\nc"],
    [pair, "a:\u0085"],
    [pair, "a:\u2028"],
    [pair, `a:${"k".repeat(8191)}`],
  ])("%j refuses %j, and does not quote it", (secretOf, value) => {
    const made = tokenOf(secretOf, value);
    expect(made).toEqual({ ok: false, problem: expect.any(String) as string });
    if (!made.ok && value.length > 1) expect(made.problem).not.toContain(value);
  });
});

describe("configuration", () => {
  const read = (over: Json) => {
    const file = structuredClone(everything);
    const [app] = file["apps"] as Json[];
    Object.assign(app ?? {}, { secrets: { weather: { ...SECRETS.weather, ...over } } });
    return readConfig(stringify(file), {}).apps.get("demo")?.secrets.get("weather");
  };

  test("an entry is compiled to what goes over the wire", () => {
    expect(read({})).toMatchObject({
      id: "weather",
      injection: { in: "header", name: "X-Api-Key", template: "{token}" },
    });
    expect(read({ inject: { query: "api.key", template: "v1-{token}" } })?.injection).toEqual({
      ...{ in: "query", name: "api.key", template: "v1-{token}" },
    });
  });

  test.each<[string, Json, string]>([
    ["no inject", { inject: undefined }, "inject"],
    ["an unknown way", { inject: "digest" }, "inject"],
    ["two ways", { inject: { header: "X-Key", query: "key" } }, "inject"],
    ["a header that is none", { inject: { header: "X Key" } }, "inject.header"],
    ["Host", { inject: { header: "Host" } }, "inject.header"],
    ["Content-Length", { inject: { header: "content-length" } }, "inject.header"],
    ["a hop-by-hop header", { inject: { header: "Transfer-Encoding" } }, "inject.header"],
    ["a parameter that is several", { inject: { query: "a&b" } }, "inject.query"],
    ["no {token}", { inject: { header: "X-Key", template: "Token" } }, "inject.template"],
    ["{token} twice", { inject: { query: "k", template: "{token}{token}" } }, "inject.template"],
    [
      "a line break in a template",
      { inject: { header: "X-Key", template: "a\r\nb: {token}" } },
      "inject.template",
    ],
    [
      "a space that would be lost",
      { inject: { header: "X-Key", template: " {token}" } },
      "inject.template",
    ],
    ["no hosts", { api_hosts: [] }, "api_hosts"],
    ["a wildcard", { api_hosts: ["*.weather.example"] }, "api_hosts[0]"],
    ["a value", { value: "sk_live" }, ""],
  ])("%s is refused, by its key", (_name, over, key) => {
    let issues: { key: string }[] = [];
    try {
      read(over);
    } catch (error) {
      if (error instanceof ConfigError) issues = error.issues;
    }
    const at = `apps[0].secrets.weather${key && `.${key}`}`;
    expect(issues.map((issue) => issue.key)).toEqual([at]);
  });

  test("a provider and a secret may not share a name", () => {
    const file = structuredClone(everything);
    const [app] = file["apps"] as Json[];
    Object.assign(app ?? {}, { secrets: { calendar: SECRETS.weather } });
    expect(() => readConfig(stringify(file), {})).toThrow("apps[0].secrets.calendar");
  });
});
