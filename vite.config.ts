/**
 * Builds what browsers load, one mode a target:
 *   widget   src/index.ts   -> dist/index.js + index.d.ts (ESM, for npm)
 *   script   src/script.ts  -> dist/connect.js            (IIFE, for <script>; the broker serves it)
 *   ways     ways/          -> dist/{button,react,…}.js   (ESM, for npm: around the widget, which they leave outside)
 *   testing  ways/testing.ts -> dist/testing.js           (ESM, for npm: the widget and a browser of its own)
 *   element  ways/script.ts -> dist/connect-button.js     (IIFE: connect.js and the element; the broker serves it)
 *   page     popup/         -> broker/dist/page           (the hosted page)
 *   wallet   wallet/        -> broker/dist/wallet         (the end user's own page)
 *   app      index.html     -> demo/dist/web              (the demo customer's pages)
 * Broker, SDK and the demo's server have a config of their own, for Node.
 */
import preact from "@preact/preset-vite";
import { resolve } from "node:path";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import dts from "vite-plugin-dts";
import { logos } from "./scripts/logos.mjs";
import { smallest } from "./scripts/smallest.mjs";
import manifest from "./package.json" with { type: "json" };

const here = import.meta.dirname;
const define = { __VERSION__: JSON.stringify(manifest.version) };

/**
 * A language is one file that needs no other: Vite's helper, which looks for others to load beside, would be half a
 * kilobyte of the page's 25.
 */
const plainImports = (): Plugin => ({
  name: "plain-imports",
  enforce: "pre",
  load: (id) =>
    id === "\0vite/preload-helper.js"
      ? "export const __vitePreload = (load) => load();"
      : undefined,
});

/**
 * A language that is loaded again is made of files of its own throughout: what both had in common would be a third file,
 * one more request for everybody.
 */
const againAlone = (): Plugin => ({
  name: "again-alone",
  enforce: "pre",
  resolveId: async function (source, importer, options) {
    if (!importer?.endsWith(AGAIN)) return undefined;
    const found = await this.resolve(source, importer.slice(0, -AGAIN.length), options);
    return found?.id.includes("/locales/") ? found.id + AGAIN : found;
  },
});
const AGAIN = "?again";

/** Ways in import the widget's source, and their users the widget that is beside them in the package. */
const WIDGET = /^\.\.\/src\/index\.ts$/;
const widgetBeside = (): Plugin => ({
  name: "widget-beside",
  enforce: "pre",
  resolveId: (id) => (WIDGET.test(id) ? { id: "./index.js", external: true } : undefined),
});

/** What is minified last loses what React's servers look for first. */
const clientComponent = (): Plugin => ({
  name: "client-component",
  generateBundle: {
    order: "post",
    handler: (_, bundle) => {
      const file = bundle["react.js"];
      if (file?.type === "chunk") file.code = `"use client";${file.code}`;
    },
  },
});

const wayTypes = (...include: string[]) =>
  dts({
    tsconfigPath: resolve(here, "ways/tsconfig.json"),
    entryRoot: resolve(here, "ways"),
    compilerOptions: { rootDir: here },
    include: include.map((name) => `ways/${name}.ts`),
    beforeWriteFile: (filePath, content) => ({
      filePath,
      content: content.replace(
        /(["'])(\.\/[\w-]+|\.\.\/src\/index)(\.ts|\.js)?\1/g,
        (_, quote, path) => `${quote}${path.replace("../src", ".")}.js${quote}`,
      ),
    }),
  });

/**
 * What early.ts needs is a chunk that the main script imports, and Vite would only have it loaded beside. It is a script
 * itself, before the main one, and `async`, so that it runs as soon as it is there: others wait for the style sheet.
 */
const earlyScript = (): Plugin => ({
  name: "early-script",
  transformIndexHtml: {
    order: "post",
    handler: (html) => {
      const beside =
        /<link rel="modulepreload" crossorigin href="(\/page\/assets\/early-[^"]+)">\n/;
      const script = /<script type="module"/;
      const src = beside.exec(html)?.[1];
      if (!src || !script.test(html)) throw new Error("early.ts has become no chunk of its own");
      return html
        .replace(beside, "")
        .replace(
          script,
          `<script type="module" async crossorigin fetchpriority="high" src="${src}"></script>\n    $&`,
        );
    },
  },
});

/** What both pages of the broker's have: small, and nothing that would need a wider CSP. */
const hosted = {
  plugins: [
    plainImports(),
    againAlone(),
    preact({ devToolsEnabled: false, prefreshEnabled: false }),
  ],
  // The pages use signals and no binding of them to components, which would be 2 kB of the 25 that one may have.
  resolve: { alias: { "@preact/signals": "@preact/signals-core" } },
  build: {
    emptyOutDir: true,
    // An inlined data: URL or a modulepreload polyfill would need a wider CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
} satisfies UserConfig;
/** By name, so that the broker and the budget can tell a language from the page itself. */
const chunkFileNames = ({ facadeModuleId }: { facadeModuleId: string | null }): string =>
  facadeModuleId?.includes("/locales/")
    ? "assets/locales/[name]-[hash].js"
    : "assets/[name]-[hash].js";

const targets: Record<string, UserConfig> = {
  widget: {
    plugins: [
      smallest(),
      dts({
        tsconfigPath: resolve(here, "src/tsconfig.json"),
        entryRoot: resolve(here, "src"),
        include: ["src", "protocol/window.ts"],
        bundleTypes: { bundledPackages: ["@alter-ai/protocol"] },
      }),
    ],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: { entry: resolve(here, "src/index.ts"), formats: ["es"], fileName: () => "index.js" },
    },
  },
  script: {
    plugins: [smallest()],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: {
        entry: resolve(here, "src/script.ts"),
        formats: ["iife"],
        name: "AlterConnectScript",
        fileName: () => "connect.js",
      },
    },
  },
  ways: {
    plugins: [
      widgetBeside(),
      smallest(),
      clientComponent(),
      wayTypes("button", "define-button", "react", "svelte", "vue", "way"),
    ],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: {
        entry: ["button", "react", "svelte", "vue"].map((name) => resolve(here, `ways/${name}.ts`)),
        formats: ["es"],
      },
      rolldownOptions: {
        external: ["react", "svelte", "svelte/store", "vue"],
        output: { entryFileNames: "[name].js", chunkFileNames: "way.js" },
      },
    },
  },
  testing: {
    plugins: [wayTypes("testing")],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: {
        entry: resolve(here, "ways/testing.ts"),
        formats: ["es"],
        fileName: () => "testing.js",
      },
    },
  },
  element: {
    plugins: [smallest()],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      lib: {
        entry: resolve(here, "ways/script.ts"),
        formats: ["iife"],
        name: "AlterConnectButtonScript",
        fileName: () => "connect-button.js",
      },
    },
  },
  page: {
    root: resolve(here, "popup"),
    base: "/page/",
    ...hosted,
    plugins: [...hosted.plugins, earlyScript(), logos()],
    build: {
      ...hosted.build,
      outDir: resolve(here, "broker/dist/page"),
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: "early", test: /\/popup\/early\.ts$/, includeDependenciesRecursively: true },
            ],
          },
          chunkFileNames,
        },
      },
    },
  },
  wallet: {
    ...hosted,
    root: resolve(here, "wallet"),
    base: "/wallet/page/",
    build: {
      ...hosted.build,
      outDir: resolve(here, "broker/dist/wallet"),
      rolldownOptions: { output: { chunkFileNames } },
    },
  },
  app: {
    build: {
      outDir: resolve(here, "demo/dist/web"),
      emptyOutDir: true,
      // As for the page: the app's own policy has no data: URLs either.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: {
          index: resolve(here, "index.html"),
          guide: resolve(here, "demo/guide.html"),
          patterns: resolve(here, "demo/patterns.html"),
          tag: resolve(here, "demo/tag.html"),
        },
      },
    },
  },
};

export default defineConfig(({ mode }) => ({
  define,
  ...(targets[mode] ?? targets.app),
}));
