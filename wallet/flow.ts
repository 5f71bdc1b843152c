/**
 * The Wallet's model: where the user is, what the broker says of it, and what the user does about it. It alone calls the
 * broker. Knows no element and no address: it is told where it is, and says where to go. Nothing of a user outlives the
 * moment in which the page learns that they are gone.
 */
import { batch, computed, signal } from "@preact/signals";
import type { Locale } from "@alter-ai/protocol/locale";
import type { WalletConnection } from "@alter-ai/protocol/wallet";
import { mayLeaveFor } from "../look/destination.ts";
import { createTurns } from "../look/turns.ts";
import type { Api, Refusal } from "./api.ts";
import { createEnding } from "./ending.ts";
import type { Place, Problem } from "./place.ts";
import type { ActivityReply, Head, ViewReply } from "./reply.ts";
import { failureOf, headOf, userOf, type App, type Said, type Screen, type Why } from "./screen.ts";
import { createSession, type Note } from "./session.ts";

export type Flow = ReturnType<typeof createFlow>;
/** What is under way beside the view itself. */
export type Busy = "more" | "sign_in" | "sign_out" | undefined;
export type Download = "idle" | "busy" | "failed";

type Deps = {
  api: Api;
  now: () => number;
  /** The address follows. */
  visit: (place: Place) => void;
  leave: (url: string) => void;
  save: (document: Blob, name: string) => void;
  tell: (note: Note) => void;
};

export const createFlow = (deps: Deps) => {
  const { api, now } = deps;
  const turns = createTurns();
  const place = signal<Place>({ view: "connections" });
  const screen = signal<Screen>({ name: "loading" });
  const locale = signal<Locale>();
  const busy = signal<Busy>();
  const said = signal<Said>();
  const downloading = signal<Download>("idle");
  const app = computed<App | undefined>(() => {
    const shown = screen.value;
    return "app" in shown ? shown.app : headOf(shown)?.app;
  });

  /** Of what is on screen: whoever has signed in since in another window is not meant. */
  const sessionId = (): string => headOf(screen.value)?.session_id ?? "";

  const session = createSession({ now, tell: deps.tell, onEnd: () => void ended() });
  const ending = createEnding({
    revoke: (of) => api.revoke({ session_id: sessionId(), ...of }),
    revokeAll: (of) => api.revokeAll({ session_id: sessionId(), ...of }),
    onUse: session.used,
    onSignedOut: () => void ended(),
    onEnded: (connection, told) => noteEnd(connection, told),
    onGone: () => {
      void read();
      said.value = { about: "already" };
    },
    onMany: () => void read(),
  });

  /** All that is of a user: the lists, the question about one of them, and what was said. */
  const forget = (): void =>
    batch(() => {
      turns.next();
      session.stop();
      ending.drop();
      screen.value = { name: "loading" };
      busy.value = undefined;
      said.value = undefined;
      downloading.value = "idle";
    });

  const wanted = () => {
    const { app, provider } = place.value;
    return { ...(app !== undefined && { app }), ...(provider !== undefined && { provider }) };
  };

  const call = (cursor?: string) => {
    const body = { ...wanted(), ...(cursor !== undefined && { cursor }) };
    return place.value.view === "connections" ? api.view(body) : api.activity(body);
  };

  /** `why`: what to say if it turns out that there is nobody. */
  const read = async (why: Why = { kind: "fresh" }): Promise<void> => {
    const mine = turns.next();
    const before = screen.value;
    const head = headOf(before);
    if (before.name !== "signed_out") screen.value = { name: "loading", head };
    busy.value = undefined;
    said.value = undefined;
    const answer = await call();
    if (!mine()) return;
    if (!answer.ok) return refused(answer);
    // Somebody was here a moment ago.
    const gone: Why = why.kind === "fresh" && head ? { kind: "ended" } : why;
    show(answer.reply, gone);
  };

  const refused = (refusal: Refusal): void => {
    const { value: shown } = screen;
    if (refusal.code === "signed_out" && shown.name !== "signed_out") return void ended();
    if (refusal.code === "no_wallet") return void nobody({ name: "no_wallet", app: undefined });
    if (shown.name === "signed_out") screen.value = { ...shown, ways: [] };
    else screen.value = { name: "trouble", head: headOf(shown), failure: failureOf(refusal) };
  };

  const nobody = (shown: Screen): void => {
    forget();
    screen.value = shown;
  };

  const show = (reply: ViewReply | ActivityReply, why: Why): void =>
    batch(() => {
      locale.value = reply.locale;
      if (reply.state === "no_wallet") return nobody({ name: "no_wallet", app: reply.app });
      if (reply.state === "signed_out")
        return nobody({ name: "signed_out", why, ways: reply.sign_in, app: reply.app });
      const before = headOf(screen.value);
      session.renewed(userOf(reply), reply.expires_in);
      // Asked about what was another user's.
      if (before && userOf(before) !== userOf(reply)) ending.drop();
      const rest = { cursor: reply.next_cursor, failed: false };
      if ("connections" in reply) {
        const { connections, secrets, takes_effect_within } = reply;
        screen.value = {
          ...{ name: "connections", head: headIn(reply), connections, secrets, rest },
          ...{ takes_effect_within, told: {} },
        };
      } else {
        const { activity } = reply;
        screen.value = { name: "activity", head: headIn(reply), activity, rest };
      }
      // The first of a page is read out with its heading.
      if (before) said.value = { about: "shown", count: countOf(screen.value) };
    });

  /** There was somebody, and there is not any more: at once nothing of theirs is left. */
  const ended = (why: Why = { kind: "ended" }): Promise<void> => {
    nobody({ name: "signed_out", why, ways: undefined, app: app.value });
    return read(why);
  };

  const more = async (): Promise<void> => {
    const shown = screen.value;
    if ((shown.name !== "connections" && shown.name !== "activity") || busy.value) return;
    const { cursor } = shown.rest;
    if (cursor === null) return;
    const mine = turns.next();
    busy.value = "more";
    const answer = await call(cursor);
    if (!mine()) return;
    busy.value = undefined;
    if (!answer.ok) {
      if (answer.code === "signed_out") return void ended();
      screen.value = { ...shown, rest: { cursor, failed: true } };
      return;
    }
    const { reply } = answer;
    // Another user by now: nothing is added to what was somebody else's.
    if (reply.state !== "signed_in" || userOf(reply) !== userOf(shown.head)) return void anew();
    session.renewed(userOf(reply), reply.expires_in);
    const rest = { cursor: reply.next_cursor, failed: false };
    // Apps and providers that come up only now have their names in this reply.
    const { apps, providers } = reply;
    const head = { ...shown.head, apps, providers };
    const latest = screen.value;
    if (latest.name === "connections" && "connections" in reply)
      screen.value = {
        ...latest,
        ...{ head, rest, connections: joined(latest.connections, reply.connections, grantOf) },
      };
    if (latest.name === "activity" && "activity" in reply)
      screen.value = {
        ...latest,
        ...{ head, rest, activity: joined(latest.activity, reply.activity, ({ id }) => id) },
      };
    said.value = { about: "shown", count: countOf(screen.value) };
  };

  /** As if the page had been opened only now. */
  const anew = (): Promise<void> => {
    forget();
    return read();
  };

  const noteEnd = (
    connection: WalletConnection,
    told: "done" | "unsupported" | "shared" | "failed",
  ): void => {
    const { value: shown } = screen;
    if (shown.name !== "connections") return;
    const { grant_id } = connection;
    const ended_at = new Date(now()).toISOString();
    const connections = shown.connections.map((one) =>
      one.grant_id === grant_id ? { ...one, status: "revoked" as const, ended_at } : one,
    );
    batch(() => {
      screen.value = {
        ...shown,
        ...{ connections, told: { ...shown.told, [grant_id]: told }, last: grant_id },
      };
      said.value = { about: "told", told, provider: connection.provider, app: connection.app };
    });
  };

  const signIn = async (way: string, again: boolean): Promise<void> => {
    if (busy.value) return;
    const mine = turns.next();
    busy.value = "sign_in";
    const answer = await api.signIn({
      app: way,
      // Back to where the user was: a way belongs to some app, whichever was looked at.
      ...(place.value.app === undefined && { all: true as const }),
      ...(again && { again: true as const }),
    });
    if (!mine()) return;
    if (answer.ok && mayLeaveFor(answer.reply.authorization_url))
      // Still busy: the browser is on its way.
      return deps.leave(answer.reply.authorization_url);
    busy.value = undefined;
    if (!answer.ok && answer.code === "no_wallet")
      return nobody({ name: "no_wallet", app: app.value });
    const failure = answer.ok
      ? { trouble: "unexpected" as const, reference: answer.reference }
      : failureOf(answer);
    screen.value = { name: "trouble", failure };
  };

  const signOut = async (): Promise<void> => {
    const head = headOf(screen.value);
    if (!head || busy.value) return;
    const mine = turns.next();
    busy.value = "sign_out";
    const answer = await api.signOut();
    if (!mine()) return;
    busy.value = undefined;
    // Otherwise it would look like an end, and be none.
    if (!answer.ok && answer.code !== "signed_out") {
      const { reference } = answer;
      screen.value = { name: "trouble", head, failure: { trouble: "not_signed_out", reference } };
      return;
    }
    session.left();
    await ended({ kind: "left", identity_provider: head.user.identity_provider });
  };

  const download = async (): Promise<void> => {
    if (downloading.value === "busy") return;
    const head = headOf(screen.value);
    downloading.value = "busy";
    const answer = await api.download({ session_id: sessionId() });
    // Meanwhile they may have gone, or somebody else come: then it is nobody's here any more.
    const later = headOf(screen.value);
    if (!head || !later || userOf(head) !== userOf(later)) return;
    if (!answer.ok && answer.code === "signed_out") return void ended();
    if (answer.ok) {
      session.used();
      deps.save(answer.reply, `wallet-${new Date(now()).toISOString().slice(0, 10)}.json`);
    }
    downloading.value = answer.ok ? "idle" : "failed";
    said.value = { about: "download", failed: !answer.ok };
  };

  return {
    ...{ place, screen, locale, busy, said, app, downloading, question: ending.question },
    start: (at: Place, problem: Problem | undefined): Promise<void> => {
      place.value = at;
      return read(problem && { kind: "problem", ...problem });
    },
    /** By the user, who finds the way back with Back. */
    go: (to: Place): void => {
      deps.visit(to);
      place.value = to;
      void read();
    },
    /** The browser has gone there. */
    moved: (to: Place): void => {
      ending.drop();
      place.value = to;
      void read();
    },
    retry: (): void => {
      const { value: shown } = screen;
      if (shown.name === "trouble" && shown.failure.trouble === "not_signed_out") void signOut();
      else void read();
    },
    more: (): void => void more(),
    ...{ ask: ending.ask, confirm: ending.confirm, dismiss: ending.dismiss },
    askAll: (): void => ending.askAll(place.value),
    signIn: (way: string, again: boolean): void => void signIn(way, again),
    signOut: (): void => void signOut(),
    download: (): void => void download(),
    /** The browser may keep the page as it is, for whoever presses Back: it keeps an empty one. */
    goesAway: forget,
    cameBack: (): void => void read(),
    cameIntoView: session.look,
    /** From another of the Wallet's windows. */
    heard: (note: Note): void => {
      const { value: shown } = screen;
      if (note.type === "left") {
        if (headOf(shown)) void ended();
        return;
      }
      if (session.heard(note.user, note.expires_in)) return;
      // Somebody has signed in there: the cookie is theirs in this window as well.
      if (shown.name !== "loading") void anew();
    },
  };
};

/** Without the list: a view that is left must not keep it. */
const headIn = ({
  state,
  session_id,
  locale,
  app,
  user,
  apps,
  providers,
  expires_in,
}: Head): Head => ({
  ...{ state, session_id, locale, user, apps, providers, expires_in },
  ...(app && { app }),
});

const grantOf = ({ grant_id }: WalletConnection): string => grant_id;

/** A row that has moved between two pages of a list is there once. */
const joined = <T>(before: T[], more: T[], idOf: (one: T) => string): T[] => {
  const known = new Set(before.map(idOf));
  return [...before, ...more.filter((one) => !known.has(idOf(one)))];
};

const countOf = (screen: Screen): number =>
  screen.name === "connections"
    ? screen.connections.length
    : screen.name === "activity"
      ? screen.activity.length
      : 0;
