/** What is on the screen: one heading, the names that matter, our own words, and text as text. */
import { FAILURES } from "@alter-ai/protocol/attempt";
import type { View } from "@alter-ai/protocol/http";
import { signal } from "@preact/signals";
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { App } from "../../popup/App.tsx";
import type { Flow } from "../../popup/flow.ts";
import { en } from "../../popup/locales/en.ts";
import { createPicker, type Picker } from "../../popup/picker.ts";
import type { Ending, Failure, Screen } from "../../popup/screen.ts";
import { account, calendar, connection, files, ledger, view } from "./page.ts";

afterEach(cleanup);

type State = {
  app?: View["app"];
  offline?: boolean;
  preview?: boolean;
  refusedByPreview?: number;
  picker?: Picker;
  armed?: boolean;
  busy?: boolean;
  closing?: "no" | "soon" | "stuck";
  ownTab?: boolean;
};

/** Shows one state of the model; `pressed` lists what the user's acts have called. */
const show = (
  shown: Screen,
  { armed = true, busy = false, closing = "no", ownTab = false, ...more }: State = {},
) => {
  const pressed: unknown[][] = [];
  const press =
    (name: string) =>
    (...args: unknown[]): void =>
      void pressed.push([name, ...args]);
  const flow: Flow = {
    screen: signal(shown),
    armed: signal(armed),
    busy: signal(busy),
    closing: signal(closing),
    app: signal(more.app),
    locale: signal(undefined),
    ownTab: signal(ownTab),
    offline: signal(more.offline ?? false),
    preview: signal(more.preview ?? false),
    refusedByPreview: signal(more.refusedByPreview ?? 0),
    picker: more.picker ?? createPicker(),
    start: () => () => undefined,
    choose: press("choose"),
    back: press("back"),
    type: press("type"),
    typed: () => undefined,
    connect: press("connect"),
    tryAgain: press("tryAgain"),
    done: press("done"),
    cancel: press("cancel"),
    notYou: press("notYou"),
    retry: press("retry"),
    closeWindow: press("closeWindow"),
    cameToFront: () => undefined,
    cameIntoView: () => undefined,
    cameBack: () => undefined,
    goesAway: () => undefined,
    wentOffline: () => undefined,
    cameOnline: () => undefined,
  };
  const { container } = render(<App flow={flow} t={en} />);
  return { flow, container, pressed, text: () => container.textContent ?? "" };
};

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const failedWith = (failure: Failure, more = {}): Screen => ({
  name: "failed",
  view: view(),
  failure,
  provider: calendar,
  reference: undefined,
  ...more,
});
const confirm: Screen = {
  name: "confirm",
  view: view(),
  provider: calendar,
  ...{ canGoBack: false, wrong: undefined },
};
const finished: Screen = { name: "finished", view: view(), connections: [connection()] };
const ENDINGS: Ending[] = ["cancelled", "denied", "expired", "wrong_user", "elsewhere", "over"];
const ALL_FAILURES: Failure[] = [...FAILURES, "too_many_attempts", "unexpected"];

const EVERY: Screen[] = [
  { name: "loading" },
  { name: "open_from_app", refused: false },
  { name: "open_from_app", refused: true },
  { name: "lost" },
  { name: "cookies_blocked" },
  { name: "trouble", kind: "unreachable", reference: undefined },
  { name: "trouble", kind: "busy", reference: "req_1" },
  { name: "trouble", kind: "unexpected", reference: "req_1" },
  { name: "choose", view: view({ providers: [calendar, files] }) },
  confirm,
  { name: "leaving", to: "Acme Calendar", slow: false },
  { name: "leaving", to: "Acme Calendar", slow: true },
  { name: "finishing" },
  ...ALL_FAILURES.map((failure) => failedWith(failure)),
  finished,
  ...ENDINGS.map((ending): Screen => ({ name: "ended", ending, app: "Day Planner" })),
  ...ENDINGS.map((ending): Screen => ({ name: "ended", ending, app: undefined })),
];

describe("every screen", () => {
  it.each(EVERY.map((shown) => [JSON.stringify(shown).slice(0, 60), shown] as const))(
    "%s has one heading, with the focus, and one main part",
    (_, shown) => {
      const { container, text } = show(shown);
      const headings = container.querySelectorAll("h1");
      expect(headings).toHaveLength(1);
      expect(headings[0]?.textContent).not.toBe("");
      expect(document.activeElement).toBe(headings[0]);
      expect(container.querySelectorAll("main")).toHaveLength(1);
      expect(container.querySelectorAll("[style]")).toHaveLength(0);
      expect(text()).not.toMatch(/undefined|null|\[object/);
    },
  );

  it("takes the focus once, and not again when only a button changes", () => {
    const { flow } = show(confirm, { armed: false });
    const cancel = button("Cancel");
    cancel.focus();
    (flow.armed as ReturnType<typeof signal<boolean>>).value = true;
    expect(document.activeElement).toBe(cancel);
  });
});

describe("the decision", () => {
  it("names app, origin, user, who vouches, provider and scopes", () => {
    const { text } = show(confirm);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(
      "Connect Acme Calendar to Day Planner",
    );
    for (const part of [
      "https://app.example",
      "ann@example.com",
      "Verified by Acme Accounts",
      "See your calendar",
    ])
      expect(text()).toContain(part);
  });

  it("has one button that leads on, a way out, and a way to say that it is somebody else", () => {
    const { pressed } = show(confirm);
    fireEvent.click(button("Continue to Acme Calendar"));
    fireEvent.click(button("Cancel"));
    fireEvent.click(button("Not you?"));
    expect(pressed).toEqual([["connect"], ["cancel"], ["notYou"]]);
    expect(screen.getAllByRole("button")).toHaveLength(3);
  });

  it("does nothing before it is armed, though it can be reached", () => {
    const { pressed } = show(confirm, { armed: false });
    const go = button("Continue to Acme Calendar");
    expect(go.getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(go);
    expect(pressed).toEqual([]);
    expect(go.hasAttribute("disabled")).toBe(false);
  });

  it("does nothing while the broker is asked", () => {
    const { pressed } = show(confirm, { busy: true });
    for (const each of screen.getAllByRole("button")) fireEvent.click(each);
    expect(pressed).toEqual([]);
  });

  it("shows a display name only beside what was verified", () => {
    show({
      ...confirm,
      view: view({
        user: {
          label: "u-17",
          label_kind: "subject",
          name: "victim@corp.example",
          identity_provider: "Acme Accounts",
        },
      }),
    });
    expect(document.querySelector(".strong")?.textContent).toBe("https://app.example");
    const label = screen.getByText("u-17");
    expect(label.className).toBe("strong");
    expect(screen.getByText("victim@corp.example").className).toBe("");
    expect(screen.getByText(/User ID at Acme Accounts/)).toBeTruthy();
  });

  it("asks for what only the user knows, and says when it is not as it has to be", () => {
    const fields = [
      { name: "shop", label: "Your shop's address", suffix: ".myshopify.com", example: "acme" },
    ];
    const shop: Extract<Screen, { name: "confirm" }> = {
      ...{ name: "confirm", view: view(), canGoBack: false, wrong: undefined },
      provider: { ...calendar, fields },
    };
    const { pressed } = show(shop);
    const field = screen.getByLabelText<HTMLInputElement>(/Your shop's address/);
    expect(field.placeholder).toBe("e.g. acme");
    expect(field.getAttribute("aria-invalid")).toBe("false");
    expect(screen.getByText(".myshopify.com")).toBeTruthy();
    fireEvent.input(field, { target: { value: "globex" } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(pressed).toEqual([["type", "shop", "globex"], ["connect"]]);
    cleanup();
    show({ ...shop, wrong: "form" });
    const refused = screen.getByLabelText(/Your shop's address/);
    expect(refused.getAttribute("aria-invalid")).toBe("true");
    // A screen reader starts there, and says this with it.
    expect(document.activeElement).toBe(refused);
    expect(
      document.getElementById(refused.getAttribute("aria-describedby") ?? "")?.textContent,
    ).toBe("This is not how Acme Calendar writes it. An example: acme");
  });

  it("asks for a key as for a password, says what it gives and where to find it", () => {
    const form: Extract<Screen, { name: "confirm" }> = {
      ...{ name: "confirm", view: view(), provider: ledger, canGoBack: false, wrong: undefined },
    };
    const { pressed, text } = show(form);
    const field = screen.getByLabelText<HTMLInputElement>("API key");
    const looks = ["type", "autocomplete"].map((name) => field.getAttribute(name));
    expect(looks).toEqual(["password", "off"]);
    const company = screen.getByLabelText<HTMLInputElement>("Company");
    expect([company.type, company.value]).toEqual(["text", "acme"]);
    const help = screen.getByRole("link", { name: "Where to find this at Acme Ledger" });
    expect(["href", "target", "rel"].map((name) => help.getAttribute(name))).toEqual([
      "https://ledger.example/keys",
      "_blank",
      "noopener noreferrer",
    ]);
    expect(text()).toContain("Day Planner will be able to do whatever this gives access to.");
    expect(text()).toContain("It never passes through a page of Day Planner.");
    expect(text()).not.toContain("sign in");
    fireEvent.keyDown(field, { key: "Enter" });
    fireEvent.click(button("Connect Acme Ledger"));
    expect(pressed).toEqual([["connect"], ["connect"]]);
    cleanup();
    show({ ...form, wrong: "refused" });
    const refused = screen.getByLabelText("API key");
    expect(document.activeElement).toBe(refused);
    expect(
      document.getElementById(refused.getAttribute("aria-describedby") ?? "")?.textContent,
    ).toMatch(/^Acme Ledger does not accept this\./);
    cleanup();
    // Whatever a record says: nothing in clear, and no script.
    show({ ...form, provider: { ...ledger, help_url: "javascript:alert(1)" } });
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("offers Done in place of Cancel once there is something to keep", () => {
    const { pressed, text } = show({
      name: "choose",
      view: view({ multiple: true, connections: [connection()] }),
    });
    expect(text()).toContain("ann@work.example");
    expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
    fireEvent.click(button("Done"));
    expect(pressed).toEqual([["done"]]);
  });
});

describe("the end", () => {
  it("names the account and whose app account it is", () => {
    const { text } = show(finished, { closing: "soon" });
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(
      "Acme Calendar is connected",
    );
    expect(text()).toContain("ann@work.example");
    expect(text()).toContain("ann@example.com");
    expect(text()).toContain("Day Planner account");
    expect(text()).toContain("addresses are not the same");
    expect(screen.getByRole("status").textContent).toBe("This window closes by itself.");
  });

  it("hints at nothing where the addresses are the same", () => {
    const same = connection({ account_identifier: "Ann@Example.com" });
    const { text } = show({ ...finished, connections: [same] });
    expect(text()).not.toContain("addresses are not the same");
  });

  it("says when another account came back than the one to renew", () => {
    const renewing = (grant_id: string, account_identifier: string) =>
      view({ renewing: { grant_id, provider: "calendar", account_identifier } });
    const { text } = show({ ...finished, view: renewing("g-old", "old@work.example") });
    expect(text()).toContain("another account than old@work.example");
    cleanup();
    const { grant_id } = connection();
    expect(
      show({ ...finished, view: renewing(grant_id, "renamed@work.example") }).text(),
    ).not.toContain("another account");
    cleanup();
    // By redirect the renewal has an id of its own until it is redeemed.
    expect(show({ ...finished, view: renewing("g-old", "ann@work.example") }).text()).not.toContain(
      "another account",
    );
  });

  it("says politely that a window which stays can be closed", () => {
    show(finished, { closing: "stuck" });
    expect(screen.getByRole("status").textContent).toBe("You can close this window.");
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("counts several", () => {
    show({ ...finished, connections: [connection(), connection({ grant_id: "g2" })] });
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("2 accounts are connected");
  });
});

describe("what goes wrong", () => {
  it("has a sentence of its own for each failure", () => {
    const sentences = ALL_FAILURES.map((failure) => {
      const { text } = show(failedWith(failure));
      const said = text();
      cleanup();
      return said;
    });
    expect(new Set(sentences).size).toBe(ALL_FAILURES.length);
  });

  it("offers another try and a way out, and the reference where there is one", () => {
    const { pressed, text } = show(failedWith("provider_timeout", { reference: "req_1" }));
    fireEvent.click(button("Try Acme Calendar again"));
    fireEvent.click(button("Cancel"));
    expect(pressed).toEqual([["tryAgain"], ["cancel"]]);
    expect(text()).toContain("Reference req_1");
  });

  it("offers no try where none is left", () => {
    show(failedWith("too_many_attempts", { view: view({ providers: [calendar, files] }) }));
    expect(screen.getAllByRole("button").map((each) => each.textContent)).toEqual(["Cancel"]);
  });

  it("leads to the list where there is one, by itself or by the next try", () => {
    const several = view({ providers: [calendar, files] });
    show(failedWith("provider_timeout", { view: several }));
    expect(button("Try Acme Calendar again")).toBeTruthy();
    expect(button("Back")).toBeTruthy();
    cleanup();
    const unknown = failedWith("provider_timeout", { view: several, provider: undefined });
    const { pressed } = show(unknown);
    expect(screen.queryByRole("button", { name: "Back" })).toBeNull();
    fireEvent.click(button("Try again"));
    expect(pressed).toEqual([["tryAgain"]]);
  });

  it("does not arm the way to consent any earlier here", () => {
    const { pressed } = show(failedWith("access_denied"), { armed: false });
    fireEvent.click(button("Try Acme Calendar again"));
    expect(pressed).toEqual([]);
  });

  it.each<Screen>([{ name: "lost" }, { name: "open_from_app", refused: true }])(
    "warns of links, naming neither app nor user: %j",
    (shown) => {
      const { text } = show(shown);
      expect(text()).toContain("Someone may have sent you this link. Nothing was connected.");
      expect(text()).not.toMatch(/Day Planner|ann@|Acme/);
    },
  );
});

describe("a browser that the provider refuses", () => {
  const refused = failedWith("unsupported_browser", {
    view: view({
      app: { name: "Day Planner", origin: "https://app.example", theme: "system" },
    }),
  });
  const here = navigator as { clipboard?: unknown };
  const restore = Object.getOwnPropertyDescriptor(here, "clipboard");
  const clipboard = (value: unknown) =>
    Object.defineProperty(here, "clipboard", { value, configurable: true });
  afterEach(() => {
    if (restore) Object.defineProperty(here, "clipboard", restore);
    else delete here.clipboard;
  });
  const copied = () => screen.getByRole("status").textContent;

  it("says which, and offers the app's address in place of another try", () => {
    const { pressed, container } = show(refused);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(
      "Acme Calendar does not open in this app",
    );
    expect(container.querySelector(".address")?.textContent).toBe("https://app.example");
    expect(screen.getAllByRole("button").map((each) => each.textContent)).toEqual([
      "Copy address",
      "Cancel",
    ]);
    expect(container.querySelector("a")).toBeNull();
    fireEvent.click(button("Cancel"));
    expect(pressed).toEqual([["cancel"]]);
  });

  it("is no reason not to choose another provider", () => {
    const several = view({ providers: [calendar, files] });
    const { pressed } = show(failedWith("unsupported_browser", { view: several }));
    fireEvent.click(button("Back"));
    expect(pressed).toEqual([["back"]]);
  });

  it("copies the origin and nothing else [M21]", async () => {
    const written: string[] = [];
    clipboard({ writeText: async (text: string) => void written.push(text) });
    show(refused);
    fireEvent.click(button("Copy address"));
    await vi.waitFor(() => expect(copied()).toBe("Copied"));
    expect(written).toEqual(["https://app.example"]);
  });

  it.each([
    ["has no clipboard", undefined],
    ["refuses it", { writeText: () => Promise.reject(new Error("NotAllowedError")) }],
  ])("copies the older way where the browser %s", async (_, value) => {
    clipboard(value);
    const commands: string[] = [];
    document.execCommand = (command) => commands.push(`${command} ${getSelection()}`) > 0;
    show(refused);
    fireEvent.click(button("Copy address"));
    await vi.waitFor(() => expect(commands).toEqual(["copy https://app.example"]));
    expect(copied()).toBe("Copied");
  });

  it("claims nothing that did not happen, and leaves the address selected", async () => {
    clipboard(undefined);
    document.execCommand = () => false;
    show(refused);
    fireEvent.click(button("Copy address"));
    await vi.waitFor(() => expect(String(getSelection())).toBe("https://app.example"));
    expect(copied()).toBe("");
  });
});

describe("the way back", () => {
  const ended: Screen = { name: "ended", ending: "expired", app: undefined };
  it.each<[string, Screen, State]>([
    ["Close window", ended, {}],
    ["Back", ended, { ownTab: true }],
    ["Back", { name: "open_from_app", refused: true }, { ownTab: true }],
    ["Back", { name: "cookies_blocked" }, { ownTab: true }],
    ["Back to Day Planner", { ...ended, app: "Day Planner" }, { ownTab: true }],
  ])("says %s on %j %j", (label, shown, state) => {
    const { pressed } = show(shown, state);
    fireEvent.click(button(label));
    expect(pressed).toEqual([["closeWindow"]]);
  });
});

describe("text", () => {
  const nasty = `<img src=x onerror="alert(1)"><b>bold</b>`;
  it.each<Screen>([
    {
      ...confirm,
      view: view({
        app: { name: nasty, origin: nasty, theme: "system" },
        user: { label: nasty, label_kind: "username", name: nasty, identity_provider: nasty },
      }),
      provider: {
        ...{ id: "x", name: nasty, scopes: [nasty], accounts: [account(nasty)] },
        fields: [{ name: "x", label: nasty, suffix: nasty, example: nasty, value: nasty }],
      },
    },
    {
      name: "choose",
      view: view({
        providers: [{ id: "x", name: nasty, scopes: [], accounts: [account(nasty)] }],
        connections: [connection({ provider_name: nasty, account_identifier: nasty })],
      }),
    },
    {
      ...finished,
      connections: [connection({ provider_name: nasty, account_identifier: nasty })],
    },
    failedWith("provider_refused", { reference: nasty }),
    { name: "leaving", to: nasty, slow: true },
    { name: "ended", ending: "expired", app: nasty },
  ])("stays text ($name) [L20]", (shown) => {
    const { container, text } = show(shown);
    expect(container.querySelectorAll("img, b")).toHaveLength(0);
    expect(text()).toContain(nasty);
  });

  it("loads a logo where there is one, and shows initials where it does not come", () => {
    const { container } = show({
      ...confirm,
      provider: { ...calendar, logo_url: "https://logos.example/calendar.svg" },
    });
    const logo = container.querySelector("img");
    expect(logo?.getAttribute("src")).toBe("https://logos.example/calendar.svg");
    expect(logo?.getAttribute("alt")).toBe("");
    if (logo) fireEvent.error(logo);
    expect(logo?.hidden).toBe(true);
    expect(logo?.parentElement?.textContent).toBe("AC");
  });
});
