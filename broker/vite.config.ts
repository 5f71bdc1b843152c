/** Builds the broker for Node: our own code and the protocol in one file, its packages left outside. */
import { resolve } from "node:path";
import { defineConfig } from "vite";
import manifest from "./package.json" with { type: "json" };

export default defineConfig({
  root: import.meta.dirname,
  define: { __VERSION__: JSON.stringify(manifest.version) },
  ssr: { noExternal: [/^@alter-ai\/protocol/], target: "node" },
  build: {
    ssr: resolve(import.meta.dirname, "src/main.ts"),
    outDir: "dist",
    emptyOutDir: false,
    target: "node20",
    minify: false,
    sourcemap: true,
  },
});
