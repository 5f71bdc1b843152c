/** The element in a document: attributes, events, its button. What only a browser shows is in e2e/element.spec.ts. */
import "../../ways/button.ts";
import type { AlterConnectButton } from "../../ways/button.ts";
import { fakeAlterConnect } from "../../ways/testing.ts";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stubEndpoint } from "./endpoint.ts";

let fake: ReturnType<typeof fakeAlterConnect>;
beforeEach(() => {
  fake = fakeAlterConnect();
});
afterEach(() => document.body.replaceChildren());

/** On the page, with a widget of the fake's. */
const put = (attributes: Record<string, string> = {}): AlterConnectButton => {
  const element = document.createElement("alter-connect-button");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.connect = fake.create();
  document.body.append(element);
  return element;
};
const inner = (element: AlterConnectButton): HTMLButtonElement => {
  const button = element.shadowRoot?.querySelector("button");
  if (!button) throw new Error("no button");
  return button;
};
const listen = () => {
  const told: unknown[] = [];
  const stop = new AbortController();
  for (const name of ["success", "error", "exit"] as const)
    document.addEventListener(
      `alter-connect:${name}`,
      (event) => told.push([name, (event as CustomEvent).detail]),
      stop,
    );
  return { told, stop: () => stop.abort() };
};

describe("its button", () => {
  it("is a real one that submits no form, says the label and can be styled as a part", () => {
    const element = put({ label: "Connect Google" });
    const { type, textContent, disabled } = inner(element);
    expect({ type, textContent, disabled }).toEqual({
      type: "button",
      textContent: "Connect Google",
      disabled: false,
    });
    expect(inner(element).getAttribute("part")).toBe("button");
    element.label = "Verbinden";
    element.disabled = true;
    expect([inner(element).textContent, inner(element).disabled]).toEqual(["Verbinden", true]);
    element.removeAttribute("label");
    element.disabled = false;
    expect([inner(element).textContent, inner(element).disabled]).toEqual(["Connect", false]);
  });

  it("is busy and announced as disabled while something is open, and keeps its focus", async () => {
    stubEndpoint(() => Response.json({ session_token: fake.token }));
    const button = inner(put({ "session-endpoint": "/s" }));
    const state = () => ["aria-busy", "aria-disabled"].map((name) => button.getAttribute(name));
    button.click();
    expect([...state(), button.disabled]).toEqual(["true", "true", false]);
    await fake.exit();
    expect(state()).toEqual(["false", "false"]);
  });
});

describe("attributes", () => {
  it.each([
    ["sessionEndpoint", "session-endpoint", "/s"],
    ["provider", "provider", "google"],
    ["label", "label", "Connect"],
    ["baseUrl", "base-url", "https://connect.example.com"],
    ["mode", "mode", "popup"],
  ] as const)("%s is %s, both ways", (property, attribute, value) => {
    const element = put();
    expect(element[property]).toBeUndefined();
    Object.assign(element, { [property]: value });
    expect(element.getAttribute(attribute)).toBe(value);
    expect(element[property]).toBe(value);
    Object.assign(element, { [property]: null });
    expect(element.hasAttribute(attribute)).toBe(false);
  });

  it("are read at each click", async () => {
    const asked = stubEndpoint(() => Response.json({ session_token: fake.token }));
    const element = put({ "session-endpoint": "/one", provider: "google" });
    inner(element).click();
    await fake.exit();
    element.sessionEndpoint = "/two";
    element.provider = "slack";
    inner(element).click();
    await fake.exit();
    expect(asked.map(({ url, init }) => [url, init.body])).toEqual([
      ["/one", '{"provider":"google"}'],
      ["/two", '{"provider":"slack"}'],
    ]);
  });

  it("base-url pins the broker: a token of another one is refused", async () => {
    stubEndpoint(() => Response.json({ session_token: fake.token }));
    const outcome = put({ "session-endpoint": "/s", "base-url": "https://other.example" }).open();
    expect(await outcome).toMatchObject({ error: { code: "invalid_token" } });
  });
});

describe("events", () => {
  it("bring what the callbacks get, and reach the document from within other shadow roots", async () => {
    const { told, stop } = listen();
    const host = document.createElement("div");
    document.body.append(host);
    const element = put();
    element.token = () => fake.token;
    host.attachShadow({ mode: "open" }).append(element);

    inner(element).click();
    await fake.succeed({ provider: "google" }, { provider: "slack" });
    void element.open();
    await fake.fail("access_denied", "Said no");
    void element.open();
    element.close();
    await fake.told();
    const connection = expect.objectContaining({ provider: "google" }) as unknown;
    const other = expect.objectContaining({ provider: "slack" }) as unknown;
    expect(told).toEqual([
      ["success", { connection, connections: [connection, other] }],
      ["error", { code: "access_denied", message: "Said no" }],
      ["exit", null],
    ]);
    stop();
  });

  it("tell the stages on the way", async () => {
    const element = put();
    element.token = fake.token;
    const names: string[] = [];
    element.addEventListener("alter-connect:event", ({ detail }) => names.push(detail.name));
    inner(element).click();
    await fake.succeed();
    expect(names).toEqual([
      ...["opened", "page_ready", "provider_selected", "oauth_started", "completed"],
    ]);
  });

  it("come of a redirect that returned to this page, once, at the button it is of", async () => {
    fake.returned([{ provider: "slack" }]);
    const told: string[] = [];
    for (const provider of ["google", "slack"]) {
      const element = put({ provider });
      element.addEventListener("alter-connect:success", () => told.push(provider));
    }
    await fake.told();
    expect(told).toEqual(["slack"]);
  });
});

it("does what its page of the docs says", async () => {
  const markup = readFileSync(resolve("test/ways/samples/accounts.html"), "utf8");
  const sample = new DOMParser().parseFromString(markup, "text/html");
  const asked = stubEndpoint(() => Response.json({ session_token: fake.token }));
  const shown: unknown[] = [];
  new Function("show", sample.querySelector("script[type=module]")?.textContent ?? "")(
    (what: unknown) => shown.push(what),
  );
  const written = sample.querySelector("alter-connect-button");
  const names = written?.getAttributeNames() ?? [];
  const element = put(
    Object.fromEntries(names.map((name) => [name, written?.getAttribute(name) ?? ""])),
  );
  expect(inner(element).textContent).toBe("Connect Google");
  inner(element).click();
  await fake.succeed({ account_identifier: "ann@example.com" });
  inner(element).click();
  await fake.fail("access_denied");
  expect(shown).toEqual(["ann@example.com", "access_denied"]);
  expect(asked[0]).toMatchObject({
    url: "/api/connect-session",
    init: { body: '{"provider":"google"}' },
  });
});

describe("its life", () => {
  it("goes on where it is only moved", async () => {
    const element = put();
    element.token = fake.token;
    const outcome = element.open();
    document.body.prepend(element);
    await fake.event("oauth_started", "google");
    expect(inner(element).getAttribute("aria-busy")).toBe("true");
    await fake.succeed();
    expect(await outcome).toMatchObject({ status: "success" });
  });

  it("ends what is open where it is taken away, and tells nobody", async () => {
    const { told, stop } = listen();
    const opened = { closed: false, close: () => (opened.closed = true) };
    window.open = () => opened as unknown as Window;
    const element = document.createElement("alter-connect-button");
    Object.assign(element, { token: () => new Promise(() => undefined), prompt: false });
    document.body.append(element);
    const outcome = element.open();
    element.remove();
    expect(await outcome).toEqual({ status: "exit" });
    expect(opened.closed).toBe(true);
    await new Promise((done) => setTimeout(done));
    expect(told).toEqual([]);
    stop();
  });
});
