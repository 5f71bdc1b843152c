/** Brevo: API keys that name an address, and no account that would stay the same when it changes. */
import type { Records } from "../schema.ts";

export default {
  brevo: {
    name: "Brevo",
    category: "marketing",
    docs_url: "https://developers.brevo.com/docs/getting-started",
    manage_url: "https://app.brevo.com/settings/keys/api",
    verified_at: "2026-11-30",
    sources: [
      "Brevo's API reference",
      "@getbrevo/brevo 2",
      "https://developers.brevo.com/reference/get-account",
      "https://developers.brevo.com/docs/api-key-authentication",
    ],
    brand: { color: "#0B996E", icon: "brevo" },
    setup: [
      "There is nothing to register: each user makes a key in Brevo, under SMTP and API, then API keys.",
    ],
    notes: [
      "It lets an account shut out addresses it does not know: the broker's own has to be let in.",
    ],
    credential: {
      kind: "api_key",
      help_url: "https://app.brevo.com/settings/keys/api",
      fields: {
        api_key: { label: "API key", example: "xkeysib-…", pattern: "xkeysib-[\\w-]{16,200}" },
      },
      inject: { header: "api-key", template: "{token}" },
    },
    identity: {
      source: "check",
      request: { url: "https://api.brevo.com/v3/account" },
      label: "email",
    },
    api_hosts: ["api.brevo.com"],
    api_hosts_source: "Brevo's API reference",
  },
} satisfies Records;
