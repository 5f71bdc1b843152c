/**
 * Where the broker's own requests may lead: the address that is connected to decides, whatever name led there. Real
 * sockets and the real resolver's interface; only what a name means is made up.
 */
import type { lookup as lookUp } from "node:dns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOutbound } from "../../broker/src/outbound.ts";
import { AddressRefused } from "../../broker/src/oauth/failures.ts";
import { jsonReply, listen, type Listening } from "../servers/http.ts";
import { A, s256, secret, startWorld, type Json } from "./world.ts";

let server: Listening;
let reached = 0;
beforeAll(async () => {
  server = await listen((_req, res) => {
    reached += 1;
    const { status, headers, body } = jsonReply({ secret: "of the inside" });
    res.writeHead(status, headers).end(body);
  });
});
afterAll(() => server.stop());

/** Names mean what a test says; literal addresses never come here. */
const resolving = (...addresses: string[]): typeof lookUp =>
  ((_name: string, _options: unknown, done: (error: null, found: unknown) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    )) as unknown as typeof lookUp;

const none = () => false;
const causeOf = async (call: Promise<Response>): Promise<unknown> =>
  call.then(
    () => "reached",
    (error: unknown) => (error instanceof AddressRefused ? error : (error as Error).cause),
  );

describe("refused, before a byte is sent", () => {
  test.each([
    "127.0.0.1",
    "10.0.0.5",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",
    "::7f00:1",
    "::10.0.0.1",
    "::ffff:0:a00:1",
    "::ffff:0:169.254.169.254",
    "64:ff9b:0:0:0:0:a00:1",
    "64:FF9B::A00:1",
    "64:ff9b::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "no address",
  ])("a name that means %s", async (address) => {
    const outbound = createOutbound(none, resolving(address));
    const call = outbound(`http://inside.example:${server.port}/`);
    expect(await causeOf(call)).toBeInstanceOf(AddressRefused);
    expect(reached).toBe(0);
  });

  test("a name that means a public address and a private one: it could be either", async () => {
    const outbound = createOutbound(none, resolving("93.184.215.14", "127.0.0.1"));
    const call = outbound(`http://both.example:${server.port}/`);
    expect(await causeOf(call)).toBeInstanceOf(AddressRefused);
    expect(reached).toBe(0);
  });

  test.each([
    "http://127.0.0.1",
    "http://127.1",
    "http://2130706433",
    "http://0x7f.0.0.1",
    "http://017700000001",
    "http://[::1]",
    "http://[::ffff:127.0.0.1]",
    "http://[::ffff:7f00:1]",
    "http://[64:ff9b::127.0.0.1]",
    "http://[0064:FF9B:0::a00:1]",
    "http://[::10.0.0.5]",
    "http://[::ffff:0:10.0.0.5]",
    "http://10.0.0.5",
  ])("a literal address, however it is spelled: %s", async (origin) => {
    const outbound = createOutbound(none, resolving("93.184.215.14"));
    expect(await causeOf(outbound(`${origin}:${server.port}/`))).toBeInstanceOf(AddressRefused);
    expect(reached).toBe(0);
  });
});

test.each([
  "10.0.0.1",
  "::ffff:10.0.0.1",
  "::FFFF:a00:1",
  "0:0:0:0:0:ffff:a00:1",
  "64:ff9b::a00:1",
  "64:ff9b::10.0.0.1",
  "0064:ff9b::a00:1",
  "64:ff9b:0:0:0:0:a00:1",
  "64:FF9B:0:0::A00:0001",
])(
  "IPv4 however it is wrapped is held against what the operator allows as itself: %s",
  async (address) => {
    const asked: string[] = [];
    const outbound = createOutbound((one) => asked.push(one) === 0, resolving(address));
    const call = outbound(`http://inside.example:${server.port}/`);
    expect(await causeOf(call)).toBeInstanceOf(AddressRefused);
    expect(asked).toEqual(["10.0.0.1"]);
  },
);

describe("the twins", () => {
  test.each(["64:ff9b::93.184.215.14", "::ffff:93.184.215.14", "2606:4700::1111"])(
    "a public address is not refused: %s",
    async (address) => {
      // Given up before anything is sent, and after the guard has had its say.
      const call = createOutbound(none)(`http://[${address}]/`, { signal: AbortSignal.abort() });
      await expect(call).rejects.toThrow(/abort/i);
    },
  );

  test("the same name where the operator has allowed the address", async () => {
    const outbound = createOutbound((address) => address === "127.0.0.1", resolving("127.0.0.1"));
    const response = await outbound(`http://inside.example:${server.port}/`);
    expect(await response.json()).toEqual({ secret: "of the inside" });
  });

  test("the runtime's own fetch reaches what the guard refuses", async () => {
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(200);
  });

  test("bodies, headers and an abort go through as with any fetch", async () => {
    const outbound = createOutbound(() => true);
    const response = await outbound(`${server.url}/`, {
      method: "POST",
      headers: new Headers({ "x-one": "1" }),
      body: new URLSearchParams({ a: "1" }),
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.status).toBe(200);
    const aborted = outbound(`${server.url}/`, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow(/abort/i);
  });
});

describe("through the broker", () => {
  const HTTPS = "https://connect.example.net";

  /** Clicks Continue to a provider on loopback, at a broker of the internet. */
  const leave = async (private_addresses: string[]) => {
    const world = await startWorld({
      configure: (file) => Object.assign(file, { base_url: HTTPS, private_addresses }),
    });
    try {
      const page = (name: string, body: Json, cookie = "") =>
        world.post(`/v1/connect/${name}`, body, { origin: HTTPS, cookie });
      const claim = await page("claim", {
        ...{ shape: "popup", token: await world.mint(), opener_origin: A },
        ...{ challenge: s256(secret()), claim_id: secret() },
      });
      const [cookie = ""] = claim.headers.getSetCookie();
      const { session_id } = claim.body;
      const body = { session_id, provider: "calendar" };
      const reply = await page("authorize", body, cookie.split(";")[0]);
      const log = world.logs.find(({ event }) => event === "authorize_failed");
      return { reply, log, asked: world.calendar.counts.discovery };
    } finally {
      await world.stop();
    }
  };

  test("a broker of the internet sends nothing to a private address, and says so in its log", async () => {
    const { reply, log, asked } = await leave([]);
    expect([reply.status, reply.body["code"]]).toEqual([502, "provider_unavailable"]);
    expect(log).toMatchObject({ step: "discovery", kind: "private_address" });
    expect(asked).toBe(0);
  });

  test("the twin: allowed, it is asked", async () => {
    const { reply, asked } = await leave(["127.0.0.0/8", "::1"]);
    expect(reply.status).toBe(200);
    expect(asked).toBe(1);
  });
});
