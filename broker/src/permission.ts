/**
 * Rules applied to a call: reads what they count, decides, and writes what the call costs. Knows the store; how
 * one decides is policy.ts. Throws unless all of it went well, so that nobody gets a token on a doubt.
 */
import { Refusal } from "./error.ts";
import { countersOf, decide, type Allowed, type Call, type Decision, type Rule } from "./policy.ts";
import type { Statements, Store } from "./store/store.ts";

/** @throws Refusal `policy_violation` */
export type Permit = (rules: Rule[], call: Call) => Promise<Pick<Allowed, "unchanged_for">>;

export const createPermission = (deps: { store: Store; now: () => number }): Permit => {
  const { store, now } = deps;

  return async (rules, call) => {
    const names = countersOf(rules, call);
    const decideBy = async (statements: Pick<Statements, "counters">): Promise<Allowed> => {
      const counters = names.length ? await statements.counters.read(names) : new Map();
      return allowed(decide(rules, { ...call, now: now(), counters }));
    };

    // Outside of a transaction first: calls that come too fast must not stand in line for the only write lock.
    const first = await decideBy(store);
    if (!first.spend.length) return first;
    // Decided anew where nobody else can write, so that of many at once only as many pass as may.
    return store.transaction(async (tx) => {
      const decision = await decideBy(tx);
      await tx.counters.spend(decision.spend);
      return decision;
    });
  };
};

const allowed = (decision: Decision): Allowed => {
  if (decision.allow) return decision;
  const { rule, retry_at, why } = decision;
  const { to, id } = rule.attached;
  throw new Refusal(
    "policy_violation",
    {
      detail: `The policy "${rule.name}" refused the call.`,
      policy_error: {
        rule: rule.name,
        kind: rule.kind,
        attached_to: to,
        retry_at: retry_at === null ? null : new Date(retry_at).toISOString(),
      },
    },
    `${rule.kind} "${rule.name}" of ${to} ${id}: ${why}`,
  );
};
