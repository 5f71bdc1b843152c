/** Svelte on a server: rendering touches no window, since there is none. */
import { render } from "svelte/server";
import { expect, it } from "vitest";
import Accounts from "../samples/Accounts.svelte";

it("renders a button", () => {
  expect(render(Accounts, { props: {} }).body).toContain("<button>Connect Google</button>");
});
