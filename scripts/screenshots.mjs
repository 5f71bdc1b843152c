/**
 * `npm run screenshots`: every state of the hosted page x theme x window size, as pictures in .screenshots/.
 * A gallery to look at, not a test. Serves the built page beside a stub of the broker's page calls, in which
 * the session id in the address names the state to show.
 *   ALTER_CHROMIUM   the browser, else the first that is found
 *   arguments        names of states; none means all
 */
import { chromium } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { findChromium } from "./browsers.mjs";

const root = resolve(import.meta.dirname, "..");
const built = join(root, "broker/dist/page");
const pictures = join(root, ".screenshots");
const SIZES = { popup: { width: 480, height: 640 }, phone: { width: 320, height: 640 } };

// ---- the stub ---------------------------------------------------------------------------------

const connection = (provider, provider_name, account_identifier, operation = "creation") => ({
  grant_id: `${provider}-${account_identifier}`,
  provider,
  provider_name,
  account_identifier,
  timestamp: "2026-01-01T10:00:00Z",
  operation,
  scopes: [],
  status: "active",
});
const calendar = {
  id: "calendar",
  name: "Acme Calendar",
  scopes: ["See your calendar and its events", "See your e-mail address"],
  accounts: [],
};
const files = { id: "files", name: "Acme Files", scopes: ["See your files"], accounts: [] };
const shop = {
  id: "shop",
  name: "Shopify",
  scopes: ["See your products", "See your orders"],
  accounts: [],
  fields: [
    { name: "shop", label: "Your shop's address", suffix: ".myshopify.com", example: "acme" },
  ],
};
const notes = { id: "notes", name: "Marginalia", scopes: [], accounts: [] };
/** As many as it takes for the list to have a search field and categories. */
const many = [
  [
    "google",
    "Google",
    "productivity",
    ["See your calendar and its events", "See your e-mail address", "See and change your files"],
    "#4285f4",
    "#ffffff",
  ],
  [
    "slack",
    "Slack",
    "communication",
    ["Send messages for you", "See the names of your channels"],
    "#4a154b",
    "#ffffff",
  ],
  ["github", "GitHub", "developer", ["See your repositories"], "#181717", "#ffffff"],
  ["dropbox", "Dropbox", "files", ["See your files"], "#0061ff", "#ffffff"],
  ["hubspot", "HubSpot", "sales", ["See your contacts", "See your deals"], "#ff7a59", "#000000"],
  ["notion", "Notion", "productivity", ["See the pages that you choose"], "#000000", "#ffffff"],
  ["figma", "Figma", "design", ["See your files and their comments"], "#f24e1e", "#000000"],
  ["pennylane", "Pennylané", "finance", ["See your invoices"], "#0b3d2e", "#ffffff"],
  ["strava", "Strava", "health", [], "#fc4c02", "#000000"],
].map(([id, name, category, scopes, background, text]) => ({
  ...{ id, name, category, scopes, accounts: [], tile: { background, text } },
}));
const account = (label, status = "active") => ({ grant_id: `gr_${label}`, label, status });
const held = [
  { ...many[0], accounts: [account("ann@work.example"), account("ann@example.com", "broken")] },
  { ...many[1], accounts: [account("ann (Acme workspace)")] },
  ...many.slice(2),
];
/** An image as an operator's would be, from the page's own host. */
const drawn = { ...calendar, logo_url: "/page/logo.svg" };
const brand = {
  colours: {
    light: { action: "#c2410c", on_action: "#ffffff", accent: "#b03a0b" },
    dark: { action: "#fb923c", on_action: "#1a1206", accent: "#fdba74" },
  },
  radius: 8,
};
const branded = {
  name: "Day Planner",
  origin: "https://planner.example.com",
  theme: "system",
  logo_url: "/page/logo.svg",
  brand,
  support_url: "https://planner.example.com/help",
  privacy_url: "https://planner.example.com/privacy",
};
const work = connection("calendar", "Acme Calendar", "ann@work.example");
const own = connection("files", "Acme Files", "ann@example.com");

const viewOf = (more) => ({
  app: { name: "Day Planner", origin: "https://planner.example.com", theme: "system" },
  user: {
    label: "ann@example.com",
    label_kind: "verified_email",
    name: "Ann Arbor",
    identity_provider: "Acme Accounts",
  },
  providers: [calendar],
  connections: [],
  multiple: false,
  expires_in: 900,
  locale: "en",
  ...more,
});
const seen = (more, phase = "choosing", rest = {}) => ({ view: more, phase, ...rest });
const failed = (failure) => ({ phase: "failed", failure });
const ended = (outcome) => ({ phase: "ended", outcome });
const error = (code) => ended({ status: "error", error: { code, message: "For developers." } });
const problem = (status, code) => ({ problem: { status, code } });

/** The app's own tab: the state's name comes as the token. */
const FRAGMENT = "/connect#session=";

/** What `view` answers for each state, and what is done to get there. */
const STATES = {
  loading: { never: true },
  confirm: seen(),
  confirm_claimed: { path: "/app", ...seen() },
  confirm_chosen: {
    ...seen({ providers: [calendar, files] }),
    press: "Acme Files",
    waitFor: /Files/,
  },
  confirm_again: seen({
    providers: [
      {
        ...calendar,
        accounts: [account("ann@work.example"), account("ann@example.com", "broken")],
      },
    ],
  }),
  confirm_renew: {
    ...seen({ providers: [held[1]] }),
    press: /^Reconnect/,
    waitFor: /^Reconnect/,
  },
  confirm_branded: seen({ app: branded, providers: [drawn] }),
  preview: { ...seen({ app: branded, preview: true }), press: /^Cancel/ },
  preview_list: seen({ providers: [calendar, files, notes], preview: true }),
  offline: { ...seen(), offline: true },
  offline_trouble: { ...problem(502, undefined), offline: true },
  confirm_long: seen({
    app: {
      name: "The Extraordinarily Long-Named Planning Company",
      origin: "https://a-rather-long-subdomain.planning-company.example.com",
      theme: "system",
    },
    user: {
      label: "auth0|5f7c8ec7c33c6c004bbafe82-and-some-more-of-it",
      label_kind: "subject",
      identity_provider: "Planning Company Accounts",
    },
    providers: [
      {
        ...calendar,
        name: "Internationale Kalenderverwaltung",
        scopes: [...calendar.scopes, "Change events in all calendars that were shared with you"],
      },
    ],
  }),
  confirm_field: seen({ providers: [shop] }),
  confirm_field_refused: {
    ...seen({ providers: [shop] }),
    type: "acme.example",
    press: /^Continue/,
    waitFor: /^Connect/,
    refuse: problem(400, "invalid_variable").problem,
  },
  confirm_fields_long: seen({
    providers: [
      {
        ...shop,
        fields: [
          ...shop.fields,
          {
            name: "domain",
            label: "Address of the instance that your company has set up for itself",
            suffix: ".a-rather-long-domain.planning-company.example.com",
            example: "https://instance.example.com",
            value: "https://planning.example.com",
          },
        ],
      },
    ],
  }),
  choose: seen({
    providers: [
      drawn,
      { ...files, accounts: [account("ann@example.com"), account("ann@work.example")] },
      notes,
    ],
  }),
  choose_accounts: { ...seen({ providers: held }), press: /at Google/ },
  choose_long: seen({ providers: many }),
  choose_found: { ...seen({ providers: many }), type: "pennylane" },
  choose_none: { ...seen({ providers: many }), type: "zzz" },
  choose_category: { ...seen({ providers: many }), press: "Productivity" },
  choose_branded: seen({ app: branded, providers: held, connections: [work], multiple: true }),
  choose_many: seen({ providers: [calendar, files, notes], multiple: true, connections: [work] }),
  leaving: { ...seen(), press: /^Continue/, waitFor: /^Taking you/ },
  finishing: seen({}, "finishing"),
  finished: ended({ status: "success", connections: [work] }),
  finished_again: ended({
    status: "success",
    connections: [connection("calendar", "Acme Calendar", "ann@example.com", "reauth")],
  }),
  finished_many: ended({ status: "success", connections: [work, own] }),
  denied: failed("access_denied"),
  failed_refused: failed("provider_refused"),
  failed_timeout: failed("provider_timeout"),
  failed_unavailable: {
    ...seen(),
    press: /^Continue/,
    waitFor: /not answering/,
    refuse: problem(502, "provider_unavailable").problem,
  },
  failed_superseded: failed("authorization_superseded"),
  unsupported_browser: failed("unsupported_browser"),
  unsupported_copied: {
    ...failed("unsupported_browser"),
    view: { providers: [calendar, files] },
    press: "Copy address",
  },
  cancelled: ended({ status: "exit" }),
  expired: error("session_expired"),
  wrong_user: error("wrong_user"),
  elsewhere: error("session_claimed_elsewhere"),
  ended: problem(410, "session_ended"),
  trouble: problem(500, "internal_error"),
  unreachable: problem(502, undefined),
  lost: { path: "/connect/lost" },
  open_from_app: { path: "/connect" },
  refused: { path: "/app", claim: problem(404, "unknown_session") },
  cookies_blocked: { path: "/app", ...seen(), here: problem(404, "unknown_session") },
  tab_confirm: { path: FRAGMENT, ...seen() },
  tab_refused: { path: FRAGMENT, claim: problem(409, "claim_shape_refused") },
  tab_expired: { path: FRAGMENT, claim: problem(410, "session_expired") },
  tab_claimed: { path: FRAGMENT, claim: problem(409, "session_claimed") },
  tab_unreachable: { path: FRAGMENT, claim: problem(502, undefined) },
  tab_cookies_blocked: { path: FRAGMENT, ...seen(), here: problem(404, "unknown_session") },
};

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#c2410c"/>' +
  '<path d="M11 14h18v15H11zM11 19h18M16 11v5M24 11v5" fill="none" stroke="#fff" stroke-width="2.4"/></svg>';
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Opens the page as an app would, and answers its `ready` with a token that is the state's name. */
const APP = `<button>Connect</button><script>
  const state = location.hash.slice(1);
  addEventListener("message", ({ source, data }) => data.type === "alter-connect:ready" &&
    source.postMessage({ type: "alter-connect:session", v: 1, token: state, challenge: "c".repeat(43) }, origin));
  document.querySelector("button").onclick = () => open("/connect");
</script>`;

const reply = (response, status, body, type = "application/json") => {
  response.writeHead(status, { "content-type": type, "content-security-policy": POLICY });
  response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
};
const refuse = (response, { status, code }) =>
  code
    ? reply(response, status, { type: "", title: "", status, code, request_id: "req_7Kd2mPq9xT" })
    : reply(response, status, "<h1>Bad gateway</h1>", "text/html");

/** Answers a call of the page; session id and token are the state's name. */
const answer = (path, body, response) => {
  const name = body.session_id ?? body.token;
  const {
    never,
    problem: wrong,
    claim,
    here,
    view,
    refuse: refusing,
    phase,
    failure,
    outcome,
  } = STATES[name];
  const standing = {
    view: viewOf(view),
    phase,
    failure,
    outcome,
    allowed_origin: "https://planner.example.com",
    close_at_once: false,
  };
  if (path.endsWith("/page"))
    return here ? refuse(response, here.problem) : reply(response, 204, "");
  if (path.endsWith("/claim"))
    return claim
      ? refuse(response, claim.problem)
      : reply(response, 200, { session_id: name, ...standing });
  if (path.endsWith("/authorize")) return refusing && refuse(response, refusing);
  if (never) return;
  if (wrong) return refuse(response, wrong);
  reply(response, 200, standing);
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://stub");
  if (request.method === "POST") {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => answer(pathname, JSON.parse(text), response));
  } else if (pathname === "/app") {
    response.writeHead(200, { "content-type": "text/html" }).end(APP);
  } else if (pathname === "/page/logo.svg") {
    reply(response, 200, LOGO, "image/svg+xml");
  } else if (pathname.startsWith("/page/")) {
    const file = join(built, pathname.slice("/page/".length));
    if (!file.startsWith(built) || !existsSync(file)) return reply(response, 404, "");
    reply(response, 200, readFileSync(file), TYPES[extname(file)]);
  } else reply(response, 200, readFileSync(join(built, "index.html")), "text/html");
});

// ---- the camera -------------------------------------------------------------------------------

const photograph = async (context, base, name, file) => {
  const { path, type, press, waitFor, never, offline } = STATES[name];
  let page = await context.newPage();
  page.on("pageerror", (thrown) => console.error(`${name}: ${thrown}`));
  page.on("console", (said) => {
    // The stub's refusals are logged by the browser; anything else is news.
    if (said.type() === "error" && !said.text().startsWith("Failed to load"))
      console.error(`${name}: ${said.text()}`);
  });
  // Closing is the end of some states; the gallery wants to see them.
  await context.addInitScript("window.close = () => undefined");
  if (path === "/app") {
    await page.goto(`${base}/app#${name}`);
    const popup = page.waitForEvent("popup");
    await page.getByRole("button").click();
    page = await popup;
    await page.setViewportSize(context.size);
  } else {
    const address = path === FRAGMENT ? path + name : (path ?? `/connect/s/${name}`);
    await page.goto(base + address);
  }
  if (type) await page.locator("input").first().fill(type);
  if (offline) await page.evaluate("dispatchEvent(new Event('offline'))");
  if (press) await page.getByRole("button", { name: press }).click();
  const heading = page.getByRole("heading", { level: 1 });
  await heading.filter(never ? {} : { hasNotText: "One moment" }).waitFor();
  if (waitFor) await heading.filter({ hasText: waitFor }).waitFor();
  await page.locator(".button[aria-disabled]").first().waitFor({ state: "hidden" });
  // What sticks to the window's edge would lie across the middle of a long picture.
  const height = await page.evaluate("document.documentElement.scrollHeight");
  await page.setViewportSize({ ...context.size, height: Math.max(height, context.size.height) });
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  const overflow = await page.evaluate("document.body.scrollWidth > innerWidth");
  if (overflow) console.error(`${name}: wider than the window (${file})`);
  for (const open of context.pages()) await open.close();
};

const names = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(STATES);
for (const name of names) if (!(name in STATES)) throw new Error(`No such state: ${name}`);
if (!existsSync(join(built, "index.html")))
  spawnSync("npx", ["vite", "build", "--mode", "page"], { cwd: root, stdio: "inherit" });
mkdirSync(pictures, { recursive: true });
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ["--no-sandbox"],
});
let taken = 0;
try {
  for (const colorScheme of ["light", "dark"])
    for (const [size, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
        deviceScaleFactor: 2,
      });
      context.size = viewport;
      for (const name of names) {
        await photograph(context, base, name, join(pictures, `${name}.${colorScheme}.${size}.png`));
        taken += 1;
      }
      await context.close();
    }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
console.log(`${taken} pictures in .screenshots/`);
