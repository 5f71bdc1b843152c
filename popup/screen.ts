/**
 * Which screen says what. The union of everything the page can show, and pure functions from the broker's
 * replies to it. Knows the wire's words; must not know how a screen looks or what a button does.
 */
import type { FAILURES } from "@alter-ai/protocol/attempt";
import type { View } from "@alter-ai/protocol/http";
import type { Connection } from "@alter-ai/protocol/window";
import type { FinishReply, Refusal, ViewReply } from "./api.ts";

export type Provider = View["providers"][number];
/** Which account is meant, where the user has said so. */
export type Meant = { renew?: string; another?: true };
/** Why an attempt failed, and the two reasons that are ours and not an attempt's. */
export type Failure = (typeof FAILURES)[number] | "too_many_attempts" | "unexpected";
/** How a session ended without a connection, as far as a user cares. */
export type Ending = "cancelled" | "denied" | "expired" | "wrong_user" | "elsewhere" | "over";

/** What the user has said of a provider's fields: not of their form, or of it and not taken by the provider. */
export type Wrong = "form" | "refused" | undefined;

export type Screen =
  | { name: "loading" }
  /** `refused`: a window did answer, and what it sent does not belong here. */
  | { name: "open_from_app"; refused: boolean; reference?: Reference }
  | { name: "lost"; reference?: Reference }
  | { name: "cookies_blocked"; reference?: Reference }
  | { name: "trouble"; kind: "unreachable" | "busy" | "unexpected"; reference: Reference }
  | { name: "choose"; view: View }
  | {
      name: "confirm";
      view: View;
      provider: Provider;
      meant?: Meant;
      canGoBack: boolean;
      wrong: Wrong;
    }
  | { name: "leaving"; to: string; slow: boolean }
  | { name: "finishing" }
  | {
      name: "failed";
      view: View;
      failure: Failure;
      /** Unknown after a reload, unless there is only one it can have been. */
      provider: Provider | undefined;
      reference: Reference;
    }
  | { name: "finished"; view: View; connections: Connection[] }
  | { name: "ended"; ending: Ending; app: string | undefined; reference?: Reference };

/** The broker's log line for what happened. */
type Reference = string | undefined;

/** The screen of a session that has no outcome for this page. */
export const openScreen = (reply: ViewReply, reference?: Reference): Screen => {
  const { view, phase, failure } = reply;
  if (phase === "finishing") return { name: "finishing" };
  if (phase === "ended") return { name: "ended", ending: "over", app: view.app.name, reference };
  if (failure) return failedScreen(view, failure, undefined, reference);
  return choiceScreen(reply.view);
};

/** What may be connected: at once the only provider there is, else the list. */
export const choiceScreen = (view: View): Screen => {
  const provider = onlyProvider(view);
  return provider && !view.connections.length
    ? { name: "confirm", view, provider, canGoBack: false, wrong: undefined }
    : { name: "choose", view };
};

export const confirmScreen = (
  view: View,
  provider: Provider,
  meant: Meant = {},
  wrong?: Wrong,
): Screen => ({
  name: "confirm",
  view,
  provider,
  meant,
  canGoBack: "renew" in meant || "another" in meant || choiceScreen(view).name === "choose",
  wrong,
});

export const failedScreen = (
  view: View,
  failure: Failure,
  provider = onlyProvider(view),
  reference?: Reference,
): Screen => ({ name: "failed", view, failure, provider, reference });

/** The screen of an outcome. Its message is for the app's developer and is not shown. */
export const outcomeScreen = (
  outcome: NonNullable<FinishReply["outcome"]>,
  view: View,
  reference?: Reference,
): Screen & { name: "finished" | "ended" } => {
  if (outcome.status === "success")
    return { name: "finished", view, connections: outcome.connections };
  const ending = outcome.status === "exit" ? "cancelled" : endingOf(outcome.error.code);
  return { name: "ended", ending, app: view.app.name, reference };
};

/** The screen of a refusal that nothing on the screen before could mend. */
export const refusalScreen = ({ code, reference }: Refusal): Screen => {
  switch (code) {
    case "session_expired":
    case "session_ended":
    case "session_claimed":
    case "session_claimed_elsewhere":
      return { name: "ended", ending: endingOf(code), app: undefined, reference };
    case "unknown_session":
      return { name: "lost", reference };
    case "unreachable":
      return { name: "trouble", kind: "unreachable", reference };
    case "rate_limited":
    case "overloaded":
      return { name: "trouble", kind: "busy", reference };
    default:
      return { name: "trouble", kind: "unexpected", reference };
  }
};

/** The sentence for a departure that the broker refused. */
export const departureFailure = (code: Refusal["code"]): Failure => {
  switch (code) {
    case "provider_unavailable":
    case "provider_timeout":
    case "too_many_attempts":
    case "unsupported_browser":
      return code;
    default:
      return "unexpected";
  }
};

/** After these the broker waits for nobody here. */
export const isFinal = ({ name }: Screen): boolean =>
  name === "finished" || name === "ended" || name === "lost" || name === "cookies_blocked";

/** The only provider on offer. */
const onlyProvider = ({ providers }: View): Provider | undefined =>
  providers.length === 1 ? providers[0] : undefined;

const endingOf = (code: string): Ending => {
  switch (code) {
    case "access_denied":
      return "denied";
    // Nobody gets so far without a Cancel, and the app can tell how to go on.
    case "unsupported_browser":
      return "cancelled";
    case "session_expired":
      return "expired";
    case "wrong_user":
      return "wrong_user";
    case "session_claimed":
    case "session_claimed_elsewhere":
      return "elsewhere";
    default:
      return "over";
  }
};
