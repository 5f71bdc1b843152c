/** What the hosted page may see of its session: built here and nowhere else, so that nothing slips in. */
import type { page, View } from "@alter-ai/protocol/http";
import { localeFor, type Locale } from "@alter-ai/protocol/locale";
import type * as z from "zod/mini";
import type { ProviderClient } from "../config/client.ts";
import type { App } from "../config/config.ts";
import type { Broker } from "../context.ts";
import { askedScopes } from "../grants/scopes.ts";
import { inWords } from "../providers/words.ts";
import { meantGrant, settled } from "../session.ts";
import { appShown, scopesShown, userShown } from "../shown.ts";
import type { Grant } from "../store/grants.ts";
import type { StoredSession } from "../store/sessions.ts";
import { askedOf } from "../variables.ts";

export type ViewReply = z.infer<typeof page.view.reply>;

type ProviderView = View["providers"][number];
type Fields = NonNullable<ProviderView["fields"]>;

/** Accounts shown in the picker; whoever has more sees the oldest. */
const MOST_ACCOUNTS = 100;

export const viewOf = async (
  { store, redeem, markOf, now }: Pick<Broker, "store" | "redeem" | "markOf" | "now">,
  stored: StoredSession,
  app: App,
  /** What the browser prefers, the most wanted first. */
  languages: string[],
): Promise<ViewReply> => {
  const session = settled(stored, now());
  const shown = await store.grants.list(session, {
    provider: undefined,
    after: undefined,
    limit: MOST_ACCOUNTS,
    now: now(),
  });
  // What is asked for depends on all of them, and the page must not say less.
  const standing = shown.length < MOST_ACCOUNTS ? shown : await allOf(store, session);
  const renewing = standing.find(({ id }) => id === meantGrant(session));
  const locale = session.locale ?? localeFor(languages) ?? "en";
  const ended = session.ended_at !== null;
  const sees = session.shape === "popup";
  const redirect_to = ended && !sees ? redeem.redirectTo(session) : undefined;
  const view: View = {
    app: {
      ...appShown(app),
      origin: session.allowed_origin,
    },
    user: userShown(session.user, app),
    providers: session.providers.flatMap((id) => {
      const client = app.providers.get(id);
      if (!client) return [];
      const at = ({ provider }: Grant) => provider === id;
      const accounts = standing.filter(at);
      const fields = fieldsOf(client, session, accounts).map((field) => ({
        ...field,
        label: inWords(locale, field.label),
      }));
      const scopes = askedScopes(client, session, accounts);
      const offer = providerView(client, scopes, shown.filter(at), fields, locale);
      return [{ ...offer, ...markOf(client.provider) }];
    }),
    connections: session.connections,
    ...(renewing === undefined
      ? {}
      : {
          renewing: {
            grant_id: renewing.id,
            provider: renewing.provider,
            account_identifier: renewing.account_identifier,
          },
        }),
    multiple: session.multiple,
    expires_in: Math.max(0, Math.ceil((session.expires_at - now()) / 1000)),
    locale,
    ...(session.preview ? { preview: true } : {}),
  };
  return {
    view,
    phase: ended ? "ended" : session.phase === "unclaimed" ? "choosing" : session.phase,
    ...(session.failure === null ? {} : { failure: session.failure }),
    ...(ended && sees && session.outcome ? { outcome: session.outcome } : {}),
    ...(redirect_to === undefined ? {} : { redirect_to }),
    allowed_origin: session.allowed_origin,
    close_at_once: isPlainlyOwn(session),
  };
};

const allOf = async (store: Broker["store"], session: StoredSession): Promise<Grant[]> => {
  const each = session.providers.map((id) => store.grants.ofProvider(session, id));
  return (await Promise.all(each)).flat().filter(({ status }) => status !== "revoked");
};

const providerView = (
  { provider }: ProviderClient,
  scopes: string[],
  accounts: Grant[],
  fields: Fields,
  locale: Locale,
): ProviderView => ({
  id: provider.id,
  name: provider.name,
  ...(provider.category === undefined ? {} : { category: provider.category }),
  ...(provider.credential ? { credential: provider.credential.kind } : {}),
  ...(provider.credential?.help_url === undefined
    ? {}
    : { help_url: provider.credential.help_url }),
  scopes: scopesShown(provider, scopes, locale),
  accounts: accounts.map(({ id, account_identifier, status }) => ({
    grant_id: id,
    label: account_identifier,
    status: status === "active" ? "active" : "broken",
  })),
  ...(fields.length ? { fields } : {}),
});

/** What the user has to say first. Whoever comes to renew a grant has said it before. */
const fieldsOf = (client: ProviderClient, session: StoredSession, accounts: Grant[]): Fields => [
  ...variableFields(client, session, accounts),
  ...secretFields(client),
];

const secretFields = ({ provider: { credential } }: ProviderClient): Fields =>
  Object.entries(credential?.fields ?? {}).map(([name, { label, example }]) => ({
    ...{ name, label, secret: true },
    ...(example === undefined ? {} : { example }),
  }));

const variableFields = (
  client: ProviderClient,
  session: StoredSession,
  accounts: Grant[],
): Fields =>
  askedOf(client, session).map((name) => {
    const { label = name, suffix, example } = client.provider.variables[name] ?? {};
    const renewing = accounts.find(({ id }) => id === meantGrant(session));
    const value = renewing?.metadata[name];
    return {
      ...{ name, label },
      ...(suffix === undefined ? {} : { suffix }),
      ...(example === undefined ? {} : { example }),
      ...(value === undefined ? {} : { value }),
    };
  });

/** Nothing to compare by eye: a known account again, or the user's own verified address. */
const isPlainlyOwn = (session: StoredSession): boolean => {
  const { connections, own_account, multiple } = session;
  const last = connections.at(-1);
  const meant = meantGrant(session);
  // Another account than the one to renew: the page says so, and must be read.
  if (!last || multiple || (meant !== null && last.grant_id !== meant)) return false;
  return last.operation === "reauth" || own_account;
};
