/**
 * Every state that the Wallet can be in, each with a name, and what a broker answers for it. Longer than others because
 * it is a list. Knows the wire's words and what a user does until the state is reached; must not know who looks at it.
 */
import { branded, many } from "./cast.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ago = (ms) => new Date(Date.now() - ms).toISOString();

const planner = { id: "planner", name: "Day Planner" };
const board = { id: "board", name: "Wallboard" };
const apps = [planner, board];
const providers = many.map(({ id, name, tile }) => ({
  ...{ id, name, tile },
  ...(id === "slack" && { manage_url: "https://slack.example.com/apps" }),
}));
const user = {
  label: "ann@example.com",
  label_kind: "verified_email",
  name: "Ann Arbor",
  identity_provider: "Acme Accounts",
};
const dressed = { id: planner.id, ...branded };
const plain = { id: planner.id, name: planner.name, theme: "system" };

const connection = (provider, account_identifier, more = {}) => ({
  grant_id: `${provider}-${account_identifier}`.replace(/[^\w-]+/g, "-"),
  ...{ app: planner.id, provider, account_identifier },
  scopes: many.find(({ id }) => id === provider)?.scopes ?? [],
  created_at: ago(41 * DAY),
  last_used_at: ago(12 * MINUTE),
  ...{ status: "active", ends_at: null, ended_at: null },
  ...more,
});
const connections = [
  connection("google", "ann@example.com", {
    scopes: [...many[0].scopes, "See your contacts", "Send e-mail for you"],
  }),
  connection("slack", "ann (Acme workspace)", {
    ...{ status: "needs_reconnect", last_used_at: ago(3 * DAY), app: board.id },
  }),
  connection("github", "ann-arbor", {
    ...{ status: "expiring", ends_at: ago(-4 * DAY), last_used_at: ago(5 * HOUR) },
  }),
  connection("strava", "Ann A.", { last_used_at: null, created_at: ago(2 * HOUR) }),
  connection("dropbox", "ann@example.com", {
    ...{ status: "revoked", ended_at: ago(DAY), last_used_at: ago(2 * DAY), app: board.id },
  }),
];
const secrets = [
  ["hubspot", "group", "active", planner.id],
  ["notion", "everyone", "expired", planner.id],
  ["figma", "user", "active", board.id],
].map(([provider, given_to, status, app]) => ({
  ...{ grant_id: `secret-${provider}`, app, provider, given_to, status },
  ...{ created_at: ago(90 * DAY), last_used_at: ago(26 * HOUR) },
}));

const deed = (at, kind, provider, more = {}) => ({
  ...{ id: `deed-${at}`, at: ago(at), kind, provider, app: planner.id },
  ...{ method: null, host: null, reason: null, by: null },
  ...more,
});
const called = { method: "GET", host: "www.googleapis.com" };
const activity = [
  deed(4 * MINUTE, "used", "google", called),
  deed(9 * MINUTE, "refused", "slack", {
    ...{ method: "POST", host: "slack.com", reason: "policy_violation", app: board.id },
  }),
  deed(20 * MINUTE, "reconnected", "google"),
  deed(26 * HOUR, "revoked", "dropbox", { by: "you" }),
  deed(27 * HOUR, "used", "github", { method: "DELETE", host: "api.github.com" }),
  deed(28 * HOUR, "refused", null, { reason: "something_new" }),
  deed(3 * DAY, "ended_by_provider", "slack", { app: board.id }),
  deed(3 * DAY + HOUR, "revoked", "figma", { by: "identity_provider" }),
  deed(3 * DAY + 2 * HOUR, "expired", "github"),
  deed(4 * DAY, "connected", "google"),
];

const head = { state: "signed_in", session_id: "s1", user, apps, providers, expires_in: 900 };
const seen = (more = {}) => ({
  view: {
    ...{ ...head, connections, secrets, next_cursor: "more", takes_effect_within: 0 },
    ...more,
  },
});
const done = (more = {}) => ({
  activity: { ...head, activity, next_cursor: "more", ...more },
  path: "/wallet/activity",
});
const ways = [{ app: planner.id, identity_provider: "Acme Accounts" }];
const nobody = (more = {}) => ({ view: { state: "signed_out", sign_in: ways, ...more } });
const problem = (status, code) => ({ problem: { status, code } });
const signInProblem = (name) => ({
  ...nobody(),
  path: `/wallet?problem=${name}&reference=req_7Kd2mPq9xTaB3cD4eF5gH6`,
  // As the longest of them, but for what is said.
  words: name !== "other_browser",
});

const LIST = "main .rows:not(.skeleton)";
const DOOR = ".door h1";
const END = "main .entry > .button";
const ALL = "main > .button.quiet";
const AGREE = "dialog .button.danger";
const ofOne = (provider_revocation) => ({ revoke: { status: "revoked", provider_revocation } });
const long = "The Extraordinarily Long-Named Planning Company";

export const WALLET = {
  wallet: seen(),
  wallet_app: {
    ...seen({
      ...{ app: dressed, next_cursor: null },
      connections: connections.filter(({ app }) => app === planner.id),
      secrets: secrets.slice(0, 2),
    }),
    path: "/wallet?app=planner",
  },
  wallet_many: {
    words: true,
    ...seen({
      connections: Array.from({ length: 50 }, (__, at) =>
        connection(many[at % many.length].id, `account-${at}@example.com`),
      ),
      secrets: [],
    }),
  },
  wallet_long: seen({
    user: {
      label: "auth0|5f7c8ec7c33c6c004bbafe82-and-some-more-of-it",
      label_kind: "subject",
      identity_provider: "Planning Company Accounts",
    },
    apps: [{ id: planner.id, name: long }, board],
    connections: [
      connection(
        "google",
        "a-rather-long-name-of-somebody@a-long-domain.planning-company.example.com",
        {
          status: "needs_reconnect",
        },
      ),
      connection("slack", "<b>ann</b> \u05d0\u05e0", {
        scopes: ["Change events in all calendars that were shared with you by anybody"],
      }),
    ],
  }),
  wallet_empty: { ...seen({ connections: [], secrets: [], next_cursor: null }), until: ".nothing" },
  wallet_empty_choice: {
    ...seen({ connections: [], secrets: [], next_cursor: null }),
    ...{ path: "/wallet?provider=linear", until: ".nothing" },
  },
  wallet_loading: { silent: "view", until: ".skeleton" },
  wallet_trouble: { ...problem(500, "internal_error"), until: DOOR, words: true },
  wallet_busy: { ...problem(429, "rate_limited"), until: DOOR },
  wallet_unreachable: { ...problem(502, undefined), until: DOOR, words: true },
  wallet_more_failed: {
    ...seen(),
    ...{ rest: problem(500, "internal_error").problem },
    ...{ press: ".rest .button", until: ".rest .status:not(:empty)" },
  },
  wallet_ask: { ...seen({ takes_effect_within: 300 }), press: END, until: "dialog[open]" },
  wallet_ask_failed: {
    ...seen(),
    ...{ revoke: problem(502, undefined), press: [END, AGREE], until: "dialog .hint" },
  },
  wallet_ended_done: {
    ...{ ...seen(), ...ofOne("done"), press: [END, AGREE], until: ".entry .good-hint" },
  },
  wallet_ended_untold: {
    ...seen({ connections: connections.slice(1) }),
    ...{ ...ofOne("unsupported"), press: [END, AGREE], until: ".entry .hint a" },
  },
  wallet_ask_all: {
    ...seen({ app: plain }),
    ...{ path: "/wallet?app=planner", press: ALL, until: "dialog[open]" },
  },
  wallet_ended_all: {
    ...seen({ app: plain }),
    revoke_all: { done: 3, unsupported: 1, shared: 1, failed: 0, more: false },
    ...{ path: "/wallet?app=planner", press: [ALL, AGREE], until: "dialog .hint" },
  },
  wallet_activity: done(),
  wallet_activity_empty: { ...done({ activity: [], next_cursor: null }), until: ".nothing" },
  wallet_download_failed: {
    ...seen(),
    download: problem(502, undefined),
    ...{ press: ".tools .button.link", until: ".title .status:not(:empty)" },
  },
  wallet_signed_out: { ...nobody(), until: DOOR },
  wallet_signed_out_app: {
    ...nobody({ app: dressed }),
    ...{ path: "/wallet?app=planner", until: DOOR },
  },
  wallet_signed_out_ways: {
    ...nobody({
      sign_in: [...ways, { app: board.id, identity_provider: "Wallboard's own accounts" }],
    }),
    until: DOOR,
  },
  wallet_session_over: {
    ...seen(),
    activity: nobody().view,
    ...{ press: ".tabs a:nth-child(2)", until: DOOR },
  },
  wallet_left: { ...seen(), press: ".who .button", until: ".door .button" },
  wallet_problem_denied: { ...signInProblem("denied"), until: DOOR },
  wallet_problem_expired: { ...signInProblem("expired"), until: DOOR },
  wallet_problem_other_browser: { ...signInProblem("other_browser"), until: DOOR },
  wallet_problem_unavailable: { ...signInProblem("unavailable"), until: DOOR },
  wallet_problem_refused: { ...signInProblem("refused"), until: DOOR },
  wallet_none: { view: { state: "no_wallet" }, until: DOOR },
  wallet_none_app: {
    view: { state: "no_wallet", app: plain },
    ...{ path: "/wallet?app=planner", until: DOOR },
  },
};
for (const state of Object.values(WALLET)) {
  state.wallet = true;
  state.path ??= "/wallet";
  state.until ??= LIST;
}

/** Who have signed out and have not looked since. */
const left = new Set();

/** @returns what a broker answers: a body, a problem, nothing (204), or `silent`. */
export const walletAnswer = (call, body, key) => {
  const [, name, locale = "en"] = /^([a-z_]+)(?:-([\w-]+))?$/.exec(key);
  const state = WALLET[name];
  if (state.silent === call) return "silent";
  if (call === "sign-out") {
    left.add(key);
    return undefined;
  }
  if (call === "view" || call === "activity") {
    if (body.cursor && state.rest) return { problem: state.rest };
    if (state.problem) return { problem: state.problem };
    const shown = state.view ?? state.activity;
    // Whoever looks around in a state of the one view finds the other as it is mostly.
    const other = shown.state === "signed_in" ? { ...seen(), ...done() }[call] : shown;
    const standing = left.delete(key) ? nobody().view : (state[call] ?? other);
    return { body: { ...standing, locale } };
  }
  const answer = state[call.replace("-", "_")] ?? {
    problem: { status: 500, code: "internal_error" },
  };
  return answer.problem ? answer : { body: { grant_id: body.grant_id, ...answer } };
};
