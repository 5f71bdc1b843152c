/**
 * Statements of a transaction whose answers nobody needs, since what goes wrong with one is the commit's error. Knows which
 * they are: a driver that can send before it has been answered saves a trip for each, another runs them as any.
 */
const marked = new WeakSet<object>();

export const unanswered = <Q extends object>(query: Q): Q => {
  marked.add(query);
  return query;
};

export const isUnanswered = (query: object): boolean => marked.has(query);
