/** Unit and broker tests. End-to-end tests in real browsers are Playwright's (e2e/). */
import preact from "@preact/preset-vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";
import { resolve } from "node:path";
import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";

// Machines are slow and shared; no test asserts a time, so this only ends what hangs.
const TIMEOUT = 30_000;
const define = { __VERSION__: JSON.stringify("0.0.0-test") };

/** What would be the same twice: no database at all, SQLite whatever the run is about, or what never gets to one. */
const ELSEWHERE = [
  ...["config", "failures", "policy", "session", "template", "variables", "vault", "vault-transit"],
  ...["cli", "shutdown"],
  ...["catalogue", "words", "identity-claims", "identity-keys", "identity-providers", "outbound"],
  ...["providers-command", "simulated", "troubleshooting"],
];
/**
 * What asks the database for nothing that others do not ask it for as well. `npm test` has twenty minutes for everything;
 * `ALTER_TEST_ALL=1 node scripts/test.mjs postgres` runs these too.
 */
const SEEN_ELSEWHERE = [
  ...["crash", "audit-command", "secrets-command", "doctor", "sdk"],
  ...["providers", "proxy", "policies", "outcome"],
];
const everything = process.env["ALTER_TEST_ALL"] !== undefined;

const broker = {
  include: ["test/broker/**/*.test.ts"],
  environment: "node",
  // Each file starts a world of its own; loading broker and servers anew for each would double the time.
  isolate: false,
  testTimeout: TIMEOUT,
  hookTimeout: TIMEOUT,
};

/** What the samples of the docs import is what their readers install; here it is its source. */
const samples = {
  alias: ["button", "react", "svelte", "testing", "vue"].map((name) => ({
    find: `@alter-ai/connect/${name}`,
    replacement: resolve(import.meta.dirname, `ways/${name}.ts`),
  })),
};

export default defineConfig({
  define,
  test: {
    // Vitest would leave a core to itself; of two, that is half the machine. And our tests wait for processes,
    // databases and timers about a third of the time.
    maxWorkers: "150%",
    projects: [
      {
        define,
        test: {
          name: "unit",
          include: ["test/{protocol,sdk,boundaries,scripts,demo,recipes,runtimes}/**/*.test.ts"],
          environment: "node",
          testTimeout: TIMEOUT,
        },
      },
      {
        define,
        plugins: [preact({ devToolsEnabled: false, prefreshEnabled: false })],
        test: {
          name: "browserless",
          include: ["test/{widget,look,popup,wallet}/**/*.test.{ts,tsx}"],
          environment: "happy-dom",
          testTimeout: TIMEOUT,
        },
      },
      {
        define,
        plugins: [vue(), svelte({ configFile: false })],
        resolve: { ...samples, conditions: ["browser", ...defaultClientConditions] },
        test: {
          name: "ways",
          include: ["test/ways/**/*.test.ts"],
          exclude: ["test/ways/server/**"],
          environment: "happy-dom",
          testTimeout: TIMEOUT,
        },
      },
      {
        define,
        plugins: [vue(), svelte({ configFile: false })],
        resolve: samples,
        test: {
          name: "ways-server",
          include: ["test/ways/server/*.test.ts"],
          environment: "node",
          testTimeout: TIMEOUT,
        },
      },
      { define, test: { name: "broker", ...broker, exclude: ["test/broker/failover.test.ts"] } },
      // The same again, on the other engine.
      {
        define,
        test: {
          name: "postgres",
          ...broker,
          exclude: [...ELSEWHERE, ...(everything ? [] : SEEN_ELSEWHERE)].map(
            (name) => `test/broker/${name}.test.ts`,
          ),
          globalSetup: ["test/broker/cluster.ts"],
        },
      },
    ],
  },
});
