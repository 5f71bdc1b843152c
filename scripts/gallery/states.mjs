/**
 * Every state the hosted page can be in, each with a name, and beside them the Wallet's. Longer than others because it is a list.
 * Knows what the broker answers and what a user does until the state is reached; must not know who looks at it.
 */
import {
  account,
  basic,
  branded,
  calendar,
  connection,
  drawn,
  files,
  held,
  keyed,
  many,
  notes,
  own,
  shop,
  work,
} from "./cast.mjs";
import { WALLET } from "./wallet.mjs";

export const viewOf = (more) => ({
  app: { name: "Day Planner", origin: "https://planner.example.com", theme: "system" },
  user: {
    label: "ann@example.com",
    label_kind: "verified_email",
    name: "Ann Arbor",
    identity_provider: "Acme Accounts",
  },
  providers: [calendar],
  connections: [],
  multiple: false,
  expires_in: 900,
  locale: "en",
  ...more,
});
const seen = (more, phase = "choosing", rest = {}) => ({ view: more, phase, ...rest });
const failed = (failure) => ({ phase: "failed", failure });
const ended = (outcome) => ({ phase: "ended", outcome });
const error = (code) => ended({ status: "error", error: { code, message: "For developers." } });
const problem = (status, code) => ({ problem: { status, code } });

/** The app's own tab: the token is in the fragment. */
export const FRAGMENT = "/connect#session=";

/**
 * What `view` answers for each state, and what is done to get there: text for the first field, then a button to press,
 * both found by what no language changes, and `until`, where another than the first heading shows that it is done.
 */
export const STATES = {
  loading: { silent: "view", until: ".spinner" },
  confirm: seen(),
  confirm_logo: seen({ providers: [many[0]] }),
  confirm_claimed: { path: "/app", ...seen() },
  confirm_chosen: {
    ...seen({ providers: [calendar, files] }),
    press: ".offer:nth-child(2) .surface",
    until: ".pair",
  },
  confirm_again: seen({
    providers: [
      {
        ...calendar,
        accounts: [account("ann@work.example"), account("ann@example.com", "broken")],
      },
    ],
  }),
  confirm_renew: {
    ...seen({ providers: [held[1]] }),
    press: ".held .button",
    until: ".chosen",
  },
  confirm_branded: seen({ app: branded, providers: [calendar] }),
  preview: {
    ...seen({ app: branded, preview: true }),
    press: ".button.quiet",
    until: ".notices p",
  },
  preview_list: seen({ providers: [calendar, files, notes], preview: true }),
  offline: { ...seen(), offline: true, until: ".notices p" },
  offline_trouble: { ...problem(502, undefined), offline: true },
  confirm_long: seen({
    app: {
      name: "The Extraordinarily Long-Named Planning Company",
      origin: "https://a-rather-long-subdomain.planning-company.example.com",
      theme: "system",
    },
    user: {
      label: "auth0|5f7c8ec7c33c6c004bbafe82-and-some-more-of-it",
      label_kind: "subject",
      identity_provider: "Planning Company Accounts",
    },
    providers: [
      {
        ...calendar,
        name: "Internationale Kalenderverwaltung",
        scopes: [...calendar.scopes, "Change events in all calendars that were shared with you"],
      },
    ],
  }),
  confirm_field: seen({ providers: [shop] }),
  confirm_field_refused: {
    ...seen({ providers: [shop] }),
    type: "acme.example",
    press: ".button.primary",
    until: "#amiss",
    refuse: problem(400, "invalid_variable").problem,
  },
  confirm_fields_long: seen({
    providers: [
      {
        ...shop,
        fields: [
          ...shop.fields,
          {
            name: "domain",
            label: "Address of the instance that your company has set up for itself",
            suffix: ".a-rather-long-domain.planning-company.example.com",
            example: "https://instance.example.com",
            value: "https://planning.example.com",
          },
        ],
      },
    ],
  }),
  confirm_key: seen({ providers: [keyed] }),
  confirm_key_refused: {
    ...seen({ providers: [keyed] }),
    type: "ak_test_1",
    press: ".button.primary",
    until: "#amiss",
    refuse: problem(422, "credential_refused").problem,
  },
  confirm_basic: seen({ providers: [basic] }),
  choose: seen({
    providers: [
      drawn,
      { ...files, accounts: [account("ann@example.com"), account("ann@work.example")] },
      notes,
    ],
  }),
  choose_accounts: { ...seen({ providers: held }), press: ".surface" },
  choose_long: seen({ providers: many }),
  choose_found: { ...seen({ providers: many }), type: "pennylane" },
  choose_none: { ...seen({ providers: many }), type: "zzz" },
  choose_category: { ...seen({ providers: many }), press: ".chip:nth-child(2)" },
  choose_branded: seen({ app: branded, providers: held, connections: [work], multiple: true }),
  choose_many: seen({ providers: [calendar, files, notes], multiple: true, connections: [work] }),
  leaving: { ...seen(), press: ".button.primary", until: ".spinner", silent: "authorize" },
  finishing: { ...seen({}, "finishing"), until: ".message .status:not(:empty)" },
  finished: ended({ status: "success", connections: [work] }),
  finished_again: ended({
    status: "success",
    connections: [connection("calendar", "Acme Calendar", "ann@example.com", "reauth")],
  }),
  finished_many: ended({ status: "success", connections: [work, own] }),
  denied: failed("access_denied"),
  failed_refused: failed("provider_refused"),
  failed_timeout: failed("provider_timeout"),
  failed_unavailable: {
    ...seen(),
    press: ".button.primary",
    until: ".badge",
    refuse: problem(502, "provider_unavailable").problem,
  },
  failed_superseded: failed("authorization_superseded"),
  unsupported_browser: failed("unsupported_browser"),
  unsupported_copied: {
    ...failed("unsupported_browser"),
    view: { providers: [calendar, files] },
    press: ".button.primary",
  },
  cancelled: ended({ status: "exit" }),
  expired: error("session_expired"),
  wrong_user: error("wrong_user"),
  elsewhere: error("session_claimed_elsewhere"),
  ended: problem(410, "session_ended"),
  trouble: problem(500, "internal_error"),
  busy: problem(429, "rate_limited"),
  unreachable: problem(502, undefined),
  lost: { path: "/connect/lost" },
  open_from_app: { path: "/connect" },
  refused: { path: "/app", claim: problem(404, "unknown_session") },
  cookies_blocked: {
    path: "/app",
    ...seen(),
    here: problem(404, "unknown_session"),
    until: ".badge",
  },
  tab_confirm: { path: FRAGMENT, ...seen() },
  tab_refused: { path: FRAGMENT, claim: problem(409, "claim_shape_refused") },
  tab_expired: { path: FRAGMENT, claim: problem(410, "session_expired") },
  tab_claimed: { path: FRAGMENT, claim: problem(409, "session_claimed") },
  tab_unreachable: { path: FRAGMENT, claim: problem(502, undefined) },
  tab_cookies_blocked: {
    path: FRAGMENT,
    ...seen(),
    here: problem(404, "unknown_session"),
    until: ".badge",
  },
  ...WALLET,
};
