/** The `<script>` build's entry in a document: a global, and the broker's origin from its own address. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AlterConnect } from "../../src/index.ts";
import { BROKER, tokenOf } from "./world.ts";

type Global = { AlterConnect?: typeof AlterConnect };

const run = async (element: Element | null): Promise<typeof AlterConnect> => {
  Object.defineProperty(document, "currentScript", { value: element, configurable: true });
  vi.resetModules();
  await import("../../src/script.ts");
  // Later the browser no longer says which script it was.
  Object.defineProperty(document, "currentScript", { value: null, configurable: true });
  const { AlterConnect: connect } = window as Global;
  if (!connect) throw new Error("no global");
  return connect;
};

const scriptFrom = (src: string): HTMLScriptElement => {
  const script = document.createElement("script");
  if (src) Object.defineProperty(script, "src", { value: src });
  return script;
};

let opened: (string | undefined)[];
beforeEach(() => {
  opened = [];
  vi.stubGlobal("open", (url?: string) => {
    opened.push(url);
    return null;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  delete (window as Global).AlterConnect;
});

it("takes the broker's origin from the address it was loaded from", async () => {
  const connect = await run(scriptFrom(`${BROKER}/connect-0.1.0.js?x=1`));
  const outcome = await connect
    .create({ prompt: false })
    .open({ token: new Promise(() => undefined) });
  expect(opened).toEqual([`${BROKER}/connect`]);
  expect(outcome).toMatchObject({ error: { code: "popup_blocked" } });
});

it("lets the page name another broker", async () => {
  const connect = await run(scriptFrom("https://cdn.example/connect.js"));
  await connect.create({ baseURL: BROKER, prompt: false }).open({ token: tokenOf(BROKER) });
  expect(opened).toEqual([`${BROKER}/connect`]);
});

it.each([
  ["inline in the page", scriptFrom("")],
  ["a module", null],
])("works without an address (%s)", async (_, element) => {
  const connect = await run(element);
  await connect.create({ prompt: false }).open({ token: tokenOf(BROKER) });
  expect(opened).toEqual([""]);
});
