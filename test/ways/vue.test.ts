/** Vue's way in, rendered by Vue. */
import { createApp, defineComponent, h, nextTick, type App } from "vue";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { ConnectButton, useAlterConnect } from "../../ways/vue.ts";
import { stubEndpoint, type Asked } from "./endpoint.ts";
import Accounts from "./samples/Accounts.vue";

let fake: ReturnType<typeof fakeAlterConnect>;
let app: App | undefined;
let asked: Asked[];
let told: string[];
beforeEach(() => {
  fake = fakeAlterConnect();
  asked = stubEndpoint(() => Response.json({ session_token: fake.token }));
  told = [];
});
afterEach(() => app?.unmount());

const mount = (component: Parameters<typeof createApp>[0], props: Record<string, unknown>) => {
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  app = createApp(component, props);
  app.mount(place);
};
const button = (): HTMLButtonElement => {
  const found = document.querySelector("button");
  if (!found) throw new Error("no button");
  return found;
};

it("connects by the button of the docs", async () => {
  mount(Accounts, {
    connect: fake.create(),
    onConnected: ({ provider }: { provider: string }) => told.push(provider),
  });
  expect(button()).toMatchObject({ type: "button" });
  expect(button().textContent?.trim()).toBe("Connect Google");
  button().click();
  await nextTick();
  expect(button().getAttribute("aria-busy")).toBe("true");
  await fake.succeed();
  expect(button().getAttribute("aria-busy")).toBe("false");
  expect(told).toEqual(["google"]);
  expect(asked[0]?.init.body).toBe('{"provider":"google"}');
});

it("emits how else it can end, and the stages", async () => {
  mount(ConnectButton, {
    ...{ connect: fake.create(), token: fake.token, class: "mine" },
    onError: ({ code }: { code: string }) => told.push(code),
    onExit: () => told.push("exit"),
    onEvent: (name: string) => told.push(name),
  });
  expect([button().className, button().textContent]).toEqual(["mine", "Connect"]);
  button().click();
  await fake.fail("wrong_user");
  button().click();
  await fake.closeWindow();
  expect(told).toEqual([
    ...["opened", "page_ready", "wrong_user", "error"],
    ...["opened", "page_ready", "exit", "exited"],
  ]);
});

it("hears of a redirect once", async () => {
  fake.returned([{ provider: "google" }]);
  mount(Accounts, { connect: fake.create(), onConnected: () => told.push("success") });
  await fake.told();
  expect(told).toEqual(["success"]);
});

it("a component that goes away cancels what it has opened, and nobody is told", async () => {
  const opened = { closed: false, close: () => (opened.closed = true) };
  window.open = () => opened as unknown as Window;
  let way: ReturnType<typeof useAlterConnect> | undefined;
  const Once = defineComponent(() => {
    way = useAlterConnect(() => ({
      token: () => new Promise<string>(() => undefined),
      prompt: false,
      onExit: () => told.push("exit"),
    }));
    return () => h("i");
  });
  mount(Once, {});
  const outcome = way?.open();
  expect(way?.isOpen.value).toBe(true);
  app?.unmount();
  app = undefined;
  expect(await outcome).toEqual({ status: "exit" });
  expect(opened.closed).toBe(true);
  await new Promise((done) => setTimeout(done));
  expect(told).toEqual([]);
});

it("its props and what it emits have types", () => {
  h(ConnectButton, { provider: "google", onSuccess: ({ grant_id }) => void told.push(grant_id) });
  // @ts-expect-error provider is a name
  h(ConnectButton, { provider: 5 });
  // @ts-expect-error a connection is told, and no code
  h(ConnectButton, { onSuccess: ({ code }: { code: string }) => void told.push(code) });
  expect(told).toEqual([]);
});
