/** Vue on a server: rendering touches no window, since there is none. */
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { expect, it } from "vitest";
import Accounts from "../samples/Accounts.vue";

it("renders the button", async () => {
  expect(await renderToString(createSSRApp(Accounts))).toMatch(
    /^<button type="button" aria-busy="false" aria-disabled="false">.*Connect Google/,
  );
});
