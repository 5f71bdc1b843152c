/**
 * Who plays in the gallery: made-up providers, accounts, connections and apps, as the broker would tell of them.
 * What they ask for is in the catalogue's sentences,
 * which are known in every language. Knows the wire's words; must not know which state shows whom.
 */

export const connection = (
  provider,
  provider_name,
  account_identifier,
  operation = "creation",
) => ({
  grant_id: `${provider}-${account_identifier}`,
  provider,
  provider_name,
  account_identifier,
  timestamp: "2026-01-01T10:00:00Z",
  operation,
  scopes: [],
  status: "active",
});
export const calendar = {
  id: "calendar",
  name: "Acme Calendar",
  scopes: ["See your calendars and events", "See your email address"],
  accounts: [],
};
export const files = {
  id: "files",
  name: "Acme Files",
  scopes: ["See files you can open"],
  accounts: [],
};
export const shop = {
  id: "shopify",
  name: "Shopify",
  scopes: ["See your products", "See recent orders"],
  accounts: [],
  fields: [
    { name: "shop", label: "Your shop's address", suffix: ".myshopify.com", example: "acme" },
  ],
};
/** No OAuth: the page asks for the credential itself. */
export const keyed = {
  id: "ledger",
  name: "Acme Ledger",
  scopes: [],
  accounts: [],
  credential: "api_key",
  fields: [{ name: "key", label: "API key", secret: true, example: "ak_live_…" }],
  help_url: "https://ledger.example.com/keys",
};
export const basic = {
  ...keyed,
  id: "desk",
  name: "Acme Desk",
  credential: "basic",
  fields: [
    { name: "username", label: "Account SID" },
    { name: "password", label: "Auth token", secret: true },
  ],
};
export const notes = { id: "notes", name: "Marginalia", scopes: [], accounts: [] };
/** As many as it takes for the list to have a search field and categories. */
export const many = [
  [
    "google",
    "Google",
    "productivity",
    ["See your calendars and events", "See your email address", "Read and change your own files"],
    "#4285f4",
    "#ffffff",
  ],
  [
    "slack",
    "Slack",
    "communication",
    ["Post messages as you", "See the list of public channels"],
    "#4a154b",
    "#ffffff",
  ],
  ["github", "GitHub", "developer", ["Read your profile"], "#181717", "#ffffff"],
  ["dropbox", "Dropbox", "files", ["Open and download your files"], "#0061ff", "#ffffff"],
  ["hubspot", "HubSpot", "sales", ["See your contacts", "See your deals"], "#ff7a59", "#000000"],
  ["notion", "Notion", "productivity", ["Read pages"], "#000000", "#ffffff"],
  [
    "figma",
    "Figma",
    "design",
    ["See file names and details", "Read comments on files"],
    "#f24e1e",
    "#000000",
  ],
  ["pennylane", "Pennylané", "finance", ["See your invoices"], "#0b3d2e", "#ffffff"],
  ["strava", "Strava", "health", [], "#fc4c02", "#000000"],
].map(([id, name, category, scopes, background, text]) => ({
  ...{ id, name, category, scopes, accounts: [], tile: { background, text } },
}));
export const account = (label, status = "active") => ({ grant_id: `gr_${label}`, label, status });
export const held = [
  { ...many[0], accounts: [account("ann@work.example"), account("ann@example.com", "broken")] },
  { ...many[1], accounts: [account("ann (Acme workspace)")] },
  ...many.slice(2),
];
/** An image as an operator's would be, from the page's own host. */
export const drawn = { ...calendar, logo_url: "/page/logo.svg" };
const brand = {
  colours: {
    light: { action: "#c2410c", on_action: "#ffffff", accent: "#b03a0b" },
    dark: { action: "#fb923c", on_action: "#1a1206", accent: "#fdba74" },
  },
  radius: 8,
};
export const branded = {
  name: "Day Planner",
  origin: "https://planner.example.com",
  theme: "system",
  logo_url: "/page/logo.svg",
  brand,
  support_url: "https://planner.example.com/help",
  privacy_url: "https://planner.example.com/privacy",
};
export const work = connection("calendar", "Acme Calendar", "ann@work.example");
export const own = connection("files", "Acme Files", "ann@example.com");
