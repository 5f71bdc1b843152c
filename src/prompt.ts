/**
 * The dialog on the app's page while a window is open or should be: what to do now, one button for it, and
 * Cancel. Knows words, and how to look right on any page; must not know windows or what a button does.
 */
import type { AppWindow } from "./popup-window.ts";

/** The window is open, can no longer be seen, was not allowed, or is out of this page's reach. */
export type PromptState = "open" | "detached" | "blocked" | "isolated";

/** The dialog's words. The first four are its sentences, and by them screen readers name it. */
export type PromptText = {
  /** There is a window, which the user may have lost from sight. */
  open: string;
  /** There may still be a window, but this page can neither see nor show it. */
  detached: string;
  /** The browser opens a window only in a click. */
  blocked: string;
  /** A header of this page cuts off every window it opens. */
  isolated: string;
  /** Button of `open`: brings the window to the front. */
  show: string;
  /** Button of `detached`: ends it here too. */
  closed: string;
  /** Button beside every other one. Escape does the same. */
  cancel: string;
  /** Button of `blocked`: opens the window in this click. */
  reopen: string;
  /** Button of `isolated`: goes on in this tab. */
  here: string;
};

type Prompt = {
  /** Whether it shows. */
  show(state: PromptState): boolean;
  close(): void;
};

/**
 * Nothing is on the page before the first `show` and after `close`. One that cannot be
 * built shows nothing.
 */
export const createPrompt = (
  app: AppWindow,
  text: boolean | Partial<PromptText> | undefined,
  act: (state: PromptState) => void,
  cancel: () => void,
): Prompt => {
  let built: Prompt | undefined;
  const close = (): void => {
    built?.close();
    built = undefined;
  };
  return {
    show: (state) => {
      try {
        return (built ??= build(app, Object.assign({}, TEXT, text), act, cancel)).show(state);
      } catch {
        // No <dialog>, no style sheets of our own, no body.
        close();
        return false;
      }
    },
    close,
  };
};

const build = (
  { document, CSSStyleSheet }: AppWindow,
  words: PromptText,
  act: (state: PromptState) => void,
  cancel: () => void,
): Prompt => {
  const part = <Tag extends "dialog" | "p" | "button">(tag: Tag, name: string) => {
    const element = document.createElement(tag);
    element.setAttribute("part", name);
    return element;
  };
  const dialog = part("dialog", "dialog");
  const sentence = part("p", "text");
  const button = part("button", "button primary");
  const leave = part("button", "button");
  dialog.setAttribute("aria-labelledby", (sentence.id = "text"));
  // Its changes are read out.
  sentence.setAttribute("role", "status");
  leave.textContent = words.cancel;
  leave.onclick = cancel;
  dialog.oncancel = (event) => {
    event.preventDefault();
    cancel();
  };
  // Chromium and Firefox close it all the same at an Escape that follows another.
  dialog.onclose = cancel;
  dialog.append(sentence, button, leave);

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // An older Safari: a dialog without our looks is still a dialog.
  }
  root.append(dialog);
  document.body.append(host);
  // A menu or dialog of the app's closes itself at what happens outside it, and with it whatever began this.
  for (const type of ["pointerdown", "mousedown", "click", "focusin", "keydown"])
    host.addEventListener(type, (event) => event.stopPropagation());

  return {
    show: (state) => {
      sentence.textContent = words[state];
      button.textContent = words[BUTTON[state]];
      button.onclick = () => act(state);
      if (!dialog.open) {
        dialog.showModal();
        button.focus();
      }
      return host.isConnected;
    },
    close: () => {
      dialog.onclose = null;
      // Only closing gives the focus back.
      if (dialog.open) dialog.close();
      host.remove();
    },
  };
};

const TEXT: PromptText = {
  open: "Finish in the window we opened",
  detached: "Finish in the other window",
  blocked: "Your browser blocked the window",
  isolated: "This page cannot reach the window",
  show: "Show window",
  closed: "I closed it",
  cancel: "Cancel",
  reopen: "Open window",
  here: "Continue here instead",
};

/** What the button of a state says. */
const BUTTON = { open: "show", detached: "closed", blocked: "reopen", isolated: "here" } as const;

/**
 * System colours follow the app's colour scheme and the user's own in forced colours; sizes follow the app's
 * font. The host makes no box, so no layout of the app's has to find room for it. Nothing moves.
 */
const STYLE =
  ":host{display:contents!important}" +
  "dialog,button{border:1px solid #8888;border-radius:16px}" +
  "dialog{box-sizing:border-box;width:22em;padding:24px;text-align:center;pointer-events:auto}" +
  "dialog::backdrop{background:#0008}" +
  "p{margin:8px 0 16px;font-size:1.25em}" +
  "button{width:100%;min-height:44px;margin-top:8px;padding:8px 16px;background:none;color:inherit;font:inherit;outline-offset:4px}" +
  "p+button{background:CanvasText;color:Canvas;forced-color-adjust:none}";
