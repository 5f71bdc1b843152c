/** docs/backend.md, walked as a newcomer walks it: its first file against the demo, its configuration in the broker. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createVisitor } from "../demo/visitor.ts";
import { BROKER_PROGRAM } from "../servers/broker.ts";
import { startDemo, type Demo } from "../servers/demo.ts";
import { freePort } from "../servers/http.ts";
import { walk } from "./walk.ts";

const root = resolve(import.meta.dirname, "../..");

/** The page's only block in that language, without the indent of the list that it stands in. */
const blockOf = async (language: string): Promise<string> => {
  const page = await readFile(join(root, "docs/backend.md"), "utf8");
  const [block, ...others] = page.matchAll(
    new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\``, "gms"),
  );
  if (block === undefined || others.length > 0) throw new Error(`not one block of ${language}`);
  const [, indent = "", text = ""] = block;
  return text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alter-quickstart-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("five minutes, with the demo", () => {
  let demo: Demo;
  let first: ChildProcess;
  let url: string;

  beforeAll(async () => {
    demo = await startDemo();
    const port = await freePort();
    url = `http://localhost:${port}/`;
    // As if the folder were the clone's root.
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "first.mjs"), await blockOf("js"));
    first = spawn(process.execPath, ["first.mjs"], {
      cwd: folder,
      env: { ...process.env, PORT: String(port), DEMO: join(demo.directory, "secrets.json") },
      stdio: "inherit",
    });
    await vi.waitUntil(() => fetch(url).catch(() => undefined), { timeout: 20_000 });
  }, 60_000);
  afterAll(async () => {
    const gone = once(first, "close");
    first.kill();
    await gone;
    await demo.stop();
    await demo.forget();
  });

  it("shows Ann her events once she has logged in and connected, and no longer once she has not", async () => {
    const ann = createVisitor();
    const { app, broker } = demo.urls;
    const said = async () => (await ann.fetch(url)).text();
    const post = (path: string, body: object) =>
      ann.fetch(app + path, {
        method: "POST",
        headers: { "content-type": "application/json", origin: app },
        body: JSON.stringify(body),
      });
    expect(await said()).toBe("Log in at the demo first.");

    await ann.submit(await ann.open(`${app}/login`), "/login", { login: "ann" });
    expect(await said()).toBe("Connect at the demo first.");

    const minted = await post("/api/connect-session", { providers: ["calendar"] });
    const { sessionToken } = (await minted.json()) as { sessionToken: string };
    await walk({ broker, token: sessionToken, opener: app }, async (authorizationUrl) => {
      const login = await ann.open(authorizationUrl, broker);
      const consent = await ann.submit(login, "/login", { login: "ann.work@acme.test" }, broker);
      return (await ann.submit(consent, "/consent", {}, broker)).url;
    });
    const { account, events } = JSON.parse(await said()) as { account: string; events: unknown[] };
    expect(account).toBe("ann.work@acme.test");
    expect(events.length).toBeGreaterThan(0);

    const listed = await ann.fetch(`${app}/api/connections`);
    const [grant] = (await listed.json()) as { grantId: string }[];
    await post(`/api/connections/${grant?.grantId}/disconnect`, {});
    expect(await said()).toBe("Connect at the demo first.");
  });
});

describe("Google, in three steps", () => {
  it("is a configuration that the broker takes", async () => {
    const file = join(folder, "alter.yaml");
    await writeFile(file, await blockOf("yaml"));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [BROKER_PROGRAM, "config", "check", "--config", file],
      {
        env: {
          ALTER_VAULT_KEY: randomBytes(32).toString("base64"),
          ALTER_API_KEY_HASH: `sha256:${"0".repeat(64)}`,
          GOOGLE_CLIENT_SECRET: "secret",
        },
      },
    );
    expect(stdout).toContain("ok: 1 app");
  });
});
