/** Rows about the grant that a call means: the guide's, and those of managed secrets. */
import { randomBytes } from "node:crypto";
import { WRITE } from "../sdk/offers.ts";
import { connected, once, type Row } from "./row.ts";

export const ofTheGuide: Row[] = [
  {
    error: "GrantNotFoundError",
    code: "grant_not_found",
    cause:
      "The JWT did not match any grant: the user has not completed Connect yet, or has no such `account`.",
    fix: "Show Connect.",
    provoke: ({ request }) => request("newcomer"),
  },
  {
    error: "AmbiguousGrantError",
    code: "ambiguous_grant",
    cause: "The user has connected the provider more than once.",
    fix: "Let the user pick one of `accountIdentifiers` and pass it as `account`.",
    provoke: async (stage) => {
      await connected(stage, "twice");
      await stage.connect("twice", { account: "private@home.test" });
      return stage.request("twice");
    },
  },
  {
    error: "GrantRevokedError",
    code: "grant_revoked",
    cause: "The user disconnected it in your app.",
    fix: "Show Connect.",
    provoke: async (stage) => {
      await connected(stage, "leaver");
      const [grant] = await stage.grantsOf("leaver");
      await stage.as("leaver", () => stage.app.revokeGrant(grant?.grantId ?? ""));
      return stage.request("leaver");
    },
  },
  {
    error: "CredentialRevokedError",
    code: "credential_revoked",
    cause:
      "The user removed your app at the provider, the provider took the access back, or a refresh token was lost.",
    fix: "Show Connect: the same account keeps its grant id.",
    provoke: async (stage) => {
      await connected(stage, "gone");
      stage.world.calendar.control.revoke("gone@work.test");
      return stage.request("gone");
    },
  },
  {
    error: "GrantExpiredError",
    code: "grant_expired",
    cause:
      "The operator gave grants a lifetime (`grant_lifetime_seconds`), and this one's is over.",
    fix: "Show Connect: the same account keeps its grant id.",
    provoke: async ({ connect, request, world }) => {
      await connect("brief", { provider: "brief" });
      world.pass(1_000);
      return request("brief", { provider: "brief" });
    },
  },
  {
    error: "ScopeReauthRequiredError",
    code: "scope_reauth_required",
    cause:
      "The app added a required scope after the user connected, or this call's `requiredScopes` are more than the user granted. The provider was not called.",
    fix: "Show Connect, in a session with `missingScopes` as its `requiredScopes`.",
    provoke: async (stage) => {
      await connected(stage, "narrow");
      return stage.request("narrow", { requiredScopes: [WRITE] });
    },
  },
  {
    error: "ScopeReauthRequiredError",
    code: "scope_reauth_required",
    cause:
      "The provider itself answered 403 with `insufficient_scope` (`status` is then its own, and there is no `requestId`).",
    fix: "Show Connect, in a session with `missingScopes` as its `requiredScopes`.",
    provoke: async (stage) => {
      await connected(stage, "narrower");
      const challenge = `Bearer error="insufficient_scope", scope="${WRITE}"`;
      stage.api.answer((_, response) => {
        response.writeHead(403, { "www-authenticate": challenge }).end();
      });
      return stage.as("narrower", () => stage.app.request("GET", stage.api.url, once));
    },
  },
  {
    error: "PolicyViolationError",
    code: "policy_violation",
    cause: "A policy denied the call: the time of day, an IP address, or too many calls.",
    fix: "Inspect `policyError`: its `rule`, and `retryAt` if waiting helps. [Policies](policies.md).",
    provoke: async ({ connect, request }) => {
      await connect("late", { provider: "closed" });
      return request("late", { provider: "closed" });
    },
  },
];

export const ofManagedSecrets: Row[] = [
  {
    error: "GrantNotFoundError",
    code: "grant_not_found",
    cause: "`grantKind` is `managed_secret`: the operator has set no value for this user.",
    fix: "`alter-broker secrets set`: [managed secrets](managed-secrets.md). Connect cannot help.",
    provoke: ({ api, app, as }) =>
      as("keyless", () => app.request("GET", api.url, { ...once, provider: "tides" })),
  },
  {
    error: "GrantExpiredError",
    code: "grant_expired",
    cause: "`grantKind` is `managed_secret`: its value was set with an end, which has come.",
    fix: "`alter-broker secrets set` with a new value.",
    provoke: async ({ api, app, as, setSecret, world }) => {
      const expires = new Date(world.now() + 60_000).toISOString();
      await setSecret("weather", randomBytes(16).toString("hex"), { everyone: true, expires });
      world.pass(60_000);
      return as("anybody", () => app.request("GET", api.url, { ...once, provider: "weather" }));
    },
  },
  {
    error: "GrantRevokedError",
    code: "grant_revoked",
    cause:
      "`grantKind` is `managed_secret`: the operator revoked the value that this `grantId` means.",
    fix: "Name the secret as `provider`; `alter-broker secrets set` with a new value.",
    provoke: async ({ api, app, as, revokeSecret, setSecret }) => {
      const grantId = await setSecret("maps", randomBytes(16).toString("hex"));
      await revokeSecret(grantId);
      return as("anybody", () => app.request("GET", api.url, { grantId }));
    },
  },
];
