/**
 * A user's visit to an app, without the browser: who it is, where to go, what the app's page reports to its own
 * server, and what the app's back end can do for this user. Knows the world's servers only.
 */
import type { Answer, PageOptions, TestApp } from "../test/servers/app.ts";
import type { TestProvider } from "../test/servers/provider.ts";

export type VisitOptions = Omit<PageOptions, "run">;

export type Visitor = {
  /** A user of this visit only, so that no test sees another's grants. */
  user: string;
  email: string;
  /** Marks this visit in the app's journal. */
  run: string;
  /** The app's page for this visit. */
  url: string;
  /** What the app's page reported: the `nth` of a type, now or soon. */
  told: (type: string, options?: { nth?: number; timeout?: number }) => Promise<unknown>;
  /** All it reported of a type until now. */
  soFar: (type: string) => unknown[];
  /** Fetches the provider's API with the user's token, on the app's back end. */
  call: (
    provider: Pick<TestProvider, "url">,
    grant: Parameters<TestApp["call"]>[2],
  ) => Promise<Answer>;
  grants: () => Promise<Record<string, unknown>[]>;
};

export const newUser = (): string => `ann-${crypto.randomUUID().slice(0, 8)}`;

/** A fresh user of `app`, unless told which. */
export const createVisitor = (app: TestApp, options: VisitOptions = {}): Visitor => {
  const run = crypto.randomUUID();
  const { user = newUser() } = options;
  return {
    user,
    email: `${user}@example.com`,
    run,
    url: app.page({ providers: ["calendar"], ...options, run, user }),
    told: (type, wait) => app.journal.wait(run, type, wait),
    soFar: (type) => app.journal.entries(run, type).map((entry) => entry.detail),
    call: (provider, grant) => app.call(user, `${provider.url}/api/me`, grant),
    grants: () => app.grants(user),
  };
};
