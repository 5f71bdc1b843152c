/**
 * Every word the Wallet says, in English. Another language is another object of the same type.
 * Knows names only as arguments: app, provider and account names come from the broker.
 */
import type { ErrorCode } from "@alter-ai/protocol/http";
import type { SignInProblem, WalletActivity } from "@alter-ai/protocol/wallet";
import { common } from "../../look/locales/en.ts";
import type { Trouble } from "../screen.ts";

type Notice = { title: string; text: string };
type Names = { app: string; provider: string };
/** The provider's is not known of every call. */
type Deed = { app: string; provider: string | undefined };

const the = (provider: string | undefined): string => provider ?? "a service";
const The = (provider: string | undefined): string => provider ?? "A service";

const problem: Record<SignInProblem, Notice> = {
  denied: { title: "You were not signed in", text: "You, or the sign-in service, said no." },
  expired: {
    title: "That took too long",
    text: "A sign-in has to be done within ten minutes, and counts once. Please sign in again.",
  },
  other_browser: {
    title: "That sign-in was started elsewhere",
    text: "It was begun in another browser or window, so it does not count here. If you did not begin it, someone may have sent you the link. You can sign in here.",
  },
  unavailable: {
    title: "The sign-in service does not answer",
    text: "It may be down for a moment. Try again in a minute.",
  },
  refused: {
    title: "You could not be signed in",
    text: "The sign-in service did not say who you are in a way that counts here. Try again.",
  },
};

const trouble: Record<Trouble, Notice> = {
  unreachable: {
    title: "We can't get through",
    text: "The service is not answering. Check your internet connection, or try again in a moment.",
  },
  busy: {
    title: "Too much at once",
    text: "Too many requests are being made at the moment, maybe by others in your network. Wait a minute, then try again.",
  },
  unexpected: {
    title: "Something went wrong on our side",
    text: "That was not your doing. Please try again in a moment.",
  },
  not_signed_out: {
    title: "You are still signed in",
    text: "Signing out did not work. Please try again before others use this browser.",
  },
};

/** Why the broker said no to an app. Those that are not here get `other`. */
const reasons = {
  grant_not_found: "nothing is connected for it",
  ambiguous_grant: "it did not say which of several accounts",
  grant_revoked: "you had disconnected it",
  credential_revoked: "the service had ended the access",
  grant_expired: "the access had run out",
  scope_reauth_required: "it had not been allowed that much",
  policy_violation: "a rule of the operator forbids it",
  host_not_allowed: "the call would have gone to another address",
  provider_not_allowed: "the app may not use this service",
  provider_unavailable: "the service did not answer",
  provider_timeout: "the service took too long",
  rate_limited: "there were too many calls",
  overloaded: "there were too many calls",
  invalid_user_token: "your session in the app was not valid",
} satisfies Partial<Record<ErrorCode, string>>;

const kinds: Record<Exclude<WalletActivity["kind"], "revoked">, (deed: Deed) => string> = {
  used: ({ app, provider }) => `${app} used ${the(provider)}`,
  refused: ({ app, provider }) => `${app} wanted to use ${the(provider)}`,
  connected: ({ app, provider }) => `You connected ${the(provider)} to ${app}`,
  reconnected: ({ app, provider }) => `You connected ${the(provider)} to ${app} again`,
  ended_by_provider: ({ app, provider }) => `${The(provider)} ended the access of ${app}`,
  expired: ({ app, provider }) => `The access of ${app} to ${the(provider)} ran out`,
};

const revokedBy: Record<NonNullable<WalletActivity["by"]>, (deed: Deed) => string> = {
  you: ({ app, provider }) => `You disconnected ${the(provider)} from ${app}`,
  app: ({ app, provider }) => `${app} disconnected ${the(provider)}`,
  operator: ({ app, provider }) => `The operator of ${app} disconnected ${the(provider)}`,
  identity_provider: ({ app, provider }) =>
    `${The(provider)} was disconnected from ${app} because your account was closed`,
  broker: ({ app, provider }) => `${The(provider)} was disconnected from ${app} automatically`,
};

export const words = {
  ...common,
  loading: "Loading…",

  connections: {
    title: "Your connections",
    lead: "Your accounts at other services, and what apps may do with them.",
    leadOf: (app: string): string =>
      `Your accounts at other services, and what ${app} may do with them.`,
    none: {
      title: "Nothing is connected",
      text: "As soon as you connect an account in an app, you will see it here.",
    },
    app: "App",
    connected: "Connected",
    lastUsed: "Last used",
    never: "not yet",
    ends: "Ends",
    ended: "Disconnected",
    may: (app: string): string => `${app} may`,
    moreScopes: (count: number): string => `${count} more`,
    noScopes: ({ app, provider }: Names): string => `What ${app} may do was agreed at ${provider}.`,
    status: {
      active: "Active",
      expiring: "Ends soon",
      needs_reconnect: "Needs to be connected again",
      revoked: "Disconnected",
    },
    reconnect: ({ app, provider }: Names): string =>
      `It does not work at the moment. Open ${app} and connect ${provider} again.`,
    renew: ({ app, provider }: Names): string =>
      `To keep it, open ${app} and connect ${provider} again.`,
    disconnect: "Disconnect",
    disconnectAll: {
      app: (app: string): string => `Disconnect all from ${app}`,
      provider: (provider: string): string => `Disconnect all at ${provider}`,
      both: ({ app, provider }: Names): string => `Disconnect all at ${provider} from ${app}`,
    },
  },

  ending: {
    title: (provider: string): string => `Disconnect ${provider}?`,
    text: ({ app, provider, account }: Names & { account: string }): string =>
      `${app} can no longer use ${account} at ${provider}. You can connect it again in ${app}.`,
    titleAll: {
      app: (app: string): string => `Disconnect everything from ${app}?`,
      provider: (provider: string): string => `Disconnect everything at ${provider}?`,
      both: ({ app, provider }: Names): string =>
        `Disconnect everything at ${provider} from ${app}?`,
    },
    textAll: {
      app: (app: string): string =>
        `${app} can no longer use any account that you have connected. You can connect them again in ${app}.`,
      provider: (provider: string): string =>
        `No app here can use your accounts at ${provider} any more. You can connect them again in each app.`,
      both: ({ app, provider }: Names): string =>
        `${app} can no longer use your accounts at ${provider}. You can connect them again in ${app}.`,
    },
    delay: (time: string): string => `An app may still have access for up to ${time}.`,
    confirmAll: "Disconnect all",
    busy: "Disconnecting…",
    soFar: (count: number): string => `Disconnected so far: ${count}`,
    stop: "Stop",
    close: "Close",
    over: "Disconnected",
    stopped: "Not all of it is disconnected",
    count: (count: number): string => `Disconnected: ${count}`,
    told: (count: number): string => `The service was told: ${count}`,
    untold: (count: number): string => `The service could not be told: ${count}`,
    shared: (count: number): string =>
      `Not told, because another connection uses the same account: ${count}`,
    removeAll: "End the access in the settings of your accounts at those services as well.",
  },
  told: {
    done: (provider: string): string => `Disconnected. ${provider} was told.`,
    failed: (provider: string): string => `Disconnected here. ${provider} could not be told.`,
    shared: (provider: string): string =>
      `Disconnected. ${provider} was not told, because another connection uses the same account.`,
    remove: ({ app, provider }: Names): string =>
      `Remove ${app} in the settings of your account at ${provider} as well.`,
    manage: (provider: string): string => `Open the settings at ${provider}`,
    again: (app: string): string => `You can connect it again in ${app}.`,
    already: "It was disconnected already.",
  },

  secrets: {
    title: (app: string): string => `Given to you by ${app}`,
    note: (app: string): string =>
      `Put in by the people behind ${app}, for use on your behalf. Only they can take it away.`,
    user: "For you alone",
    group: "For a group that you belong to",
    everyone: (app: string): string => `For everyone who uses ${app}`,
    given: "Given",
    active: "Active",
    expired: "Expired",
  },

  activity: {
    title: "Activity",
    lead: "What was done on your behalf, newest first.",
    none: {
      title: "Nothing has happened yet",
      text: "As soon as an app uses an account of yours, you will see it here.",
    },
    allowed: "Allowed",
    refused: "Refused",
    because: (reason: string): string => `Refused: ${reason}`,
    kinds,
    revokedBy,
    revoked: ({ app, provider }: Deed): string => `${The(provider)} was disconnected from ${app}`,
    reasons,
    other: "the call was not allowed",
  },

  filter: {
    label: "Show",
    app: "App",
    allApps: "All apps",
    provider: "Service",
    allProviders: "All services",
    unknown: "Another one",
    none: "There is nothing for this choice.",
    clear: "Show everything",
  },
  views: "Parts of this page",
  shown: (count: number): string => `Shown: ${count}`,
  more: "Show more",
  moreFailed: "The rest could not be loaded. Try again.",

  signOut: "Sign out",
  download: {
    button: "Download my data",
    busy: "Preparing your data…",
    done: "Your data has been downloaded.",
    failed: "The download did not work, and nothing was saved. Try again.",
  },

  signedOut: {
    title: "See what you have connected",
    titleOf: (app: string): string => `See what you have connected to ${app}`,
    text: "Which of your accounts apps may use, what was done with them, and how to end it.",
    signIn: (identity_provider: string): string => `Sign in with ${identity_provider}`,
    note: "You sign in where you always do. This page never sees your password.",
  },
  ended: {
    title: "You have been signed out",
    text: "Nothing of yours is shown here any more. Sign in again to go on.",
  },
  left: {
    title: "You are signed out here",
    text: (identity_provider: string): string =>
      `You may still be signed in at ${identity_provider}. If others use this browser, sign out there too.`,
    again: (identity_provider: string): string => `Sign in again with ${identity_provider}`,
  },
  problem,
  noWallet: {
    title: "There is nothing to see here",
    titleOf: (app: string): string => `${app} does not offer this page`,
    text: "No app here offers this page. Look in the app itself for what you have connected.",
    textOf: (app: string): string => `Look in ${app} itself for what you have connected.`,
    all: "Show all apps",
  },
  trouble,
};

export type Messages = typeof words;
