/** What a pattern's page is made of. */
import type { Stage } from "./stage.ts";

export type Pattern = {
  title: string;
  /** What it is, in two sentences. */
  about: string;
  /** Its backend as it stands, by file name. */
  code: Record<string, string>;
  /** Puts its controls on the stage. */
  start: (stage: Stage) => void;
};
