/** Builds the SDK: one ESM file with no import at all (zod/mini is bundled in), and its bundled types. */
import { resolve } from "node:path";
import { defineConfig } from "vite";
import dts from "vite-plugin-dts";
import manifest from "./package.json" with { type: "json" };

export default defineConfig({
  root: import.meta.dirname,
  define: { __VERSION__: JSON.stringify(manifest.version) },
  plugins: [
    dts({
      tsconfigPath: resolve(import.meta.dirname, "tsconfig.json"),
      entryRoot: resolve(import.meta.dirname, "src"),
      bundleTypes: { bundledPackages: ["@alter-ai/protocol", "zod"] },
    }),
  ],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    lib: {
      entry: resolve(import.meta.dirname, "src/index.ts"),
      formats: ["es"],
      fileName: () => "index.js",
    },
  },
});
