/**
 * What pages under test reported to their own server, and a way to wait for it. Tests watch this rather
 * than the page: each look at a page by the driver counts as a user gesture and would hide blocked popups.
 */
import type { IncomingMessage } from "node:http";
import { readBody } from "./http.ts";

/**
 * `run` tells the visits of one server apart: each test makes one up. `place` is where a page that was loaded once
 * has it among its reports, each of which is a request of its own.
 */
export type Entry = {
  run: string;
  type: string;
  detail: unknown;
  place?: { load: number; nth: number } | undefined;
};

export type Journal = {
  /** For what a server has to say itself. */
  add: (entry: Entry) => void;
  /** Takes in the body of a report. */
  receive: (req: IncomingMessage) => Promise<void>;
  entries: (run: string, type?: string) => Entry[];
  /** The detail of the `nth` (from 0) entry of a type, now or later; rejects after the timeout. */
  wait: (
    run: string,
    type: string,
    options?: { nth?: number; timeout?: number },
  ) => Promise<unknown>;
};

const TIMEOUT = 15_000;

export const createJournal = (): Journal => {
  const all: Entry[] = [];
  const watchers = new Set<() => void>();
  const entries = (run: string, type?: string): Entry[] =>
    all.filter((entry) => entry.run === run && (type === undefined || entry.type === type));

  const add = (entry: Entry): void => {
    const later = all.findIndex((other) => isLater(other, entry));
    all.splice(later < 0 ? all.length : later, 0, entry);
    for (const watcher of [...watchers]) watcher();
  };

  return {
    add,
    receive: async (req) => {
      const report = JSON.parse((await readBody(req)).toString()) as Partial<Entry>;
      const { detail, place } = report;
      add({ run: String(report.run), type: String(report.type), detail, place });
    },
    entries,
    wait: (run, type, { nth = 0, timeout = TIMEOUT } = {}) =>
      new Promise((resolve, reject) => {
        const look = (): boolean => {
          const found = entries(run, type)[nth];
          if (!found) return false;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(found.detail);
          return true;
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          const seen = entries(run).map((e) => `${e.type} ${JSON.stringify(e.detail)}`);
          reject(
            new Error(`no "${type}" (${nth}) within ${timeout} ms; seen:\n${seen.join("\n")}`),
          );
        }, timeout);
        watchers.add(look);
        look();
      }),
  };
};

const isLater = (a: Entry, b: Entry): boolean =>
  a.place !== undefined &&
  b.place !== undefined &&
  a.run === b.run &&
  a.place.load === b.place.load &&
  a.place.nth > b.place.nth;
