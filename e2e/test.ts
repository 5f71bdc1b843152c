/**
 * `test` with the world in it, and the steps that users take: visit an app, click Connect, agree at a
 * provider. Watches what pages tell their own servers; looks at a page only where a user would.
 */
import { test as base, expect, type Page } from "@playwright/test";
import type { TestApp } from "../test/servers/app.ts";
import { closing, counts } from "./clicks.ts";
import { createVisitor, newUser, type Visitor, type VisitOptions } from "./visit.ts";
import { startWorld, type World } from "./world.ts";

export { expect, newUser };

export const test = base.extend<{ calm: undefined }, { world: World }>({
  world: [
    // Playwright wants to see which fixtures this one needs; the engine is as good as none.
    async ({ browserName: _engine }, use) => {
      const world = await startWorld();
      await use(world);
      await world.stop();
    },
    { scope: "worker" },
  ],
  calm: [
    async ({ world }, use) => {
      await use(undefined);
      world.calm();
    },
    { auto: true },
  ],
});

export type Visit = Visitor & {
  page: Page;
  /** Clicks Connect; resolves with the popup. */
  connect: () => Promise<Page>;
};

/** Opens the app's page as a fresh user, unless told which. */
export const visit = async (
  page: Page,
  app: TestApp,
  options: VisitOptions = {},
): Promise<Visit> => {
  const visitor = createVisitor(app, options);
  await page.goto(visitor.url);
  await visitor.told("loaded");
  return {
    ...visitor,
    page,
    connect: async () => {
      const opened = page.waitForEvent("popup");
      await page.getByTestId("connect").click();
      return opened;
    },
  };
};

/** A button of the hosted page, as soon as it counts clicks. */
export const press = async (popup: Page, name: string): Promise<void> => {
  await counts(popup, { name });
  await popup.getByRole("button", { name }).click();
};

/** A button of the hosted page after which its window may be gone. */
export const leave = (popup: Page, name: string): Promise<void> =>
  closing(popup, popup.getByRole("button", { name }).click());

/** The deliberate click on the hosted page. */
export const continueTo = async (popup: Page, provider: string): Promise<void> => {
  await press(popup, `Continue to ${provider}`);
  await counts(popup, { testId: "login" });
};

export const logIn = async (popup: Page, account: string): Promise<void> => {
  await popup.getByTestId("account").fill(account);
  await popup.getByTestId("login").click();
  await counts(popup, { testId: "allow" });
};

/** Does not wait for where that leads: tests hold the broker's answer back, or close the window. */
export const agree = async (popup: Page, account: string): Promise<void> => {
  await logIn(popup, account);
  await popup.getByTestId("allow").click({ noWaitAfter: true });
};

export const deny = async (popup: Page, account: string): Promise<void> => {
  await logIn(popup, account);
  await popup.getByTestId("deny").click();
};

/** From the hosted page to the end, as the user's own account at Test Calendar. */
export const connectCalendar = async (popup: Page, account: string): Promise<void> => {
  await continueTo(popup, "Test Calendar");
  await agree(popup, account);
};

export const closed = async (popup: Page): Promise<void> => {
  if (!popup.isClosed()) await popup.waitForEvent("close");
};

/** The next URL below `prefix` that a window asks for. */
export const nextRequest = async (source: Page, prefix: string): Promise<string> => {
  const request = await source.waitForEvent("request", {
    predicate: (candidate) => candidate.url().startsWith(prefix),
  });
  return request.url();
};

/** The callback that a provider sends this window to, whole. */
export const callbackOf = (popup: Page, world: World): Promise<string> =>
  nextRequest(popup, `${world.broker.url}/oauth/callback/`);

/** The success a user of `provider` expects: one connection to `account`. */
export const successWith = (provider: string, account: string): unknown => ({
  status: "success",
  connections: [
    expect.objectContaining({ provider, account_identifier: account, status: "active" }),
  ],
});
