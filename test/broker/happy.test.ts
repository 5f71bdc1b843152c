/** The whole way through the broker, without a browser: what every refusal test is a deviation from. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test("a connected calendar can be called, listed and disconnected", async () => {
  const { token, verifier } = await connect(world, { account: "ann@work.test" });
  const outcome = await world.widget(token, verifier).outcome();
  expect(outcome.body).toMatchObject({
    status: "success",
    connections: [
      { provider: "calendar", provider_name: "Acme Calendar", account_identifier: "ann@work.test" },
    ],
  });

  const user_token = await world.userToken();
  const issued = await world.backend().token({ user_token, provider: "calendar" });
  expect(issued.status, JSON.stringify([issued.body, world.logs.slice(-3)])).toBe(200);
  const api = await fetch(`${world.calendar.url}/api/me`, {
    headers: { authorization: `Bearer ${String(issued.body["access_token"])}` },
  });
  expect(api.status).toBe(200);

  const listed = await world.backend().listGrants(user_token);
  expect(listed.body["grants"]).toMatchObject([
    { grant_kind: "oauth", provider_id: "calendar", account_identifier: "ann@work.test" },
  ]);
  const grant = (listed.body["grants"] as { grant_id: string }[])[0]?.grant_id ?? "";
  const revoked = await world.backend().revoke(grant, user_token);
  expect(revoked.body).toMatchObject({ status: "revoked", provider_revocation: "done" });
  const after = await world.backend().token({ user_token, provider: "calendar" });
  expect(after.body["code"]).toBe("grant_revoked");
});
