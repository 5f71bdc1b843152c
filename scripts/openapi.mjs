/**
 * `npm run openapi [-- BASE_URL]`: the OpenAPI document on standard output, as a broker at that address serves it at
 * /openapi.json. For whoever generates a client without a broker at hand.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runnerImport } from "vite";

const root = resolve(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(resolve(root, "broker/package.json"), "utf8"));
const [base_url = "https://connect.example.com"] = process.argv.slice(2);

const { module } = await runnerImport(resolve(root, "protocol/openapi/document.ts"), {
  configFile: false,
  root,
});
process.stdout.write(`${JSON.stringify(module.openapi({ version, base_url }), null, 2)}\n`);
