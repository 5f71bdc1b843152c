/** The scanner of what a run leaves behind: each kind of secret, seeded, is found; what only looks like one is not. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { expectNoLeak, leaksBelow, leaksIn } from "../servers/leaks.mjs";

/** As good as random, and the same each time: one in a thousand has no digit. */
let count = 0;
const bytesOf = (length = 32): Buffer =>
  createHash("shake256", { outputLength: length })
    .update(String((count += 1)))
    .digest();
const random = (length?: number): string => bytesOf(length).toString("base64url");
const json = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Built here, so that this file and its report hold none. */
const SEEDED: [string, string][] = [
  ["API key", `alter_rk_${random()}`],
  ["API key", `alter_key_${random()}`],
  ["session token", `alter_cs_${json({ at: 1 })}.${random()}`],
  ["session token", `alter_cs_${json({ at: 1 })}.r.${random()}`],
  ["JWT", `${json({ alg: "ES256" })}.${json({ sub: "ann", exp: 1 })}.${random(64)}`],
  ["canary", ["canary", "secret-of-calendar"].join("-")],
  [
    "private key",
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  ],
  ["authorization header", `Bearer ${random(18)}`],
  ["parameter", `/oauth/callback/calendar?code=${random(18)}`],
  ["256 bits", `{"verifier":"${random()}"}`],
  ["256 bits", bytesOf().toString("base64")],
];

const folder = mkdtempSync(join(tmpdir(), "leaks-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a secret", () => {
  it.each(SEEDED.map(([kind, value], i) => ({ kind, value, i })))(
    "$kind ($i) is found in a log, named, and not quoted whole",
    ({ kind, value }) => {
      for (const text of [value, `x "${value}" y`, `\\n${value}\\n`]) {
        const found = leaksIn(text);
        expect(found.map((leak: string) => leak.split(" (")[0])).toContain(kind);
        expect(found.join()).not.toContain(value.slice(0, 20));
      }
      expect(() => expectNoLeak("the log", value)).toThrow(/A secret is in the log/);
    },
  );

  it("is found in files of any depth, in bytes, and inside a trace", () => {
    const secret = `alter_rk_${random()}`;
    mkdirSync(join(folder, "a/b"), { recursive: true });
    writeFileSync(join(folder, "a/b/deep.txt"), `key: ${secret}`);
    writeFileSync(join(folder, "data.db"), Buffer.concat([bytesOf(99), Buffer.from(secret)]));
    writeFileSync(join(folder, "trace.zip"), zip("trace.network", `{"header":"${secret}"}`));
    writeFileSync(join(folder, "fine.txt"), "nothing");
    writeFileSync(join(folder, "meant.txt"), secret);
    const found = leaksBelow(folder, (name: string) => name === "meant.txt");
    for (const place of ["a/b/deep.txt", "data.db", "trace.zip!trace.network"])
      expect(found).toContainEqual(expect.stringContaining(`${place}: API key`));
    expect(found.join()).not.toMatch(/fine|meant/);
    expect(leaksBelow(join(folder, "nowhere"))).toEqual([]);
  });
});

it("what only looks like a secret is none", () => {
  const sha = createHash("sha256").update("x");
  for (const text of [
    `sha256:${sha.copy().digest("hex")}`,
    `sha384-${bytesOf(48).toString("base64")}`,
    "alter_rk_Ab3d",
    "alter_rk_nobody",
    "alter_cs_…",
    "req_AAAAAAAAAAAAAAAAAAAAAA",
    "a-long-name-of-a-file-that-goes-on-for-1-while-and-more.spec.ts",
    "?state=unknown&code=x",
    "the Basic idea of the Bearer",
  ])
    expect(leaksIn(text)).toEqual([]);
});

/** One entry, as archivers write it. */
const zip = (name: string, text: string): Buffer => {
  const raw = deflateRawSync(text);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(raw.length, 20);
  central.writeUInt16LE(name.length, 28);
  const before = Buffer.concat([local, Buffer.from(name), raw]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(before.length, 16);
  return Buffer.concat([before, central, Buffer.from(name), end]);
};
