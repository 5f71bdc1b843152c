/**
 * The pages of the customer's app as markup: what a visit is asked to be, written out for pages/app.js.
 * Knows how the widget is loaded, by each way we document; must not know sessions or keys.
 */
import { escape, inScript, page } from "./http.ts";

export type PageOptions = {
  /** Marks this visit in the journal. */
  run: string;
  user?: string;
  providers?: string[];
  multiple?: boolean;
  /** What the app wants the hosted page to speak. */
  locale?: string;
  /** The session may come back by redirect, to this page under another path. */
  returns?: boolean;
  /** Another user's token redeems the code of a session that the server completes. */
  completedBy?: string;
  /**
   * How the widget is loaded; `pinned` is the versioned file with its integrity hash, `reference` is the client
   * that others publish, used as its own quick start says; `element` is a page of nothing but our element.
   */
  load?: "script" | "pinned" | "esm" | "reference" | "element";
  /** What `open` gets as token; `given` is the string below. */
  token?: "promise" | "function" | "string" | "given";
  given?: string;
  /** Milliseconds that the session endpoint takes. */
  delay?: number;
  /** `at load` opens without any click, as a popup blocker must refuse. */
  opens?: "at load";
  /** Milliseconds between the click and `open`, for apps that do something else first. */
  after?: number;
  mode?: "auto" | "popup" | "redirect";
  /** Off unless a test is about it: while it shows, the page below is inert. */
  prompt?: boolean | Record<string, string>;
  /** `early` registers `on()` listeners right after `create()`; there is a button for later. */
  listen?: "early";
  /** What `onSuccess` does beside reporting. */
  onSuccess?: "closes and throws";
  /** Another script has wrapped window.open before the widget came. */
  wrapped?: boolean;
  /** Extra options of `open` and of `create`. */
  open?: Record<string, unknown>;
  create?: Record<string, unknown>;
  /** Sent with the page: CSP, COOP, Trusted Types. */
  headers?: Record<string, string>;
  /** Pages in iframes below. */
  frames?: string[];
  /** The page itself is in an iframe with these attributes. */
  embedded?: { sandbox?: string; credentialless?: boolean };
};

export const appPage = async (broker: string, options: PageOptions): Promise<string> => {
  const { load = "script", token = "promise", prompt = false, frames = [] } = options;
  if (load === "element") return elementPage(broker, options);
  const config = { broker, ...options, load, token, prompt };
  return page(
    "Customer's app",
    `${await widgetTag(broker, load)}
<h1>Logged in as ${escape(options.user ?? "ann")}</h1>
${BUTTONS.map((name) => `<button data-testid="${name}">${name}</button>`).join("\n")}
<form method="post" action="/start/${escape(encodeURIComponent(options.run))}">
<button data-testid="start">start on the server</button></form>
${frames.map((src) => `<iframe src="${escape(src)}" title="frame"></iframe>`).join("\n")}
<ul id="log"></ul>
<script type="application/json" id="config">${inScript({ ...config, create: createOptions(broker, options) })}</script>
<script type="module" src="${load === "reference" ? "/reference.js" : "/app.js"}"></script>`,
  );
};

/** Without a line of script: what happens on it, tests listen to from outside. */
const elementPage = (broker: string, { run, providers = [] }: PageOptions): string =>
  page(
    "Customer's app",
    `<script src="${broker}/connect-button.js"></script>
<form>${["Test Calendar", "Own"]
      .map(
        (
          name,
          nth,
        ) => `<alter-connect-button session-endpoint="/session/${escape(encodeURIComponent(run))}"
 provider="${escape(providers[0] ?? "")}" label="Connect ${name}">
${nth === 1 ? '<button type="button" slot="button">Own button</button>' : ""}</alter-connect-button>`,
      )
      .join("\n")}</form>`,
  );

const BUTTONS = ["connect", "close", "destroy", "listen", "named"];

export const embeddingPage = (
  src: string,
  { sandbox, credentialless }: NonNullable<PageOptions["embedded"]>,
): string => {
  const attributes = [
    ...(sandbox === undefined ? [] : [`sandbox="${escape(sandbox)}"`]),
    ...(credentialless ? ["credentialless"] : []),
  ].join(" ");
  return page(
    "A page around the app",
    `<iframe src="${escape(src)}" title="app" ${attributes}></iframe>`,
  );
};

/** The ESM build does not know where it was loaded from, as <script> does. */
const createOptions = (broker: string, { load, create }: PageOptions): unknown =>
  load === "esm" ? (create ?? { baseURL: broker }) : create;

const widgetTag = async (
  broker: string,
  load: Exclude<PageOptions["load"], "element">,
): Promise<string> => {
  if (load === "esm") return "";
  if (load === "script") return `<script src="${broker}/connect.js"></script>`;
  if (load === "reference") return `<script src="/dist/reference-connect.js"></script>`;
  const reply = await fetch(`${broker}/connect.json`);
  const { url, integrity } = (await reply.json()) as Record<"url" | "integrity", string>;
  const source = new URL(url, broker).href;
  return `<script src="${source}" integrity="${integrity}" crossorigin="anonymous"></script>`;
};
