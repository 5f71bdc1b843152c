/** Google: one OAuth client for all of its products; each entry here is a product, with its hosts and its scopes. */
import type { Category } from "@alter-ai/protocol/http";
import type { ProviderRecord, Records } from "../schema.ts";

const IDENTITY = { openid: "Confirm who you are", email: "See your email address" };
const PROFILE = { ...IDENTITY, profile: "See your name and profile picture" };
const scope = (name: string): string => `https://www.googleapis.com/auth/${name}`;

const google = {
  name: "Google",
  category: "identity",
  docs_url: "https://developers.google.com/identity/protocols/oauth2/web-server",
  manage_url: "https://myaccount.google.com/connections",
  verified_at: "2026-11-22",
  sources: [
    "OpenIddict WebIntegration (2024-10)",
    "oomol-lab/open-connector (2026-08-22)",
    "better-auth 1.7.25",
    "arctic 3.7.0",
    "Nango providers.yaml (2026-08-21)",
  ],
  brand: { color: "#4285F4", icon: "google" },
  setup: [
    "In the Google Cloud console, open APIs & Services, then Credentials, and create an OAuth client ID of the type Web application.",
    "Add the redirect URI above under Authorized redirect URIs.",
    "Enable each API that you call, and add its scopes to the consent screen (Data access).",
    "Publish the consent screen: while it is in Testing, refresh tokens end after seven days.",
  ],
  notes: [
    "Users may untick single scopes: name those that you cannot do without in required_scopes.",
    "A refresh token comes with a consent only, so a consent is asked for every time. At most 100 live per client and user; the oldest is dropped.",
  ],
  opener: "severed",
  approves_silently: true,
  refuses_embedded_browsers: true,
  issuer: "https://accounts.google.com",
  iss_parameter: true,
  authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth",
  token_endpoint: "https://oauth2.googleapis.com/token",
  userinfo_endpoint: "https://openidconnect.googleapis.com/v1/userinfo",
  revocation_endpoint: "https://oauth2.googleapis.com/revoke",
  jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
  scopes: PROFILE,
  base_scopes: ["openid", "email"],
  default_scopes: ["profile"],
  prompt: "select_account consent",
  authorize_parameters: { access_type: "offline", include_granted_scopes: "true" },
  token_endpoint_auth_method: "client_secret_post",
  refresh: { with: "refresh_token", obtained: "first_consent", rotates: "no" },
  identity: { source: "id_token", name: "name" },
  revocation: { by: "rfc7009", auth: "none" },
  revocation_scope: "user_client",
  api_hosts: [
    "openidconnect.googleapis.com",
    "www.googleapis.com",
    "gmail.googleapis.com",
    "sheets.googleapis.com",
    "docs.googleapis.com",
    "slides.googleapis.com",
    "forms.googleapis.com",
    "people.googleapis.com",
    "tasks.googleapis.com",
    "chat.googleapis.com",
    "meet.googleapis.com",
    "youtube.googleapis.com",
    "analyticsdata.googleapis.com",
    "analyticsadmin.googleapis.com",
    "searchconsole.googleapis.com",
    "bigquery.googleapis.com",
    "photospicker.googleapis.com",
  ],
  api_hosts_source:
    "Nango and open-connector; every Google product answers on its own googleapis.com host. These are the common ones: add others by their exact names.",
} satisfies ProviderRecord;

const product = (
  name: string,
  category: Category,
  icon: string,
  hosts: string[],
  scopes: Record<string, string>,
  more: Partial<ProviderRecord> = {},
): ProviderRecord => ({
  ...google,
  name,
  category,
  brand: { color: google.brand.color, icon },
  scopes: { ...PROFILE, ...scopes },
  default_scopes: Object.keys(scopes).slice(0, 1),
  api_hosts: ["openidconnect.googleapis.com", ...hosts],
  api_hosts_source: "Nango, open-connector, and the product's own reference",
  ...more,
});

const noted = (...notes: string[]) => ({ notes: [...google.notes, ...notes] });

export default {
  google: {
    ...google,
    scopes: {
      ...PROFILE,
      [scope("calendar.readonly")]: "See your calendars and events",
      [scope("gmail.readonly")]: "Read your email",
      [scope("drive.file")]: "Use only the Drive files you pick for this app",
      [scope("spreadsheets")]: "See and change your spreadsheets",
      [scope("contacts.readonly")]: "See your contacts",
    },
  },
  "google-calendar": product(
    "Google Calendar",
    "productivity",
    "googlecalendar",
    ["www.googleapis.com"],
    {
      [scope("calendar.readonly")]: "See your calendars and events",
      [scope("calendar.events")]: "See and change events on your calendars",
      [scope("calendar.events.readonly")]: "See events on your calendars",
      [scope("calendar")]: "See, change and share all your calendars",
      [scope("calendar.freebusy")]: "See only when you are busy",
    },
    noted("Its scopes are sensitive: Google has to verify the app."),
  ),
  gmail: product(
    "Gmail",
    "communication",
    "gmail",
    ["gmail.googleapis.com"],
    {
      [scope("gmail.readonly")]: "Read your email and its settings",
      [scope("gmail.send")]: "Send email as you",
      [scope("gmail.modify")]: "Read, write and sort your email, but not erase it",
      [scope("gmail.labels")]: "See and change your labels",
      [scope("gmail.compose")]: "Write drafts and send email",
      [scope("gmail.metadata")]: "See senders and subjects, not message text",
    },
    noted(
      "Restricted scopes need a yearly security assessment (CASA).",
      "A change of the user's password ends refresh tokens with Gmail scopes.",
    ),
  ),
  "google-drive": product(
    "Google Drive",
    "files",
    "googledrive",
    ["www.googleapis.com"],
    {
      [scope("drive.file")]: "Use only the Drive files you pick for this app",
      [scope("drive.readonly")]: "See and download all your Drive files",
      [scope("drive")]: "See, change and delete all your Drive files",
      [scope("drive.metadata.readonly")]: "See names and details of your Drive files",
      [scope("drive.appdata")]: "Keep its own hidden data in your Drive",
    },
    noted("drive.file is not sensitive; drive and drive.readonly are restricted."),
  ),
  "google-sheets": product(
    "Google Sheets",
    "productivity",
    "googlesheets",
    ["sheets.googleapis.com"],
    {
      [scope("spreadsheets")]: "See and change all your spreadsheets",
      [scope("spreadsheets.readonly")]: "See your spreadsheets",
      [scope("drive.file")]: "Use only the Drive files you pick for this app",
    },
    noted("Listing files goes through Drive: another host and another scope."),
  ),
  "google-contacts": product(
    "Google Contacts",
    "productivity",
    "google",
    ["people.googleapis.com"],
    {
      [scope("contacts.readonly")]: "See your contacts",
      [scope("contacts")]: "See and change your contacts",
      [scope("contacts.other.readonly")]: "See people saved from your past email",
      [scope("directory.readonly")]: "See your organisation’s staff directory",
    },
  ),
  youtube: product(
    "YouTube",
    "social",
    "youtube",
    ["www.googleapis.com", "youtube.googleapis.com", "youtubeanalytics.googleapis.com"],
    {
      [scope("youtube.readonly")]: "See your YouTube account",
      [scope("youtube")]: "Manage your YouTube account",
      [scope("youtube.upload")]: "Upload and manage your videos",
      [scope("youtube.force-ssl")]: "See and edit your videos, ratings and comments",
      [scope("yt-analytics.readonly")]: "See how your videos perform",
    },
    {
      ...noted("The account chooser may return a brand account; channels?mine=true names it."),
      brand: { color: "#FF0000", icon: "youtube" },
    },
  ),
  "google-analytics": product(
    "Google Analytics",
    "marketing",
    "googleanalytics",
    ["analyticsdata.googleapis.com", "analyticsadmin.googleapis.com"],
    {
      [scope("analytics.readonly")]: "See your Analytics reports",
      [scope("analytics")]: "See and work with your Analytics data",
      [scope("analytics.edit")]: "Change your Analytics settings",
    },
  ),
  "google-ads": product(
    "Google Ads",
    "marketing",
    "googleads",
    ["googleads.googleapis.com"],
    { [scope("adwords")]: "See and manage your Google Ads campaigns" },
    noted("Calls also need a developer-token header, and some a login-customer-id."),
  ),
  "google-health": product(
    "Google Health",
    "health",
    "google",
    ["health.googleapis.com"],
    {
      [scope("googlehealth.activity_and_fitness.readonly")]: "See your activity and workouts",
      [scope("googlehealth.sleep.readonly")]: "See your sleep",
      [scope("googlehealth.health_metrics_and_measurements.readonly")]:
        "See your body measurements and health readings",
      [scope("googlehealth.nutrition.readonly")]: "See what you logged eating and drinking",
      [scope("googlehealth.profile.readonly")]: "See your health profile",
    },
    noted(
      "Takes the place of the Fitbit Web API, which was switched off on 2026-10-30; Fitbit's tokens do not come along.",
      "All of its scopes are restricted.",
    ),
  ),
} satisfies Records;
