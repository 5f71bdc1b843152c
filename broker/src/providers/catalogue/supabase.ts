/** Supabase's Management API: a user connects one organisation, and nobody is told who the user is. */
import type { Records } from "../schema.ts";

export default {
  supabase: {
    name: "Supabase (Management API)",
    category: "developer",
    docs_url: "https://supabase.com/docs/guides/integrations/build-a-supabase-oauth-integration",
    manage_url: "https://supabase.com/dashboard/org/_/apps",
    verified_at: "2026-11-22",
    sources: [
      "Supabase's documentation, Build a Supabase Integration (supabase/supabase, 2026)",
      "oomol-lab/open-connector (2026-08-22)",
    ],
    experimental: true,
    brand: { color: "#3FCF8E", icon: "supabase" },
    setup: [
      "In the settings of your Supabase organisation, open OAuth Apps and add an application.",
      "Add the redirect URI above.",
      "Choose the permissions that it needs; reading organisations is always needed.",
    ],
    notes: [
      "What it may do is set on the application: the scope parameter is deprecated. After a change users have to connect again.",
      "The account is the organisation that the user has chosen; an organization_slug parameter chooses it beforehand.",
      "A project's own data API does not take these tokens, but the project's keys.",
    ],
    authorization_endpoint: "https://api.supabase.com/v1/oauth/authorize",
    token_endpoint: "https://api.supabase.com/v1/oauth/token",
    token_endpoint_auth_method: "client_secret_basic",
    token_response: { any_success_status: true },
    refresh: { with: "refresh_token", rotates: "yes" },
    identity: {
      source: "request",
      request: { url: "https://api.supabase.com/v1/organizations" },
      id: "[0].id",
      label: "[0].name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://api.supabase.com/v1/oauth/revoke",
        auth: "none",
        json: {
          client_id: "{client_id}",
          client_secret: "{client_secret}",
          refresh_token: "{refresh_token}",
        },
      },
    },
    api_hosts: ["api.supabase.com"],
    api_hosts_source:
      "open-connector and the identity call: the Management API. A project's own data API takes project keys instead.",
  },
} satisfies Records;
