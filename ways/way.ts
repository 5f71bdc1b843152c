/**
 * What all ways in share: one widget, the session it asks the app's backend for, and who on the page hears of a redirect
 * that came back. Knows the widget; must not know elements or frameworks.
 */
import { AlterConnect, type OpenOptions, type Outcome } from "../src/index.ts";

export type ConnectOptions = Omit<OpenOptions, "token"> & {
  /**
   * Path of your backend's session endpoint, on this page's own origin: `POST { provider }`, answered by JSON with
   * `session_token` (or `sessionToken`).
   */
  sessionEndpoint?: string | undefined;
  /** Sent to the session endpoint, for its `allowed_providers`. */
  provider?: string | undefined;
  /** Instead of the endpoint: for one on another origin, or one that wants headers of its own. */
  token?: OpenOptions["token"] | undefined;
  /** A widget of yours instead of one for this place alone; tests hand over a fake. Looked at once. */
  connect?: AlterConnect | undefined;
};

export type Way = {
  /** Call it inside the click. Options win over those of the place. */
  open: (options?: ConnectOptions) => Promise<Outcome>;
  /** Cancels. */
  close: () => void;
  /** There is a page: a redirect's result may be heard. Returns its own undo, which cancels what is open. */
  start: () => () => void;
};

const CALLBACKS = ["onSuccess", "onError", "onExit", "onEvent"] as const;
type Tell = Required<Pick<OpenOptions, (typeof CALLBACKS)[number]>>;

/** By name, so that what hands options on can tell them from what is not ours. */
export const OPTIONS = [
  ...["sessionEndpoint", "provider", "token", "connect", "baseURL", "prompt", "mode", "signal"],
  ...["closedGrace", ...CALLBACKS],
] as (keyof ConnectOptions)[];

/** One of each, which all of them do the same with what they get. */
export const callbacks = (call: (name: keyof Tell) => (...args: [never, never]) => void): Tell =>
  Object.fromEntries(CALLBACKS.map((name) => [name, call(name)])) as Tell;

/** `read` gives the options of now: those that a component had when it was made are old by the click. */
export const createWay = (
  read: () => ConnectOptions,
  busy: (isOpen: boolean) => void,
  { create }: typeof AlterConnect = AlterConnect,
): Way => {
  const { connect } = read();
  const widget = connect ?? create();

  return {
    open: (own) => {
      const { prompt, ...options } = { ...read(), ...own };
      busy(true);
      const outcome = widget.open({
        ...options,
        ...callbacks(
          (name) =>
            (...args) =>
              ({ ...read(), ...own })[name]?.(...args),
        ),
        // A key without a value would take the widget's own away.
        ...(prompt !== undefined && { prompt }),
        token: options.token ?? (() => mint(options)),
      });
      void outcome.then(() => busy(false));
      return outcome;
    },
    close: widget.close,
    start: () => {
      here.add(read);
      void widget.getRedirectResult().then(hear);
      return () => {
        here.delete(read);
        // Only what is open: a framework may start, stop and start again before anybody could click.
        if (!connect && widget.isOpen()) widget.destroy();
      };
    },
  };
};

/**
 * On this origin only: whoever could write the address into a page, as an attribute, could otherwise have users connect
 * their accounts in a session of somebody else's.
 */
const mint = async ({ sessionEndpoint, provider }: ConnectOptions): Promise<string> => {
  if (!sessionEndpoint) throw new Error("no session endpoint, no token");
  const reply = await fetch(sessionEndpoint, {
    method: "POST",
    mode: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ provider }),
  });
  const body = reply.ok && (await reply.json().catch(() => 0));
  const token: unknown = body && (body.session_token ?? body.sessionToken);
  if (typeof token !== "string")
    throw new Error(`${sessionEndpoint}: expected { session_token }, got ${reply.status}`);
  return token;
};

const here = new Set<() => ConnectOptions>();
let heard: Outcome | null;

/** All widgets of a page get the same result, the object itself. One place hears it: whose provider it is, if any. */
const hear = (outcome: Outcome | null): void => {
  const [any, ...others] = here;
  if (!outcome || heard === outcome || !any) return;
  heard = outcome;
  const of = (provider?: string) => [any, ...others].find((read) => read().provider === provider);
  const [first, ...more] = outcome.status === "success" ? outcome.connections : [];
  const place = ((first && of(first.provider)) ?? of() ?? any)();
  if (first) place.onSuccess?.(first, [first, ...more]);
  else if (outcome.status === "error") place.onError?.(outcome.error);
  else place.onExit?.();
};
