/**
 * The page as a model: what is on the screen, and what each act of the user, the opener, the browser and the
 * broker does to it (wire.md, section 2). The only file that calls the broker. Must not know how anything
 * looks, and touches neither `window` nor `location`: what it needs of them comes as arguments.
 * Over the usual length because its parts share one state: the session, the last view, and whose turn it is.
 */
import { signal } from "@preact/signals";
import type { View } from "@alter-ai/protocol/http";
import type { WidgetMessage } from "@alter-ai/protocol/window";
import type { Api, FinishReason, FinishReply, Refusal, ViewReply } from "./api.ts";
import { createArming } from "./arming.ts";
import { createClosing } from "./closing.ts";
import { mayLeaveFor } from "./destination.ts";
import { startHandshake } from "./handshake.ts";
import type { Opener } from "./opener.ts";
import { createPresence } from "./presence.ts";
import {
  choiceScreen,
  confirmScreen,
  failedScreen,
  openScreen,
  outcomeScreen,
  refusalScreen,
  type Provider,
  type Screen,
} from "./screen.ts";

export type Route = { at: "start" } | { at: "session"; id: string } | { at: "lost" };
export type FlowDeps = {
  api: Api;
  opener: Opener;
  /** Puts the session's id into the address without loading anything. */
  enter: (session_id: string) => void;
  /** Goes there, with a step in the history (`assign`) or without (`replace`). */
  leave: (url: string, how: "assign" | "replace") => void;
  close: () => void;
  /** What outlives a reload of this tab. Must not throw: where storage is blocked it forgets. */
  memory: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** 256 bits, base64url. */
  random: () => string;
};
export type Flow = ReturnType<typeof createFlow>;

const POLL_MS = 1_000;
/** Unanswered polls in a row before the user hears of it: a moment without a network is no news. */
const POLLS_MISSED = 4;
const SLOW_MS = 8_000;

export const createFlow = (deps: FlowDeps) => {
  const { api, opener, enter, leave, memory, random } = deps;
  const screen = signal<Screen>({ name: "loading" });
  /** A button was pressed and the broker has not answered yet. */
  const busy = signal(false);
  /** The app this is for, once the broker has said so. */
  const app = signal<View["app"]>();
  const arming = createArming();
  const closing = createClosing(deps.close);

  let session = "";
  let seen: ViewReply | undefined;
  /** The origin the claim came from, until a first view has shown that the claim's cookie works. */
  let claimedFrom: string | undefined;
  let missed = 0;
  let turn = 0;
  let next: ReturnType<typeof setTimeout> | undefined;
  let again = (): void => undefined;
  const presence = createPresence({
    opener,
    here: () => api.here(session),
    gone: () => api.gone(session),
  });

  // ---- the way in -----------------------------------------------------------------------------

  const start = (route: Route): (() => void) => {
    let stopHandshake = (): void => undefined;
    if (route.at === "lost") show({ name: "lost" });
    else if (route.at === "session") begin(route.id);
    // Whatever cookies this browser has: without an id in its address the page belongs to no session [H1].
    else
      stopHandshake = startHandshake({
        opener,
        onSession: (message, origin) => void claim(message, origin),
        onSilence: () => show({ name: "open_from_app", refused: false }),
      });
    return () => {
      newest();
      for (const stop of [stopHandshake, presence.stop, arming.stop, closing.stop]) stop();
    };
  };

  const claim = async (message: WidgetMessage, origin: string): Promise<void> => {
    show({ name: "loading" });
    const { token, challenge } = message;
    const key = `alter-connect:claim:${challenge}`;
    // The same id after a reload or a lost reply: the broker then repeats what it replied [M6].
    const claim_id = memory.getItem(key) ?? random();
    memory.setItem(key, claim_id);
    const body = { shape: "popup", token, opener_origin: origin, challenge, claim_id } as const;
    const current = newest();
    const answer = await api.claim(body);
    if (!current()) return;
    if (!answer.ok) {
      if (answer.temporary) return trouble(answer, () => claim(message, origin));
      // To the sender of this very token and nobody else [M22]. The handshake is over, so it gets no second go.
      opener.error(origin, answer.code);
      const end = refusalScreen(answer);
      return show(end.name === "ended" ? end : { name: "open_from_app", refused: true });
    }
    claimedFrom = origin;
    enter(answer.reply.session_id);
    memory.removeItem(key);
    begin(answer.reply.session_id);
  };

  const begin = (session_id: string): void => {
    session = session_id;
    presence.arrive();
    void look();
  };

  // ---- where things stand ---------------------------------------------------------------------

  const look = async (): Promise<void> => {
    const current = newest();
    const answer = await api.view({ session_id: session });
    if (!current()) return;
    if (!answer.ok) return unseen(answer);
    const { reply } = answer;
    const fresh = claimedFrom !== undefined;
    claimedFrom = undefined;
    missed = 0;
    seen = reply;
    app.value = reply.view.app;
    if (fresh) opener.event(reply.allowed_origin, "page_ready");
    if (reply.outcome ?? reply.redirect_to) return settle(reply, reply.close_at_once);
    // Only straight after the claim: Back from the provider has to land on a choice [M15].
    const known = fresh && reply.view.providers.find(({ id }) => id === reply.auto_continue);
    if (known) return void authorize(known, false);
    show(openScreen(reply));
    // Else the end of the session, so that it is told when it comes and not at the next click.
    const wait = reply.phase === "finishing" ? POLL_MS : reply.view.expires_in * 1_000 + POLL_MS;
    next = setTimeout(() => void look(), wait);
  };

  const unseen = (answer: Refusal): void => {
    if (answer.temporary && screen.value.name === "finishing" && ++missed <= POLLS_MISSED) {
      next = setTimeout(() => void look(), POLL_MS);
    } else if (answer.code === "unknown_session" && claimedFrom !== undefined) {
      // The claim has just worked, so its cookie is what did not come back.
      opener.error(claimedFrom, "cookies_blocked");
      show({ name: "cookies_blocked" });
    } else trouble(answer, look);
  };

  // ---- what the user does ---------------------------------------------------------------------

  const authorize = async (provider: Provider, confirmed: boolean): Promise<void> => {
    if (!seen) return;
    const { view, allowed_origin } = seen;
    const current = newest();
    presence.leave();
    show({ name: "leaving", to: provider.name, slow: false });
    const answer = await api.authorize({ session_id: session, provider: provider.id, confirmed });
    if (!current()) return;
    if (answer.ok && mayLeaveFor(answer.reply.authorization_url)) {
      opener.event(allowed_origin, "provider_selected", provider.id);
      opener.event(allowed_origin, "oauth_started", provider.id);
      if (answer.reply.drop_opener) opener.drop();
      return depart(answer.reply.authorization_url, "assign", provider.name);
    }
    presence.stay();
    if (answer.ok) return show(failedScreen(view, "unexpected"));
    const { code, reference } = answer;
    if (code === "unreachable") trouble(answer, () => authorize(provider, confirmed));
    else if (code === "confirmation_required") show(confirmScreen(view, provider));
    else if (code === "provider_unavailable" || code === "too_many_attempts")
      show(failedScreen(view, code, reference));
    else if (MOVED_ON.has(code)) void look();
    else show(failedScreen(view, "unexpected", reference));
  };

  const finish = async (reason: FinishReason): Promise<void> => {
    if (!seen || busy.value) return;
    busy.value = true;
    const current = newest();
    const answer = await api.finish({ session_id: session, reason });
    if (!current()) return;
    // A success that answers a Cancel is news to the user, so it stays to be read [H8].
    if (answer.ok) settle(answer.reply, reason === "done" && seen.close_at_once);
    else if (MOVED_ON.has(answer.code)) void look();
    else trouble(answer, () => finish(reason));
  };

  // ---- the way out ----------------------------------------------------------------------------

  /** The outcome in `reply` stands, whoever wrote it: tell the app, then go. */
  const settle = ({ outcome, redirect_to }: FinishReply, atOnce: boolean): void => {
    if (!seen) return;
    const { view, allowed_origin } = seen;
    if (redirect_to !== undefined && mayLeaveFor(redirect_to))
      return depart(redirect_to, "replace", view.app.name);
    if (!outcome) return trouble({ ok: false, code: "internal_error", temporary: true }, look);
    opener.outcome(allowed_origin, outcome);
    const end = outcomeScreen(outcome, view);
    show(end);
    if (end.name === "finished") return atOnce ? closing.now() : closing.soon();
    // What the user asked for has happened. Every other ending has something to read.
    if (end.ending === "cancelled" || end.ending === "denied") closing.now();
  };

  const depart = (url: string, how: "assign" | "replace", to: string): void => {
    presence.left();
    show({ name: "leaving", to, slow: false });
    leave(url, how);
    next = setTimeout(() => {
      again = comeBack;
      show({ name: "leaving", to, slow: true });
    }, SLOW_MS);
  };

  const comeBack = (): void => {
    show({ name: "loading" });
    begin(session);
  };

  // ---- small parts ----------------------------------------------------------------------------

  const show = (shown: Screen): void => {
    screen.value = shown;
    busy.value = false;
    if (FINAL.has(shown.name)) presence.end();
    arming.rearm();
  };

  const trouble = (answer: Refusal, retry: () => unknown): void => {
    again = () => void retry();
    show(refusalScreen(answer));
  };

  /** Starts a turn. Only the newest may change the screen: a late reply must not undo what came after it. */
  const newest = (): (() => boolean) => {
    const mine = ++turn;
    clearTimeout(next);
    return () => mine === turn;
  };

  return {
    screen,
    busy,
    app,
    /** What leads to consent ignores clicks while this is false. */
    armed: arming.armed,
    closing: closing.closing,
    /** Returns its undo. */
    start,

    // The user's acts.
    choose: (provider: Provider): void => {
      if (seen) show(confirmScreen(seen.view, provider));
    },
    back: (): void => {
      if (seen) show(choiceScreen(seen.view));
    },
    connect: (): void => {
      const shown = screen.value;
      if (shown.name === "confirm" && arming.armed.value) void authorize(shown.provider, true);
    },
    tryAgain: (): void => {
      const shown = screen.value;
      if (shown.name !== "failed" || !arming.armed.value) return;
      if (shown.provider) void authorize(shown.provider, true);
      else show(choiceScreen(shown.view));
    },
    done: (): void => void finish("done"),
    cancel: (): void => {
      const shown = screen.value;
      const denied = shown.name === "failed" && shown.failure === "access_denied";
      void finish(denied ? "denied" : "cancel");
    },
    notYou: (): void => void finish("not_you"),
    retry: (): void => again(),
    closeWindow: closing.now,

    // The browser's: in front, visible, out of the back-forward cache, on its way out.
    cameToFront: arming.rearm,
    cameIntoView: (): void => {
      arming.rearm();
      presence.say();
    },
    cameBack: (): void => {
      if (session) comeBack();
    },
    goesAway: presence.bye,
  };
};

/** Screens after which the broker waits for nobody here. */
const FINAL: ReadonlySet<Screen["name"]> = new Set([
  "finished",
  "ended",
  "lost",
  "cookies_blocked",
]);

/** Codes that say the session is somewhere else by now; a look shows where. */
const MOVED_ON: ReadonlySet<Refusal["code"]> = new Set<Refusal["code"]>([
  "session_busy",
  "session_expired",
  "session_ended",
  "session_claimed_elsewhere",
  "unknown_session",
]);
