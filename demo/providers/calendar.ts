/**
 * Acme Calendar: today and the two days after it, different for each account, the same at each call, and what was
 * added to it.
 */
import { randomUUID } from "node:crypto";
import type { Account } from "../oidc/directory.ts";
import logo from "./calendar.svg?raw";
import type { Entry, ProviderDescription } from "./provider.ts";
import { rotate } from "./vary.ts";

export type CalendarEvent = {
  id: string;
  title: string;
  place: string;
  start: string;
  end: string;
};

export const calendar: ProviderDescription = {
  brand: { id: "calendar", name: "Acme Calendar", logo },
  path: "/api/events",
  scope: "calendar.read",
  wish: "See your calendar and its events",
  read: (account, now, added) => ({
    events: [...eventsOf(account, now), ...added].sort(byStart),
  }),
  write: {
    scope: "calendar.write",
    wish: "Add events to your calendar",
    entry: (body, now) => {
      const { title } = (body ?? {}) as { title?: unknown };
      if (typeof title !== "string" || title.trim() === "" || title.length > 80) return undefined;
      const start = new Date(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours() + 1);
      return {
        id: `evt_${randomUUID()}`,
        title: title.trim(),
        place: "",
        ...lasting(start, 60),
      };
    },
  },
};

const byStart = (a: Entry, b: Entry) => ((a.start ?? "") < (b.start ?? "") ? -1 : 1);

const lasting = (start: Date, minutes: number) => ({
  start: start.toISOString(),
  end: new Date(start.getTime() + minutes * 60_000).toISOString(),
});

/** Offset in days, hour, minutes long. */
const SLOTS = [
  [0, 9, 30],
  [0, 13, 60],
  [1, 10, 45],
  [1, 16, 30],
  [2, 11, 60],
] as const;

type Plan = readonly [title: string, place: string];

const WORK: Plan[] = [
  ["Planning", "Room Elm"],
  ["Design review", "Room Oak"],
  ["Interview", "Online"],
  ["Team coffee", "Café Nord"],
  ["Release check", "Online"],
  ["Budget", "Room Elm"],
];

const HOME: Plan[] = [
  ["Dentist", "Main Street 4"],
  ["Piano lesson", "Music school"],
  ["Coffee with Mia", "Café Nord"],
  ["Football", "City park"],
  ["Library", "Old town"],
  ["Market", "Harbour square"],
];

const eventsOf = (account: Account, now: Date): CalendarEvent[] => {
  const plans = rotate(account.login.includes("home") ? HOME : WORK, account.id);
  return SLOTS.map(([days, hour, minutes], i) => {
    const [title, place] = plans[i] ?? ["Free", ""];
    const start = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
    return {
      id: `evt_${String(i + 1)}`,
      title,
      place,
      ...lasting(start, minutes),
    };
  });
};
