/** What a broker serves to browsers, for tests that do not look at it. */
import type { Built } from "../../broker/src/routes/pages.ts";

export const NOTHING_BUILT: Built = {
  page: { shell: "", assets: new Map() },
  wallet: { shell: "", assets: new Map() },
  scripts: { connect: Buffer.from(""), "connect-button": Buffer.from("") },
  version: "9.9.9",
};
