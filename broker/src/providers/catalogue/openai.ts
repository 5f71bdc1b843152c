/** OpenAI: API keys of a user or a project, in the one header everybody knows. */
import type { Records } from "../schema.ts";

export default {
  openai: {
    name: "OpenAI",
    category: "developer",
    docs_url: "https://platform.openai.com/docs/api-reference/authentication",
    manage_url: "https://platform.openai.com/api-keys",
    verified_at: "2026-11-30",
    sources: [
      "OpenAI's API reference",
      "openai (npm) 4",
      "https://help.openai.com/en/articles/8867743 (rights of a key)",
      "https://braintrust.dev/docs/kb/minimum-openai-api-key-permissions-for-braintrust (the right to list models)",
    ],
    brand: { color: "#412991" },
    setup: [
      "There is nothing to register: each user makes a key at platform.openai.com, under API keys.",
      "A restricted key needs the right to list models, by which it is checked.",
    ],
    notes: ["What a key costs is on its owner's bill: say so before you ask for one."],
    credential: {
      kind: "api_key",
      help_url: "https://platform.openai.com/api-keys",
      fields: { api_key: { label: "API key", example: "sk-…", pattern: "sk-[\\w-]{20,500}" } },
    },
    identity: { source: "check", request: { url: "https://api.openai.com/v1/models" } },
    api_hosts: ["api.openai.com"],
    api_hosts_source: "OpenAI's API reference",
  },
} satisfies Records;
