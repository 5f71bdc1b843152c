/**
 * What must work in every runtime, as plain JavaScript that any of them can run: the packed SDK against a real broker.
 * Knows nothing of the runtime. Reports `{ check, error? }` for each check; `error` says what was not so.
 */
import * as sdk from "@alter-ai/alter-sdk";

const { AlterSDKError, App, GrantNotFoundError, NetworkError, TimeoutError } = sdk;

/** `settings`: of world.ts. */
export const smoke = async (settings) => {
  const { apiKey, baseUrl, api, ann, ben, nobody } = settings;
  const app = new App({ apiKey, baseUrl });
  const asAnn = { provider: "calendar", userToken: ann };

  const checks = {
    request: async () => {
      const response = await app.request("GET", `${api}/echo`, {
        ...asAnn,
        queryParams: { q: "ä b" },
      });
      same(response.status, 200);
      const echo = await response.json();
      same(echo.query, "?q=%C3%A4+b");
      same(/^Bearer \S{20,}$/.test(echo.authorization), true);
    },
    "json up": async () => {
      const response = await app.request("POST", `${api}/echo`, { ...asAnn, json: { n: 1 } });
      const echo = await response.json();
      same([echo.type, echo.bytes], ["application/json", 7]);
    },
    "stream up": async () => {
      const response = await app.request("POST", `${api}/echo`, { ...asAnn, body: chunks(8) });
      same((await response.json()).bytes, 8 * CHUNK);
    },
    "stream down": async () => {
      const response = await app.request("GET", `${api}/endless`, asAnn);
      const reader = response.body.getReader();
      same((await reader.read()).value.byteLength > 0, true);
      await reader.cancel();
    },
    "401, then a fresh token": async () => {
      const before = await (await app.request("GET", `${api}/echo`, asAnn)).json();
      const response = await app.request(
        "GET",
        `${api}/refuses-the-first?${crypto.randomUUID()}`,
        asAnn,
      );
      same(response.status, 200);
      same((await response.json()).authorization === before.authorization, false);
    },
    "503, then again": async () => {
      same(
        (await app.request("GET", `${api}/busy-at-first?${crypto.randomUUID()}`, asAnn)).status,
        200,
      );
    },
    "redirect to another host stays": async () => {
      const response = await app.request("GET", `${api}/elsewhere`, asAnn);
      same([response.status, response.headers.get("location")], [302, "https://example.invalid/"]);
    },
    proxyRequest: async () => {
      const options = { ...asAnn, body: chunks(8) };
      const response = await app.proxyRequest("POST", `${api}/echo`, options);
      same([response.status, (await response.json()).bytes], [200, 8 * CHUNK]);
    },
    fetchFor: async () => {
      const fetch = app.fetchFor(asAnn);
      const headers = { authorization: "Bearer of-the-library" };
      const response = await fetch(new Request(`${api}/echo`, { headers }));
      same((await response.json()).authorization.includes("of-the-library"), false);
    },
    listGrants: async () => {
      const accounts = [];
      for await (const grant of app.listGrants({ userToken: ann }))
        accounts.push(grant.accountIdentifier);
      same(accounts, ["ann@calendar.test"]);
    },
    abort: async () => {
      const controller = new AbortController();
      const running = app.request("GET", `${api}/silent`, { ...asAnn, signal: controller.signal });
      controller.abort(new Error("the caller's own reason"));
      same((await failure(running)).message, "the caller's own reason");
    },
    timeout: async () => {
      const error = await failure(app.request("GET", `${api}/silent`, { ...asAnn, timeout: 1500 }));
      same([error instanceof TimeoutError, error.code], [true, "timeout"]);
    },
    "error class and toJSON": async () => {
      const error = await failure(
        app.request("GET", `${api}/echo`, { provider: "calendar", userToken: nobody }),
      );
      same([error instanceof GrantNotFoundError, error instanceof AlterSDKError], [true, true]);
      same(
        [error.name, error.status, sdk.reauthRequired(error)],
        ["GrantNotFoundError", 404, true],
      );
      const text = JSON.stringify(error);
      same(JSON.parse(text).code, "grant_not_found");
      same([text.includes(nobody), text.includes(apiKey)], [false, false]);
    },
    "no broker": async () => {
      const alone = new App({ apiKey, baseUrl: settings.nowhere, maxRetries: 0 });
      const error = await failure(alone.request("GET", `${api}/echo`, asAnn));
      same([error instanceof NetworkError, error.code], [true, "broker_unreachable"]);
    },
    AsyncLocalStorage: async () => {
      const { AsyncLocalStorage } = await import("node:async_hooks");
      const users = new AsyncLocalStorage();
      const shared = new App({ apiKey, baseUrl, userTokenGetter: () => users.getStore() });
      const accountOf = async (user) =>
        users.run(user, async () => {
          const { grants } = await shared.listGrants();
          return grants[0].accountIdentifier;
        });
      const accounts = await Promise.all([ann, ben, ann, ben].map(accountOf));
      same(
        accounts,
        ["ann", "ben", "ann", "ben"].map((name) => `${name}@calendar.test`),
      );
    },
    close: async () => {
      app.close();
      same((await failure(app.listProviders())).code, "app_closed");
    },
  };

  const results = [];
  for (const [check, run] of Object.entries(checks))
    results.push(
      await run().then(
        () => ({ check }),
        (error) => ({ check, error: `${error?.name}: ${error?.message}` }),
      ),
    );
  return results;
};

const CHUNK = 16_384;

/** Made as it is read, so that no runtime can send it with a length. */
const chunks = (count) => {
  let left = count;
  return new ReadableStream({
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(new Uint8Array(CHUNK));
      else controller.close();
    },
  });
};

const same = (found, expected) => {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, found ${a}`);
};

const failure = (promise) =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error) => error,
  );
