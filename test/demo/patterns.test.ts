/** The routes of the patterns: what the broker is asked in whose name, and what a refusal becomes for the page. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createPerson, startWorld, type Person, type World } from "./day-planner.ts";
import { problem, token } from "./stand-in.ts";

// Real servers and keys, on machines that may be busy.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let world: World;
let ann: Person;

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(async () => {
  ann = createPerson(world.origin);
  world.broker.asked.length = 0;
  world.api.asked.length = 0;
  await ann.logIn();
});

afterAll(() => world.stop());

const path = (rest: string) => `/api/patterns/${rest}`;

it("nobody gets in without a login, and no page of others: the broker is not asked", async () => {
  const stranger = createPerson(world.origin);
  const answer = await stranger.get(path("several-accounts/events"));
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ code: "login_required" });
  for (const rest of ["connect/revoke", "revoke/accounts/g1/revoke", "added-scope/events"])
    expect((await ann.post(path(rest), {}, "https://evil.example")).status).toBe(403);
  expect(world.broker.asked).toEqual([]);
});

describe("Connect", () => {
  const session = { session_token: "alter_cs_x", expires_at: "2030-01-01T00:00:00Z" };

  beforeEach(() => {
    world.broker.answer(201, session);
  });

  it("asks for what the refused call lacked, and comes back to the pattern's page", async () => {
    const answer = await ann.post(path("connect/added-scope"), {
      provider: "calendar",
      requiredScopes: ["calendar.write"],
    });
    expect(await answer.json()).toEqual({ sessionToken: "alter_cs_x" });
    expect(world.broker.asked[0]?.body).toMatchObject({
      allowed_origin: world.origin,
      allowed_providers: ["calendar"],
      required_scopes: ["calendar.write"],
      return_url: `${world.origin}/patterns/added-scope`,
    });
  });

  it("renews a grant by its id; for a page that is none there is no way back", async () => {
    await ann.post(path("connect/connected-accounts"), { grantId: "g1" });
    await ann.post(path("connect/elsewhere"), {});
    const [renewing, other] = world.broker.asked.map(({ body }) => body);
    expect(renewing).toMatchObject({ grant_id: "g1" });
    expect(renewing).not.toHaveProperty("allowed_providers");
    expect(other).not.toHaveProperty("return_url");
  });

  it("an expired session was one of two seconds", async () => {
    const answer = await ann.post(path("expired-session/short-session"));
    expect(await answer.json()).toEqual({
      sessionToken: "alter_cs_x",
      expiresAt: "2030-01-01T00:00:00.000Z",
    });
    expect(world.broker.asked[0]?.body).toMatchObject({ expires_in: 2 });
  });
});

describe("what a refusal becomes", () => {
  it("a missing scope: the page is told which, and the API is not called", async () => {
    const missing_scopes = ["calendar.write"];
    world.broker.answer(403, problem(403, "scope_reauth_required", { missing_scopes }));
    const answer = await ann.post(path("added-scope/events"), { title: "Lunch" });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      error: "ScopeReauthRequiredError",
      code: "scope_reauth_required",
      reauthRequired: true,
      missingScopes: ["calendar.write"],
    });
    expect(world.broker.asked[0]?.body).toMatchObject({ required_scopes: missing_scopes });
    expect(world.api.asked).toEqual([]);
  });

  it("a policy: rule, kind and when to retry; the broker heard of the user's address", async () => {
    const policy_error = { rule: "Office", kind: "ip_allow_list", attached_to: "secret" };
    world.broker.answer(
      403,
      problem(403, "policy_violation", { policy_error: { ...policy_error, retry_at: null } }),
    );
    const answer = await ann.get(path("policies/weather/weather_office_network?ip=198.51.100.7"));
    expect(await answer.json()).toMatchObject({
      error: "PolicyViolationError",
      reauthRequired: false,
      policyError: { rule: "Office", kind: "ip_allow_list", attachedTo: "secret", retryAt: null },
    });
    expect(world.broker.asked[0]?.body).toMatchObject({
      provider: "weather_office_network",
      request: { end_user_ip: "198.51.100.7" },
    });
    expect(world.api.asked).toEqual([]);
  });

  it("several accounts: the page is asked, and the pick is passed on", async () => {
    const account_identifiers = ["a@x.test", "b@x.test"];
    world.broker.answer(409, problem(409, "ambiguous_grant", { account_identifiers }));
    const answer = await ann.get(path("several-accounts/events"));
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ accounts: account_identifiers });

    world.broker.answer(200, token(world.api.url));
    world.api.answer(200, { account: "b@x.test", events: [] });
    const picked = await ann.get(path("several-accounts/events?account=b%40x.test"));
    expect(await picked.json()).toEqual({ account: "b@x.test", events: [] });
    expect(world.broker.asked[1]?.body).toMatchObject({ account: "b@x.test" });
  });
});

it("revoke says why, for the operator's log", async () => {
  world.broker.answer(200, { grant_id: "g1", status: "revoked", provider_revocation: "done" });
  const answer = await ann.post(path("revoke/accounts/g1/revoke"));
  expect(await answer.json()).toEqual({
    grantId: "g1",
    status: "revoked",
    providerRevocation: "done",
  });
  const { method, path: asked = "" } = world.broker.asked[0] ?? {};
  expect(method).toBe("DELETE");
  const url = new URL(asked, world.origin);
  expect(url.pathname).toBe("/v1/grants/g1");
  expect(url.searchParams.get("reason")).toBe("Disconnected by the user in Day Planner");
});

it("connected accounts: both kinds, each with what it has", async () => {
  const times = { created_at: "2026-01-01T00:00:00Z", last_used_at: null };
  world.broker.answer(200, {
    grants: [
      {
        ...{ grant_kind: "oauth", grant_id: "g1", status: "active", ...times },
        ...{ provider_id: "calendar", provider_name: "Acme Calendar" },
        ...{ account_identifier: "a@x.test", scopes: ["calendar.read"] },
        ...{ missing_scopes: ["calendar.write"], expires_at: "2030-01-01T00:00:00Z" },
        ...{ credential_expires_at: null, expiring: false, metadata: {} },
      },
      {
        ...{ grant_kind: "managed_secret", grant_id: "s1", status: "active", ...times },
        ...{ secret_id: "weather", name: "Weather" },
      },
    ],
    next_cursor: null,
  });
  expect(await (await ann.get(path("connected-accounts/accounts"))).json()).toEqual({
    accounts: [
      {
        ...{ grantKind: "oauth", grantId: "g1", status: "active", name: "Acme Calendar" },
        ...{ account: "a@x.test", scopes: ["calendar.read"], missingScopes: ["calendar.write"] },
        expiresAt: "2030-01-01T00:00:00.000Z",
      },
      { grantKind: "managed_secret", grantId: "s1", status: "active", name: "Weather" },
    ],
  });
});

it("a managed secret is called as an account is; a name without an API is no page", async () => {
  world.broker.answer(200, {
    ...token(world.api.url),
    ...{ grant_kind: "managed_secret", grant_id: "s1" },
    injection: { in: "header", name: "X-Api-Key", template: "{token}" },
  });
  world.api.answer(200, { place: "Acme City" });
  const answer = await ann.get(path("managed-secret/call/weather"));
  expect(await answer.json()).toEqual({ place: "Acme City" });
  expect(world.api.asked[0]).toMatchObject({
    path: "/api/weather",
    headers: { "x-api-key": "the-access-token" },
  });
  expect((await ann.get(path("managed-secret/call/bank"))).status).toBe(404);
  expect(world.broker.asked).toHaveLength(1);
});
