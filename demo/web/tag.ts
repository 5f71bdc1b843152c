/** What a page with `<alter-connect-button>` has to write itself: who listens. The page around it is tag-page.ts. */
import type {} from "@alter-ai/connect/button";

const show = (told: string, detail: unknown) => {
  const result = document.querySelector("#result");
  if (result) result.textContent = `${told} ${JSON.stringify(detail, null, 2)}`;
};

document.addEventListener("alter-connect:success", ({ detail }) => {
  // Nothing to store: the backend finds the grant by the user's JWT.
  show("Connected", detail.connection);
});
document.addEventListener("alter-connect:error", ({ detail }) => {
  show("Not connected:", detail);
});
document.addEventListener("alter-connect:exit", () => {
  show("Not connected:", "the user went back");
});
