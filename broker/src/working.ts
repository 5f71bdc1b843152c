/** What is being worked on, by count, and when nothing is. Knows no request. */
/** A browser that has gone away leaves its exchange behind, which must end all the same: counted is work, not connections. */
export const createWorking = () => {
  let count = 0;
  let whenIdle: (() => void)[] = [];
  return {
    on: async <T>(work: () => Promise<T>): Promise<T> => {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        if (count === 0) whenIdle = whenIdle.flatMap((tell) => (tell(), []));
      }
    },
    count: () => count,
    idle: () => new Promise<void>((tell) => (count === 0 ? tell() : whenIdle.push(tell))),
  };
};
