/**
 * Whose turn it is: of all that is under way only the newest may change the screen, and what was to happen later
 * lapses with the turn that wanted it. Must not know what is done in a turn.
 */
export const createTurns = () => {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    /** Starts one, and says of it whether it is still the newest. */
    next: (): (() => boolean) => {
      const mine = ++turn;
      clearTimeout(timer);
      return () => mine === turn;
    },
    /** One thing at a time is waited for. */
    later: (ms: number, act: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(act, ms);
    },
  };
};
