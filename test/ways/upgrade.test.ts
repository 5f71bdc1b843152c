/** The element where its script comes after it, as `async` ones do. */
import { expect, it } from "vitest";

it("takes over what was set before", async () => {
  document.body.append(document.createElement("alter-connect-button"));
  const [element] = document.getElementsByTagName("alter-connect-button");
  if (!element) throw new Error("no element");
  Object.assign(element, { label: "Early", sessionEndpoint: "/s", token: "t" });
  expect(element.shadowRoot).toBeNull();
  await import("../../ways/button.ts");
  expect(element.shadowRoot?.querySelector("button")?.textContent).toBe("Early");
  expect(element.getAttribute("session-endpoint")).toBe("/s");
  element.label = "Late";
  expect(element.shadowRoot?.querySelector("button")?.textContent).toBe("Late");
  expect(element.token).toBe("t");
});
