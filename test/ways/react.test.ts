/** React's way in, rendered by React: the samples of the docs first, then the life of a component. */
import { createElement, createRef, StrictMode, useState, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConnectButton, useAlterConnect } from "../../ways/react.ts";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { stubEndpoint, type Asked } from "./endpoint.ts";
import { act } from "./react-life.ts";
import { Accounts } from "./samples/Accounts.tsx";
import { Menu } from "./samples/Menu.tsx";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let fake: ReturnType<typeof fakeAlterConnect>;
let root: Root;
let asked: Asked[];
let told: string[];
beforeEach(() => {
  fake = fakeAlterConnect();
  asked = stubEndpoint(() => Response.json({ session_token: fake.token }));
  told = [];
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  root = createRoot(place);
});
afterEach(() => act(() => root.unmount()));

const render = (element: ReactElement) => act(() => root.render(element));
const button = (): HTMLButtonElement => {
  const found = document.querySelector("button");
  if (!found) throw new Error("no button");
  return found;
};
const click = () => act(async () => button().click());
const onSuccess = ({ provider }: { provider: string }) => void told.push(`success ${provider}`);

it("connects by the button of the docs", async () => {
  await render(createElement(Accounts, { connect: fake.create(), onSuccess }));
  expect(button()).toMatchObject({ type: "button", textContent: "Connect Google" });
  await click();
  expect(button().getAttribute("aria-busy")).toBe("true");
  await act(() => fake.succeed());
  expect(button().getAttribute("aria-busy")).toBe("false");
  expect(told).toEqual(["success google"]);
  expect(asked[0]?.init.body).toBe('{"provider":"google"}');
});

it("connects by the hook of the docs", async () => {
  await render(createElement(Menu, { connect: fake.create(), onSuccess }));
  await click();
  expect(button().disabled).toBe(true);
  await act(() => fake.succeed({ provider: "slack" }));
  expect(button().disabled).toBe(false);
  expect(told).toEqual(["success slack"]);
  expect(asked[0]?.init.body).toBe('{"provider":"slack"}');
});

it("calls the callbacks of the latest render", async () => {
  const connect = fake.create();
  const view = (name: string) =>
    createElement(ConnectButton, { connect, token: fake.token, onExit: () => told.push(name) });
  await render(view("old"));
  await click();
  await render(view("new"));
  await act(() => fake.exit());
  expect(told).toEqual(["new"]);
});

it("is a button like any other: attributes, ref, and a click that is prevented", async () => {
  const ref = createRef<HTMLButtonElement>();
  await render(
    createElement(ConnectButton, {
      ...{ connect: fake.create(), token: fake.token, ref, className: "mine", disabled: false },
      onClick: (event) => event.preventDefault(),
    }),
  );
  expect(ref.current).toBe(button());
  expect(button().className).toBe("mine");
  expect(button().textContent).toBe("Connect");
  await click();
  await expect(fake.exit()).rejects.toThrow("No window is open");
});

it("hears of a redirect once, in strict mode too", async () => {
  fake.returned([{ provider: "google" }]);
  const connect = fake.create();
  await render(createElement(StrictMode, null, createElement(Accounts, { connect, onSuccess })));
  await act(() => fake.told());
  expect(told).toEqual(["success google"]);
});

it("a component that goes away cancels what it has opened, and nobody is told", async () => {
  const windows: object[] = [];
  const opened = { closed: false, close: () => (opened.closed = true) };
  window.open = () => {
    windows.push(opened);
    return opened as unknown as Window;
  };
  let outcome: Promise<unknown> | undefined;
  const Once = () => {
    const { open } = useAlterConnect({
      token: () => new Promise<string>(() => undefined),
      prompt: false,
      onExit: () => told.push("exit"),
    });
    return createElement("button", { onClick: () => (outcome = open()) });
  };
  const App = () => {
    const [shown, show] = useState(true);
    Object.assign(window, { hide: () => show(false) });
    return shown ? createElement(Once) : null;
  };
  await render(createElement(StrictMode, null, createElement(App)));
  await click();
  expect(windows).toHaveLength(1);
  await act(async () => (window as unknown as { hide: () => void }).hide());
  expect(await outcome).toEqual({ status: "exit" });
  expect(opened.closed).toBe(true);
  await new Promise((done) => setTimeout(done));
  expect(told).toEqual([]);
});
