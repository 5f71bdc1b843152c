/** Postmark: a token for each server, which is its word for one stream of mail. */
import type { Records } from "../schema.ts";

export default {
  postmark: {
    name: "Postmark",
    category: "communication",
    docs_url: "https://postmarkapp.com/developer/api/overview",
    manage_url: "https://account.postmarkapp.com/servers",
    verified_at: "2026-11-30",
    sources: [
      "Postmark's API overview and Server API",
      "postmark (npm) 4",
      "https://postmarkapp.com/developer/api/overview#authentication",
    ],
    brand: { color: "#FFDE00" },
    setup: [
      "There is nothing to register: each user opens a server in Postmark, then API Tokens, and copies a server token.",
    ],
    notes: [
      "One token is for one server; the account token, which manages all of them, is another and is not taken.",
    ],
    credential: {
      kind: "api_key",
      help_url: "https://account.postmarkapp.com/servers",
      fields: {
        server_token: {
          label: "Server API token",
          pattern: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        },
      },
      inject: { header: "X-Postmark-Server-Token", template: "{token}" },
    },
    identity: {
      source: "request",
      request: { url: "https://api.postmarkapp.com/server" },
      id: "ID",
      label: "Name",
    },
    api_hosts: ["api.postmarkapp.com"],
    api_hosts_source: "Postmark's API overview",
  },
} satisfies Records;
