/** VK ID: the callback brings a device's id, without which no token is issued or renewed. */
import type { Records } from "../schema.ts";

export default {
  vk: {
    name: "VK ID",
    category: "social",
    docs_url:
      "https://id.vk.com/about/business/go/docs/en/vkid/latest/vk-id/connection/api-integration/api-description",
    manage_url: "https://vk.com/settings?act=apps",
    verified_at: "2026-11-22",
    sources: ["better-auth 1.7.25", "SocialiteProviders (2026-08)"],
    experimental: true,
    brand: { color: "#0077FF", icon: "vk" },
    setup: [
      "At id.vk.com, in the part for business, create an app for the web.",
      "Add the redirect URI above as a trusted redirect URL, with its host as the base domain.",
      "Configure the app's id as the client_id and its secure key as the client_secret.",
    ],
    notes: [
      "The older login on oauth.vk.com is another protocol, and refuses new apps.",
      "The hosts exist under .ru as well; this record uses those under .com.",
      "An id_token comes along unasked; it is not read.",
    ],
    captures: {
      device_id: {
        from: "callback",
        at: "device_id",
        pattern: "[\\w.~+/=-]{1,512}",
        required: true,
      },
    },
    authorization_endpoint: "https://id.vk.com/authorize",
    token_endpoint: "https://id.vk.com/oauth2/auth",
    scopes: {
      "vkid.personal_info": "See your name, picture, sex and date of birth",
      email: "See your email address",
      phone: "See your phone number",
      friends: "See your friends",
      wall: "Read and write posts on your wall",
      groups: "See your communities",
    },
    base_scopes: ["vkid.personal_info"],
    default_scopes: ["email"],
    token_endpoint_auth_method: "client_secret_post",
    token_request: { parameters: { device_id: "{device_id}", state: "{state}" } },
    token_response: { error: "error", id_token_ignored: true },
    refresh: {
      with: "refresh_token",
      rotates: "yes",
      lifetime_seconds: 180 * 86_400,
      // It wants a state here too, and gives it back: any text of some length.
      parameters: { device_id: "{device_id}", state: "{device_id}" },
    },
    identity: {
      source: "request",
      request: {
        method: "POST",
        url: "https://id.vk.com/oauth2/user_info",
        auth: "none",
        form: { client_id: "{client_id}", access_token: "{access_token}" },
      },
      error: "error",
      over: ["invalid_token"],
      id: "user.user_id",
      label: ["user.email", "user.first_name"],
      name: "user.first_name",
    },
    revocation: {
      by: "request",
      request: {
        method: "POST",
        url: "https://id.vk.com/oauth2/revoke",
        auth: "none",
        form: { client_id: "{client_id}", access_token: "{access_token}" },
      },
    },
    api_hosts: ["id.vk.com", "api.vk.com"],
    api_hosts_source:
      "The identity call, and VK's help, which names id.vk.com and VK's methods; twins under .ru exist and are not listed",
  },
} satisfies Records;
