/** Rows about Connect, as far as the backend sees it: how it begins, and how the server hears of its end. */
import { beginAtServer } from "../sdk/sessions.ts";
import type { Stage } from "../sdk/stage.ts";
import { A } from "../world.ts";
import type { Row } from "./row.ts";

export const ofConnect: Row[] = [
  {
    error: "ConnectFlowError",
    code: "origin_not_allowed",
    cause: "`allowedOrigin` is not one of the app's `origins`.",
    fix: "Name your own page's origin, never what a request says; or have the operator add it.",
    provoke: ({ app, as }) =>
      as("starter", () => app.createConnectSession({ allowedOrigin: "http://localhost:1" })),
  },
  {
    error: "ConnectFlowError",
    code: "return_url_not_allowed",
    cause:
      "`returnUrl` is not configured for the app, not on `allowedOrigin`, or has a fragment or parameters of ours.",
    fix: "Correct it, or have the operator add it to `return_urls`.",
    provoke: ({ app, as }) =>
      as("starter", () =>
        app.createConnectSession({ allowedOrigin: A, returnUrl: `${A}/elsewhere` }),
      ),
  },
  {
    error: "ConnectFlowError",
    code: "provider_not_allowed",
    cause: "`allowedProviders` names a provider that the app does not offer.",
    fix: "Use ids of `listProviders()`, or have the operator configure it.",
    provoke: ({ app, as }) =>
      as("starter", () =>
        app.createConnectSession({ allowedOrigin: A, allowedProviders: ["goggle"] }),
      ),
  },
  {
    error: "ConnectFlowError",
    code: "access_denied",
    cause: "The user said no at the provider.",
    fix: "Offer Connect again.",
    provoke: (stage) =>
      returnedAfter(stage, "denier", async ({ browser, session_id }) => {
        const no = { account: "denier@work.test", deny: true };
        await browser.callback(await stage.visit(browser, session_id, "calendar", no));
        await browser.page("finish", { session_id, reason: "denied" });
      }),
  },
  {
    error: "ConnectFlowError",
    code: "connect_exit",
    cause: "The user left Connect without connecting anything.",
    fix: "Nothing is wrong: offer Connect again.",
    provoke: (stage) =>
      returnedAfter(stage, "quitter", async ({ browser, session_id }) => {
        await browser.page("finish", { session_id, reason: "cancel" });
      }),
  },
  {
    error: "ConnectFlowError",
    code: "wrong_user",
    cause: "The person pressed *Not you?* What the session had connected was revoked.",
    fix: "Log the right user in, then start Connect again.",
    provoke: (stage) =>
      returnedAfter(stage, "somebody", async ({ browser, session_id }) => {
        await browser.page("finish", { session_id, reason: "not_you" });
      }),
  },
  {
    error: "ConnectFlowError",
    code: "session_expired",
    cause: "The user took longer than the session lives.",
    fix: "Offer Connect again.",
    provoke: (stage) => returnedAfter(stage, "dawdler", async () => stage.world.pass(16 * 60_000)),
  },
  {
    error: "ConnectFlowError",
    code: "invalid_code",
    cause: "The code is unknown, used, older than two minutes, or another user's.",
    fix: "Offer Connect again. Is it the same user's JWT as for `createConnectSession`?",
    provoke: ({ app, as }) =>
      as("inventor", () => app.completeConnectSession({ code: "x".repeat(43) })),
  },
  {
    error: "ConnectFlowError",
    code: "connect_code_missing",
    cause: "The URL is not the one to which Connect sent the browser.",
    fix: "Pass that URL, query included.",
    provoke: ({ app, as }) => as("lost", () => app.completeConnectSession({ url: "/connected" })),
  },
  {
    error: "ConnectFlowError",
    code: "connect_failed",
    cause: "The URL's `alter_connect_error` is no code: somebody made it up.",
    fix: "Offer Connect again.",
    provoke: ({ app, as }) =>
      as("lured", () =>
        app.completeConnectSession({ url: "/connected?alter_connect_error=Call%20555-1234" }),
      ),
  },
];

/** Connect by the app's server, ended as told; then the app reads the URL that the browser came back with. */
const returnedAfter = async (
  stage: Stage,
  user: string,
  end: (begun: Awaited<ReturnType<typeof beginAtServer>>) => Promise<void>,
) => {
  const begun = await beginAtServer(stage, user);
  await end(begun);
  const { body } = await begun.browser.page("view", { session_id: begun.session_id });
  const url = String(body["redirect_to"]);
  return stage.app.completeConnectSession({ url, userToken: await stage.userToken(user) });
};
