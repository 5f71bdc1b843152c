/** Microsoft: Entra ID and personal accounts, and what Graph offers by product. All of it is one server and one host. */
import type { Category } from "@alter-ai/protocol/http";
import type { ProviderRecord, Records } from "../schema.ts";

const IDENTITY = {
  openid: "Sign you in",
  email: "See your email address",
  profile: "See your name and basic profile",
  offline_access: "Stay connected when you are away",
  "User.Read": "Read your own profile",
};

const microsoft = {
  name: "Microsoft",
  category: "identity",
  docs_url: "https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow",
  manage_url: "https://myapps.microsoft.com",
  verified_at: "2026-11-22",
  sources: [
    "Microsoft's documentation (2026-11)",
    "OpenIddict WebIntegration (2024-10)",
    "oomol-lab/open-connector (2026-08-22)",
    "better-auth 1.7.25",
  ],
  brand: { color: "#0078D4" },
  setup: [
    "In the Microsoft Entra admin center, open App registrations and register an application for the accounts that you want to let in.",
    "Add the redirect URI above on the platform Web; one of the type SPA would refuse the client secret.",
    "Create a client secret under Certificates & secrets and configure its value, not its id.",
    "Add the Graph permissions that you ask for under API permissions, of the type Delegated.",
  ],
  notes: [
    "Accounts are known by tenant and object id (tid and oid): addresses change hands.",
    "Apps under the COOP policy (all that are created after 2027-01-31) cut the popup's opener off: the outcome then comes by asking.",
    "National clouds have other login and Graph hosts, and are entries of their own.",
  ],
  opener: "severed",
  approves_silently: true,
  variables: {
    tenant: {
      label: "Directory (tenant)",
      example: "common",
      pattern: "common|organizations|consumers|[0-9a-fA-F-]{36}|[a-z0-9-]+(?:\\.[a-z0-9-]+)+",
      default: "common",
    },
  },
  issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
  id_token_issuer: "https://login.microsoftonline.com/{tid}/v2.0",
  authorization_endpoint: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
  token_endpoint: "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
  userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
  jwks_uri: "https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys",
  scopes: IDENTITY,
  base_scopes: ["openid", "email", "profile", "offline_access"],
  default_scopes: ["User.Read"],
  prompt: "select_account",
  token_endpoint_auth_method: "client_secret_post",
  refresh: {
    with: "refresh_token",
    obtained: "scope",
    rotates: "yes",
    // A used one stays good, by Microsoft's documentation.
    lifetime_seconds: 90 * 86_400,
    sliding: true,
  },
  identity: {
    source: "id_token",
    id: ["tid", "oid"],
    label: ["email", "preferred_username"],
    name: "name",
  },
  revocation: { by: "nothing" },
  api_hosts: ["graph.microsoft.com"],
  api_hosts_source:
    "Nango, open-connector, and the identity call; tokens of these scopes are for Graph",
} satisfies ProviderRecord;

const product = (
  name: string,
  category: Category,
  color: string,
  scopes: Record<string, string>,
  defaults: string[],
  more: Partial<ProviderRecord> = {},
): ProviderRecord => ({
  ...microsoft,
  name,
  category,
  brand: { color },
  scopes: { ...IDENTITY, ...scopes },
  default_scopes: ["User.Read", ...defaults],
  ...more,
});

const noted = (...notes: string[]) => ({ notes: [...microsoft.notes, ...notes] });

export default {
  microsoft: {
    ...microsoft,
    scopes: {
      ...IDENTITY,
      "Mail.Read": "Read your email",
      "Mail.Send": "Send email as you",
      "Calendars.Read": "See your calendars",
      "Calendars.ReadWrite": "See and change your calendars",
      "Files.Read": "Read your OneDrive files",
    },
  },
  outlook: product(
    "Outlook Mail & Calendar",
    "communication",
    "#0078D4",
    {
      "Mail.Read": "Read your email",
      "Calendars.Read": "See your calendars",
      "Mail.ReadWrite": "Read, change and delete your email",
      "Mail.Send": "Send email as you",
      "Calendars.ReadWrite": "See and change your calendars",
      "Contacts.Read": "See your contacts",
    },
    ["Mail.Read", "Calendars.Read"],
  ),
  onedrive: product(
    "OneDrive",
    "files",
    "#0078D4",
    {
      "Files.Read": "Read your own files",
      "Files.ReadWrite": "Read and change your own files",
      "Files.Read.All": "Read every file you can open",
      "Files.ReadWrite.All": "Read and change every file you can open",
    },
    ["Files.Read"],
  ),
  sharepoint: product(
    "SharePoint Online",
    "files",
    "#038387",
    {
      "Sites.Read.All": "Read every site you can open",
      "Sites.ReadWrite.All": "Read and change every site you can open",
      "Files.Read.All": "Read every file you can open",
      "Files.ReadWrite.All": "Read and change every file you can open",
      "Sites.Selected": "Use only the sites an admin picked",
    },
    ["Sites.Read.All"],
    noted(
      "Sites scopes usually need an administrator's consent.",
      "A Graph token is no good at the REST API of {tenant}.sharepoint.com, which needs a scope of its own.",
    ),
  ),
  "microsoft-teams": product(
    "Microsoft Teams",
    "communication",
    "#6264A7",
    {
      "Chat.Read": "Read your chats",
      "Chat.ReadWrite": "Read your chats and send messages",
      "ChannelMessage.Send": "Post to channels as you",
      "Team.ReadBasic.All": "See the names of your teams",
      "Channel.ReadBasic.All": "See the names of your channels",
      "ChatMessage.Send": "Send chat messages as you",
    },
    ["Chat.Read"],
    noted("Work and school accounts only: set tenant to organizations or to one of them."),
  ),
} satisfies Records;
