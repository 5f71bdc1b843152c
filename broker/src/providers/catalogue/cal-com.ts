/** Cal.com: its clients are reviewed before they work, and no request may go without scopes. */
import type { Records } from "../schema.ts";

export default {
  "cal-com": {
    name: "Cal.com",
    category: "productivity",
    docs_url: "https://cal.com/docs/api-reference/v2/oauth",
    verified_at: "2026-11-22",
    sources: [
      "Cal.com's documentation, OAuth (calcom/cal.com, 2026)",
      "Cal.com's API reference, Exchange authorization code or refresh token for tokens (2026)",
      "Nango providers.yaml (2026-08-21)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#292929", icon: "caldotcom" },
    setup: [
      "In Cal.com, open Settings, Developer, OAuth, and create a confidential client.",
      "Add the redirect URI above and the scopes that you ask for; PROFILE_READ is always needed.",
      "Wait until Cal.com has approved it: before that it does not work.",
    ],
    notes: [
      "PKCE is documented for public clients only, so none is sent.",
      "Clients from before scopes existed can do everything, whatever they ask for.",
      "A client that is not approved, or a redirect URI it does not know, is shown to the user and never comes back as an error.",
    ],
    authorization_endpoint: "https://app.cal.com/auth/oauth2/authorize",
    token_endpoint: "https://api.cal.com/v2/auth/oauth2/token",
    scopes: {
      PROFILE_READ: "See your profile",
      PROFILE_WRITE: "Change your profile",
      BOOKING_READ: "See your bookings",
      BOOKING_WRITE: "Create, change and delete your bookings",
      EVENT_TYPE_READ: "See your event types",
      EVENT_TYPE_WRITE: "Create, change and delete your event types",
      SCHEDULE_READ: "See when you are available",
      SCHEDULE_WRITE: "Change when you are available",
      APPS_READ: "See which calendars and apps you have connected",
    },
    base_scopes: ["PROFILE_READ"],
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.cal.com/v2/me" },
      id: "data.id",
      label: "data.email",
      name: "data.username",
    },
    revocation: { by: "nothing" },
    api_hosts: ["api.cal.com"],
    api_hosts_source: "Nango, open-connector, and the identity call",
  },
} satisfies Records;
