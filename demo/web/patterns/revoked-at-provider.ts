/** The page of "revoked at the provider". */
import backend from "../../app/patterns/revoked-at-provider.ts?raw";
import { element } from "../dom.ts";
import { actionButton } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

export const revokedAtProvider: Pattern = {
  title: "Revoked at the provider",
  about:
    "A user can take the access away where it was given, and nobody tells the app. The next call finds out and is a CredentialRevokedError; connecting the same account again keeps the grant id.",
  code: { "revoked-at-provider.ts": backend },
  start: ({ add, ask }) => {
    add(
      element(
        "div",
        { class: "actions" },
        actionButton({
          label: "Read events",
          testId: "read",
          main: true,
          onClick: () => ask({ path: "/events" }),
        }),
        element(
          "a",
          {
            class: "button",
            href: "/api/patterns/revoked-at-provider/provider-page",
            target: "_blank",
            rel: "noopener",
            "data-testid": "provider-page",
          },
          "Remove the access at Acme Calendar",
        ),
      ),
    );
  },
};
