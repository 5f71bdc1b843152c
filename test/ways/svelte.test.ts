/** Svelte's way in, compiled and mounted by Svelte. */
import { beforeEach, expect, it } from "vitest";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { stubEndpoint, type Asked } from "./endpoint.ts";
import Accounts from "./samples/Accounts.svelte";
import { mounted } from "./svelte-life.ts";

let fake: ReturnType<typeof fakeAlterConnect>;
let asked: Asked[];
let told: string[];
beforeEach(() => {
  fake = fakeAlterConnect();
  asked = stubEndpoint(() => Response.json({ session_token: fake.token }));
  told = [];
  document.body.replaceChildren();
});

const onSuccess = ({ provider }: { provider: string }) => void told.push(provider);
const show = (options: object = { connect: fake.create() }) =>
  mounted(Accounts, { options: { onSuccess, ...options } });
const button = (): HTMLButtonElement => {
  const found = document.querySelector("button");
  if (!found) throw new Error("no button");
  return found;
};
const settled = () => new Promise((done) => setTimeout(done));

it("connects by the button of the docs", async () => {
  const leave = show();
  await settled();
  expect(button().textContent).toBe("Connect Google");
  button().click();
  await settled();
  expect(button().textContent).toBe("Connecting…");
  expect(button().getAttribute("aria-busy")).toBe("true");
  await fake.succeed();
  expect(button().textContent).toBe("Connect Google");
  expect(button().getAttribute("aria-busy")).toBe("false");
  expect(told).toEqual(["google"]);
  expect(asked[0]?.init.body).toBe('{"provider":"google"}');
  await leave();
});

it("hears of a redirect once", async () => {
  fake.returned([{ provider: "google" }]);
  const leave = show();
  await settled();
  await fake.told();
  expect(told).toEqual(["google"]);
  await leave();
});

it("a component that goes away cancels what it has opened, and its button does nothing more", async () => {
  let windows = 0;
  const opened = { closed: false, close: () => (opened.closed = true) };
  window.open = () => {
    windows++;
    return opened as unknown as Window;
  };
  stubEndpoint(() => new Promise(() => undefined));
  const leave = show({});
  await settled();
  const old = button();
  old.click();
  expect(windows).toBe(1);
  await leave();
  await settled();
  expect(opened.closed).toBe(true);
  old.click();
  expect(windows).toBe(1);
  expect(told).toEqual([]);
});
