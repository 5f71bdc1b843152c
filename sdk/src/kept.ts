/** A map that forgets: what is out of date, and what was used longest ago once there is too much. */
export const createKept = <Value>(most: number, now: () => number) => {
  const entries = new Map<string, { value: Value; until: number }>();

  return {
    get: (key: string): Value | undefined => {
      const entry = entries.get(key);
      entries.delete(key);
      if (!entry || entry.until <= now()) return undefined;
      entries.set(key, entry); // A Map keeps the order of insertion, so this is now the newest.
      return entry.value;
    },

    /** `until`: milliseconds since the epoch. */
    set: (key: string, value: Value, until: number): void => {
      entries.delete(key);
      if (until <= now()) return;
      entries.set(key, { value, until });
      const [oldest] = entries.keys();
      if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    },

    forget: (matches: (key: string, value: Value) => boolean): void => {
      for (const [key, { value }] of entries) if (matches(key, value)) entries.delete(key);
    },
  };
};
