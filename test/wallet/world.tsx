/**
 * The Wallet in a world made of fakes: a broker behind `fetch`, an address, other windows. It is looked at as its user
 * does, through the screen. Everything that leaves the page is written down in `sent`, in order.
 */
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import type { wallet, WalletActivity, WalletConnection } from "@alter-ai/protocol/wallet";
import { vi } from "vitest";
import type { Infer } from "../../look/reading.ts";
import { App } from "../../wallet/App.tsx";
import { createApi } from "../../wallet/api.ts";
import { createFlow } from "../../wallet/flow.ts";
import { words as en } from "../../wallet/locales/en.ts";
import { addressOf, type Place, type Problem } from "../../wallet/place.ts";
import type { Secret } from "../../wallet/reply.ts";
import type { Note } from "../../wallet/session.ts";

type Json = Record<string, unknown>;
type Call = "view" | "activity" | "revoke" | "revoke-all" | "download" | "sign-in" | "sign-out";
/** What the broker answers: a body, a refusal (see `problem`), no answer, or none yet; at once or later. */
type Answer = { status: number; body?: unknown } | "no answer" | "never";
export type Reply = Answer | Promise<Answer>;

/** Noon of the 10th of March here, wherever that is: what is said of a time goes by the reader's own clock. */
export const NOW = new Date(2026, 2, 10, 12).getTime();
/** So long ago; negative for what is to come. */
export const ago = ({ days = 0, minutes = 0 }): string =>
  new Date(NOW - (days * 24 * 60 + minutes) * 60_000).toISOString();
export const REFERENCE = "req_1";

export const planner = { id: "planner", name: "Day Planner" };
export const board = { id: "board", name: "Wallboard" };
export const calendar = { id: "calendar", name: "Acme Calendar" };
export const files = {
  id: "files",
  name: "Acme Files",
  manage_url: "https://files.example/connected",
};
export const ann = {
  label: "ann@example.com",
  label_kind: "verified_email" as const,
  name: "Ann Arbor",
  identity_provider: "Acme Accounts",
};
export const bob = { ...ann, label: "bob@example.com", name: "Bob" };

export const connection = (more: Partial<WalletConnection> = {}): WalletConnection => ({
  ...{ grant_id: "g1", app: "planner", provider: "calendar" },
  account_identifier: "ann@work.example",
  scopes: ["See your calendar"],
  created_at: ago({ days: 68 }),
  last_used_at: ago({ minutes: 2 }),
  ...{ status: "active", ends_at: null, ended_at: null },
  ...more,
});
export const secret = (more: Partial<Secret> = {}): Secret => ({
  ...{ grant_id: "s1", app: "planner", provider: "files", given_to: "group", status: "active" },
  ...{ created_at: ago({ days: 68 }), last_used_at: null },
  ...more,
});
export const deed = (more: Partial<WalletActivity> = {}): WalletActivity => ({
  ...{ id: "d1", at: ago({ minutes: 60 }), app: "planner", provider: "calendar", kind: "used" },
  ...{ method: "GET", host: "api.calendar.example", reason: null, by: null },
  ...more,
});

type SignedIn<K extends "view" | "activity"> = Extract<
  Infer<(typeof wallet)[K]["reply"]>,
  { state: "signed_in" }
>;
const head = {
  ...{ state: "signed_in" as const, session_id: "s-ann", locale: "en" as const, user: ann },
  ...{ apps: [planner, board], providers: [calendar, files], expires_in: 900 },
};
export const view = (more: Partial<SignedIn<"view">> = {}): Answer =>
  ok({
    ...head,
    ...{ connections: [connection()], next_cursor: null, secrets: [], takes_effect_within: 0 },
    ...more,
  });
export const activity = (more: Partial<SignedIn<"activity">> = {}): Answer =>
  ok({ ...head, activity: [deed()], next_cursor: null, ...more });
export const WAY = { app: "planner", identity_provider: "Acme Accounts" };
export const signedOut = (more: Json = {}): Answer =>
  ok({ state: "signed_out", locale: "en", sign_in: [WAY], ...more });
export const noWallet = (more: Json = {}): Answer =>
  ok({ state: "no_wallet", locale: "en", ...more });

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const nothing: Answer = { status: 204 };
export const problem = (status: number, code: string): Answer => ({
  status,
  body: {
    ...{ type: "about:blank", title: "TITLE OF THE NETWORK", detail: "DETAIL OF THE NETWORK" },
    ...{ status, code, request_id: REFERENCE },
  },
});
export const revoked = (provider_revocation = "done"): Answer =>
  ok({ grant_id: "g1", status: "revoked", provider_revocation });

/** A reply that comes when `answer` is called. */
export const later = () => {
  let answer = (_: Answer): void => undefined;
  const reply = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  return {
    reply,
    answer: (now: Answer) => {
      answer(now);
      return settle();
    },
  };
};

/** Times are the fake clock's: `startClock` first. */
export const createWorld = (
  replies: Partial<Record<Call, Reply[]>> = {},
  { place = { view: "connections" } as Place, failed = undefined as Problem | undefined } = {},
) => {
  const sent = {
    calls: [] as { call: string; body: Json }[],
    visited: [] as string[],
    left: [] as string[],
    saved: [] as { document: Blob; name: string }[],
    told: [] as Note[],
  };
  const queues = new Map(Object.entries(replies).map(([name, list]) => [name, [...list]]));
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const call = path.replace("/v1/wallet/", "");
    sent.calls.push({ call, body: JSON.parse(String(init.body)) as Json });
    const queue = queues.get(call) ?? [];
    // The last reply stands for all that follow.
    const reply = await (queue.length > 1 ? queue.shift() : queue[0]);
    if (reply === "never") return new Promise(() => undefined);
    if (reply === undefined || reply === "no answer") throw new TypeError("Failed to fetch");
    const { status, body } = reply;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : text, { status });
  };
  const flow = createFlow({
    api: createApi(fetch),
    now: () => Date.now(),
    visit: (to) => void sent.visited.push(addressOf(to)),
    leave: (url) => void sent.left.push(url),
    save: (document, name) => void sent.saved.push({ document, name }),
    tell: (note) => void sent.told.push(note),
  });
  const { container } = render(<App flow={flow} t={en} now={() => Date.now()} />);
  return {
    flow,
    sent,
    container,
    text: () => container.textContent ?? "",
    heading: () => container.querySelector("h1")?.textContent,
    said: () => container.querySelector(".unseen[role=status]")?.textContent,
    calls: (name: Call) => sent.calls.filter(({ call }) => call === name).map(({ body }) => body),
    /** From now on. */
    reply: (call: Call, ...list: Reply[]) => void queues.set(call, list),
    start: async (): Promise<void> => {
      void flow.start(place, failed);
      await settle();
    },
  };
};
export type World = ReturnType<typeof createWorld>;

/** The page as it is once its first reply is here. */
export const open = async (...world: Parameters<typeof createWorld>): Promise<World> => {
  const made = createWorld(...world);
  await made.start();
  return made;
};

export const button = (name: string | RegExp): HTMLElement => screen.getByRole("button", { name });
export const press = async (name: string | RegExp): Promise<void> => {
  fireEvent.click(button(name));
  await settle();
};
export const dialog = (): HTMLElement | null => document.querySelector("dialog");

export const startClock = (): void => void vi.useFakeTimers({ now: NOW });
export const stopClock = (): void => {
  cleanup();
  vi.useRealTimers();
};
/** Time passes, on the fake clock. */
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Replies arrive, and are drawn. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await pass(0);
};
