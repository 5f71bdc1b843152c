/** The page's cookies: their attributes, on http loopback and on https, and how many a browser keeps [H1]. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepted, begin, claimBody, refused } from "./steps.ts";
import { s256, secret, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test("the cookie is one session's alone, and out of reach of scripts and cross-site requests", async () => {
  const token = await world.mint();
  const reply = await world.browser().claim(token);
  expect(reply.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      new RegExp(
        `^ac_${String(reply.body["session_id"])}=[\\w-]{43}; Max-Age=4500; Path=/; HttpOnly; SameSite=Lax$`,
      ),
    ),
  ]);
});

test("of more than eight cookies ended sessions go first, then the oldest claim", async () => {
  const browser = world.browser();
  const ids: string[] = [];
  const open = async () => {
    world.pass(1_000);
    ids.push((await begin(world, { browser })).session_id);
  };
  for (let i = 0; i < 8; i += 1) await open();
  await browser.page("finish", { session_id: ids[3], reason: "cancel" });
  const kept = () => ids.map((id) => browser.jar.has(`ac_${id}`));
  expect(kept()).toEqual(Array(8).fill(true));
  await open();
  expect(kept()).toEqual([true, true, true, false, true, true, true, true, true]);
  await open();
  expect(kept()).toEqual([false, true, true, false, ...Array<boolean>(6).fill(true)]);
});

test("a repeated claim needs no room: nobody else's cookie goes", async () => {
  const browser = world.browser();
  for (let i = 0; i < 7; i += 1) await begin(world, { browser });
  const body = claimBody(await world.mint());
  await browser.page("claim", body);
  const before = [...browser.jar.keys()].sort();
  await accepted(() => browser.page("claim", body));
  expect([...browser.jar.keys()].sort()).toEqual(before);
  expect(before).toHaveLength(8);
});

/** On https the cookies carry prefix and Secure; a host that somebody else chose loses the opener [M8]. */
describe("a broker on https", () => {
  const HTTPS = "https://connect.example.com";
  let secured: World;
  beforeAll(async () => {
    secured = await startWorld({
      configure: (file) => {
        file["base_url"] = HTTPS;
        const providers = file["providers"] as Record<string, Json>;
        file["private_addresses"] = ["127.0.0.0/8", "::1"];
        Object.assign(providers["files"] ?? {}, {
          self_hosted: true,
          authorize_parameters: { access_type: "offline" },
        });
      },
    });
  });
  afterAll(() => secured.stop());
  const call = (name: string, body: Json, cookie = "") =>
    secured.post(`/v1/connect/${name}`, body, {
      origin: HTTPS,
      ...(cookie === "" ? {} : { cookie }),
    });

  test("sets __Host- cookies, Secure, and drops the opener for a self-hosted provider", async () => {
    const token = await secured.mint({ allowed_providers: ["files"] });
    const claim = await call("claim", {
      ...{ shape: "popup", token, opener_origin: "http://localhost:4998" },
      ...{ challenge: s256(secret()), claim_id: secret() },
    });
    const [cookie = ""] = claim.headers.getSetCookie();
    const session_id = String(claim.body["session_id"]);
    expect(cookie).toMatch(
      new RegExp(
        `^__Host-ac_${session_id}=[\\w-]{43}; Max-Age=4500; Path=/; HttpOnly; Secure; SameSite=Lax$`,
      ),
    );
    const body = { session_id, provider: "files" };
    const sent = cookie.split(";")[0] ?? "";
    await refused(secured, () => call("authorize", body, sent.slice(7)), "unknown_session");
    const reply = await call("authorize", body, sent);
    expect(reply.body["drop_opener"]).toBe(true);
    const url = new URL(String(reply.body["authorization_url"]));
    expect(url.searchParams.get("redirect_uri")).toBe(`${HTTPS}/oauth/callback/files`);
    expect(url.searchParams.get("access_type")).toBe("offline");
    expect(reply.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-acc=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });
});
