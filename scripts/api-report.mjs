/**
 * Holds the published types against the committed reports, so that no change of the public API goes by
 * unseen. Reads what was built; a package that was not is left out, and named.
 *   node scripts/api-report.mjs             fails if a report and the types differ
 *   node scripts/api-report.mjs --update    writes the reports anew
 */
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const update = process.argv.includes("--update");
const PACKAGES = [
  { types: "dist/index.d.ts", report: "src/connect.api.md", manifest: "package.json" },
  ...["button", "react", "svelte", "testing", "vue"].map((name) => ({
    types: `dist/${name}.d.ts`,
    report: `ways/${name}.api.md`,
    manifest: "package.json",
    // Vue's declarations, which ours of it need, are not for every compiler.
    skipLibCheck: name === "vue",
  })),
  { types: "sdk/dist/index.d.ts", report: "sdk/alter-sdk.api.md", manifest: "sdk/package.json" },
];

const temp = mkdtempSync(join(tmpdir(), "api-report-"));
for (const { types, report, manifest, skipLibCheck = false } of PACKAGES) {
  if (!existsSync(join(root, types))) {
    console.log(`${report}: not compared, ${types} has not been built`);
    continue;
  }
  const reportFolder = join(root, dirname(report));
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(root, manifest),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: dirname(join(root, manifest)),
      mainEntryPointFilePath: join(root, types),
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "ES2022",
            module: "ESNext",
            moduleResolution: "bundler",
            lib: ["ES2023", "DOM", "DOM.Iterable"],
            strict: true,
            types: [],
            skipLibCheck,
          },
          files: [join(root, types)],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report.slice(dirname(report).length + 1),
        reportFolder,
        reportTempFolder: temp,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // Comments are ours to write; only the types are on trial here.
        tsdocMessageReporting: { default: { logLevel: "none" } },
        extractorMessageReporting: { default: { logLevel: "none" } },
        compilerMessageReporting: { default: { logLevel: "error" } },
      },
    },
  });
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      // Its greetings are not news; errors are.
      if (message.logLevel !== "error") message.logLevel = "none";
    },
  });
  if (errorCount) process.exitCode = 1;
  else if (apiReportChanged && !update) {
    process.exitCode = 1;
    console.error(
      `${report}: the types have changed. If they should: node scripts/api-report.mjs --update`,
    );
  } else console.log(`${report}: ${apiReportChanged ? "written" : "as committed"}`);
}
rmSync(temp, { recursive: true });
