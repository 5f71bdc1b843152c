/** Anthropic: API keys in a header of its own, beside the version of the API. */
import type { Records } from "../schema.ts";

export default {
  anthropic: {
    name: "Anthropic",
    category: "developer",
    docs_url: "https://docs.anthropic.com/en/api/overview",
    manage_url: "https://console.anthropic.com/settings/keys",
    verified_at: "2026-11-30",
    sources: [
      "Anthropic's API reference",
      "@anthropic-ai/sdk 0.30",
      "https://docs.anthropic.com/en/api/models-list",
    ],
    brand: { color: "#D97757", icon: "anthropic" },
    setup: [
      "There is nothing to register: each user makes a key in Anthropic's console, under API keys.",
    ],
    notes: [
      "Every call needs the header anthropic-version as well, which is your app's to set.",
      "What a key costs is on its owner's bill: say so before you ask for one.",
    ],
    credential: {
      kind: "api_key",
      help_url: "https://console.anthropic.com/settings/keys",
      fields: {
        api_key: { label: "API key", example: "sk-ant-…", pattern: "sk-ant-[\\w-]{16,500}" },
      },
      inject: { header: "x-api-key", template: "{token}" },
    },
    identity: {
      source: "check",
      request: {
        url: "https://api.anthropic.com/v1/models",
        headers: { "anthropic-version": "2023-06-01" },
      },
    },
    api_hosts: ["api.anthropic.com"],
    api_hosts_source: "Anthropic's API reference",
  },
} satisfies Records;
