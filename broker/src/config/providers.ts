/**
 * Providers and the apps' clients at them, found and checked: which record each names, what several mean together, where
 * their variables lead. What one client may say by itself is client.ts.
 */
import { isRefusedLiteral } from "../private-addresses.ts";
import { findProvider } from "../providers/catalogue.ts";
import { ENDPOINTS, type Provider } from "../providers/schema.ts";
import { fillUrl, namesIn, UnsafeFact } from "../providers/template.ts";
import { parseUrl } from "../providers/url.ts";
import { clientOf, type ProviderClient } from "./client.ts";
import type { Complain } from "./error.ts";
import { keyOf, type File } from "./file.ts";

/** Those that the file describes and those that an app names; undefined where one is wrong, which has been said. */
export const providersOf = (file: File, complain: Complain): Map<string, Provider | undefined> => {
  const named = file.apps.flatMap(({ providers }) => Object.keys(providers));
  const providers = new Map<string, Provider | undefined>();
  for (const id of new Set([...Object.keys(file.providers), ...named])) {
    const own = Object.hasOwn(file.providers, id) ? file.providers[id] : undefined;
    const found = findProvider(id, own);
    if (found) providers.set(id, found.ok ? found.provider : undefined);
    for (const { path, message } of found?.ok === false ? found.issues : [])
      complain(keyOf(["providers", id, ...path]), message);
  }
  return providers;
};

export const clientsOf = (
  providers: Map<string, Provider | undefined>,
  entry: File["apps"][number],
  at: string,
  complain: Complain,
): Map<string, ProviderClient> => {
  const clients = new Map<string, ProviderClient>();
  for (const [id, given] of Object.entries(entry.providers)) {
    const key = `${at}.providers.${id}`;
    const provider = providers.get(id);
    if (provider)
      clients.set(
        id,
        clientOf(provider, given, (part, message) => complain(`${key}.${part}`, message)),
      );
    else if (!providers.has(id))
      complain(key, `no provider "${id}" in the catalogue or under providers`);
  }
  return clients;
};

type Clients = Map<string, ProviderClient>;

/** What clients mean together and by their variables' values; `all` in the order of the file's apps. */
export const checkClients = (
  all: Clients[],
  isAllowed: (address: string) => boolean,
  complain: Complain,
): void => {
  const settled = new Map<string, string>();
  for (const [i, clients] of all.entries())
    for (const [id, client] of clients) {
      const say: Complain = (part, message) =>
        complain(`apps[${i}].providers.${id}${part && `.${part}`}`, message);
      checkServer(client, settled, say);
      checkAddress(client, isAllowed, say);
    }
};

/** A redirect URI is a provider's: two servers behind one would get each other's codes [H3]. */
const checkServer = (
  { provider, variables }: ProviderClient,
  settled: Map<string, string>,
  complain: Complain,
): void => {
  for (const [name, { self_hosted }] of Object.entries(provider.variables)) {
    const value = variables[name];
    if (!self_hosted || value === undefined) continue;
    const key = `${provider.id}.${name}`;
    const first = settled.get(key) ?? value;
    settled.set(key, first);
    if (first !== value)
      complain(
        `variables.${name}`,
        "must be the same for every app: the other server needs an entry of its own that extends the same provider of the catalogue",
      );
  }
};

/** Names are looked up when they are called; an address can be judged now, and so can a value that ends its host. */
const checkAddress = (
  { provider, variables }: ProviderClient,
  isAllowed: (address: string) => boolean,
  complain: Complain,
): void => {
  const { credential, identity } = provider;
  const places: [string, string | undefined][] = ENDPOINTS.map((key) => [key, provider[key]]);
  if (credential && "request" in identity)
    places.push(["identity.request.url", identity.request.url]);
  for (const [key, template] of places) {
    if (template === undefined || !namesIn(template).every((name) => name in variables)) continue;
    try {
      const url = parseUrl(fillUrl(template, variables));
      if (!url || !isRefusedLiteral(url, isAllowed)) continue;
      complain(
        "",
        `${key} is at ${url.hostname}, a private address that private_addresses does not list`,
      );
    } catch (error) {
      if (!(error instanceof UnsafeFact)) throw error;
      complain(`variables.${error.fact}`, `is no part of the host in ${key}`);
    }
    return;
  }
};
