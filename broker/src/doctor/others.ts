/** Identity providers and providers, as far as anybody can ask them without a user: documents, keys, addresses, clocks. */
import { checkProvider, factsOf } from "../commands/providers.ts";
import type { Config } from "../config/config.ts";
import { countKeys, whyOf } from "../identity/keys.ts";
import { AddressRefused } from "../oauth/failures.ts";
import { createOutbound } from "../outbound.ts";
import { fillUrl, namesIn } from "../providers/template.ts";
import { dateOf, skewOf } from "./clock.ts";
import { codeOf, fail, ok, skipped, warn, type Finding } from "./finding.ts";

const TIMEOUT = 10_000;

export type OthersDeps = {
  config: Pick<Config, "apps" | "base_url" | "is_allowed_address">;
  now: () => number;
  /** For identity providers. */
  fetch: typeof fetch;
};

export const checkIdentityProviders = async ({
  config,
  now,
  fetch,
}: OthersDeps): Promise<Finding[]> => {
  const all = new Map(
    [...config.apps.values()].map(({ identity_provider: idp }) => [
      JSON.stringify([idp.issuer, idp.jwks_uri]),
      idp,
    ]),
  );
  const findings = await Promise.all(
    [...all.values()].map(async (idp): Promise<Finding[]> => {
      const dates: number[] = [];
      const dated: typeof globalThis.fetch = async (...asked) => {
        const response = await fetch(...asked);
        dates.push(dateOf(response.headers.get("date")) ?? now());
        return response;
      };
      const what = `keys of ${idp.issuer}`;
      try {
        const keys = await countKeys(idp, dated);
        const said = keys ? ok("identity_provider", `${keys} ${what}`) : noKeys(what);
        return [said, skewOf(idp.issuer, dates[0] ?? now(), now())];
      } catch (error) {
        return [
          fail("identity_provider_unavailable", what, {
            expected: idp.jwks_uri
              ? "a key set at jwks_uri"
              : "discovery, and the key set that it names",
            came: whyOf(error),
            todo: "let this machine reach it, and look at issuer or jwks_uri: without its keys nobody connects or gets a token",
          }),
        ];
      }
    }),
  );
  return findings.flat();
};

const noKeys = (what: string): Finding =>
  fail("identity_provider_keyless", what, {
    ...{ expected: "at least one public key that signs", came: "none" },
    todo: "let it sign with an asymmetric algorithm (RS256, ES256): shared secrets are refused",
  });

export const checkProviders = async (deps: OthersDeps): Promise<Finding[]> => {
  const outbound = createOutbound(deps.config.is_allowed_address);
  const configured = new Map(
    [...deps.config.apps.values()].flatMap(({ providers }) =>
      [...providers].map(([id, { provider }]) => [id, provider] as const),
    ),
  );
  const findings = await Promise.all(
    [...configured].map(async ([id, provider]): Promise<Finding[]> => {
      const facts = factsOf(deps, provider);
      const differences = await checkProvider({ config: deps.config, fetch: outbound }, id);
      const unreached =
        differences?.length === 1 && / gave no document$/.test(differences[0] ?? "");
      const said: Finding[] = unreached
        ? []
        : (differences ?? []).map((difference) =>
            warn("provider_differs", id, {
              ...{ expected: "what its document says", came: difference },
              todo: "see docs/contributing-providers.md, or set it under providers",
            }),
          );
      const asked = "request" in provider.identity ? provider.identity.request.url : undefined;
      const url = provider.token_endpoint ?? provider.issuer ?? asked;
      if (url === undefined || !namesIn(url).every((name) => name in facts))
        return [...said, skipped("provider", `${id}: a tenant decides where it is`)];
      const host = new URL(fillUrl(url, facts)).host;
      try {
        // Any answer will do: what is asked is whether this machine gets there.
        const response = await outbound(fillUrl(url, facts), {
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT),
        });
        await response.body?.cancel();
        const date = dateOf(response.headers.get("date"));
        const skew = date === undefined ? [] : [skewOf(host, date, deps.now())];
        // Many providers, one sentence: their clocks are worth a line only where they differ.
        return [
          ...said,
          ok("provider", `${id}: ${host} answers`),
          ...skew.filter(({ state }) => state !== "ok"),
        ];
      } catch (error) {
        return [...said, unreachable(id, host, error)];
      }
    }),
  );
  return findings.flat();
};

const unreachable = (id: string, host: string, error: unknown): Finding => {
  const refused = isRefused(error);
  return fail(refused ? "provider_address_refused" : "provider_unreachable", `${id}: ${host}`, {
    expected: "an answer",
    came: refused ? "a private address" : codeOf(error),
    todo: refused
      ? "name its block in private_addresses, if it is yours"
      : "let this machine reach it: DNS, firewall, egress proxy",
  });
};

/** However deep fetch has wrapped it. */
const isRefused = (error: unknown): boolean =>
  error instanceof AddressRefused || (error instanceof Error && isRefused(error.cause));
