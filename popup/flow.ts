/**
 * The page as a model: what is on the screen, and what each act of the user, the opener, the browser and the
 * broker does to it (wire.md, section 2). The only file that calls the broker. Must not know how anything
 * looks, and touches neither `window` nor `location`: what it needs of them comes as arguments.
 * Over the usual length because its parts share one state: the session, the last view, and whose turn it is.
 */
import { signal } from "@preact/signals";
import type { View } from "@alter-ai/protocol/http";
import type { Api, AuthorizeReply, Claim, FinishReason, Refusal, ViewReply } from "./api.ts";
import { createArming } from "./arming.ts";
import { createClosing } from "./closing.ts";
import { mayLeaveFor } from "../look/destination.ts";
import { startEntry, type Memory } from "./entry.ts";
import type { Opener } from "./opener.ts";
import { createPicker } from "./picker.ts";
import { createPresence } from "./presence.ts";
import { createRetries } from "./retry.ts";
import {
  choiceScreen,
  confirmScreen,
  departureFailure,
  failedScreen,
  isFinal,
  openScreen,
  refusalScreen,
  type Failure,
  type Meant,
  type Provider,
  type Screen,
  type Wrong,
} from "./screen.ts";
import { createTurns } from "../look/turns.ts";
import { MOVED_ON, NOT_NOW, OVER } from "./verdicts.ts";
import { createWayOut } from "./way-out.ts";

export type Route = { at: "start" } | { at: "session"; id: string } | { at: "lost" };
export type FlowDeps = {
  api: Api;
  opener: Opener;
  memory: Memory;
  /** Puts the session's id into the address without loading anything. */
  enter: (session_id: string) => void;
  /** Goes there, with a step in the history (`assign`) or without (`replace`). */
  leave: (url: string, how: "assign" | "replace") => void;
  close: () => void;
  /** One step back in the history of this tab; false if there is none. */
  back: () => boolean;
  /** False: this machine has no network at the moment, as far as the browser can tell. */
  online: () => boolean;
  /** 256 bits, base64url. */
  random: () => string;
};
export type Flow = ReturnType<typeof createFlow>;

const POLL_MS = 1_000;
/** Unanswered polls in a row before the user hears of it: a moment without a network is no news. */
const POLLS_MISSED = 4;

export const createFlow = (deps: FlowDeps) => {
  const { api, opener, memory } = deps;
  const screen = signal<Screen>({ name: "loading" });
  /** A button was pressed and the broker has not answered yet. */
  const busy = signal(false);
  /** The app this is for, once the broker has said so. */
  const app = signal<View["app"]>();
  /** The language this is to be in, once the broker has said so. */
  const locale = signal<View["locale"]>();
  /** The app's own tab, which was here before this page: nothing is closed, the way out is back. */
  const ownTab = signal(false);
  const preview = signal(false);
  const offline = signal(!deps.online());
  /** How often a preview was asked for what only a session can do. */
  const refusedByPreview = signal(0);
  const picker = createPicker();
  const arming = createArming();
  const closing = createClosing(deps.close);
  const turns = createTurns();
  const retries = createRetries(turns.later);

  let session = "";
  let seen: ViewReply | undefined;
  /** Where a refusal is told: the opener that sent the token, if one did. */
  let sender: string | undefined;
  /** This page has claimed, and the claim's cookie has not come back yet. */
  let unproven = false;
  let missed = 0;
  /** What the user has typed into the fields of a provider. Secrets are nowhere else, and go as soon as they are sent. */
  const typed = signal<Record<string, string>>({});
  const presence = createPresence({
    opener,
    here: () => void sayHere(),
    gone: () => api.gone(session),
  });
  const { settle, depart } = createWayOut({
    ...{ opener, presence, closing, turns, leave: deps.leave },
    show: (shown) => show(shown),
    onSlow: () => retries.set({ click: comeBack, alone: comeBack }),
    onNothing: (reference) =>
      trouble({ ok: false, code: "internal_error", temporary: true, reference }, look),
  });

  // ---- the way in -----------------------------------------------------------------------------

  const start = (route: Route): (() => void) => {
    let stopEntry = (): void => undefined;
    if (route.at === "lost") show({ name: "lost" });
    else if (route.at === "session") begin(route.id);
    // Whatever cookies this browser has: without an id in its address the page belongs to no session [H1].
    else
      stopEntry = startEntry({
        ...deps,
        onClaim: (body) => void claim(body),
        onSilence: () => show({ name: "open_from_app", refused: false }),
      });
    return () => {
      turns.next();
      for (const stop of [stopEntry, presence.stop, arming.stop, closing.stop]) stop();
    };
  };

  const claim = async (body: Claim): Promise<void> => {
    ownTab.value = body.shape !== "popup";
    sender = body.shape === "popup" ? body.opener_origin : undefined;
    if (screen.value.name !== "trouble") show({ name: "loading" });
    const current = turns.next();
    const answer = await api.claim(body);
    if (!current()) return;
    if (!answer.ok && answer.temporary) return trouble(answer, () => claim(body));
    memory.write(null);
    if (!answer.ok) {
      tellSender(answer.code);
      const end = refusalScreen(answer);
      const { reference } = answer;
      return show(end.name === "ended" ? end : { name: "open_from_app", refused: true, reference });
    }
    const { session_id, authorization, ...standing } = answer.reply;
    session = session_id;
    deps.enter(session_id);
    opener.event(standing.allowed_origin, "page_ready");
    const provider = standing.view.providers.find(({ id }) => id === authorization?.provider);
    if (authorization && provider) {
      see(standing);
      return go(authorization, provider);
    }
    unproven = true;
    presence.arrive();
    stand(standing, answer.reference);
  };

  const begin = (session_id: string): void => {
    session = session_id;
    presence.arrive();
    void look();
  };

  /** To the opener that sent this very token and nobody else [M22]. The handshake is over, so it gets no second go. */
  const tellSender = (code: string): void => {
    if (sender !== undefined) opener.error(sender, code);
  };

  /** The first one after the claim also shows whether its cookie comes back, before anybody has left. */
  const sayHere = async (): Promise<void> => {
    const shown = screen.value;
    const answer = await api.here(session);
    if (answer.ok) unproven = false;
    else if (lacksCookie(answer)) cookiesBlocked(answer);
    // A machine that slept through the end of the session hears of it when it wakes.
    else if (OVER.has(answer.code) && screen.value === shown && !busy.value) void look();
  };

  const lacksCookie = ({ code }: Refusal): boolean => unproven && code === "unknown_session";

  const cookiesBlocked = ({ reference }: Refusal): void => {
    unproven = false;
    // Whatever the user has pressed meanwhile lacks the cookie as well.
    turns.next();
    tellSender("cookies_blocked");
    show({ name: "cookies_blocked", reference });
  };

  // ---- where things stand ---------------------------------------------------------------------

  const look = async (): Promise<void> => {
    const current = turns.next();
    const answer = await api.view({ session_id: session });
    if (!current()) return;
    if (!answer.ok) return unseen(answer);
    missed = 0;
    retries.answered();
    unproven = false;
    stand(answer.reply, answer.reference);
  };

  const see = (reply: ViewReply): void => {
    seen = reply;
    app.value = reply.view.app;
    locale.value = reply.view.locale;
    preview.value = reply.view.preview === true;
  };

  const stand = (reply: ViewReply, reference: string | undefined): void => {
    see(reply);
    if (reply.outcome ?? reply.redirect_to)
      return settle(reply, reply, reply.close_at_once, reference);
    show(openScreen(reply, reference));
    if (reply.phase === "finishing") turns.later(POLL_MS, () => void look());
    else awaitEnd(reply.view);
  };

  /** So that the end of the session is told when it comes, and not at the next click. */
  const awaitEnd = ({ expires_in }: View): void =>
    turns.later(expires_in * 1_000 + POLL_MS, () => void look());

  const unseen = (answer: Refusal): void => {
    if (answer.temporary && screen.value.name === "finishing" && ++missed <= POLLS_MISSED)
      turns.later(POLL_MS, () => void look());
    else if (lacksCookie(answer)) cookiesBlocked(answer);
    else trouble(answer, look);
  };

  // ---- what the user does ---------------------------------------------------------------------

  const authorize = async (provider: Provider, meant: Meant = {}): Promise<void> => {
    const current = turns.next();
    presence.leave();
    show({ name: "leaving", to: provider.name, slow: false });
    const answer = await api.authorize({
      session_id: session,
      provider: provider.id,
      ...meant,
      variables: fieldsOf(provider),
    });
    if (!current()) return;
    if (answer.ok) return go(answer.reply, provider);
    presence.arrive();
    const { code, reference } = answer;
    if (NOT_NOW.has(code))
      trouble(
        answer,
        () => authorize(provider, meant),
        () => lookAgainAt(provider, meant),
      );
    else if (MOVED_ON.has(code)) void look();
    else if (seen && code === "invalid_variable") {
      show(confirmScreen(seen.view, provider, meant, "form"));
      awaitEnd(seen.view);
    } else showFailure(departureFailure(code), provider, reference);
  };

  /** The decision that was on the screen, if it can still be made: it takes a click anew [H4]. */
  const lookAgainAt = async ({ id }: Provider, meant: Meant): Promise<void> => {
    await look();
    const { name } = screen.value;
    const provider = seen?.view.providers.find((offered) => offered.id === id);
    if (seen && provider && (name === "choose" || name === "confirm"))
      show(confirmScreen(seen.view, provider, meant));
  };

  /** In place of leaving, where the provider has no OAuth. What was sent is not here any more, whatever comes of it. */
  const give = async (provider: Provider, meant: Meant = {}): Promise<void> => {
    if (!seen) return;
    const { view, allowed_origin } = seen;
    const current = turns.next();
    const values = fieldsOf(provider) ?? [];
    opener.event(allowed_origin, "provider_selected", provider.id);
    show({ name: "finishing" });
    const answer = await api.credential({
      session_id: session,
      provider: provider.id,
      values,
      ...("renew" in meant ? { renew: meant.renew } : {}),
    });
    if (!current()) return;
    if (answer.ok) return stand(answer.reply, answer.reference);
    const { code, reference } = answer;
    const ask = (wrong?: Wrong): void => {
      show(confirmScreen(view, provider, meant, wrong));
      awaitEnd(view);
    };
    if (code === "credential_refused") ask("refused");
    else if (code === "invalid_variable") ask("form");
    // It may have arrived all the same: only the broker knows.
    else if (code === "unreachable" || MOVED_ON.has(code)) void look();
    else if (NOT_NOW.has(code)) trouble(answer, () => ask());
    else showFailure(departureFailure(code), provider, reference);
  };

  const fieldsOf = ({ fields }: Provider): { name: string; value: string }[] | undefined =>
    fields?.map(({ name, value = "" }) => ({ name, value: typed.value[name] ?? value }));

  const forgetSecrets = (): void => {
    const fields = seen?.view.providers.flatMap((provider) => provider.fields ?? []) ?? [];
    const secrets = fields.flatMap(({ name, secret }) => (secret ? [name] : []));
    typed.value = Object.fromEntries(
      Object.entries(typed.value).filter(([name]) => !secrets.includes(name)),
    );
  };

  const go = ({ authorization_url, drop_opener }: AuthorizeReply, provider: Provider): void => {
    if (!seen) return;
    if (!mayLeaveFor(authorization_url)) {
      presence.arrive();
      return showFailure("unexpected", provider);
    }
    opener.event(seen.allowed_origin, "provider_selected", provider.id);
    opener.event(seen.allowed_origin, "oauth_started", provider.id);
    if (drop_opener) opener.drop();
    depart(authorization_url, "assign", provider.name);
  };

  const showFailure = (failure: Failure, provider: Provider, reference?: string): void => {
    if (!seen) return;
    show(failedScreen(seen.view, failure, provider, reference));
    awaitEnd(seen.view);
  };

  const finish = async (reason: FinishReason): Promise<void> => {
    if (!seen || busy.value) return;
    forgetSecrets();
    busy.value = true;
    const current = turns.next();
    const answer = await api.finish({ session_id: session, reason });
    if (!current()) return;
    // A success that answers a Cancel is news to the user, so it stays to be read [H8].
    if (answer.ok)
      settle(seen, answer.reply, reason === "done" && seen.close_at_once, answer.reference);
    else if (MOVED_ON.has(answer.code)) void look();
    else trouble(answer, () => finish(reason));
  };

  // ---- small parts ----------------------------------------------------------------------------

  const comeBack = (): void => {
    show({ name: "loading" });
    begin(session);
  };

  const show = (shown: Screen): void => {
    // Whatever took the form away, the clock too: nobody sees any more what was typed into it.
    if (shown.name !== "confirm") forgetSecrets();
    screen.value = shown;
    busy.value = false;
    if (isFinal(shown)) presence.end();
    arming.rearm();
  };

  const trouble = (answer: Refusal, click: () => unknown, alone = click): void => {
    retries.set({ click, alone });
    show(refusalScreen(answer));
    if (answer.code === "unreachable") retries.wait();
  };

  /** A preview leads nowhere: what would go on says so, and nothing is asked of the broker. */
  const unlessPreview = (act: () => void) => (): void => {
    if (preview.value) refusedByPreview.value += 1;
    else act();
  };

  return {
    screen,
    busy,
    app,
    locale,
    ownTab,
    preview,
    offline,
    refusedByPreview,
    picker,
    /** What leads to consent ignores clicks while this is false. */
    armed: arming.armed,
    closing: closing.closing,
    /** Returns its undo. */
    start,

    // The user's acts.
    choose: (provider: Provider, meant?: Meant): void => {
      typed.value = {};
      if (seen) show(confirmScreen(seen.view, provider, meant));
    },
    type: (field: string, text: string): void => {
      typed.value = { ...typed.value, [field]: text };
    },
    typed: (field: string): string | undefined => typed.value[field],
    back: (): void => {
      forgetSecrets();
      if (seen) show(choiceScreen(seen.view));
    },
    connect: unlessPreview(() => {
      const shown = screen.value;
      if (shown.name !== "confirm" || !arming.armed.value) return;
      void (shown.provider.credential ? give : authorize)(shown.provider, shown.meant);
    }),
    tryAgain: unlessPreview(() => {
      const shown = screen.value;
      if (shown.name !== "failed" || !arming.armed.value) return;
      if (shown.provider?.credential) show(confirmScreen(shown.view, shown.provider));
      else if (shown.provider) void authorize(shown.provider);
      else show(choiceScreen(shown.view));
    }),
    done: unlessPreview(() => void finish("done")),
    cancel: unlessPreview(() => {
      const shown = screen.value;
      const denied = shown.name === "failed" && shown.failure === "access_denied";
      void finish(denied ? "denied" : "cancel");
    }),
    notYou: unlessPreview(() => void finish("not_you")),
    retry: (): void => {
      if (screen.value.name === "trouble") show({ name: "loading" });
      retries.click();
    },
    closeWindow: (): void => {
      if (!ownTab.value || !deps.back()) closing.now();
    },

    // The browser's: in front, visible, out of the back-forward cache, on its way out.
    cameToFront: arming.rearm,
    cameIntoView: (): void => {
      arming.rearm();
      presence.say();
    },
    cameBack: (): void => {
      if (session) comeBack();
    },
    wentOffline: (): void => {
      offline.value = true;
    },
    cameOnline: (): void => {
      offline.value = false;
      const shown = screen.value;
      if (shown.name === "trouble" && shown.kind === "unreachable") retries.alone();
    },
    goesAway: (): void => {
      // The browser may keep the page as it is, to come back to.
      forgetSecrets();
      presence.bye();
    },
  };
};
