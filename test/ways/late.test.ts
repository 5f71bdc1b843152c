/** The element on a page that is still being read, whose own script has not run yet. */
import { expect, it } from "vitest";
import { fakeAlterConnect } from "../../ways/testing.ts";

it("tells what a redirect has brought once the page's own script listens", async () => {
  Object.defineProperty(document, "readyState", { value: "interactive" });
  await import("../../ways/button.ts");
  const fake = fakeAlterConnect();
  fake.returned([{ provider: "google" }]);
  const element = document.createElement("alter-connect-button");
  element.connect = fake.create();
  document.body.append(element);
  await fake.told();

  const told: unknown[] = [];
  document.addEventListener("alter-connect:success", ({ detail }) =>
    told.push(detail.connection.provider),
  );
  document.dispatchEvent(new Event("DOMContentLoaded", { bubbles: true }));
  await fake.told();
  window.dispatchEvent(new Event("load"));
  await fake.told();
  expect(told).toEqual(["google"]);
});
