/** From the network to the glass: what the broker or a provider writes into a refusal is never shown. */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { App } from "../../popup/App.tsx";
import { en } from "../../popup/locales/en.ts";
import { createPage, problem, stopAll, viewReply, type Reply } from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  stopAll();
  vi.useRealTimers();
});

const outcome = (code: string): Reply =>
  viewReply({
    phase: "ended",
    outcome: { status: "error", error: { code, message: "MESSAGE OF THE NETWORK" } },
  });

it.each<[string, Reply]>([
  ["a refusal", problem(400, "invalid_request")],
  ["a refusal of the future", problem(400, "OF THE NETWORK")],
  ["trouble at the broker", problem(500, "internal_error")],
  ["too many at once", problem(429, "rate_limited")],
  ["an expired session", problem(410, "session_expired")],
  ["an outcome", outcome("wrong_user")],
  ["an outcome of the future", outcome("of_the_network")],
  ["a proxy's page", { status: 502, body: "<h1>OF THE NETWORK</h1>" }],
])("%s is shown in our words", async (_, reply) => {
  const page = createPage({ view: [reply] });
  await page.reload();
  const { container } = render(<App flow={page.flow} t={en} />);
  expect(container.textContent).not.toMatch(/of the network|of_the_network/i);
  expect(container.querySelector("h1")?.textContent).not.toBe("");
});
