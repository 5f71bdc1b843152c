/** How an event and a file look in their lists. Knows the two APIs' fields and the reader's language. */
import { element } from "./dom.ts";
import { entry } from "./feed.ts";

export type Events = {
  events: { id: string; title: string; place: string; start: string; end: string }[];
};
export type Files = { files: { id: string; name: string; size: number; changed: string }[] };

const DAY = 24 * 3600_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
});
const nearby = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** With a heading before each day's first event. */
export const eventEntries = ({ events }: Events): HTMLElement[] => {
  let shown = "";
  return events.flatMap(({ title, place, start, end }) => {
    const from = new Date(start);
    const row = entry("event", title, place, clock.formatRange(from, new Date(end)));
    const day = dayOf(from);
    if (day === shown) return [row];
    shown = day;
    return [element("li", { class: "day" }, day), row];
  });
};

export const fileEntries = ({ files }: Files): HTMLElement[] =>
  files.map(({ name, size, changed }) =>
    entry("file", name, `${String(Math.round(size / 1000))} kB`, dayOf(new Date(changed))),
  );

const dayOf = (date: Date): string => {
  const away = Math.round((midnight(date) - midnight(new Date())) / DAY);
  return Math.abs(away) <= 1 ? capital(nearby.format(away, "day")) : weekday.format(date);
};

const midnight = (date: Date) =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
