/** On a server: importing and rendering touch no window, since there is none. */
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { render } from "svelte/server";
import { createSSRApp } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { expect, it } from "vitest";
import { Accounts as ReactAccounts } from "../samples/Accounts.tsx";
import { Menu } from "../samples/Menu.tsx";
import SvelteAccounts from "../samples/Accounts.svelte";
import VueAccounts from "../samples/Accounts.vue";

it("there is no window here", () => {
  for (const name of ["window", "document", "HTMLElement", "customElements", "location"])
    expect(name in globalThis, name).toBe(false);
});

it("React renders the button and the hook", () => {
  expect(renderToString(createElement(ReactAccounts, {}))).toBe(
    '<button type="button" aria-busy="false" aria-disabled="false">Connect Google</button>',
  );
  expect(renderToString(createElement(Menu, {}))).toBe("<button>Connect Slack</button>");
});

it("Vue renders the button", async () => {
  const markup = await renderVue(createSSRApp(VueAccounts));
  expect(markup).toMatch(
    /^<button type="button" aria-busy="false" aria-disabled="false">.*Connect Google/,
  );
});

it("Svelte renders a button", () => {
  expect(render(SvelteAccounts, { props: {} }).body).toContain("<button>Connect Google</button>");
});

it("the element is not defined, and its module loads", async () => {
  await import("../../../ways/button.ts");
  await import("../../../ways/define-button.ts").then(({ defineConnectButton }) =>
    defineConnectButton(),
  );
});

it("the fake needs no window either", async () => {
  const { fakeAlterConnect } = await import("../../../ways/testing.ts");
  const fake = fakeAlterConnect();
  const outcome = fake.create().open({ token: fake.token });
  await fake.succeed();
  expect(await outcome).toMatchObject({ status: "success" });
});
