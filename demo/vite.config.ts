/**
 * Builds the demo's two programs for Node: start.js (everything) and app.js (the customer's app, its child).
 * Every package stays outside. The pages are built by the root's config.
 */
import { resolve } from "node:path";
import { defineConfig } from "vite";

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  build: {
    ssr: true,
    outDir: "dist",
    emptyOutDir: false,
    target: "node20",
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { start: resolve(here, "start.ts"), app: resolve(here, "app/main.ts") },
      external: [/^@alter-ai\//],
      // Without hashes: the folder is not emptied, since the pages are in it.
      output: { chunkFileNames: "[name].js" },
    },
  },
});
