/**
 * `<alter-connect-button>`: Connect for a page without a build step. Knows attributes, events and its own button; must
 * not know sessions or windows. A class, since the browser asks for one.
 */
import type { AlterConnect, Connection, ConnectError, ConnectEvent, Mode } from "../src/index.ts";
import { createWay, type ConnectOptions, type Way } from "./way.ts";

export type { ConnectOptions };

/** What its events bring: what the callbacks of `open()` get. All of them bubble, out of shadow roots too. */
export type AlterConnectButtonEvents = {
  "alter-connect:success": CustomEvent<{ connection: Connection; connections: Connection[] }>;
  "alter-connect:error": CustomEvent<ConnectError>;
  "alter-connect:exit": CustomEvent<null>;
  "alter-connect:event": CustomEvent<ConnectEvent>;
};

/** Attributes of the same names in kebab case (`session-endpoint`, `base-url`) are the same values. */
export interface AlterConnectButton extends HTMLElement {
  /** Path on this page's own origin: `POST { provider }`, answered by JSON with `session_token`. */
  sessionEndpoint: string | undefined;
  /** Sent to the endpoint. */
  provider: string | undefined;
  /** What the button says. Default `Connect`. */
  label: string | undefined;
  /** Origin of the broker; the script that a broker serves knows it. */
  baseUrl: string | undefined;
  mode: Mode | undefined;
  disabled: boolean;
  /** Instead of the endpoint. No attribute: a token is for code to get. */
  token?: ConnectOptions["token"];
  /** Other words for the dialog on the page, or none. No attribute either. */
  prompt?: ConnectOptions["prompt"];
  /** A widget of yours instead of one of its own, set before the element is on the page. */
  connect?: AlterConnect | undefined;
  /** As a click does; must be called inside one. */
  open: Way["open"];
  /** Cancels. */
  close: Way["close"];
}

declare global {
  interface HTMLElementTagNameMap {
    "alter-connect-button": AlterConnectButton;
  }
  /** Of elements, the document and the window. */
  interface GlobalEventHandlersEventMap {
    "alter-connect:success": AlterConnectButtonEvents["alter-connect:success"];
    "alter-connect:error": AlterConnectButtonEvents["alter-connect:error"];
    "alter-connect:exit": AlterConnectButtonEvents["alter-connect:exit"];
    "alter-connect:event": AlterConnectButtonEvents["alter-connect:event"];
  }
}

const NAME = "alter-connect-button";

/**
 * Deferred scripts and modules of the page have run by then, and listen. What a redirect has brought is told once: told
 * earlier, by a script that is `async`, it would be told to nobody. A script that
 * comes after the first of the two events waits for the second.
 */
const pageIsRead = (): Promise<unknown> =>
  new Promise((read) => {
    addEventListener("DOMContentLoaded", read);
    addEventListener("load", read);
    if (document.readyState === "complete") read(0);
  });
/** Properties that are attributes, in kebab case. */
const REFLECTED = ["sessionEndpoint", "provider", "label", "baseUrl", "mode", "disabled"] as const;

/** Once in a page, and nowhere on a server. The broker's script hands over its own widget, which knows the broker. */
export const defineConnectButton = (client?: typeof AlterConnect): void => {
  if (!globalThis.customElements || customElements.get(NAME)) return;
  const sheet = styleSheet();
  const listened = pageIsRead();

  class Button extends HTMLElement {
    static observedAttributes = ["label", "disabled"];
    declare sessionEndpoint: string | undefined;
    declare provider: string | undefined;
    declare label: string | undefined;
    declare baseUrl: string | undefined;
    declare mode: Mode | undefined;
    declare disabled: boolean;
    declare token?: ConnectOptions["token"];
    declare prompt?: ConnectOptions["prompt"];
    declare connect?: AlterConnect | undefined;
    #way: Way | undefined;
    #slot = document.createElement("slot");
    #button = document.createElement("button");

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      if (sheet) root.adoptedStyleSheets = [sheet];
      this.#button.type = "button";
      this.#button.setAttribute("part", "button");
      // A button of the page's own takes the place of ours.
      this.#slot.name = "button";
      this.#slot.append(this.#button);
      this.#slot.onclick = () => void (this.disabled || this.open());
      root.append(this.#slot);
      this.attributeChangedCallback();
      // Set before this script had come: they hide the accessors.
      for (const property of REFLECTED)
        if (Object.hasOwn(this, property)) {
          const value: unknown = Reflect.get(this, property);
          Reflect.deleteProperty(this, property);
          Object.assign(this, { [property]: value });
        }
    }

    open(own?: ConnectOptions) {
      return this.#ours.open(own);
    }
    close() {
      this.#way?.close();
    }

    /** Made when it is needed, since `connect` may be set until then. */
    get #ours(): Way {
      return (this.#way ??= createWay(
        () => this.#options,
        (isOpen) => this.#busy(isOpen),
        client,
      ));
    }

    get #options(): ConnectOptions {
      const tell = <Detail>(name: string, detail?: Detail) =>
        this.dispatchEvent(
          new CustomEvent(`alter-connect:${name}`, { detail, bubbles: true, composed: true }),
        );
      const { token, prompt, connect, sessionEndpoint, provider, mode, baseUrl } = this;
      return {
        ...{ token, prompt, connect, sessionEndpoint, provider, mode, baseURL: baseUrl },
        onSuccess: (connection, connections) => tell("success", { connection, connections }),
        onError: (error) => tell("error", error),
        onExit: () => tell("exit"),
        onEvent: (_, event) => tell("event", event),
      };
    }

    #busy(isOpen: boolean) {
      for (const button of [this.#button, ...this.#slot.assignedElements()])
        for (const state of ["aria-busy", "aria-disabled"]) button.setAttribute(state, `${isOpen}`);
    }

    attributeChangedCallback() {
      this.#button.textContent = this.label ?? "Connect";
      this.#button.disabled = this.disabled;
    }
    async connectedCallback() {
      // Made at once: it takes the result out of the address.
      const ours = this.#ours;
      await listened;
      if (this.isConnected) ours.start();
    }
    async disconnectedCallback() {
      // It may only be on its way to another place of the page.
      await listened;
      // Starting twice is starting once, and what has not started may be open all the same.
      if (!this.isConnected) this.#ours.start()();
    }
  }

  for (const property of REFLECTED) {
    const attribute = property.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    Object.defineProperty(Button.prototype, property, {
      get(this: Button) {
        const value = this.getAttribute(attribute) ?? undefined;
        return property === "disabled" ? value !== undefined : value;
      },
      set(this: Button, value?: string | boolean | null) {
        if (value === true) value = "";
        if (typeof value === "string") this.setAttribute(attribute, value);
        else this.removeAttribute(attribute);
      },
    });
  }
  customElements.define(NAME, Button);
};

/** `undefined` in an older Safari: a button without our looks is still a button. */
const styleSheet = (): CSSStyleSheet | undefined => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host{display:inline-block}:host([hidden]){display:none}" +
        "button{min-height:44px;padding:8px 16px;border:1px solid #8888;border-radius:16px;background:none;color:inherit;font:inherit;cursor:pointer}" +
        "button:disabled,[aria-disabled=true]{opacity:.6;cursor:default}",
    );
    return sheet;
  } catch {
    return undefined;
  }
};
