/** The guide, step by step: the SDK as an app's backend uses it, on a real broker and a real provider's API. */
import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AmbiguousGrantError,
  App,
  CredentialRevokedError,
  GrantNotFoundError,
  GrantRevokedError,
  HostNotAllowedError,
  HttpMethod,
  PolicyViolationError,
  ProviderUnavailableError,
  UserTokenError,
  type AlterError,
} from "../../sdk/src/index.ts";
import { html } from "../servers/faults.ts";
import { land } from "./steps.ts";
import { A, B, RETURN_URL, secret, startWorld, type Browser, type World } from "./world.ts";

let world: World;
let app: App;
let calendar: string;
const jwtStore = new AsyncLocalStorage<string>();

beforeAll(async () => {
  world = await startWorld();
  app = new App({
    apiKey: world.keys.demo.key,
    baseUrl: B,
    userTokenGetter: () => jwtStore.getStore() ?? "",
    fetch: toBroker,
  });
  calendar = `${world.calendar.url}/api/me`;
});
afterAll(() => world.stop());

/** The broker's origin is answered by its app function, everything else by the network. */
const toBroker = (url: string, init: RequestInit): Promise<Response> =>
  url.startsWith(`${B}/`) ? world.broker.fetch(new Request(url, init)) : fetch(url, init);

const as = async <T>(user: string, work: () => Promise<T>): Promise<T> =>
  jwtStore.run(await world.userToken(user), work);

/** Steps 1 and 2 of the guide, the widget's part done by hand. */
const connect = async (user: string, account: string): Promise<Browser> => {
  const session = await app.createConnectSession({
    allowedProviders: ["calendar"],
    allowedOrigin: A,
    userToken: await world.userToken(user),
  });
  const browser = world.browser();
  const { body } = await browser.claim(session.sessionToken);
  const session_id = String(body["session_id"]);
  await land(browser, await browser.visit(session_id, "calendar", { account }));
  return browser;
};

const request = (user: string, options: { account?: string } = {}): Promise<Response> =>
  as(user, () => app.request(HttpMethod.GET, calendar, { provider: "calendar", ...options }));

const failure = async (work: Promise<unknown>): Promise<AlterError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("it succeeded");
  return error as AlterError;
};

describe("the guide", () => {
  test("1 and 2: a session for the widget, bound to the user", async () => {
    const session = await app.createConnectSession({
      allowedProviders: ["calendar"],
      allowedOrigin: A,
      userToken: await world.userToken("guide"),
    });
    expect(session.sessionToken).toMatch(/^alter_cs_[\w-]+\.[\w-]{43}$/);
    expect(Math.abs(session.expiresAt.getTime() - world.now() - 600_000)).toBeLessThan(5_000);
    expect(session.connectUrl).toBeUndefined();
    await connect("guide", "guide@work.test");
  });

  test("3: a call as that user, with nothing but the provider's name", async () => {
    const response = await request("guide");
    expect(await response.json()).toMatchObject({ email: "guide@work.test" });
  });

  test("several accounts: the error names them, the chosen one is called", async () => {
    await connect("guide", "second@work.test");
    const calls = world.calendar.counts.api;
    const error = await failure(request("guide"));
    expect(error).toBeInstanceOf(AmbiguousGrantError);
    const { accountIdentifiers } = error as AmbiguousGrantError;
    expect([...accountIdentifiers].sort()).toEqual(["guide@work.test", "second@work.test"]);
    expect(world.calendar.counts.api).toBe(calls);
    for (const account of accountIdentifiers)
      expect(await (await request("guide", { account })).json()).toMatchObject({ email: account });
  });

  test("listing: what the calling user has, and nobody else's", async () => {
    const { grants, nextCursor } = await as("guide", () => app.listGrants());
    expect(nextCursor).toBeNull();
    expect(
      grants
        .filter((grant) => grant.grantKind === "oauth")
        .map(({ providerId, accountIdentifier, status }) => [
          providerId,
          accountIdentifier,
          status,
        ]),
    ).toEqual([
      ["calendar", "guide@work.test", "active"],
      ["calendar", "second@work.test", "active"],
    ]);
    expect((await as("stranger", () => app.listGrants())).grants).toEqual([]);
  });

  test("a user who never connected", async () => {
    expect(await failure(request("stranger"))).toBeInstanceOf(GrantNotFoundError);
  });

  test("revoking: only one's own, and then the app is told to show Connect", async () => {
    await connect("leaver", "leaver@work.test");
    const { grants } = await as("leaver", () => app.listGrants());
    const id = grants[0]?.grantId ?? "";
    const stolen = await failure(as("stranger", () => app.revokeGrant(id)));
    expect(stolen).toBeInstanceOf(GrantNotFoundError);
    expect((await request("leaver")).status).toBe(200);
    expect(await as("leaver", () => app.revokeGrant(id))).toEqual({
      grantId: id,
      status: "revoked",
      providerRevocation: "done",
    });
    expect(await failure(request("leaver"))).toBeInstanceOf(GrantRevokedError);
  });

  test("two users at once never meet", async () => {
    await connect("ann", "ann@work.test");
    await connect("ben", "ben@work.test");
    const users = Array.from({ length: 20 }, (_, i) => (i % 2 ? "ann" : "ben"));
    const emails = await Promise.all(
      users.map(async (user) => ((await (await request(user)).json()) as { email: string }).email),
    );
    expect(emails).toEqual(users.map((user) => `${user}@work.test`));
  });
});

describe("a token goes to the grant's hosts only", () => {
  test("the broker refuses another host before it hands out anything", async () => {
    await connect("hosts", "hosts@work.test");
    const calls = world.files.counts.api;
    const error = await failure(
      as("hosts", () =>
        app.request(HttpMethod.GET, `${world.files.url}/api/me`, { provider: "calendar" }),
      ),
    );
    expect(error).toBeInstanceOf(HostNotAllowedError);
    expect((error as HostNotAllowedError).allowedHosts).toEqual([world.calendar.host]);
    expect(error.status).toBe(403);
    expect(world.files.counts.api).toBe(calls);
    expect((await request("hosts")).status).toBe(200);
  });

  test("and so does the SDK, where a broker does not", async () => {
    const sent: string[] = [];
    const careless = new App({
      apiKey: world.keys.demo.key,
      baseUrl: B,
      // A broker that takes the app's word for it: asked about the right host, whatever the app meant to call.
      fetch: async (url, init) => {
        if (!url.startsWith(`${B}/`)) sent.push(url);
        const body = String(init.body).replaceAll(world.files.host, world.calendar.host);
        return toBroker(url, { ...init, body });
      },
    });
    const userToken = await world.userToken("hosts");
    const error = await failure(
      careless.request(HttpMethod.GET, `${world.files.url}/api/me`, {
        provider: "calendar",
        userToken,
      }),
    );
    expect(error).toBeInstanceOf(HostNotAllowedError);
    expect(error.status).toBeUndefined();
    expect(sent).toEqual([]);
  });
});

describe("what ends or disturbs a grant", () => {
  test("a thousand calls on an expired token: one refresh, a thousand answers", async () => {
    await connect("busy", "busy@work.test");
    world.pass(121_000);
    const { refresh, api } = world.calendar.counts;
    const statuses = await as("busy", () =>
      Promise.all(
        Array.from({ length: 1_000 }, async () => {
          const response = await app.request(HttpMethod.GET, calendar, { provider: "calendar" });
          await response.body?.cancel();
          return response.status;
        }),
      ),
    );
    expect(statuses).toEqual(Array(1_000).fill(200));
    expect(world.calendar.counts).toMatchObject({ refresh: refresh + 1, api: api + 1_000 });
  }, 60_000);

  test("a provider that is down: try again later; one that ended the consent: show Connect", async () => {
    await connect("down", "down@work.test");
    world.pass(121_000);
    world.calendar.control.fail("refresh", html(502));
    expect(await failure(request("down"))).toBeInstanceOf(ProviderUnavailableError);
    expect((await request("down")).status).toBe(200);
    world.pass(121_000);
    world.calendar.control.revoke("down@work.test");
    expect(await failure(request("down"))).toBeInstanceOf(CredentialRevokedError);
  });

  test("a user token that is none or too old", async () => {
    const without = await failure(app.request(HttpMethod.GET, calendar, { provider: "calendar" }));
    expect(without).toBeInstanceOf(UserTokenError);
    const userToken = await world.userToken("busy", { exp: 1 });
    const old = await failure(
      app.request(HttpMethod.GET, calendar, { provider: "calendar", userToken }),
    );
    expect(old).toMatchObject({ code: "invalid_user_token", reason: "expired", status: 401 });
    expect(old).not.toBeInstanceOf(PolicyViolationError);
    expect(inspect(old)).not.toContain(userToken);
  });
});

test("completion by the backend: the code and the same user make the connection", async () => {
  const userToken = await world.userToken("server");
  const { sessionToken, connectUrl } = await app.createConnectSession({
    ...{ allowedOrigin: A, allowedProviders: ["calendar"], returnUrl: RETURN_URL },
    ...{ completion: "backend", userToken },
  });
  expect(connectUrl).toBe(`${B}/connect#session=${sessionToken}`);
  const browser = world.browser();
  const claim = { shape: "backend", token: sessionToken, claim_id: secret() };
  const session_id = String((await browser.page("claim", claim)).body["session_id"]);
  const landed = await browser.callback(await browser.visit(session_id));
  const code = new URL(landed.headers.get("location") ?? "").searchParams.get("alter_connect_code");
  const done = await app.completeConnectSession({ code: code ?? "", userToken });
  expect(done.connections).toMatchObject([{ provider: "calendar", operation: "creation" }]);
  expect((await request("server")).status).toBe(200);
});

test("what the app offers", async () => {
  expect(await app.listProviders()).toMatchObject([
    { id: "calendar", name: "Acme Calendar" },
    { id: "files", name: "Acme Files" },
  ]);
});
