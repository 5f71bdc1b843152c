/**
 * Every word the page says, in English. Another language is another object of the same type.
 * Knows names only as arguments: app, provider and account names come from the broker's view.
 */
import type { Category } from "@alter-ai/protocol/http";
import { common } from "../../look/locales/en.ts";
import type { Ending, Failure } from "../screen.ts";

/** The app's name, and the provider's while it is clear which one is meant. */
type Names = { app: string; provider: string | undefined };
type Notice = { title: string; text: string };

const the = (provider: string | undefined): string => provider ?? "the other service";
const The = (provider: string | undefined): string => provider ?? "The other service";

const failed: Record<Failure, (names: Names) => Notice> = {
  access_denied: ({ provider }) => ({
    title: "Access was not given",
    text: `You, or an administrator, said no at ${the(provider)}. You can try again or cancel.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `${The(provider)} refused the request`,
    text: `Try again. If it keeps happening, the people behind ${app} can put it right.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `${The(provider)} is not answering`,
    text: "It may be down for a moment. Try again in a minute.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `${The(provider)} took too long`,
    text: "Its answer did not come in time. Try again in a minute.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "That did not work",
    text: `The answer from ${the(provider)} was not as it should be, so we stopped. Try again.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "We could not tell whose account it is",
    text: `Without that from ${the(provider)} we do not connect an account. Try again.`,
  }),
  finishing_timed_out: () => ({
    title: "The last step took too long",
    text: "It was stopped, and the account was not connected. Try again.",
  }),
  authorization_superseded: () => ({
    title: "That was an earlier attempt",
    text: "You started a newer one since, so the earlier one does not count. Try again here.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "That attempt is too old",
    text: `It took too long at ${the(provider)}, so it does not count any more. Try again.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `${The(provider)} does not open in this app`,
    text: `Copy the address, open it in your usual browser, and start again in ${app}.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "Something was left out",
    text: `${app} does not work without all that it asks for at ${the(provider)}. Try again and leave nothing out.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "That was tried too many times",
    text: `Go back to ${app} and start again from there.`,
  }),
  unexpected: () => ({
    title: "Something went wrong",
    text: "That was not your doing. Try again in a moment.",
  }),
};

const ended: Record<Ending, (app: string) => Notice> = {
  cancelled: () => ({ title: "Cancelled", text: "Nothing was connected." }),
  denied: () => ({ title: "Nothing was connected", text: "Access was not given." }),
  expired: (app) => ({
    title: "This took too long",
    text: `For your safety this page is open for a limited time. Go back to ${app} and start again.`,
  }),
  wrong_user: (app) => ({
    title: "Nothing was connected",
    text: `Go back to ${app}, log in with your own account, and start again.`,
  }),
  elsewhere: (app) => ({
    title: "Opened somewhere else",
    text: `This was opened in another window, so it stopped here. If that was not you, go back to ${app} and start again.`,
  }),
  over: (app) => ({
    title: "This has ended",
    text: `Go back to ${app} to see what is connected, or to start again.`,
  }),
};

/** In the order in which they are offered. */
const categories: Record<Category, string> = {
  communication: "Communication",
  productivity: "Productivity",
  files: "Files",
  developer: "Development",
  design: "Design",
  sales: "Sales",
  marketing: "Marketing",
  commerce: "Shops",
  finance: "Finance",
  hr: "People",
  social: "Social",
  health: "Health",
  identity: "Sign-in",
};

export const en = {
  ...common,
  pageTitle: (app: string | undefined): string => (app ? `Connect – ${app}` : "Connect"),

  loading: "One moment…",

  identity: {
    caption: (app: string): string => `Signed in to ${app} as`,
    notYou: "Not you?",
  },

  requestedBy: "Requested by",
  confirm: {
    title: ({ app, provider }: { app: string; provider: string }): string =>
      `Connect ${provider} to ${app}`,
    scopes: (app: string): string => `${app} will be able to`,
    titleAgain: ({ app, provider }: { app: string; provider: string }): string =>
      `Reconnect ${provider} to ${app}`,
    renewed: (provider: string): string => `Sign in at ${provider} with this account`,
    noScopes: (provider: string): string =>
      `${provider} will show you what is asked for before you agree.`,
    already: "Already connected",
    example: (example: string): string => `e.g. ${example}`,
    amiss: (provider: string, example = ""): string =>
      `This is not how ${provider} writes it.${example && ` An example: ${example}`}`,
    go: (provider: string): string => `Continue to ${provider}`,
    // Where the user gives a key or a password of their own.
    allowedBy: (app: string): string => `${app} will be able to do whatever this gives access to.`,
    help: (provider: string): string => `Where to find this at ${provider}`,
    refused: (provider: string): string =>
      `${provider} does not accept this. Check that all of it was copied, and that it still works.`,
    kept: ({ app, provider }: { app: string; provider: string }): string =>
      `${provider} is asked once whether it is right, then it is kept encrypted. It never passes through a page of ${app}.`,
    assurance: ({ app, provider }: { app: string; provider: string }): string =>
      `You sign in at ${provider}. ${app} never sees your password.`,
  },
  choose: {
    title: (app: string): string => `Connect an account to ${app}`,
    titleMore: (app: string): string => `Anything else for ${app}?`,
    list: "Choose a service",
    connected: "Connected just now",
    connectedAs: "Connected:",
    done: "Done",

    search: "Search by name",
    categories: "Kinds of services",
    all: "All",
    count: ({ count, all }: { count: number; all: number }): string =>
      `${count} of ${all} services`,
    none: "No service of that name is offered here.",
    clear: "Show all services",

    connect: (provider: string): string => `Connect ${provider}`,
    accountsAt: (provider: string): string => `Your accounts at ${provider}`,
    broken: "Needs to be connected again",
    reconnect: "Reconnect",
    reconnectAt: ({ account, provider }: { account: string; provider: string }): string =>
      `Reconnect ${account} at ${provider}`,
    another: "Add another account",
    anotherAt: (provider: string): string => `Add another account at ${provider}`,
  },
  categories,
  back: "Back",
  retry: (provider: string | undefined): string =>
    provider ? `Try ${provider} again` : "Try again",
  copy: "Copy address",
  copied: "Copied",
  closeWindow: "Close window",
  canClose: "You can close this window.",

  leaving: (to: string): string => `Taking you to ${to}…`,
  leavingSlow: "This takes longer than it should.",
  finishing: "Finishing the connection…",
  finishingText: "This takes a few seconds. Please keep the window open.",

  finished: {
    title: (provider: string): string => `${provider} is connected`,
    titleAgain: (provider: string): string => `${provider} is connected again`,
    titleMany: (count: number): string => `${count} accounts are connected`,
    account: (owner: string): string => `${owner} account`,
    to: "connected to",
    another: (account: string): string =>
      `This is another account than ${account}, which is as it was before.`,
    differs: (app: string): string =>
      `The addresses are not the same. If you didn't mean that, disconnect it in ${app}.`,
    closing: "This window closes by itself.",
  },

  failed,

  ended,
  theApp: "the app",
  offline: "You are offline. This page goes on once you are back.",
  preview: {
    banner: "Preview – nothing can be connected",
    mark: "Preview",
    refused: "In a preview this button leads nowhere.",
  },
  backTo: (app: string): string => `Back to ${app}`,

  openFromApp: {
    title: "Open this from the app",
    text: "This page works only when an app opens it. Go back to the app and press its Connect button.",
  },
  sentLink: "Someone may have sent you this link. Nothing was connected.",
  lost: {
    title: "Go back to the browser and app where you started",
    text: "This page belongs to something that was started elsewhere.",
  },
  cookiesBlocked: {
    title: "Cookies are blocked",
    text: "A cookie makes sure that nobody else can finish this for you. Allow cookies for this site, then start again in the app.",
  },
  trouble: {
    unreachable: {
      title: "We can't get through",
      text: "The service is not answering. This page keeps trying, and you can go on where you left off. If it takes long, check your internet connection.",
    },
    offline: {
      title: "You are offline",
      text: "This page goes on by itself once you are connected to the internet again. Nothing is lost.",
    },
    busy: {
      title: "Too much at once",
      text: "Too many attempts are being made at the moment, maybe by others in your network. Wait a minute, then try again.",
    },
    unexpected: {
      title: "Something went wrong on our side",
      text: "Please try again in a moment. You can go on where you left off.",
    },
  },
};

export type Messages = typeof en;
