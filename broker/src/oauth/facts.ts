/**
 * Facts of one connection, from where they arrive: the callback, the token reply, the account. Each is held against its
 * pattern before it may stand in a URL or be told to the app.
 */
import type { ProviderClient } from "../config/client.ts";
import type { HookCall } from "../providers/hook.ts";
import { hooks } from "../providers/hooks.ts";
import {
  accepts,
  SERVER_ENDPOINTS,
  matchesWhole,
  tenantHost,
  type Provider,
} from "../providers/schema.ts";
import { namesIn, namesInHost, type Facts } from "../providers/template.ts";
import { UnusableReply } from "./failures.ts";

/** Characters: no tenant, region or account number is longer. */
export const MOST_VALUE = 512;

type Place = Provider["captures"][string]["from"];

/**
 * `again`: of a connection that has them already, and keeps those that do not come.
 * @throws UnusableReply where one is missing, or is not what the record says it can be
 */
export const captured = (
  { captures }: Provider,
  from: Place,
  valueAt: (at: string) => string | undefined,
  again = false,
): Facts => {
  const facts: Record<string, string> = {};
  for (const [name, capture] of Object.entries(captures)) {
    if (capture.from !== from) continue;
    const value = valueAt(capture.at) ?? (again ? undefined : capture.default);
    if (value === undefined) {
      if (capture.required && !again) throw new UnusableReply(`no_${name}`);
    } else if (value.length <= MOST_VALUE && matchesWhole(capture.pattern, value))
      facts[name] = value;
    else throw new UnusableReply(`unexpected_${name}`);
  }
  return facts;
};

/** Before anything has arrived: what stands for it until then. */
export const startingFacts = ({ captures }: Provider, variables: Facts): Facts => ({
  ...Object.fromEntries(
    Object.entries(captures).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ),
  ...variables,
});

/** Names that say whose server gets tokens and secrets: in a host of such a URL, or anywhere in the issuer. */
const placingNames = (provider: Provider): Set<string> => {
  const { issuer = "", refresh, identity, revocation, long_lived } = provider;
  const urls = [
    ...SERVER_ENDPOINTS.flatMap((key) =>
      // It gets neither, and a code under way is bound to all of it.
      key === "authorization_endpoint" ? [] : (provider[key] ?? []),
    ),
    ...provider.tenant_hosts,
    refresh.with === "refresh_token" ? refresh.endpoint : undefined,
    refresh.with === "access_token" ? refresh.request.url : undefined,
    "request" in identity ? identity.request.url : undefined,
    revocation.by === "request" ? revocation.request.url : undefined,
    long_lived?.url,
  ];
  return new Set([...namesIn(issuer), ...urls.flatMap((url) => namesInHost(url ?? ""))]);
};

/**
 * A connection's facts by today's configuration, or nothing where they are not of it any more: another host than the
 * operator has settled since, a value that the record does not take. They stand in URLs that are sent secrets.
 */
export const factsNow = (
  { provider, variables, open_variables }: ProviderClient,
  facts: Facts,
): Facts | undefined => {
  const { captures } = provider;
  const holds =
    open_variables.every((name) => {
      const [variable, value] = [provider.variables[name], facts[name]];
      return variable !== undefined && value !== undefined && accepts(variable, value);
    }) &&
    Object.entries(variables).every(
      ([name, value]) => (facts[name] ?? value) === value || !placingNames(provider).has(name),
    ) &&
    Object.entries(captures).every(
      ([name, { pattern }]) => facts[name] === undefined || matchesWhole(pattern, facts[name]),
    );
  return holds ? { ...startingFacts(provider, facts), ...variables } : undefined;
};

/** @throws UnusableReply with the hook's own reason */
export const byHook = async (
  { provider, client_id, client_secret = "" }: ProviderClient,
  stage: keyof Provider["hooks"],
  given: Pick<HookCall, "facts" | "now"> & Partial<HookCall>,
): Promise<Facts> => {
  const name = provider.hooks[stage];
  if (name === undefined) return {};
  const result = await hooks[name]({
    callback: new URLSearchParams(),
    access_token: "",
    ...{ client_id, client_secret, ...given },
  });
  if (!result.ok) throw new UnusableReply(`${name}:${result.reason}`);
  return result.facts;
};

/** Exact hosts that a token of this connection may go to. */
export const apiHosts = (
  { api_hosts, tenant_hosts }: Pick<Provider, "api_hosts" | "tenant_hosts">,
  facts: Facts,
): string[] => [
  ...new Set([...api_hosts, ...tenant_hosts.flatMap((host) => tenantHost(host, facts) ?? [])]),
];
