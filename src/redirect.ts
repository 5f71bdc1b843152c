/**
 * Leaves for the hosted page in this window, and finds what it came back with (wire, section 3). Knows the
 * address bar and the browser's storage; must not know who is told.
 */
import { PAGE_PATH, REDEEM_PATH, type Outcome } from "@alter-ai/protocol/window";
import { callBroker, failure } from "./outcome.ts";
import type { AppWindow } from "./popup-window.ts";
import type { Proof } from "./secret.ts";

/** Begins our parameters in the return URL and our keys in storage. */
const OURS = "alter_connect_";

/** Longer than any session lives, and the broker is who decides. */
const LIFETIME_MS = 5e6;

/**
 * Goes, and comes back by another load of a page. `false`: nothing can be kept here, so it does not go [M16]. The
 * challenge is as good a state as any: nobody can guess it, and it belongs to one verifier.
 */
export const leave = (
  app: AppWindow,
  origin: string,
  { token, verifier, challenge: state }: Proof,
): boolean => {
  const now = Date.now();
  const kept = inStorage(app, (storage) => {
    for (const [key, value] of Object.entries<string>(storage))
      if (key.startsWith(OURS) && parseInt(value) < now) storage.removeItem(key);
    // A key for each state: tabs and attempts keep apart.
    return (storage[OURS + state] = [now + LIFETIME_MS, origin, verifier].join(" "));
  });
  if (!kept) return false;
  // The fragment reaches no server, and the page wipes it before anything else.
  app.location.assign(`${origin + PAGE_PATH}#session=${token}&challenge=${state}&state=${state}`);
  return true;
};

export type Return = {
  /** What the redirect came to; `null` when this page is not the end of one. */
  result: Promise<Outcome | null>;
  /** Somebody has it: no widget that is made later, and no reload, need find it again. */
  forget: () => void;
};

/** Once for all widgets that are there when it comes, however many copies of this package they come from. */
export const readReturn = (app: AppWindow & { [OURS]?: Return | undefined }): Return => {
  // An element with that id would be here, too.
  if (app[OURS]?.forget) return app[OURS];
  const url = new URL(app.location.href);
  const came = url.search.includes(OURS);
  // Kept for a reload of this tab before it leaves the address, real or forged [M1].
  const search = inStorage<string>(app, () =>
    came ? (app.sessionStorage[OURS] = url.search) : app.sessionStorage[OURS],
  );
  const brought = new URLSearchParams(search ?? url.search);
  for (const name of brought.keys()) if (name.startsWith(OURS)) url.searchParams.delete(name);
  if (came) app.history.replaceState(app.history.state, "", url);
  const [state, code, error] = ["state", "code", "error"].map((name) => brought.get(OURS + name));
  return (app[OURS] = {
    result: resolve(app, state, code, error),
    forget: () => {
      app[OURS] = undefined;
      inStorage(app, (storage) => {
        storage.removeItem(OURS);
        storage.removeItem(OURS + state);
      });
    },
  });
};

const resolve = async (
  app: AppWindow,
  state: string | null | undefined,
  code: string | null | undefined,
  error: string | null | undefined,
): Promise<Outcome | null> => {
  const kept = state && inStorage(app, (storage) => storage[OURS + state] as string | undefined);
  const [until, origin, verifier] = `${kept}`.split(" ") as [string, string, string];
  if (!(parseInt(until) > Date.now()))
    return code ? failure("redirect_state_lost", "Connect again") : null;
  if (!code) return error ? failure(error) : { status: "exit" };
  // The broker may be away, or the phone. A code does not live long, so this has an end.
  for (;;) {
    const reply = await callBroker(app, origin + REDEEM_PATH, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code, verifier }),
    });
    if (reply && reply.status !== "pending") return reply;
    await new Promise((again) => app.setTimeout(again, 5_000));
  }
};

/** localStorage, since apps of providers come back in a new tab. Where it is blocked or full, this tab's own. */
const inStorage = <T>(app: AppWindow, use: (storage: Storage) => T): T | undefined => {
  let found: T | undefined;
  for (const name of ["localStorage", "sessionStorage"] as const)
    try {
      found ||= use(app[name]);
    } catch {
      // The next, or nowhere.
    }
  return found;
};
