/** What to do about each code, in one sentence: every message ends with one. Knows codes and nothing else. */

const SHOW_CONNECT = "Show Connect, so that the user connects again.";
export const OF_A_SECRET = "Have the operator see to it: alter-broker secrets set.";
const OFFER_AGAIN = "Offer Connect again.";
const TRY_LATER = "Try again later: the grant itself stands.";

// A Map, because a code such as `constructor` must not find what every object inherits.
const REMEDIES = new Map(
  Object.entries({
    grant_not_found: "Show Connect: this user has not connected it yet.",
    ambiguous_grant: "Let the user pick one of accountIdentifiers and pass it as account.",
    grant_revoked: SHOW_CONNECT,
    credential_revoked: SHOW_CONNECT,
    grant_expired: SHOW_CONNECT,
    scope_reauth_required: "Show Connect, in a session with missingScopes as its requiredScopes.",
    policy_violation:
      "See policyError: wait until its retryAt, or have the operator change the rule.",
    host_not_allowed: "Correct the URL, or have the operator add the host to the provider's.",
    user_token_missing: "Pass userToken, or call where userTokenGetter finds the user's.",
    invalid_user_token: "Have the user log in again, and pass the JWT as it was issued.",
    invalid_api_key: "Set apiKey to a live key of this app.",
    no_wallet: "Have the operator give the app a wallet: docs/wallet.md.",
    invalid_request: "Correct the call: the same one would fail again.",
    payload_too_large: "Send less, or use request, which has no such limit.",
    invalid_configuration: "Correct the options of App.",
    provider_not_allowed: "Use a provider that listProviders() names.",
    origin_not_allowed: "Correct allowedOrigin, or have the operator add it to the app's origins.",
    return_url_not_allowed:
      "Correct returnUrl, or have the operator add it to the app's return URLs.",
    invalid_code: "Start Connect again: a code works once, soon, and for the user who began.",
    connect_exit: "The user left, which is no fault: offer Connect again.",
    connect_code_missing: "Pass the URL to which Connect sent the browser, query included.",
    access_denied: "The user declined at the provider: offer Connect again.",
    session_expired: OFFER_AGAIN,
    connect_failed: OFFER_AGAIN,
    wrong_user: "Log in the right user, then start Connect again.",
    provider_api_error: "See response for what the provider says.",
    provider_unavailable: TRY_LATER,
    provider_timeout: TRY_LATER,
    identity_provider_unavailable: "Try again later: users cannot be told apart at the moment.",
    provider_unreachable: "Try again; if it stays so, check the URL and this machine's network.",
    broker_unreachable: "Try again; if it stays so, check baseUrl and that the broker runs.",
    shutting_down: "Try again in a few seconds.",
    timeout: "Try again where repeating does no harm, or allow more with timeout.",
    rate_limited: "Wait for retryAfter seconds, then try again.",
    overloaded: "Wait for retryAfter seconds, then try again.",
    invalid_response: "Check baseUrl, and that broker and SDK are of versions that fit.",
    app_closed: "Make a new App.",
  }),
);

export const remedyOf = (
  code: string,
  otherwise = "The broker's log says more, under the requestId.",
): string => REMEDIES.get(code) ?? otherwise;
