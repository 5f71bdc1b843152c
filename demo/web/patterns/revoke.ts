/** The page of "revoke". */
import backend from "../../app/patterns/revoke.ts?raw";
import { actions, list } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

type Account = { grantId: string; account: string };

export const revoke: Pattern = {
  title: "Revoke",
  about:
    "When a user disconnects an account in the app, revokeGrant() destroys its tokens at once and tells the provider. The next call is a GrantRevokedError, and Connect is the way back.",
  code: { "revoke.ts": backend },
  start: ({ add, ask, onAnswer, read, connect }) => {
    const accounts = list("Connected calendars", "None.");

    const load = async () => {
      const { ok, body } = await read({ path: "/accounts" });
      if (!ok) return;
      accounts.draw(
        (body as { accounts: Account[] }).accounts.map(({ grantId, account }) => ({
          title: account,
          details: [grantId],
          testId: "account",
          action: {
            label: "Disconnect",
            testId: "revoke",
            onClick: () => ask({ path: `/accounts/${grantId}/revoke`, method: "POST", body: {} }),
          },
        })),
      );
    };

    const events = () => ask({ path: "/events" });
    add(
      actions(
        { label: "Read events", testId: "read", main: true, onClick: events },
        {
          label: "Connect a calendar",
          testId: "connect-calendar",
          onClick: () => connect({ provider: "calendar" }, events),
        },
      ),
    );
    add(accounts.section);
    onAnswer(load);
    void load();
  },
};
