/** SendGrid: API keys alone, each with rights of its own, and none of them says whose account it is. */
import type { Records } from "../schema.ts";

export default {
  sendgrid: {
    name: "SendGrid",
    category: "communication",
    docs_url: "https://www.twilio.com/docs/sendgrid/api-reference",
    manage_url: "https://app.sendgrid.com/settings/api_keys",
    verified_at: "2026-11-30",
    sources: [
      "SendGrid's API reference",
      "@sendgrid/client 8",
      "https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access",
    ],
    brand: { color: "#1A82E2" },
    setup: [
      "There is nothing to register: each user makes an API key in SendGrid, under Settings, then API Keys.",
      "Tell your users which rights your app needs; Mail Send is enough to send.",
    ],
    notes: [
      "The check reads the key's own scopes, which any key may.",
      "Subusers in the EU region have a host of their own, api.eu.sendgrid.com, and are not covered.",
    ],
    credential: {
      kind: "api_key",
      help_url: "https://app.sendgrid.com/settings/api_keys",
      fields: {
        api_key: {
          label: "API key",
          example: "SG.…",
          pattern: "SG\\.[\\w-]{8,64}\\.[\\w-]{16,128}",
        },
      },
    },
    identity: { source: "check", request: { url: "https://api.sendgrid.com/v3/scopes" } },
    api_hosts: ["api.sendgrid.com"],
    api_hosts_source: "SendGrid's API reference",
  },
} satisfies Records;
