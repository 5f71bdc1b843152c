/**
 * How long the session lasts, as far as this page knows: every answer of the broker begins it anew, in this window or in
 * another of the same browser, and what happens to it there is heard here. Must not know what is shown.
 */

/** To the Wallet's other windows. Of the same origin, and never of who is meant more than the name on screen. */
export type Note = { type: "renewed"; user: string; expires_in: number } | { type: "left" };

type SessionDeps = {
  now: () => number;
  tell: (note: Note) => void;
  onEnd: () => void;
};

/** The broker's clock decides, and only once it has: whoever asks earlier would begin the session anew. */
const AFTER_MS = 1_000;

export const createSession = ({ now, tell, onEnd }: SessionDeps) => {
  let current: { user: string; expires_in: number } | undefined;
  let ends = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = (user: string, expires_in: number): void => {
    current = { user, expires_in };
    ends = now() + expires_in * 1_000 + AFTER_MS;
    clearTimeout(timer);
    // Longer ones than this would fire at once, and no session is.
    timer = setTimeout(look, Math.min(ends - now(), 2 ** 31 - 1));
  };

  const stop = (): void => {
    clearTimeout(timer);
    current = undefined;
    ends = Infinity;
  };

  const look = (): void => {
    if (now() < ends) return;
    stop();
    onEnd();
  };

  return {
    renewed: (user: string, expires_in: number): void => {
      run(user, expires_in);
      tell({ type: "renewed", user, expires_in });
    },
    /** By a call that does not say for how long. */
    used: (): void => {
      if (!current) return;
      run(current.user, current.expires_in);
      tell({ type: "renewed", ...current });
    },
    /** Another window's. @returns whether it is the same user's. */
    heard: (user: string, expires_in: number): boolean => {
      if (current?.user !== user) return false;
      run(user, expires_in);
      return true;
    },
    left: (): void => {
      stop();
      tell({ type: "left" });
    },
    stop,
    /** After sleep timers are late. */
    look,
  };
};

/** @returns undefined for what no window of ours says. */
export const readNote = (message: unknown): Note | undefined => {
  const { type, user, expires_in } = Object(message) as Record<string, unknown>;
  if (type === "left") return { type };
  if (type !== "renewed" || typeof user !== "string") return undefined;
  return typeof expires_in === "number" ? { type, user, expires_in } : undefined;
};
