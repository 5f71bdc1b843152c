/** The page of "several accounts". */
import backend from "../../app/patterns/several-accounts.ts?raw";
import { actions } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

export const severalAccounts: Pattern = {
  title: "Several accounts",
  about:
    "A user can connect the same provider more than once, and then a call by the provider's name alone is an AmbiguousGrantError that names the accounts. The app lets the user pick, and passes the pick as account.",
  code: { "several-accounts.ts": backend },
  start: ({ add, ask, connect }) => {
    const read = () => ask({ path: "/events" });
    add(
      actions(
        { label: "Read events", testId: "read", main: true, onClick: read },
        {
          label: "Connect another calendar",
          testId: "connect-another",
          onClick: () => connect({ provider: "calendar" }, read),
        },
      ),
    );
  },
};
