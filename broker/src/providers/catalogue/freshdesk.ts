/** Freshdesk: a key in place of the user's name, at a host that is the account's own. */
import type { Records } from "../schema.ts";

export default {
  freshdesk: {
    name: "Freshdesk",
    category: "sales",
    docs_url: "https://developers.freshdesk.com/api/",
    verified_at: "2026-11-30",
    sources: [
      "Freshdesk's API reference",
      "Nango providers.yaml (2026-08-21)",
      "https://support.freshdesk.com/support/solutions/articles/215517-automation (where the key is, and who has one)",
    ],
    brand: { color: "#25C16F" },
    setup: [
      "There is nothing to register: each user copies their API key from Freshdesk's profile settings.",
      "Which account it is, the user says on the Connect page, or your backend when it makes the session.",
    ],
    notes: [
      "A key may do what its user may. Who resets it ends it for every other app as well, and accounts on the free plan have none.",
      "The password beside the key is not looked at; X is what Freshdesk itself writes there.",
    ],
    variables: {
      domain: {
        label: "Your Freshdesk address",
        suffix: ".freshdesk.com",
        example: "acme",
        pattern: "[a-z0-9][a-z0-9-]{0,62}",
        chosen_by: "user",
      },
    },
    credential: {
      kind: "basic",
      help_url:
        "https://support.freshdesk.com/support/solutions/articles/215517-how-to-find-your-api-key",
      fields: { api_key: { label: "API key", pattern: "[\\w-]{8,200}" } },
      user: "{api_key}",
      password: "X",
    },
    identity: {
      source: "request",
      request: { url: "https://{domain}.freshdesk.com/api/v2/agents/me" },
      id: "id",
      label: "contact.email",
      name: "contact.name",
    },
    api_hosts: [],
    tenant_hosts: ["{domain}.freshdesk.com"],
    api_hosts_source: "Freshdesk's API reference: the account's own host",
  },
} satisfies Records;
