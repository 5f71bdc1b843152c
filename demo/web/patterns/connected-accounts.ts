/** The page of "connected accounts". */
import backend from "../../app/patterns/connected-accounts.ts?raw";
import { actions, list, type Row } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

type Account = { grantKind: string; grantId: string; name: string; status: string } & Partial<{
  account: string;
  scopes: string[];
  missingScopes: string[];
  expiresAt: string | null;
}>;

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export const connectedAccounts: Pattern = {
  title: "Connected accounts",
  about:
    "The broker knows what a user has connected, so an app's own page of connected accounts is one loop over listGrants(). Each grant says what state it is in and what it lacks, and a session with its id renews it.",
  code: { "connected-accounts.ts": backend },
  start: ({ add, ask, connect }) => {
    const accounts = list("Connected accounts", "None yet.");

    const load = async () => {
      const { ok, body } = await ask({ path: "/accounts" });
      if (!ok) return;
      const all = (body as { accounts: Account[] }).accounts;
      const own = all.filter(({ grantKind }) => grantKind === "oauth");
      // The user's own first.
      accounts.draw([...own, ...all.filter((one) => !own.includes(one))].map(row));
    };

    const row = (one: Account): Row => ({
      title: one.account ?? one.name,
      details:
        one.grantKind === "managed_secret"
          ? [one.status, "a key of Day Planner's own"]
          : [
              one.name,
              one.status,
              one.missingScopes?.length ? `lacks ${one.missingScopes.join(", ")}` : "lacks nothing",
              one.expiresAt ? `until ${day.format(new Date(one.expiresAt))}` : "without an end",
            ],
      testId: one.grantKind,
      ...(one.grantKind === "oauth" && {
        action: {
          label: "Connect again",
          testId: "renew",
          onClick: () => connect({ grantId: one.grantId }, load),
        },
      }),
    });

    add(
      actions({
        label: "Connect an account",
        testId: "connect-any",
        main: true,
        onClick: () => connect({}, load),
      }),
    );
    add(accounts.section);
    void load();
  },
};
