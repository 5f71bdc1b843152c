/** Builds the demo's server side for Node; every package stays outside. Its pages are built by the root's config. */
import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  build: {
    ssr: resolve(import.meta.dirname, "start.ts"),
    outDir: "dist",
    emptyOutDir: false,
    target: "node20",
    minify: false,
    sourcemap: true,
    rolldownOptions: { external: [/^@alter-ai\//] },
  },
});
