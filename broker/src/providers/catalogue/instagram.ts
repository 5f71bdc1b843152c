/** Instagram for professional accounts: an hour's token is swapped for one of 60 days, which renews itself. */
import type { Records } from "../schema.ts";

export default {
  instagram: {
    name: "Instagram (business login)",
    category: "social",
    docs_url:
      "https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login",
    manage_url: "https://www.instagram.com/accounts/manage_access/",
    verified_at: "2026-11-22",
    sources: ["Nango providers.yaml (2026-08-21)", "SocialiteProviders (2026-08)"],
    brand: { color: "#FF0069", icon: "instagram" },
    setup: [
      "On developers.facebook.com, create an app and add Instagram with the API setup for Instagram login.",
      "In its business login settings, add the redirect URI above.",
      "Configure the Instagram app ID and secret shown there; those of the Meta app are others.",
      "Ask for advanced access to each permission that people outside your own team are to give.",
    ],
    notes: [
      "Only professional accounts (business or creator) can connect.",
      "A token can be renewed from its second day on, until it ends after 60 days.",
      "The older Basic Display API was shut down in December 2024; its scopes are refused.",
    ],
    authorization_endpoint: "https://www.instagram.com/oauth/authorize",
    token_endpoint: "https://api.instagram.com/oauth/access_token",
    scopes: {
      instagram_business_basic: "See your Instagram profile and posts",
      instagram_business_content_publish: "Publish posts as you",
      instagram_business_manage_comments: "Read, write and hide comments on your posts",
      instagram_business_manage_messages: "Read and send your Instagram messages",
      instagram_business_manage_insights: "See how your account and posts perform",
    },
    base_scopes: ["instagram_business_basic"],
    scope_separator: ",",
    pkce: "none",
    token_endpoint_auth_method: "client_secret_post",
    token_response: {
      // By its documentation a list of one; what has been seen is the one itself.
      nested: "data[0]",
      error: "error_type",
      token_type_ignored: true,
      scope: "permissions",
      scope_array: true,
      scope_separator: ",",
    },
    long_lived: {
      url: "https://graph.instagram.com/access_token",
      auth: "none",
      query: {
        grant_type: "ig_exchange_token",
        client_secret: "{client_secret}",
        access_token: "{access_token}",
      },
    },
    refresh: {
      with: "access_token",
      request: {
        url: "https://graph.instagram.com/refresh_access_token",
        auth: "none",
        query: { grant_type: "ig_refresh_token", access_token: "{access_token}" },
      },
    },
    identity: {
      source: "request",
      request: {
        url: "https://graph.instagram.com/me",
        query: { fields: "user_id,username,name,account_type" },
      },
      error: "error.code",
      over: ["190"],
      id: "user_id",
      label: "username",
      name: "name",
    },
    revocation: { by: "nothing" },
    api_hosts: ["graph.instagram.com", "rupload.facebook.com"],
    api_hosts_source: "Nango and the identity call; rupload from public code, for resumable video",
  },
} satisfies Records;
