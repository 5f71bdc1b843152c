/** The page of "a scope added later". */
import backend from "../../app/patterns/added-scope.ts?raw";
import { button, element } from "../dom.ts";
import type { Pattern } from "./pattern.ts";

export const addedScope: Pattern = {
  title: "A scope added later",
  about:
    "An app asks for reading first, and for writing on the day the user wants to write: a call with requiredScopes that the grant lacks is a ScopeReauthRequiredError before anything is sent. Connect then asks for the missing scope as well, and a user who leaves it out is told that something was left out.",
  code: { "added-scope.ts": backend },
  start: ({ add, ask }) => {
    const title = element("input", {
      id: "event-title",
      value: "Lunch with Kim",
      maxlength: "80",
    }) as HTMLInputElement;
    add(
      element(
        "div",
        { class: "field" },
        element("label", { for: "event-title" }, "New event"),
        title,
      ),
    );
    add(
      element(
        "div",
        { class: "actions" },
        button(
          "Add to the calendar",
          { class: "main", "data-testid": "add" },
          () => void ask({ path: "/events", method: "POST", body: { title: title.value } }),
        ),
      ),
    );
  },
};
