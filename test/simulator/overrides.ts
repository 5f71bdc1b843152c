/**
 * What an operator writes to have a record lead to the simulator: every URL of it rewritten, under the schema that the
 * operator's file has anyway. Knows records and the simulator's address.
 */
import {
  ENDPOINTS,
  type Provider,
  type ProviderRequest,
} from "../../broker/src/providers/schema.ts";
import { capturesOf, fillKnown, variablesOf } from "./samples.ts";

const URLS = [...ENDPOINTS, "id_token_issuer"] as const;

export const overridesOf = (provider: Provider, own: string): Record<string, unknown> => {
  const variables = variablesOf(provider);
  const samples = capturesOf(provider);
  const there = (url: string): string => {
    // A variable may be a whole origin, and keeps the value that it has; a captured one leads here by itself.
    const [, first] = /^\{(\w+)\}/.exec(url) ?? [];
    const value = first === undefined ? undefined : variables[first];
    const opened = value === undefined ? url : value + url.replace(/^\{\w+\}/, "");
    return opened.replace(/^https:\/\//, `${own}/`);
  };
  const requested = ({ url, ...rest }: ProviderRequest) => ({ ...rest, url: there(url) });
  const { long_lived, refresh, identity, revocation } = provider;

  const endpoints = URLS.flatMap((key) => {
    const url = provider[key];
    return url === undefined ? [] : [[key, there(url)] as const];
  });
  const captures = Object.entries(provider.captures).flatMap(([name, capture]) =>
    samples[name]?.startsWith("https://")
      ? [
          [
            name,
            {
              ...capture,
              pattern: `${own.replaceAll(".", "\\.")}/[\\w.:/-]+`,
              ...(capture.default === undefined ? {} : { default: there(capture.default) }),
            },
          ] as const,
        ]
      : [],
  );
  return {
    ...Object.fromEntries(endpoints),
    ...(captures.length ? { captures: Object.fromEntries(captures) } : {}),
    ...(long_lived ? { long_lived: requested(long_lived) } : {}),
    ...(refresh.with === "access_token"
      ? { refresh: { ...refresh, request: requested(refresh.request) } }
      : {}),
    ...(refresh.with === "refresh_token" && refresh.endpoint !== undefined
      ? { refresh: { ...refresh, endpoint: there(fillKnown(refresh.endpoint, variables)) } }
      : {}),
    ...("request" in identity
      ? { identity: { ...identity, request: requested(identity.request) } }
      : {}),
    ...(revocation.by === "request"
      ? { revocation: { ...revocation, request: requested(revocation.request) } }
      : {}),
    ...(provider.identity_only ? {} : { api_hosts: [new URL(own).host] }),
    tenant_hosts: [],
  };
};
