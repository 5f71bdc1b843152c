/** Facebook Login, and the Marketing API behind the same login: no refresh tokens, but a swap for a longer life. */
import type { ProviderRecord, Records } from "../schema.ts";

const IDENTITY = {
  public_profile: "See your name and profile picture",
  email: "See your email address",
};

const facebook = {
  name: "Facebook",
  category: "social",
  docs_url: "https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow",
  manage_url: "https://www.facebook.com/settings?tab=applications",
  verified_at: "2026-11-22",
  sources: [
    "grant 5.4.24",
    "arctic 3.7.0",
    "@auth/core 0.41.3",
    "better-auth 1.7.25",
    "Nango providers.yaml (2026-08-21)",
    "OpenIddict WebIntegration (2024-10)",
  ],
  brand: { color: "#0866FF", icon: "facebook" },
  setup: [
    "On developers.facebook.com, create an app and add Facebook Login to it.",
    "In the settings of Facebook Login, add the redirect URI above under Valid OAuth Redirect URIs.",
    "Ask for advanced access to each permission that people outside your own team are to give.",
    "Configure the app ID and the app secret.",
  ],
  notes: [
    "A token lives for about 60 days, then the user has to come back: there is nothing to renew it with.",
    "People may untick single permissions: name those that you cannot do without in required_scopes.",
    "Some accounts have no email address.",
    "An app that requires appsecret_proof cannot be used: switch that setting off.",
    "Facebook Login for Business takes its permissions from a configuration: put its config_id into authorize_parameters.",
  ],
  refuses_embedded_browsers: true,
  variables: {
    version: {
      label: "Version of the Graph API",
      example: "v24.0",
      pattern: "v\\d{1,3}\\.\\d{1,2}",
      default: "v24.0",
    },
  },
  authorization_endpoint: "https://www.facebook.com/{version}/dialog/oauth",
  token_endpoint: "https://graph.facebook.com/{version}/oauth/access_token",
  scopes: IDENTITY,
  base_scopes: ["public_profile"],
  default_scopes: ["email"],
  scope_separator: ",",
  token_endpoint_auth_method: "client_secret_post",
  // People may untick permissions, and the token reply does not say so.
  authorize_parameters: { return_scopes: "true" },
  token_response: {
    error: "error.code",
    scope_in_callback: "granted_scopes",
    scope_separator: ",",
  },
  long_lived: {
    method: "POST",
    url: "https://graph.facebook.com/{version}/oauth/access_token",
    auth: "none",
    form: {
      grant_type: "fb_exchange_token",
      client_id: "{client_id}",
      client_secret: "{client_secret}",
      fb_exchange_token: "{access_token}",
    },
  },
  refresh: { with: "nothing" },
  identity: {
    source: "request",
    request: { url: "https://graph.facebook.com/{version}/me", query: { fields: "id,name,email" } },
    error: "error.code",
    // Graph says 400 and this code where others say 401.
    over: ["190"],
    id: "id",
    label: ["email", "name"],
    name: "name",
  },
  revocation: {
    by: "request",
    request: { method: "DELETE", url: "https://graph.facebook.com/{version}/me/permissions" },
  },
  revocation_scope: "user_client",
  api_hosts: ["graph.facebook.com", "graph-video.facebook.com", "rupload.facebook.com"],
  api_hosts_source:
    "Nango, open-connector, and the identity call; rupload from public code, for uploads with the token in a header",
} satisfies ProviderRecord;

export default {
  facebook: {
    ...facebook,
    scopes: {
      ...IDENTITY,
      pages_show_list: "See the list of Pages you manage",
      pages_read_engagement: "Read posts and followers of Pages you manage",
      pages_manage_posts: "Post on Pages you manage",
      pages_manage_metadata: "Change settings of Pages you manage",
      pages_messaging: "Read and send messages as Pages you manage",
      read_insights: "See how your Pages and apps perform",
      user_posts: "See posts on your timeline",
      user_photos: "See your photos",
    },
  },
  "meta-ads": {
    ...facebook,
    name: "Meta Marketing API",
    category: "marketing",
    docs_url: "https://developers.facebook.com/docs/marketing-api/get-started/authorization",
    brand: { color: "#0467DF", icon: "meta" },
    setup: [
      "On developers.facebook.com, create an app of the type Business with the Marketing API and Facebook Login.",
      "In the settings of Facebook Login, add the redirect URI above under Valid OAuth Redirect URIs.",
      "Ask for advanced access to ads_read and whatever else you need; it takes a business verification.",
    ],
    notes: [...facebook.notes, "Limits depend on the access tier of the Marketing API."],
    scopes: {
      ...IDENTITY,
      ads_read: "See your ads and how they perform",
      business_management: "Manage your Business accounts",
      ads_management: "Create and manage your ads",
      leads_retrieval: "Read the leads your ads collect",
      pages_show_list: "See the list of Pages you manage",
      pages_read_engagement: "Read posts and followers of Pages you manage",
    },
    default_scopes: ["email", "ads_read", "business_management"],
    api_hosts: ["graph.facebook.com", "graph-video.facebook.com"],
    api_hosts_source: "Nango, open-connector, and the identity call; as Facebook",
  },
} satisfies Records;
