/** What a row of the table says, and the steps that several of them begin with. */
import type * as sdk from "../../../sdk/src/index.ts";
import { changed } from "../../servers/faults.ts";
import type { Stage } from "../sdk/stage.ts";

export type ErrorClass = Extract<keyof typeof sdk, `${string}Error`>;

export type Row = {
  error: ErrorClass;
  code: string;
  /** Both in Markdown. A fix begins with `Show Connect` where `reauthRequired` says so, and nowhere else. */
  cause: string;
  fix: string;
  /** Gets the error from a real broker. */
  provoke: (stage: Stage) => Promise<unknown>;
};

/** A second try would only take time. */
export const once = { provider: "calendar", maxRetries: 0 };

export const connected = async (stage: Stage, user: string, stale?: { expires_in: number }) => {
  if (stale) stage.world.calendar.control.fail("token", changed(stale));
  await stage.connect(user);
};
