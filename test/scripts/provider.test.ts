/** The test provider is itself tested: a test that leans on a fault must be able to trust the fault. */
import { createHash, randomBytes } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { duplicated, missing, refused, replaced, wrongState } from "../servers/callback.ts";
import { changed, hang, html, json, reset } from "../servers/faults.ts";
import { startProvider, type TestProvider } from "../servers/provider.ts";

const client = {
  client_id: "broker",
  client_secret: "a secret of the broker",
  redirect_uris: ["http://127.0.0.1:9/oauth/callback/calendar"],
};
const callbackUrl = client.redirect_uris[0] ?? "";

let provider: TestProvider;
beforeAll(async () => {
  provider = await startProvider({ name: "calendar", clients: [client] });
});
afterAll(() => provider.stop());
beforeEach(() => provider.control.calm());

const verifier = randomBytes(32).toString("base64url");

const authorizationUrl = (extra: Record<string, string> = {}): string => {
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callbackUrl,
    response_type: "code",
    scope: "openid email offline_access calendar.read",
    prompt: "login consent",
    state: "the-state",
    nonce: "the-nonce",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...extra,
  });
  return `${provider.url}/auth?${query}`;
};

const tokenCall = (form: Record<string, string>): Promise<Response> =>
  fetch(`${provider.url}/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${client.client_id}:${encodeURIComponent(client.client_secret)}`)}`,
    },
    body: new URLSearchParams(form),
  });

const connect = async (account = "ann@work.test"): Promise<Record<string, string>> => {
  const { url } = await provider.control.authorize(authorizationUrl(), { account });
  const response = await exchange(url);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, string>;
};

const exchange = (callback: string): Promise<Response> =>
  tokenCall({
    grant_type: "authorization_code",
    code: new URL(callback).searchParams.get("code") ?? "",
    redirect_uri: callbackUrl,
    code_verifier: verifier,
  });

const refresh = (token: string | undefined): Promise<Response> =>
  tokenCall({ grant_type: "refresh_token", refresh_token: token ?? "" });

const get = (path: string, token: string | undefined): Promise<Response> =>
  fetch(`${provider.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

describe("the honest way", () => {
  it("gives tokens, identity and the API for a code with PKCE", async () => {
    const before = provider.counts;
    const tokens = await connect("ann@work.test");
    expect(decodeJwt(tokens.id_token ?? "")).toMatchObject({
      iss: provider.issuer,
      aud: client.client_id,
      nonce: "the-nonce",
      email: "ann@work.test",
      email_verified: true,
    });
    const me = (await (await get("/api/me", tokens.access_token)).json()) as object;
    expect(me).toMatchObject({ provider: "calendar", email: "ann@work.test" });
    const info = (await (await get("/me", tokens.access_token)).json()) as object;
    expect(info).toMatchObject({ email: "ann@work.test" });
    expect(provider.counts.token).toBe(before.token + 1);
    expect(provider.counts.userinfo).toBe(before.userinfo + 1);
    const { form } = provider.control.calls("token").at(-1) ?? {};
    expect(form?.get("code_verifier")).toBe(verifier);
  });

  it("refuses an authorization without PKCE and a code with another verifier", async () => {
    const bare = new URL(authorizationUrl());
    bare.searchParams.delete("code_challenge");
    bare.searchParams.delete("code_challenge_method");
    const { url } = await provider.control.authorize(bare.href);
    expect(new URL(url).searchParams.get("error")).toBe("invalid_request");

    const good = await provider.control.authorize(authorizationUrl());
    const response = await tokenCall({
      grant_type: "authorization_code",
      code: new URL(good.url).searchParams.get("code") ?? "",
      redirect_uri: callbackUrl,
      code_verifier: randomBytes(32).toString("base64url"),
    });
    expect(response.status).toBe(400);
  });

  it("says no when the user denies", async () => {
    const { url } = await provider.control.authorize(authorizationUrl(), { deny: true });
    expect(new URL(url).searchParams.get("error")).toBe("access_denied");
    expect(new URL(url).searchParams.get("state")).toBe("the-state");
  });

  it("answers by form_post when asked to", async () => {
    const asked = authorizationUrl({ response_mode: "form_post" });
    const { url, form } = await provider.control.authorize(asked);
    expect(url).toBe(callbackUrl);
    expect(form?.get("state")).toBe("the-state");
    expect(form?.get("iss")).toBe(provider.issuer);
    expect(form?.get("code")).toBeTruthy();
  });

  it("rotates refresh tokens, and reuse of an old one ends the grant", async () => {
    const first = await connect();
    const second = (await (await refresh(first.refresh_token)).json()) as Record<string, string>;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it("refuses unknown, expired and revoked tokens at the API", async () => {
    expect((await get("/api/me", "made-up")).status).toBe(401);
    const tokens = await connect("ben@work.test");
    provider.control.expireAccessTokens();
    expect((await get("/api/me", tokens.access_token)).status).toBe(401);
    provider.control.revoke("ben@work.test");
    const response = await refresh(tokens.refresh_token);
    expect(await response.json()).toMatchObject({ error: "invalid_grant" });
  });
});

describe("misbehaviour", () => {
  it.each([
    ["wrong state", wrongState, "state", ["A".repeat(43)]],
    ["missing state", missing("state"), "state", []],
    ["wrong issuer", replaced("iss", "https://evil.test"), "iss", ["https://evil.test"]],
    ["duplicate state", duplicated("state"), "state", ["the-state", "the-state"]],
    ["error", refused("server_error"), "error", ["server_error"]],
  ])("callback: %s, once, by query and by form", async (_name, tamper, field, expected) => {
    for (const mode of ["query", "form_post"]) {
      provider.control.tamper(tamper);
      const asked = authorizationUrl({ response_mode: mode });
      const tampered = await provider.control.authorize(asked);
      expect((tampered.form ?? new URL(tampered.url).searchParams).getAll(field)).toEqual(expected);
      const next = await provider.control.authorize(asked);
      expect((next.form ?? new URL(next.url).searchParams).getAll("state")).toEqual(["the-state"]);
    }
  });

  it("token endpoint: HTML, 500, 200 with an error, a missing token, a reset; then it works", async () => {
    const { url } = await provider.control.authorize(authorizationUrl());
    provider.control.fail("token", html());
    expect((await exchange(url)).headers.get("content-type")).toContain("text/html");
    provider.control.fail("token", json({ error: "server_error" }, 500));
    expect((await exchange(url)).status).toBe(500);
    provider.control.fail("token", json({ error: "invalid_grant" }));
    expect((await exchange(url)).status).toBe(200);
    provider.control.fail("token", reset());
    await expect(exchange(url)).rejects.toThrow("fetch failed");
    expect((await exchange(url)).status).toBe(200);
    const again = await provider.control.authorize(authorizationUrl());
    provider.control.fail("token", changed({ access_token: undefined }));
    const maimed = (await (await exchange(again.url)).json()) as object;
    expect(maimed).toHaveProperty("id_token");
    expect(maimed).not.toHaveProperty("access_token");
  });

  it("keeps a call hanging until it is released, and can be stopped while one hangs", async () => {
    const { url } = await provider.control.authorize(authorizationUrl());
    const hanging = hang();
    provider.control.fail("token", hanging);
    const response = exchange(url);
    await hanging.reached;
    hanging.release();
    expect((await response).status).toBe(200);
  });

  it("faults of one endpoint or grant type leave the others alone, and end when told", async () => {
    const off = provider.control.fail("refresh", html(), { times: Infinity });
    const tokens = await connect();
    expect((await refresh(tokens.refresh_token)).headers.get("content-type")).toContain("html");
    expect((await refresh(tokens.refresh_token)).headers.get("content-type")).toContain("html");
    off();
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it("sends COOP on the page or on the redirect, as asked", async () => {
    const policy = (url: string): Promise<[number, string | null]> =>
      fetch(url, { redirect: "manual" }).then((r) => [
        r.status,
        r.headers.get("cross-origin-opener-policy"),
      ]);
    expect(await policy(authorizationUrl())).toEqual([303, null]);
    provider.control.coop({ redirect: "same-origin" });
    expect(await policy(authorizationUrl())).toEqual([303, "same-origin"]);
  });
});

it("stops while calls hang", async () => {
  const other = await startProvider({ name: "files", clients: [client] });
  const hanging = hang();
  other.control.fail("discovery", hanging);
  const call = fetch(`${other.url}/.well-known/openid-configuration`);
  const refusedCall = expect(call).rejects.toThrow("fetch failed");
  await hanging.reached;
  await other.stop();
  await refusedCall;
});
