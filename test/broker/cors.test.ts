/** Which origins may read what of the widget's calls: a preflight knows no session, the call itself knows one [M7]. */
import { widget } from "@alter-ai/protocol/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepted, begin, refused } from "./steps.ts";
import { A, A2, connect, OTHER, startWorld, type Reply, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const cors = ({ headers }: Reply) => headers.get("access-control-allow-origin");
const ask = (token: string, verifier: string, origin: string | undefined) =>
  world.call("/v1/connect/outcome", {
    headers: {
      authorization: `Bearer ${token}`,
      "alter-connect-verifier": verifier,
      ...(origin === undefined ? {} : { origin }),
    },
  });
const preflight = (path: string, origin: string) =>
  world.call(path, { method: "OPTIONS", headers: { origin } });

test.each(Object.values(widget).map(({ path }) => path))(
  "a preflight of %s knows no session: any configured origin, no other [M7]",
  async (path) => {
    for (const origin of [A, A2, OTHER]) {
      const { status, headers } = await preflight(path, origin);
      expect(status).toBe(204);
      expect(Object.fromEntries(headers)).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type, alter-connect-verifier",
        "access-control-max-age": "600",
        vary: "Origin",
        "cache-control": "no-store",
      });
      expect(headers.has("access-control-allow-credentials")).toBe(false);
    }
    for (const origin of ["https://evil.example", "null", `${A}.evil.example`]) {
      const reply = await preflight(path, origin);
      expect(reply.status).toBe(403);
      expect(cors(reply)).toBeNull();
      expect(reply.headers.get("vary")).toBe("Origin");
    }
  },
);

test("the call itself answers the session's origin alone [M7]", async () => {
  const { token, verifier } = await connect(world);
  for (const origin of [A2, OTHER, "https://evil.example", "null", undefined]) {
    const reply = await refused(world, () => ask(token, verifier, origin), "origin_not_allowed");
    expect(cors(reply)).toBeNull();
    const cancel = () => world.widget(token, verifier, origin ?? "").cancel();
    expect(cors(await refused(world, cancel, "origin_not_allowed"))).toBeNull();
  }
  const reply = await accepted(() => ask(token, verifier, A));
  expect(cors(reply)).toBe(A);
  expect(reply.headers.get("vary")).toContain("Origin");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  expect(reply.headers.has("access-control-allow-credentials")).toBe(false);
  expect(reply.headers.getSetCookie()).toEqual([]);
});

test("an error's code is readable where some widget may be waiting for it, and nowhere else [M7]", async () => {
  for (const origin of [A, A2, OTHER])
    expect(cors(await refused(world, () => ask("x", "", origin), "unknown_session"))).toBe(origin);
  const evil = () => ask("x", "", "https://evil.example");
  expect(cors(await refused(world, evil, "unknown_session"))).toBeNull();
  const { token } = await begin(world);
  const wrong = () => ask(token, "", A);
  expect(cors(await refused(world, wrong, "session_claimed_elsewhere"))).toBe(A);
  const body = () => world.post("/v1/connect/redeem", {}, { origin: A });
  expect(cors(await refused(world, body, "invalid_request"))).toBe(A);
});
