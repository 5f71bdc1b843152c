// One linter for everything. Rules that are not style carry their reason.
import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/dist-*/**", "**/node_modules/**", ".data/**", "test-results/**"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      // Secrets end up in URLs, logs and pages by these roads first.
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text goes in as text." },
        { property: "outerHTML", message: "Text goes in as text." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "TSEnumDeclaration",
          message: "Unions over enums: the source must be erasable TypeScript.",
        },
      ],
    },
  },
  {
    files: ["scripts/**", "*.js", "*.ts", "**/vite.config.ts", "e2e/**", "test/**", "bench/**"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
  {
    // What of the gallery runs in a browser.
    files: ["scripts/gallery/*.js"],
    languageOptions: { globals: globals.browser },
  },
  { files: ["demo/**"], rules: { "no-console": "off" } },
  {
    // The published guide's code, kept as it stands, non-null assertions included.
    files: ["demo/app/guide.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
