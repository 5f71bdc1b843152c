/** React on a server: rendering touches no window, since there is none. */
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { Accounts } from "../samples/Accounts.tsx";
import { Menu } from "../samples/Menu.tsx";

it("renders the button and the hook", () => {
  expect(renderToString(createElement(Accounts, {}))).toBe(
    '<button type="button" aria-busy="false" aria-disabled="false">Connect Google</button>',
  );
  expect(renderToString(createElement(Menu, {}))).toBe("<button>Connect Slack</button>");
});
