/**
 * Questions that come in one turn of the event loop, asked in one statement: under load a trip to the database costs more
 * than what is done there. Knows no SQL; each question gets its own answer, or the error that all of them met.
 */
import { setImmediate } from "node:timers/promises";

export const together = <Q, A>(
  ask: (questions: Q[]) => Promise<A[]>,
  /** Throws where a question could not be asked: alone, since the others would fail with it. */
  check: (question: Q) => void,
): ((question: Q) => Promise<A>) => {
  let next: { questions: Q[]; answers: Promise<A[]> } | undefined;

  const gather = async (questions: Q[]): Promise<A[]> => {
    await setImmediate();
    next = undefined;
    return ask(questions);
  };

  return async (question) => {
    check(question);
    if (!next) {
      const questions: Q[] = [];
      next = { questions, answers: gather(questions) };
    }
    const { questions, answers } = next;
    const at = questions.push(question) - 1;
    return (await answers)[at] as A;
  };
};
