/**
 * The page's model in a world made of fakes: a broker behind `fetch`, a window that has an opener, an entry in
 * the history of its tab. Everything that leaves the page is written down in `sent`, in order.
 */
import type { View } from "@alter-ai/protocol/http";
import type { Connection } from "@alter-ai/protocol/window";
import { vi } from "vitest";
import { createApi, type ClaimReply, type ViewReply } from "../../popup/api.ts";
import type { Kept } from "../../popup/entry.ts";
import { createFlow, type Route } from "../../popup/flow.ts";
import { createOpener } from "../../popup/opener.ts";

export const APP = "https://app.example";
export const CHALLENGE = "c".repeat(43);
export const SESSION = {
  type: "alter-connect:session",
  v: 1,
  token: "alter_cs_x.y",
  challenge: CHALLENGE,
};

type Json = Record<string, unknown>;
type Call = "claim" | "view" | "authorize" | "credential" | "finish" | "page";
/** What the broker answers: a body, a refusal (see `problem`), no answer, or none yet; at once or later. */
export type Reply = Answer | Promise<Answer>;
type Answer =
  { status: number; body: unknown; headers?: Record<string, string> } | "no answer" | "never";
/** The history entry of one load of the page and of its reloads. */
export type HistoryEntry = { kept: Kept | null };

type Provider = View["providers"][number];
export const calendar: Provider = {
  id: "calendar",
  name: "Acme Calendar",
  scopes: ["See your calendar"],
  accounts: [],
};
export const files: Provider = {
  id: "files",
  name: "Acme Files",
  scopes: ["See your files"],
  accounts: [],
};

/** No OAuth there: the user says which account it is, and gives a key. */
export const ledger: Provider = {
  id: "ledger",
  name: "Acme Ledger",
  scopes: [],
  accounts: [],
  credential: "api_key",
  help_url: "https://ledger.example/keys",
  fields: [
    { name: "company", label: "Company", value: "acme" },
    { name: "api_key", label: "API key", example: "key_…", secret: true },
  ],
};

/** An account that is connected already. */
export const account = (label: string): Provider["accounts"][number] => ({
  grant_id: `grant of ${label}`,
  label,
  status: "active",
});

export const connection = (more: Partial<Connection> = {}): Connection => ({
  grant_id: "g1",
  provider: "calendar",
  provider_name: "Acme Calendar",
  account_identifier: "ann@work.example",
  timestamp: "2026-01-01T10:00:00Z",
  operation: "creation",
  scopes: ["calendar.read"],
  status: "active",
  ...more,
});

export const view = (more: Partial<View> = {}): View => ({
  app: { name: "Day Planner", origin: APP, theme: "system" },
  user: {
    label: "ann@example.com",
    label_kind: "verified_email",
    identity_provider: "Acme Accounts",
  },
  providers: [calendar],
  connections: [],
  multiple: false,
  expires_in: 900,
  locale: "en",
  ...more,
});

const standing = (more: Partial<ViewReply>): ViewReply => ({
  view: view(),
  phase: "choosing",
  allowed_origin: APP,
  close_at_once: false,
  ...more,
});
export const viewReply = (more: Partial<ViewReply> = {}): Answer => ok(standing(more));
export const claimed = ({ authorization, ...more }: Partial<ClaimReply> = {}): Answer =>
  ok({ session_id: "s1", ...standing(more), ...(authorization && { authorization }) });

/** A reply that comes when `answer` is called. */
export const later = (): {
  reply: Promise<Answer>;
  answer: (reply: Answer) => Promise<unknown>;
} => {
  let answer = (_: Answer): void => undefined;
  const reply = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  return {
    reply,
    answer: (now) => {
      answer(now);
      return settle();
    },
  };
};

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const problem = (status: number, code: string): Answer => ({
  status,
  body: {
    type: "about:blank",
    title: "TITLE OF THE NETWORK",
    detail: "DETAIL OF THE NETWORK",
    status,
    code,
    request_id: "req_1",
  },
});
export const PROVIDER_URL = "https://provider.example/authorize?state=x";
export const authorized = (authorization_url = PROVIDER_URL, drop_opener = false): Answer =>
  ok({ authorization_url, drop_opener });

/** Times are the fake clock's: call `vi.useFakeTimers()` first. */
export const createPage = (
  replies: Partial<Record<Call, Reply[]>> = {},
  entry: HistoryEntry = { kept: null },
  { online = true } = {},
) => {
  const sent = {
    posts: [] as { to: string; message: Json }[],
    calls: [] as { path: string; body: Json }[],
    beacons: [] as { path: string; body: Blob }[],
    left: [] as { url: string; how: string }[],
    entered: [] as string[],
    closed: 0,
    wentBack: 0,
  };
  const queues = new Map(Object.entries(replies).map(([name, list]) => [name, [...list]]));

  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    sent.calls.push({ path, body: JSON.parse(String(init.body)) as Json });
    const name = path.split("/").at(-1) ?? "";
    const queue = queues.get(name) ?? [];
    // The last reply stands for all that follow.
    const reply = await (queue.length > 1 ? queue.shift() : queue[0]);
    if (name === "page" && reply === undefined) return new Response(null, { status: 204 });
    if (reply === "never") return new Promise(() => undefined);
    if (reply === undefined || reply === "no answer") throw new TypeError("Failed to fetch");
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    return new Response(text, { status: reply.status, headers: reply.headers ?? {} });
  };

  const opener = {
    closed: false,
    postMessage: (message: Json, to: string) => void sent.posts.push({ to, message }),
  };
  const here = Object.assign(new EventTarget(), { opener: opener as typeof opener | null });
  const history = { steps: 1, online };
  const flow = createFlow({
    api: createApi({ fetch, beacon: (path, body) => sent.beacons.push({ path, body }) > 0 }),
    opener: createOpener(here as unknown as Window),
    enter: (id) => void sent.entered.push(id),
    leave: (url, how) => void sent.left.push({ url, how }),
    close: () => void (sent.closed += 1),
    back: () => {
      if (!history.steps) return false;
      sent.wentBack += 1;
      return true;
    },
    memory: {
      read: () => entry.kept,
      write: (kept) => {
        entry.kept = kept;
      },
    },
    online: () => history.online,
    random: () => String(++made).padStart(43, "r"),
  });

  const calls = (name: Call): Json[] =>
    sent.calls.filter(({ path }) => path === `/v1/connect/${name}`).map(({ body }) => body);
  const isReady = ({ message }: { message: Json }): boolean =>
    message.type === "alter-connect:ready";

  const page = {
    flow,
    sent,
    entry,
    history,
    window: here,
    calls,
    screen: () => flow.screen.value,
    /** Signs of life. */
    signs: () => calls("page").map(({ event }) => event),
    readies: () => sent.posts.filter(isReady),
    /** Messages that are not the handshake's `ready`. */
    told: () => sent.posts.filter((post) => !isReady(post)),
    start: async (route: Route): Promise<void> => {
      stops.push(flow.start(route));
      await settle();
    },
    /** A message event as the browser would raise it; by default the app's session message. */
    hear: async ({
      data = SESSION as unknown,
      origin = APP,
      source = opener as unknown,
    } = {}): Promise<void> => {
      here.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
      await settle();
    },
    /** Handshake and claim. */
    claim: async (): Promise<void> => {
      await page.start({ at: "start" });
      await page.hear();
    },
    /** The page as it is loaded after the provider. */
    reload: (): Promise<void> => page.start({ at: "session", id: "s1" }),
    /** Waits until clicks count, then does it. */
    press: async (act: () => void): Promise<void> => {
      await pass(500);
      act();
      await settle();
    },
  };
  return page;
};

/** Time passes, on the fake clock. */
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Replies arrive. */
export const settle = (): Promise<unknown> => pass(0);

let made = 0;
const stops: (() => void)[] = [];
/** Ends what the tests of this file have started. */
export const stopAll = (): void => {
  for (const stop of stops.splice(0)) stop();
};
