/**
 * The yardstick of `npm run bench -- page`: the hosted page once more, from the same source and by the same
 * configuration, with React in preact's place; beside it a copy of the built broker, which serves it. Nobody else
 * builds it. Knows what in the configuration is preact's; measures nothing.
 */
import { cp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, loadConfigFromFile } from "vite";

const root = resolve(import.meta.dirname, "..");
const from = join(root, "broker/dist");
/** Inside of the broker, so that the copy finds its packages. */
const to = join(root, "broker/dist-react");

/** @returns the broker's program. */
export const buildWithReact = async () => {
  process.env.NODE_ENV = "production";
  const env = { command: "build", mode: "page" };
  const { config } = await loadConfigFromFile(env, join(root, "vite.config.ts"));
  const plugins = config.plugins.flat(Infinity).filter(({ name }) => !/\bpreact\b/.test(name));
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, filter: (path) => path !== join(from, "page") });
  await build({
    ...config,
    configFile: false,
    logLevel: "error",
    plugins,
    oxc: { jsx: { runtime: "automatic", importSource: "react" } },
    resolve: {
      alias: [
        ...Object.entries(config.resolve.alias).map(([find, replacement]) => ({
          find,
          replacement,
        })),
        { find: /^preact$/, replacement: join(root, "bench/pages/react.js") },
      ],
    },
    build: { ...config.build, outDir: join(to, "page") },
  });
  return join(to, "main.js");
};
