/** Times as people say them, in their language and where they are. Pure: is told what time it is. */

export type When = ReturnType<typeof createWhen>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const createWhen = (language: string, now: number) => {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const formatted =
    (options: Intl.DateTimeFormatOptions) =>
    (iso: string): string => {
      const time = Date.parse(iso);
      return Number.isNaN(time) ? "–" : new Intl.DateTimeFormat(language, options).format(time);
    };
  const date = formatted({ dateStyle: "medium" });

  return {
    /** For a tooltip and a machine's reading: all of it. */
    exact: formatted({ dateStyle: "full", timeStyle: "long" }),
    date,
    time: formatted({ timeStyle: "short" }),
    /** “5 minutes ago”, “yesterday”, and from a week on the date. */
    ago: (iso: string): string => {
      const past = now - Date.parse(iso);
      if (!(past < 7 * DAY)) return date(iso);
      // Clocks differ: what has just been is never in the future.
      if (past < MINUTE) return relative.format(0, "second");
      if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), "minute");
      if (past < DAY) return relative.format(-Math.floor(past / HOUR), "hour");
      return relative.format(-Math.floor(past / DAY), "day");
    },
    /** The heading of a day's list. */
    day: (iso: string): string => {
      const days = dayOf(now) - dayOf(Date.parse(iso));
      if (days === 0 || days === 1) return relative.format(-days, "day");
      return formatted({ weekday: "long", day: "numeric", month: "long", year: "numeric" })(iso);
    },
    span: (seconds: number): string => {
      const [count, unit] = seconds < 90 ? [seconds, "second"] : [seconds / 60, "minute"];
      return new Intl.NumberFormat(language, {
        ...{ style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 },
      }).format(Math.ceil(Number(count)));
    },
  };
};

/** Days of the calendar, here: not of 24 hours where a clock is put forward. */
const dayOf = (time: number): number => {
  const at = new Date(time);
  return Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / DAY);
};
