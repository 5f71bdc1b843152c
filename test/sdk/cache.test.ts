/** Tokens at hand: no longer than the broker allows, for nobody else, and never past a revocation made here. */
import { describe, expect } from "vitest";
import {
  ACCESS_TOKEN,
  it,
  json,
  problem,
  rejection,
  USER_TOKEN,
  type Received,
} from "./doubles.ts";

const provider = "calendar";

const asks = (received: Received[]) => received.filter(({ url }) => url === "/v1/tokens").length;
const sent = (received: Received[]) => received.map(({ headers }) => headers.authorization);

/** Answers a token call when it is told to, each with a token of its own. */
const heldBack = (host: string, cache_seconds = 60) => {
  const waiting: (() => void)[] = [];
  let heard: () => void = () => undefined;
  let count = 0;
  return {
    waiting,
    /** Settles once so many token calls wait. */
    arrival: (calls: number) =>
      new Promise<void>((resolve) => {
        heard = () => waiting.length >= calls && resolve();
        heard();
      }),
    answer: ({ url }: Received, response: Parameters<typeof json>[0]) => {
      if (url !== "/v1/tokens")
        return json(response, 200, {
          ...{ grant_id: "g1", status: "revoked", provider_revocation: "done" },
        });
      const number = ++count;
      waiting.push(() =>
        json(response, 200, {
          ...{ access_token: `token-${number}`, token_type: "Bearer", token_id: `t${number}` },
          ...{ expires_at: null, cache_seconds, scopes: [], grant_kind: "oauth" },
          grant_id: `g${number}`,
          allowed_hosts: [host],
          injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
        }),
      );
      heard();
    },
  };
};

describe("a token at hand", () => {
  it("is used until the broker's seconds are over", async ({ client, clock, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    const call = () => client.request("GET", api.url, { provider });
    await call();
    clock.pass(59_999);
    await call();
    expect([asks(broker.received), api.received.length]).toEqual([1, 2]);
    broker.reply("token", { access_token: "second" });
    clock.pass(1);
    await call();
    expect(asks(broker.received)).toBe(2);
    expect(sent(api.received).at(-1)).toBe("Bearer second");
  });

  it("is not kept past five minutes, nor the last half minute of its life", async ({
    client,
    clock,
    api,
    broker,
  }) => {
    const call = () => client.request("GET", api.url, { provider });
    broker.reply("token", { cache_seconds: 86_400 });
    await call();
    clock.pass(5 * 60_000);
    await call();
    expect(asks(broker.received)).toBe(2);
    clock.pass(5 * 60_000);
    broker.reply("token", { expires_at: new Date(clock.now() + 40_000).toISOString() });
    await call();
    clock.pass(9_999);
    await call();
    expect(asks(broker.received)).toBe(3);
    clock.pass(1);
    await call();
    expect(asks(broker.received)).toBe(4);
  });

  it("is never one that the broker wants asked for each time", async ({ client, api, broker }) => {
    for (let times = 0; times < 3; times++) await client.request("GET", api.url, { provider });
    expect(asks(broker.received)).toBe(3);
  });

  it("is for the same user, grant, scopes and host only", async ({
    client,
    api,
    elsewhere,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60, allowed_hosts: [api.host, elsewhere.host] });
    const calls = [
      { provider },
      { provider, userToken: "another.user.token" },
      { provider: "files" },
      { provider, account: "ann@example.com" },
      { grantId: "calendar" },
      { provider, requiredScopes: ["a", "b"] },
    ];
    for (const options of calls) await client.request("GET", api.url, options);
    await client.request("GET", elsewhere.url, { provider });
    expect(asks(broker.received)).toBe(calls.length + 1);
    await client.request("GET", `${api.url}/other/path`, {
      provider,
      requiredScopes: ["b", "a"],
    });
    await client.request("POST", api.url, { provider });
    expect(asks(broker.received)).toBe(calls.length + 1);
  });

  it("is left alone with `cache: false`, of the App or of the call", async ({
    client,
    makeClient,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    await client.request("GET", api.url, { provider, cache: false });
    expect(asks(broker.received)).toBe(2);
    const without = makeClient({ cache: false });
    for (let times = 0; times < 2; times++) await without.request("GET", api.url, { provider });
    expect(asks(broker.received)).toBe(4);
    await without.request("GET", api.url, { provider, cache: true });
    await without.request("GET", api.url, { provider, cache: true });
    expect(asks(broker.received)).toBe(5);
  });

  it("does not go to a host that it was not asked for", async ({
    client,
    api,
    elsewhere,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    const error = await rejection(client.request("GET", elsewhere.url, { provider }));
    expect(error).toMatchObject({ code: "host_not_allowed" });
    expect(elsewhere.received).toEqual([]);
  });

  it("is no error: those are asked for anew each time", async ({ client, api, broker }) => {
    broker.refuse("grant_not_found");
    for (let times = 0; times < 2; times++)
      await rejection(client.request("GET", api.url, { provider }));
    expect(asks(broker.received)).toBe(2);
    broker.reply("token", { cache_seconds: 60 });
    broker.accept();
    expect((await client.request("GET", api.url, { provider })).status).toBe(200);
  });

  it("is one of a thousand at most, those used last", async ({ client, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    const as = (user: number) =>
      client.request("GET", api.url, { provider, userToken: `user-${user}` });
    const users = Array.from({ length: 1000 }, (_, user) => user);
    for (const user of users) await as(user);
    await as(0);
    await as(1000);
    expect(asks(broker.received)).toBe(1001);
    await as(0);
    expect(asks(broker.received)).toBe(1001);
    await as(1);
    expect(asks(broker.received)).toBe(1002);
  });
});

describe("calls at once", () => {
  it("share one question where the answer may be shared", async ({ client, api, broker }) => {
    const held = heldBack(api.host);
    broker.answer(held.answer);
    const calls = Array.from({ length: 20 }, () => client.request("GET", api.url, { provider }));
    await held.arrival(1);
    held.waiting[0]?.();
    await Promise.all(calls);
    expect(asks(broker.received)).toBe(1);
    expect(sent(api.received)).toEqual(Array(20).fill("Bearer token-1"));
  });

  it("ask each for itself where it may not", async ({ client, api, broker }) => {
    const held = heldBack(api.host, 0);
    broker.answer(held.answer);
    const calls = Array.from({ length: 3 }, () => client.request("GET", api.url, { provider }));
    await held.arrival(1);
    held.waiting[0]?.();
    await held.arrival(3);
    held.waiting[1]?.();
    held.waiting[2]?.();
    await Promise.all(calls);
    expect(sent(api.received).sort()).toEqual([1, 2, 3].map((n) => `Bearer token-${n}`));
  });

  it("go on when the one that asked for all is aborted", async ({ client, api, broker }) => {
    const held = heldBack(api.host);
    broker.answer(held.answer);
    const controller = new AbortController();
    const { signal } = controller;
    const leaver = rejection(client.request("GET", api.url, { provider, signal }));
    await held.arrival(1);
    const others = [1, 2].map(() => client.request("GET", api.url, { provider }));
    const reason = new Error("user left");
    controller.abort(reason);
    expect(await leaver).toBe(reason);
    await held.arrival(2);
    held.waiting[1]?.();
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
    expect([asks(broker.received), api.received.length]).toEqual([2, 2]);
  });

  it("one that is aborted while it waits for another's answer sends nothing", async ({
    client,
    api,
    broker,
  }) => {
    const held = heldBack(api.host);
    broker.answer(held.answer);
    const first = client.request("GET", api.url, { provider });
    await held.arrival(1);
    const reason = new Error("user left");
    const controller = new AbortController();
    const { signal } = controller;
    const second = rejection(client.request("GET", api.url, { provider, signal }));
    controller.abort(reason);
    expect(await second).toBe(reason);
    held.waiting[0]?.();
    await first;
    expect(api.received).toHaveLength(1);
  });

  it("do not share a refusal", async ({ client, api, broker }) => {
    let first = true;
    broker.answer((_, response) => {
      const [status, code] = first ? ([404, "grant_not_found"] as const) : ([410, "x"] as const);
      first = false;
      json(response, status, { ...problem("grant_not_found"), code });
    });
    const codes = await Promise.all(
      [1, 2, 3].map(async () => {
        const error = await rejection(client.request("GET", api.url, { provider }));
        return (error as { code: string }).code;
      }),
    );
    expect(codes.sort()).toEqual(["grant_not_found", "x", "x"]);
  });
});

describe("revokeGrant", () => {
  it("forgets the grant's tokens at once, before the broker has answered", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    let release: () => void = () => undefined;
    const arrived = new Promise<void>((heard) => {
      broker.answer(({ url }, response) => {
        if (url === "/v1/tokens") return json(response, 410, problem("grant_revoked"));
        release = () =>
          json(response, 200, {
            ...{ grant_id: "g1", status: "revoked", provider_revocation: "done" },
          });
        heard();
      });
    });
    const revoking = client.grants.revoke("g1", {});
    const during = rejection(client.request("GET", api.url, { provider }));
    expect(await during).toMatchObject({ code: "grant_revoked" });
    await arrived;
    release();
    await revoking;
    expect(api.received).toHaveLength(1);
  });

  it("also those fetched while it was under way, and when it failed", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    const call = () => client.request("GET", api.url, { provider });
    await call();
    const revoking = client.grants.revoke("g1", {});
    await Promise.allSettled([call(), revoking]);
    // What the user has connected since.
    broker.reply("token", { cache_seconds: 60, grant_id: "g2" });
    const before = asks(broker.received);
    await call();
    expect(asks(broker.received)).toBe(before + 1);
    broker.refuse("internal_error");
    await rejection(client.grants.revoke("g2", {}));
    broker.accept();
    await call();
    expect(asks(broker.received)).toBe(before + 2);
  });

  it("keeps an answer that was under way from all who come later", async ({
    client,
    api,
    broker,
  }) => {
    const held = heldBack(api.host);
    broker.answer(held.answer);
    const before = client.request("GET", api.url, { provider });
    await held.arrival(1);
    await client.grants.revoke("g1", {});
    const after = client.request("GET", api.url, { provider });
    await held.arrival(2);
    held.waiting[0]?.();
    // Nor is it sent by the call that it was for: the app has been told that the grant is over.
    expect(await rejection(before)).toMatchObject({ code: "grant_revoked" });
    held.waiting[1]?.();
    await after;
    expect(sent(api.received)).toEqual(["Bearer token-2"]);
    await client.request("GET", api.url, { provider });
    expect(sent(api.received)).toEqual(["Bearer token-2", "Bearer token-2"]);
  });

  it("ends a call that waits to send its token once more", async ({ client, api, broker }) => {
    broker.reply("token", { grant_id: "g1" });
    api.answer(async (_, response) => {
      await client.grants.revoke("g1", {});
      response.writeHead(429, { "retry-after": "1" }).end();
    });
    const call = client.request("GET", api.url, { provider });
    expect(await rejection(call)).toMatchObject({ code: "grant_revoked" });
    expect(api.received).toHaveLength(1);
  });

  it("of a grant that the broker does not know as this user's ends nothing", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60, grant_id: "g1" });
    broker.refuse("grant_not_found");
    await rejection(client.grants.revoke("g1", {}));
    broker.accept();
    expect((await client.request("GET", api.url, { provider })).status).toBe(200);
  });

  it("leaves other grants' tokens alone", async ({ client, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    await client.grants.revoke("g2", {});
    await client.request("GET", api.url, { provider });
    expect(asks(broker.received)).toBe(1);
  });
});

describe("completeConnectSession", () => {
  it("forgets what is at hand of that user, and of nobody else", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60, grant_id: "g7" });
    const users = [USER_TOKEN, "another.user.token"];
    const callAll = async () => {
      for (const userToken of users) await client.request("GET", api.url, { provider, userToken });
    };
    await callAll();
    await client.connect.complete({ code: "c".repeat(43) });
    await callAll();
    expect(asks(broker.received)).toBe(3);
  });
});

describe("a 401 of the provider", () => {
  const strict = (good: string) => (received: Received, response: Parameters<typeof json>[0]) => {
    if (received.headers.authorization === `Bearer ${good}`) json(response, 200, received);
    else response.writeHead(401, { "x-why": "expired" }).end("no");
  };
  const withRefused = (received: Received[]) =>
    received.map(
      ({ body }) => (JSON.parse(body) as { refused_token_id?: string }).refused_token_id,
    );

  it("asks once for another token, and sends again, body and all", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    broker.reply("token", { access_token: "renewed", token_id: "t2" });
    api.answer(strict("renewed"));
    const response = await client.request("POST", api.url, { provider, json: { a: 1 } });
    expect(response.status).toBe(200);
    expect(withRefused(broker.received)).toEqual([undefined, "t1"]);
    expect(api.received.slice(1).map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
    // The new one has taken the old one's place.
    await client.request("GET", api.url, { provider });
    expect(broker.received).toHaveLength(2);
  });

  it("stands when the broker has no other token", async ({ client, api, broker }) => {
    api.answer(strict("none"));
    const response = await client.request("GET", api.url, { provider });
    expect([response.status, await response.text()]).toEqual([401, "no"]);
    expect([broker.received.length, api.received.length]).toEqual([2, 1]);
  });

  it("to the second token stands as well", async ({ client, api, broker }) => {
    api.answer((received, response) => {
      broker.reply("token", { access_token: "renewed", token_id: "t2" });
      strict("none")(received, response);
    });
    expect((await client.request("GET", api.url, { provider })).status).toBe(401);
    expect([broker.received.length, api.received.length]).toEqual([2, 2]);
  });

  it("stands when the body was a stream", async ({ client, api, broker }) => {
    api.answer(strict("none"));
    const body = new Blob(["once"]).stream();
    expect((await client.request("POST", api.url, { provider, body })).status).toBe(401);
    expect([broker.received.length, api.received.length]).toEqual([1, 1]);
  });

  it("that the broker finds to be the end of the grant says so", async ({
    client,
    api,
    broker,
  }) => {
    api.answer((received, response) => {
      broker.refuse("credential_revoked");
      strict("none")(received, response);
    });
    const error = await rejection(client.request("GET", api.url, { provider }));
    expect(error).toMatchObject({ name: "CredentialRevokedError", status: 410 });
    expect(api.received).toHaveLength(1);
  });

  it("is the last of that token, also where there is no other", async ({ client, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    api.answer(strict("none"));
    const call = () => rejection(client.request("GET", api.url, { provider }));
    await client.request("GET", api.url, { provider });
    broker.refuse("credential_revoked");
    await call();
    expect(api.received).toHaveLength(2);
    expect(await call()).toMatchObject({ name: "CredentialRevokedError" });
    expect(api.received).toHaveLength(2);
  });

  it("of many at once is one question", async ({ client, api, broker }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    broker.reply("token", { access_token: "renewed", token_id: "t2" });
    const held: (() => void)[] = [];
    api.answer((received, response) => {
      if (received.headers.authorization !== `Bearer ${ACCESS_TOKEN}`)
        return json(response, 200, received);
      held.push(() => void response.writeHead(401).end());
      if (held.length === 10) for (const each of held) each();
    });
    const calls = Array.from({ length: 10 }, () => client.request("GET", api.url, { provider }));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(broker.received).toHaveLength(2);
  });
});

describe("a 403 of the provider for want of a scope", () => {
  const challenge = 'Bearer error="insufficient_scope", scope="calendar.read calendar.write"';
  const refuse = (response: Parameters<typeof json>[0]) =>
    void response.writeHead(403, { "www-authenticate": challenge }).end("no");

  it("is ScopeReauthRequiredError with what the grant lacks", async ({ client, api }) => {
    api.answer((_, response) => refuse(response));
    const error = await rejection(client.request("GET", api.url, { provider }));
    expect(error).toMatchObject({
      name: "ScopeReauthRequiredError",
      code: "scope_reauth_required",
      status: 403,
      missingScopes: ["calendar.write"],
    });
  });

  it("names them all when the grant seems to have them", async ({ client, api, broker }) => {
    broker.reply("token", { scopes: ["calendar.read", "calendar.write"] });
    api.answer((_, response) => refuse(response));
    const error = await rejection(client.request("GET", api.url, { provider }));
    expect(error).toMatchObject({ missingScopes: ["calendar.read", "calendar.write"] });
  });

  it("to a token at hand asks once more: the user may have connected again since", async ({
    client,
    api,
    broker,
  }) => {
    broker.reply("token", { cache_seconds: 60 });
    await client.request("GET", api.url, { provider });
    broker.reply("token", { access_token: "wider", token_id: "t2" });
    api.answer((received, response) =>
      received.headers.authorization === "Bearer wider"
        ? json(response, 200, received)
        : refuse(response),
    );
    expect((await client.request("GET", api.url, { provider })).status).toBe(200);
    expect(JSON.parse(broker.received[1]?.body ?? "")).not.toHaveProperty("refused_token_id");
  });

  it("of any other kind is an answer like others", async ({ client, api }) => {
    for (const headers of [{}, { "www-authenticate": 'Bearer error="invalid_token"' }]) {
      api.answer((_, response) => void response.writeHead(403, headers).end());
      expect((await client.request("GET", api.url, { provider })).status).toBe(403);
    }
  });
});
