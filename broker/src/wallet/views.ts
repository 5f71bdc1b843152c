/**
 * What the Wallet shows of a person: connections, managed secrets, activity. Built here and nowhere else, so that no token,
 * no id at a provider and nothing of another's slips in. Changes nothing.
 */
import { ERRORS } from "@alter-ai/protocol/http";
import type { Locale } from "@alter-ai/protocol/locale";
import type {
  wallet,
  walletSecret,
  WalletActivity,
  WalletConnection,
} from "@alter-ai/protocol/wallet";
import type * as z from "zod/mini";
import type { Actor, AuditEvent } from "../audit.ts";
import type { ProviderClient } from "../config/client.ts";
import type { App, Config } from "../config/config.ts";
import { isExpiring } from "../grants/ahead.ts";
import { isOver } from "../grants/lifetime.ts";
import { missingScopes } from "../grants/scopes.ts";
import type { ManagedSecrets } from "../managed-secrets.ts";
import type { MarkOf } from "../providers/mark.ts";
import { fillUrl, namesIn } from "../providers/template.ts";
import { scopesShown } from "../shown.ts";
import type { Grant } from "../store/grants.ts";
import type { StoredSecret } from "../store/managed-secrets.ts";
import type { Place, SeenRow } from "../store/people.ts";
import type { Store } from "../store/store.ts";
import { personOf, type Known } from "./person.ts";

export type Whole = { issuer: string; known: Known[] };
type SecretView = z.infer<typeof walletSecret>;
type SignedIn = Extract<z.infer<typeof wallet.view.reply>, { state: "signed_in" }>;
type Names = Pick<SignedIn, "apps" | "providers">;
/** One more than is shown tells whether there are more. */
export type Page<T> = { rows: T[]; next: Place | undefined };

export type Views = ReturnType<typeof createViews>;

export const createViews = (deps: {
  config: Pick<Config, "apps">;
  store: Store;
  managedSecrets: Pick<ManagedSecrets, "list" | "view">;
  markOf: MarkOf;
  now: () => number;
}) => {
  const { config, store, now } = deps;

  const connections = async (
    { issuer, known }: Whole,
    page: { provider?: string | undefined; after?: Place | undefined; limit: number },
    locale: Locale,
  ): Promise<Page<WalletConnection>> => {
    const found = await store.people.grants(personOf(issuer, known), {
      ...page,
      limit: page.limit + 1,
    });
    const shown = found.slice(0, page.limit);
    const last = shown.at(-1);
    return {
      rows: shown.map((grant) =>
        connectionView(config.apps.get(grant.app_id), grant, locale, now()),
      ),
      next: found.length > page.limit && last ? { at: last.created_at, id: last.id } : undefined,
    };
  };

  const activity = async (
    { issuer, known }: Whole,
    page: { provider?: string | undefined; after?: Place | undefined; limit: number },
  ): Promise<Page<WalletActivity>> => {
    const found = await store.people.activity(personOf(issuer, known), {
      ...page,
      limit: page.limit + 1,
      events: Object.keys(KINDS),
    });
    const shown = found.slice(0, page.limit);
    return {
      rows: shown.map(activityView),
      next: found.length > page.limit ? shown.at(-1) : undefined,
    };
  };

  /** A value for everyone is shown beside something of the user's own: an app that they never met stays unknown to them. */
  const secrets = async (
    { issuer, known }: Whole,
    met: (app_id: string) => boolean,
  ): Promise<{ app: App; row: StoredSecret }[]> => {
    const all = await Promise.all(
      known.map(async ({ app_id, subject, groups }) => {
        const app = config.apps.get(app_id);
        if (!app?.secrets.size) return [];
        const page = { after: undefined, limit: Infinity };
        const rows = await deps.managedSecrets.list(app, { issuer, subject, groups }, page);
        const own = rows.some(({ audience }) => audience !== "everyone");
        return own || met(app_id) ? rows.map((row) => ({ app, row })) : [];
      }),
    );
    return all.flat();
  };

  const secretView = ({ app, row }: { app: App; row: StoredSecret }): SecretView => {
    const { grant_id, secret_id, created_at, last_used_at, status } = deps.managedSecrets.view(
      app,
      row,
    );
    return {
      ...{ grant_id, app: app.id, provider: secret_id, given_to: row.audience },
      ...{ created_at, last_used_at, status },
    };
  };

  /**
   * What the ids of both views stand for: of all that the person has, whatever part of it is looked at, and of what is
   * told besides, since calls are refused where nothing is connected.
   */
  const names = async (
    whole: Whole,
    asked: App | undefined,
    told: { app_id: string; provider: string }[] = [],
  ): Promise<{ names: Names; given: { app: App; row: StoredSecret }[] }> => {
    const own = await store.people.places(personOf(whole.issuer, whole.known));
    const places = [...own, ...told];
    const met = new Set([...places.map(({ app_id }) => app_id), ...(asked ? [asked.id] : [])]);
    const given = await secrets(whole, (app_id) => met.has(app_id));
    for (const { app } of given) met.add(app.id);
    const apps = [...met].flatMap((id) => config.apps.get(id) ?? []);
    const providers = new Map<string, SignedIn["providers"][number]>();
    for (const { app_id, provider: id } of places) {
      const app = config.apps.get(app_id);
      const client = app?.providers.get(id);
      if (client) providers.set(id, providerView(client));
      // What the configuration has no longer is still the user's to see and to end.
      else if (!providers.has(id))
        providers.set(id, { id, name: app?.secrets.get(id)?.name ?? id });
    }
    for (const { app, row } of given)
      if (!providers.has(row.secret))
        providers.set(row.secret, {
          id: row.secret,
          name: app.secrets.get(row.secret)?.name ?? row.secret,
        });
    return {
      names: {
        apps: apps.map(({ id, name, logo_url }) => ({
          ...{ id, name },
          ...(logo_url === undefined ? {} : { logo_url }),
        })),
        providers: [...providers.values()].sort((a, b) => a.name.localeCompare(b.name)),
      },
      given,
    };
  };

  const providerView = (client: ProviderClient): SignedIn["providers"][number] => {
    const { id, name, manage_url } = client.provider;
    // One that stands on a tenant of the user's is not the same for all of their connections.
    const same =
      manage_url !== undefined && namesIn(manage_url).every((at) => at in client.variables);
    return {
      ...{ id, name },
      ...deps.markOf(client.provider),
      ...(same ? { manage_url: fillUrl(manage_url, client.variables) } : {}),
    };
  };

  return { connections, activity, names, secretView };
};

const connectionView = (
  app: App | undefined,
  grant: Grant,
  locale: Locale,
  now: number,
): WalletConnection => {
  const client = app?.providers.get(grant.provider);
  const status = statusOf(grant, missingScopes(client?.required_scopes ?? [], grant.scopes), now);
  const works = status === "active" || status === "expiring";
  const ends = [grant.expires_at, grant.ends_at].filter((at) => at !== null);
  return {
    grant_id: grant.id,
    app: grant.app_id,
    provider: grant.provider,
    account_identifier: grant.account_identifier,
    scopes: [...new Set(scopesShown(client?.provider, grant.scopes, locale))],
    created_at: instant(grant.created_at),
    last_used_at: grant.last_used_at === null ? null : instant(grant.last_used_at),
    status,
    ends_at: works && ends.length ? instant(Math.min(...ends)) : null,
    ended_at: grant.ended_at === null ? null : instant(grant.ended_at),
  };
};

const statusOf = (grant: Grant, missing: string[], now: number): WalletConnection["status"] => {
  if (grant.status === "revoked") return "revoked";
  if (grant.status !== "active" || isOver(grant, now) || missing.length) return "needs_reconnect";
  return isExpiring(grant, now) ? "expiring" : "active";
};

/** What of the audit log is the user's to read, and under which name. */
const KINDS = {
  "token.issued": "used",
  "proxy.called": "used",
  "token.refused": "refused",
  "grant.created": "connected",
  "grant.redeemed": "connected",
  "grant.reauthorized": "reconnected",
  "grant.revoked": "revoked",
  "grant.credential_revoked": "ended_by_provider",
  "grant.expired": "expired",
} as const satisfies Partial<Record<AuditEvent, WalletActivity["kind"]>>;

const activityView = (row: SeenRow): WalletActivity => {
  const kind = KINDS[row.event as keyof typeof KINDS];
  return {
    id: row.id,
    at: instant(row.at),
    app: row.app_id ?? "",
    provider: row.provider,
    kind,
    method: row.method,
    host: row.host,
    reason: kind === "refused" ? codeOf(row.reason) : null,
    by: kind === "revoked" ? authorOf(row.actor as Actor) : null,
  };
};

/** What stands behind the code names a rule or a check of the operator's. */
const codeOf = (reason: string | null): string | null => {
  const [code = ""] = (reason ?? "").split(":");
  return Object.hasOwn(ERRORS, code) ? code : null;
};

const authorOf = (actor: Actor): WalletActivity["by"] => {
  if (actor === "wallet" || actor === "browser") return "you";
  if (actor === "operator" || actor === "broker") return actor;
  return actor === "idp" ? "identity_provider" : "app";
};

const instant = (at: number): string => new Date(at).toISOString();
