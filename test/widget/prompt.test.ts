/** The dialog on the app's page: its words, its two buttons, and that it leaves no trace. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AppWindow } from "../../src/popup-window.ts";
import { createPrompt, type PromptState, type PromptText } from "../../src/prompt.ts";

const STATES = ["open", "detached", "blocked", "isolated"] as const;
const app = window as unknown as AppWindow;

const start = ({ text = {}, on = app }: { text?: Partial<PromptText>; on?: AppWindow } = {}) => {
  const acts: PromptState[] = [];
  const cancel = vi.fn<() => void>();
  const prompt = createPrompt(on, text, (state) => acts.push(state), cancel);
  return { ...prompt, acts, cancel };
};

/** What is on the page now; throws unless it is there once. */
const onPage = () => {
  const hosts = [...document.querySelectorAll("body > div")];
  const root = hosts[0]?.shadowRoot;
  const dialog = root?.querySelector("dialog");
  const sentence = dialog?.querySelector("p");
  const [primary, cancel] = dialog?.querySelectorAll("button") ?? [];
  if (hosts.length !== 1 || !root || !dialog || !sentence || !primary || !cancel)
    throw new Error(`no dialog, or several: ${hosts.length}`);
  return { host: hosts[0] as Element, root, dialog, sentence, primary, cancel };
};
const words = () => {
  const { sentence, primary, cancel } = onPage();
  return [sentence, primary, cancel].map(({ textContent }) => textContent);
};

const connect = document.createElement("button");
beforeEach(() => {
  // What the HTML standard says of dialogs and happy-dom leaves out: focus comes back when a modal one is
  // closed, not when it is removed, and the event follows in a task of its own.
  let before: Element | null = null;
  vi.spyOn(HTMLDialogElement.prototype, "showModal").mockImplementation(function (
    this: HTMLDialogElement,
  ) {
    if (this.open || !this.isConnected) throw new DOMException("", "InvalidStateError");
    before = document.activeElement;
    this.open = true;
  });
  vi.spyOn(HTMLDialogElement.prototype, "close").mockImplementation(function (
    this: HTMLDialogElement,
  ) {
    if (!this.open) return;
    this.open = false;
    if (this.isConnected) (before as HTMLElement | null)?.focus();
    setTimeout(() => this.dispatchEvent(new Event("close")));
  });
  vi.useFakeTimers();
  document.body.replaceChildren(connect);
  connect.focus();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("what it says", () => {
  it.each<[PromptState, string, string]>([
    ["open", "Finish in the window we opened", "Show window"],
    ["detached", "Finish in the other window", "I closed it"],
    ["blocked", "Your browser blocked the window", "Open window"],
    ["isolated", "This page cannot reach the window", "Continue here instead"],
  ])("%s", (state, sentence, button) => {
    start().show(state);
    expect(words()).toEqual([sentence, button, "Cancel"]);
  });

  it("is the app's to replace, in part or as a whole", () => {
    const { show } = start({ text: { open: "Im Fenster abschließen", cancel: "Abbrechen" } });
    show("open");
    expect(words()).toEqual(["Im Fenster abschließen", "Show window", "Abbrechen"]);
  });

  it("stays text, whatever the app puts in", () => {
    start({ text: { open: "<img src=x>" } }).show("open");
    expect(onPage().sentence.children).toHaveLength(0);
  });

  it("names the dialog, and is read out when it changes", () => {
    start().show("open");
    const { dialog, root, sentence } = onPage();
    expect(root.getElementById(dialog.getAttribute("aria-labelledby") ?? "")).toBe(sentence);
    expect(sentence.getAttribute("role")).toBe("status");
  });
});

describe("its buttons", () => {
  it("act on the state that is shown", () => {
    const { show, acts, cancel } = start();
    for (const state of STATES) {
      show(state);
      onPage().primary.click();
    }
    expect(acts).toEqual(STATES);
    expect(cancel).not.toHaveBeenCalled();
  });

  it("cancel, as Escape does, and leave closing to whoever is told", () => {
    const { show, acts, cancel } = start();
    show("open");
    onPage().cancel.click();
    expect(cancel).toHaveBeenCalledTimes(1);
    const escape = new Event("cancel", { cancelable: true });
    onPage().dialog.dispatchEvent(escape);
    expect(cancel).toHaveBeenCalledTimes(2);
    expect(escape.defaultPrevented).toBe(true);
    expect(onPage().dialog.open).toBe(true);
    expect(acts).toEqual([]);
  });

  it("are not needed by a browser that closes the dialog by itself: that cancels too", () => {
    const { show, close, cancel } = start();
    show("open");
    onPage().dialog.close();
    vi.runAllTimers();
    expect(cancel).toHaveBeenCalledTimes(1);
    close();
    expect(document.body.children).toHaveLength(1);
  });

  it("tell the app's page nothing, whose own menus close at a click outside them", () => {
    const heard: string[] = [];
    const types = ["pointerdown", "mousedown", "click", "focusin", "keydown"];
    for (const type of types) document.addEventListener(type, () => heard.push(type));
    const say = (target: Element): void => {
      for (const type of types)
        target.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
    };
    say(connect);
    expect(heard).toEqual(types);
    start().show("open");
    heard.length = 0;
    say(onPage().primary);
    expect(heard).toEqual([]);
  });
});

describe("focus", () => {
  it("goes to the first button and comes back", () => {
    const { show, close } = start();
    expect(document.activeElement).toBe(connect);
    show("open");
    expect(onPage().root.activeElement).toBe(onPage().primary);
    close();
    expect(document.activeElement).toBe(connect);
  });

  it("stays where it is while the state changes, in the same dialog", () => {
    const { show } = start();
    show("open");
    const before = onPage();
    before.cancel.focus();
    for (const state of STATES) show(state);
    expect(onPage()).toEqual(before);
    expect(before.root.activeElement).toBe(before.cancel);
    expect(before.dialog.showModal).toHaveBeenCalledTimes(1);
  });
});

describe("the app's page", () => {
  it("has nothing on it before the first state, and nothing after the last", () => {
    const { show, close, cancel } = start();
    close();
    expect(document.body.children).toHaveLength(1);
    show("open");
    expect(onPage().dialog.open).toBe(true);
    close();
    close();
    expect(document.body.children).toHaveLength(1);
    // The event of its own closing comes when it is gone, and is no news.
    vi.runAllTimers();
    expect(cancel).not.toHaveBeenCalled();
  });

  it("can be prompted again, and what is left of the first time does not count", () => {
    const { show, close, cancel } = start();
    show("open");
    close();
    show("blocked");
    vi.runAllTimers();
    expect(words()[1]).toBe("Open window");
    expect(cancel).not.toHaveBeenCalled();
  });

  it("is listened to by nobody, least of all when it is left", () => {
    const listening = [window, document, document.body].map((target) =>
      vi.spyOn(target, "addEventListener"),
    );
    const { show, close } = start();
    show("open");
    close();
    for (const spy of listening) expect(spy).not.toHaveBeenCalled();
    expect(window.onbeforeunload).toBeFalsy();
  });

  it("may have any policy: no inline style, no markup from text", () => {
    const markup = vi.spyOn(ShadowRoot.prototype, "innerHTML", "set");
    start().show("open");
    const { host, root } = onPage();
    expect(root.adoptedStyleSheets).toHaveLength(1);
    expect(root.querySelectorAll("style, link, [style]")).toHaveLength(0);
    expect(host.hasAttribute("style")).toBe(false);
    expect(markup).not.toHaveBeenCalled();
  });

  it("can style each part", () => {
    start().show("open");
    const { dialog, sentence, primary, cancel } = onPage();
    expect(
      [dialog, sentence, primary, cancel].map((element) => element.getAttribute("part")),
    ).toEqual(["dialog", "text", "button primary", "button"]);
  });
});

describe("a prompt that cannot be built is left out", () => {
  const without = (missing: object): AppWindow =>
    Object.assign(Object.create(null), { document, CSSStyleSheet }, missing);

  it.each<[string, () => AppWindow]>([
    [
      "no <dialog>",
      () => {
        Object.assign(HTMLDialogElement.prototype, { showModal: undefined });
        return app;
      },
    ],
    ["no body", () => without({ document: { ...elementsOf(document), body: null } })],
  ])("%s", (_, on) => {
    const { show, close, cancel, acts } = start({ on: on() });
    for (const state of STATES) show(state);
    expect(document.body.children).toHaveLength(1);
    close();
    expect(document.activeElement).toBe(connect);
    expect(cancel).not.toHaveBeenCalled();
    expect(acts).toEqual([]);
  });
});

it("stands without its looks where there are no constructable style sheets", () => {
  const plain: AppWindow = Object.assign(Object.create(null), {
    document,
    CSSStyleSheet: undefined,
  });
  const { show, close } = start({ on: plain });
  expect(show("open")).toBe(true);
  const dialog = document.querySelector("body > div")?.shadowRoot?.querySelector("dialog");
  expect(dialog?.open).toBe(true);
  close();
});

const elementsOf = (page: Document): Pick<Document, "createElement"> => ({
  createElement: page.createElement.bind(page),
});
