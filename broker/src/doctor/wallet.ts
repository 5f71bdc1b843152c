/**
 * The way into the Wallet, as far as anybody gets without a user: discovery, and what the identity provider says when a
 * browser comes with this client and this redirect URI. Nobody signs in, and what is made for it is thrown away.
 */
import { randomBytes } from "node:crypto";
import type { Config } from "../config/config.ts";
import { createSignIn } from "../oauth/sign-in.ts";
import { walletRedirectUri } from "../redirect-uri.ts";
import { codeOf, fail, ok, skipped, warn, type Finding } from "./finding.ts";

const TIMEOUT = 10_000;

export type WalletDeps = {
  config: Pick<Config, "apps" | "base_url">;
  now: () => number;
  fetch: typeof fetch;
};

export const checkWallet = async ({ config, now, fetch }: WalletDeps): Promise<Finding[]> => {
  const signIn = createSignIn({ fetch, now, timeout: TIMEOUT });
  const checks = [...config.apps.values()].map(async (app): Promise<Finding[]> => {
    const { wallet: client, identity_provider: idp } = app;
    if (!client) return [];
    const what = `sign-in to the Wallet for ${app.id}`;
    const redirect_uri = walletRedirectUri(config.base_url, app.id);
    const begun = await signIn.begin({ idp, client, redirect_uri }, thrownAway(), {
      again: false,
      locales: [],
    });
    if (!begun.ok)
      return [
        fail("wallet_sign_in_unavailable", what, {
          expected: "discovery, of the issuer as it is written in the configuration",
          came: begun.cause.kind,
          todo: "without it nobody gets into the Wallet by this app",
        }),
      ];
    return [await asBrowser(begun.url, { what, redirect_uri, fetch })];
  });
  const findings = (await Promise.all(checks)).flat();
  return findings.length ? findings : [skipped("wallet_sign_in", "no app has a Wallet")];
};

/** Asks what a browser would ask, once: a page to sign in, or where it is, is all that is hoped for. */
const asBrowser = async (
  url: string,
  { what, redirect_uri, fetch }: { what: string; redirect_uri: string; fetch: WalletDeps["fetch"] },
): Promise<Finding> => {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { accept: "text/html" },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await response.body?.cancel();
    const error = errorIn(response.headers.get("location"), url);
    if (response.status < 400 && error === undefined) return ok("wallet_sign_in", what);
    // A warning: some turn away whoever is no browser.
    return warn("wallet_client_refused", what, {
      expected: "a page to sign in",
      came: error ?? `status ${response.status}`,
      todo: `let the identity provider have wallet.client_id with exactly ${redirect_uri} as a redirect URI, and these scopes`,
    });
  } catch (error) {
    return warn("wallet_sign_in_unreachable", what, {
      expected: "a page to sign in",
      came: codeOf(error),
      todo: "let the authorization endpoint be reached from here, or look at it with a browser",
    });
  }
};

/** RFC 6749 4.1.2.1. A code, and never more of what came from there. */
const errorIn = (location: string | null, base: string): string | undefined => {
  if (location === null || !URL.canParse(location, base)) return undefined;
  const error = new URL(location, base).searchParams.get("error");
  if (error === null) return undefined;
  return /^[a-z_]{1,60}$/.test(error) ? error : "an error";
};

const thrownAway = () => {
  const secret = () => randomBytes(32).toString("base64url");
  return { state: secret(), nonce: secret(), verifier: secret() };
};
