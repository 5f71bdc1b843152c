/**
 * What every pattern's page has: buttons, the call to the backend and its answer in plain sight, what to do next, and
 * Connect. Knows the widget and the page's elements; which calls there are is the pattern's affair.
 */
import type { AlterConnect, Outcome } from "@alter-ai/connect";
import { button, byId, element } from "../dom.ts";
import { nextOf, type Refusal } from "./next.ts";

export type Call = {
  /** Below the pattern's own path. */
  path: string;
  method?: "GET" | "POST";
  body?: object;
  query?: Record<string, string>;
};

/** What the next Connect session is for. */
export type Wish = { provider?: string; grantId?: string; requiredScopes?: string[] };

export type Answer = { ok: boolean; status: number; body: unknown };

export type Stage = {
  /** Puts something on the page, in the order of the calls. */
  add: <T extends HTMLElement>(child: T) => T;
  /** Calls the backend, shows what it answered, and offers what the user should do next. */
  ask: (call: Call) => Promise<Answer>;
  /** Hears of every answer that is shown. */
  onAnswer: (listener: () => unknown) => void;
  /** Calls the backend and shows nothing. */
  read: (call: Call) => Promise<Answer>;
  /** To be called inside the click. */
  connect: (wish: Wish, then?: () => unknown) => Promise<Outcome>;
  /** The same with a token that is there already. */
  open: (token: string | (() => Promise<string>), then?: () => unknown) => Promise<Outcome>;
  say: (text: string) => void;
  /** A sentence, and a button that does it. */
  offer: (sentence: string, ...buttons: HTMLElement[]) => void;
};

const CALENDAR: Wish = { provider: "calendar" };

export const createStage = ({
  name,
  broker,
  alterConnect,
}: {
  name: string;
  broker: string;
  alterConnect: AlterConnect;
}): Stage => {
  const say = (text: string) => {
    byId("status").textContent = text.trim();
  };

  const offer = (sentence: string, ...buttons: HTMLElement[]) => {
    byId("next").hidden = sentence === "";
    byId("next").replaceChildren(
      element("p", {}, sentence),
      ...(buttons.length ? [element("div", { class: "actions" }, ...buttons)] : []),
    );
  };

  const read = async ({ path, method = "GET", body, query }: Call): Promise<Answer> => {
    const response = await fetch(`/api/patterns/${name}${path}${search(query)}`, {
      method,
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const { ok, status } = response;
    return { ok, status, body: (await response.json()) as unknown };
  };

  let latest = 0;
  /** How Connect has just ended, while the page goes on because of it. */
  let news = "";
  const listeners: (() => unknown)[] = [];
  const ask = async (call: Call): Promise<Answer> => {
    const turn = (latest += 1);
    offer("");
    say(`${news} Asking …`);
    const answer = await read(call);
    // A later call has been made meanwhile: its answer is the one to show.
    if (turn !== latest) return answer;
    show(call, answer);
    if (!answer.ok) offerNext(call, answer.body as Refusal);
    for (const listener of listeners) listener();
    return answer;
  };

  const show = ({ method = "GET", path, query }: Call, { ok, status, body }: Answer) => {
    const { error, code } = body as { error?: string; code?: string };
    byId("exchange").hidden = false;
    byId("asked").textContent = `${method} …/${name}${path}${search(query)}`;
    byId("answered").textContent = String(status);
    byId("answer").textContent = JSON.stringify(body, null, 2);
    say(`${news} ${ok ? "It worked." : `Refused: ${error ?? code ?? String(status)}.`}`);
  };

  const offerNext = (call: Call, refusal: Refusal) => {
    const next = nextOf(refusal);
    const { accounts = [], missingScopes } = refusal;
    const again = (query = call.query) => ask({ ...call, ...(query && { query }) });
    const connectAgain = (label: string) =>
      button(label, { class: "main", "data-testid": "connect" }, () => {
        void connect({ ...CALENDAR, ...(missingScopes && { requiredScopes: missingScopes }) }, () =>
          again(),
        );
      });
    switch (next.offer) {
      case "pick":
        offer(
          next.sentence,
          ...accounts.map((account) =>
            button(account, { "data-testid": "pick" }, () => {
              void again({ ...call.query, account });
            }),
          ),
        );
        break;
      case "connect":
        offer(next.sentence, connectAgain("Connect Calendar"));
        break;
      case "connect_again":
        offer(next.sentence, connectAgain("Connect again"));
        break;
      case "log_in":
        offer(
          next.sentence,
          element(
            "a",
            { class: "button main", href: `/login?back=${location.pathname}` },
            "Log in",
          ),
        );
        break;
      default:
        offer(next.sentence);
    }
  };

  const mint = async (wish: Wish): Promise<string> => {
    const response = await fetch(`/api/patterns/connect/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(wish),
    });
    const { sessionToken, code } = (await response.json()) as Record<string, string>;
    if (sessionToken === undefined) throw new Error(code ?? "no session");
    return sessionToken;
  };

  const connect: Stage["connect"] = (wish, then) => open(() => mint(wish), then);

  const open: Stage["open"] = async (token, then) => {
    const outcome = await alterConnect.open({ baseURL: broker, token });
    offer("");
    say((news = wordsFor(outcome)));
    if (outcome.status === "success") await then?.();
    news = "";
    return outcome;
  };

  return {
    add: (child) => {
      byId("controls").append(child);
      return child;
    },
    onAnswer: (listener) => void listeners.push(listener),
    ...{ ask, read, connect, open, say, offer },
  };
};

/** How Connect ended, in a window or by a redirect. */
export const wordsFor = (outcome: Outcome): string => {
  if (outcome.status === "exit") return "Not connected: the window was closed.";
  if (outcome.status === "error") return `Not connected: ${outcome.error.code}.`;
  return outcome.connections
    .map(({ account_identifier, operation }) =>
      operation === "reauth"
        ? `Connected ${account_identifier} again, under the same grant id.`
        : `Connected ${account_identifier}.`,
    )
    .join(" ");
};

const search = (query: Record<string, string> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
};
