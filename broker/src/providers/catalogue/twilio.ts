/** Twilio: an account's number and its token; OAuth there is for an app alone, without users. */
import type { Records } from "../schema.ts";

export default {
  twilio: {
    name: "Twilio",
    category: "communication",
    docs_url: "https://www.twilio.com/docs/usage/requests-to-twilio",
    manage_url: "https://console.twilio.com/us1/account/keys-credentials/api-keys",
    verified_at: "2026-11-30",
    sources: [
      "Twilio's API reference (Accounts)",
      "twilio (npm) 5",
      "https://www.twilio.com/docs/iam/api/account",
    ],
    brand: { color: "#F22F46" },
    setup: [
      "There is nothing to register: each user copies Account SID and auth token from the first page of Twilio's console.",
    ],
    notes: [
      "An auth token may do everything in the account, and there is no smaller one that this record takes.",
      "The app reads account_sid as metadata: it stands in the path of nearly every call.",
    ],
    variables: {
      account_sid: {
        label: "Account SID",
        example: "AC…",
        pattern: "AC[0-9a-fA-F]{32}",
        chosen_by: "user",
      },
    },
    credential: {
      kind: "basic",
      help_url: "https://console.twilio.com/",
      fields: { auth_token: { label: "Auth token", pattern: "[0-9a-f]{32}" } },
      user: "{account_sid}",
      password: "{auth_token}",
    },
    identity: {
      source: "request",
      request: { url: "https://api.twilio.com/2010-04-01/Accounts/{account_sid}.json" },
      id: "sid",
      label: "friendly_name",
    },
    api_hosts: ["api.twilio.com"],
    api_hosts_source: "Twilio's API reference",
  },
} satisfies Records;
