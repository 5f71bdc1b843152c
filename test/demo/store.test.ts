/** The file behind the demo's oidc-providers: what was acknowledged is there after a crash, and only that long. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../../demo/oidc/store.ts";

let folder: string;
let file: string;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-store-"));
  file = join(folder, "rows.json");
  now = 1_000_000;
});

afterEach(() => rm(folder, { recursive: true }));

const open = async () => (await openStore(file, () => now)).adapter;

it("a row is in the file when the call returns, readable by its owner only", async () => {
  await (await open())("Session").upsert("a", { uid: "u" }, 60);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = (await open())("Session");
  expect(await again.find("a")).toEqual({ uid: "u" });
  expect(await again.findByUid("u")).toEqual({ uid: "u" });
});

it("every one of many concurrent changes is in the file, in far fewer writes", async () => {
  const tokens = (await open())("AccessToken");
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => tokens.upsert(String(i), { grantId: "g" }, 60)),
  );
  expect(JSON.parse(await readFile(file, "utf8"))).toHaveLength(200);
});

it("models do not see each other's rows", async () => {
  const adapter = await open();
  await adapter("AccessToken").upsert("a", { grantId: "g" }, 60);
  expect(await adapter("RefreshToken").find("a")).toBeUndefined();
  await adapter("RefreshToken").revokeByGrantId("g");
  expect(await adapter("AccessToken").find("a")).toEqual({ grantId: "g" });
});

it("a consumed row says so after a restart", async () => {
  const codes = (await open())("AuthorizationCode");
  await codes.upsert("a", { grantId: "g" }, 60);
  await codes.consume("a");
  expect(await (await open())("AuthorizationCode").find("a")).toMatchObject({ consumed: 1000 });
});

it("revoking a grant removes its rows, and destroying one removes one", async () => {
  const tokens = (await open())("AccessToken");
  await tokens.upsert("a", { grantId: "g" }, 60);
  await tokens.upsert("b", { grantId: "g" }, 60);
  await tokens.upsert("c", { grantId: "h" }, 60);
  await tokens.upsert("d", { grantId: "h" }, 60);
  await tokens.revokeByGrantId("g");
  await tokens.destroy("c");
  const again = (await open())("AccessToken");
  expect(await Promise.all(["a", "b", "c", "d"].map((id) => again.find(id)))).toEqual([
    undefined,
    undefined,
    undefined,
    { grantId: "h" },
  ]);
});

it("an expired row is gone at once, and out of the file with the next change", async () => {
  const tokens = (await open())("AccessToken");
  await tokens.upsert("old", {}, 60);
  now += 60_000;
  expect(await tokens.find("old")).toBeUndefined();
  await tokens.upsert("new", {}, 60);
  expect(await readFile(file, "utf8")).not.toContain("old");
});

it("a failed write is told to its caller, and the next one works", async () => {
  const tokens = (await open())("AccessToken");
  await rm(folder, { recursive: true });
  await expect(tokens.upsert("a", {}, 60)).rejects.toThrow("ENOENT");
  await mkdir(folder);
  await tokens.upsert("b", {}, 60);
  expect(await (await open())("AccessToken").find("b")).toEqual({});
});

it("a damaged file is refused with a way out, and left as it is", async () => {
  await writeFile(file, "[[");
  await expect(open()).rejects.toThrow("--reset");
  expect(await readFile(file, "utf8")).toBe("[[");
});
