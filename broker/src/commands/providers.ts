/**
 * `alter-broker providers`: the catalogue for operators. Lists it, shows one record as a page or as it is, and holds
 * records against what their providers say of themselves (discovery documents). Writes nothing.
 */
import { readBounded } from "../bounded.ts";
import type { Config } from "../config/config.ts";
import { createOutbound } from "../outbound.ts";
import { catalogueIds, findProvider } from "../providers/catalogue.ts";
import { providerPage } from "../providers/page.ts";
import { ENDPOINTS, type Provider } from "../providers/schema.ts";
import { fillUrl, namesIn, type Facts } from "../providers/template.ts";
import { redirectUri } from "../redirect-uri.ts";

export const PROVIDERS_OPTIONS = { json: { type: "boolean" } } as const;

export type ProvidersDeps = {
  /** Of the operator, where there is one: its providers count, and its address is in the pages. */
  config: Pick<Config, "base_url" | "apps" | "is_allowed_address"> | undefined;
  /** Prints one line. */
  say: (line: string) => void;
  /** Otherwise: to public addresses, and to what private ones the operator allows. */
  fetch?: typeof fetch;
};

const MOST_DOCUMENT_BYTES = 1 << 20;
const EXAMPLE = "https://connect.example.com";

/** True: nothing was found wrong. @throws Error for the operator */
export const runProviders = async (
  deps: ProvidersDeps,
  [verb = "", ...ids]: string[],
  { json = false }: { json?: boolean | undefined },
): Promise<boolean> => {
  if (verb === "list" && !ids.length) return list(deps, json);
  // All of them at once, for the docs: a process for each would take a minute.
  if (verb === "pages" && !ids.length) return pages(deps);
  if (verb === "show" && ids.length === 1) return show(deps, ids[0] ?? "", json);
  if (verb === "check") return check(deps, ids);
  throw new Error("providers: expected list, show ID or check [ID…]");
};

const list = ({ say, ...deps }: ProvidersDeps, json: boolean): boolean => {
  const all = idsOf(deps).map((id) => recordOf(deps, id));
  if (json) {
    say(
      JSON.stringify(
        all.map(({ id, name, category, experimental, verified_at }) => ({
          id,
          name,
          category,
          experimental,
          verified_at,
        })),
      ),
    );
    return true;
  }
  const width = Math.max(...all.map(({ id }) => id.length));
  const name = Math.max(...all.map((one) => one.name.length));
  for (const one of all)
    say(
      `${one.id.padEnd(width)}  ${one.name.padEnd(name)}  ${(one.category ?? "").padEnd(18)}  ${one.experimental ? "experimental" : ""}`.trimEnd(),
    );
  return true;
};

const show = (deps: ProvidersDeps, id: string, json: boolean): boolean => {
  const provider = recordOf(deps, id);
  const uri = redirectUri(deps.config?.base_url ?? EXAMPLE, id);
  deps.say(
    json ? JSON.stringify(provider, null, 2) : providerPage(provider, { redirect_uri: uri }),
  );
  if (!json && !deps.config)
    deps.say(`(${new URL(EXAMPLE).host} stands for your broker: --config FILE puts it in.)`);
  return true;
};

const pages = (deps: ProvidersDeps): boolean => {
  const uri = (id: string) => redirectUri(EXAMPLE, id);
  const all = catalogueIds().map((id) => [
    id,
    providerPage(recordOf(deps, id), { redirect_uri: uri(id) }),
  ]);
  deps.say(JSON.stringify(Object.fromEntries(all)));
  return true;
};

const check = async (deps: ProvidersDeps, ids: string[]): Promise<boolean> => {
  let fine = true;
  for (const id of ids.length ? ids : idsOf(deps)) {
    const differences = await checkProvider(deps, id);
    if (differences === undefined) {
      if (ids.length) deps.say(`${id}: has no discovery document that could be asked for`);
      continue;
    }
    fine &&= differences.length === 0;
    deps.say(`${id}: ${differences.length ? differences.join("; ") : "as its document says"}`);
  }
  return fine;
};

/** Where the record and the provider's own document differ; undefined where there is none to be asked for. */
export const checkProvider = async (
  deps: Omit<ProvidersDeps, "say">,
  id: string,
): Promise<string[] | undefined> => {
  const fetch = deps.fetch ?? createOutbound(deps.config?.is_allowed_address ?? (() => false));
  const provider = recordOf(deps, id);
  const facts = factsOf(deps, provider);
  const url = documentOf(provider, facts);
  return url === undefined ? undefined : compare(fetch, provider, { url, facts });
};

const documentOf = (provider: Provider, facts: Facts): string | undefined => {
  const at =
    provider.discovery_url ??
    (provider.issuer && `${provider.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  return at !== undefined && namesIn(at).every((name) => name in facts)
    ? fillUrl(at, facts)
    : undefined;
};

/** What the configuration says of its own server, or the record of the vendor's. */
export const factsOf = (
  { config }: Pick<ProvidersDeps, "config">,
  { id, variables }: Provider,
): Facts => {
  const clients = [...(config?.apps.values() ?? [])].flatMap(
    ({ providers }) => providers.get(id) ?? [],
  );
  const defaults = Object.entries(variables).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(defaults), ...clients[0]?.variables };
};

const compare = async (
  fetch: typeof globalThis.fetch,
  provider: Provider,
  { url, facts }: { url: string; facts: Facts },
): Promise<string[]> => {
  let document: Record<string, unknown>;
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status !== 200) return [`${url} answered ${response.status}`];
    document = await documentIn(response);
  } catch {
    return [`${url} gave no document`];
  }
  const differences = ENDPOINTS.flatMap((key) => {
    const template = provider[key];
    const said = document[key];
    if (template === undefined || said === undefined) return [];
    if (!namesIn(template).every((name) => name in facts)) return [];
    const ours = fillUrl(template, facts);
    return said === ours ? [] : [`${key} is ${JSON.stringify(said)}, here ${ours}`];
  });
  const methods = document["code_challenge_methods_supported"];
  if (Array.isArray(methods) && provider.pkce === "none" && methods.includes("S256"))
    differences.push("it takes PKCE (S256), here none is sent");
  if (
    document["authorization_response_iss_parameter_supported"] === true &&
    !provider.iss_parameter &&
    provider.authorization_endpoint
  )
    differences.push("it sends iss with every authorization response, here one without is taken");
  return differences;
};

/** @throws where it is too long, or no JSON object */
const documentIn = async (response: Response): Promise<Record<string, unknown>> => {
  const bytes = await readBounded(response, MOST_DOCUMENT_BYTES);
  const document: unknown = JSON.parse(bytes?.toString() ?? "");
  if (typeof document !== "object" || document === null) throw new TypeError("no object");
  return { ...document };
};

const idsOf = ({ config }: Pick<ProvidersDeps, "config">): string[] => {
  const own = [...(config?.apps.values() ?? [])].flatMap(({ providers }) => [...providers.keys()]);
  return [...new Set([...catalogueIds(), ...own])].sort();
};

const recordOf = ({ config }: Pick<ProvidersDeps, "config">, id: string): Provider => {
  for (const app of config?.apps.values() ?? []) {
    const own = app.providers.get(id);
    if (own) return own.provider;
  }
  const found = findProvider(id, undefined);
  if (!found?.ok)
    throw new Error(
      `providers: there is no ${id}; alter-broker providers list names those there are`,
    );
  return found.provider;
};
