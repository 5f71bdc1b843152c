/** Scopes that a grant lacks: told before the call is made, and cured by connecting again. */
import { expect, test } from "vitest";
import { ScopeReauthRequiredError } from "../../../sdk/src/index.ts";
import type { Json } from "../world.ts";
import { READ, WRITE } from "./offers.ts";
import { failure, type Stage } from "./stage.ts";

export const scopes = (at: () => Stage): void => {
  /** Refused, and neither the API nor the token endpoint has heard of it. */
  const expectMissing = async (work: () => Promise<unknown>, missing: string[]) => {
    const { api, refresh } = at().world.calendar.counts;
    const error = await failure(work());
    expect(error).toBeInstanceOf(ScopeReauthRequiredError);
    expect(error).toMatchObject({ missingScopes: missing, status: 403 });
    expect(at().world.calendar.counts).toMatchObject({ api, refresh });
    return (error as ScopeReauthRequiredError).missingScopes;
  };
  const grantIdOf = (outcome: Json): unknown =>
    (outcome["connections"] as Json[] | undefined)?.[0]?.["grant_id"];

  test("of one call: refused before it is made; a session with them cures it and keeps the id", async () => {
    const { connect, request } = at();
    const first = await connect("scopes-call");
    const missing = await expectMissing(
      () => request("scopes-call", { requiredScopes: [READ, WRITE] }),
      [WRITE],
    );
    expect((await request("scopes-call", { requiredScopes: [READ] })).status).toBe(200);
    const second = await connect("scopes-call", { requiredScopes: missing });
    expect(grantIdOf(second)).toBe(grantIdOf(first));
    expect((await request("scopes-call", { requiredScopes: [READ, WRITE] })).status).toBe(200);
  });

  test("of a session: a user who leaves one out connects nothing, and an older grant stays as it was", async () => {
    const { connect, grantsOf, request } = at();
    await connect("scopes-session");
    const grants = await grantsOf("scopes-session");
    const outcome = await connect("scopes-session", { requiredScopes: [WRITE], without: [WRITE] });
    expect(outcome).toMatchObject({ status: "pending", phase: "failed" });
    expect(await grantsOf("scopes-session")).toEqual(grants);
    expect((await request("scopes-session")).status).toBe(200);
    await expectMissing(() => request("scopes-session", { requiredScopes: [WRITE] }), [WRITE]);
  });

  test("of the operator's, added after the user connected: every call is refused until then", async () => {
    const { alongside, connect, grantsOf, request } = at();
    await connect("scopes-app");
    const stricter = await alongside(({ apps: [demo] }) => {
      Object.assign(demo.providers["calendar"] ?? {}, { required_scopes: [READ, WRITE] });
    });
    await expectMissing(() => request("scopes-app", {}, stricter), [WRITE]);
    expect(await grantsOf("scopes-app", stricter)).toMatchObject([
      { status: "active", missingScopes: [WRITE] },
    ]);
    // The twin: to the broker as it was, the same grant is good.
    expect((await request("scopes-app")).status).toBe(200);
    await connect("scopes-app", { requiredScopes: [WRITE] });
    expect((await request("scopes-app", {}, stricter)).status).toBe(200);
  });

  test("that the user left out: a connection without them, which says so", async () => {
    const { connect, grantsOf, request } = at();
    const first = await connect("scopes-partial", { provider: "wide", without: [WRITE] });
    expect(first).toMatchObject({ status: "success" });
    expect(await grantsOf("scopes-partial")).toMatchObject([
      { scopes: expect.not.arrayContaining([WRITE]) },
    ]);
    expect((await request("scopes-partial", { provider: "wide" })).status).toBe(200);
    const needy = () => request("scopes-partial", { provider: "wide", requiredScopes: [WRITE] });
    await expectMissing(needy, [WRITE]);
    const second = await connect("scopes-partial", { provider: "wide" });
    expect(grantIdOf(second)).toBe(grantIdOf(first));
    expect((await needy()).status).toBe(200);
  });

  test("that only the provider knows of: its 403 means the same, by either way", async () => {
    const { api, app, as, connect } = at();
    await connect("scopes-403");
    const challenge = `Bearer realm="acme", error="insufficient_scope", scope="${READ} ${WRITE}"`;
    api.answer((_, response) => {
      response.writeHead(403, { "www-authenticate": challenge }).end("no");
    });
    const options = { provider: "calendar" };
    for (const send of ["request", "proxyRequest"] as const) {
      const error = await failure(
        as("scopes-403", () => app[send]("GET", `${api.url}/events`, options)),
      );
      expect(error).toBeInstanceOf(ScopeReauthRequiredError);
      expect((error as ScopeReauthRequiredError).missingScopes).toContain(WRITE);
    }
  });
};
