/**
 * What attack tests share. Each attack has its twin: the act shown to work where the guard is absent, or the
 * honest way shown to work with what the attack left behind. Else a test could pass because it attacks nothing.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, type Visit } from "../test.ts";

export const NEUTRAL = "Go back to the browser and app where you started";
export const OPEN_FROM_APP = "Open this from the app";

/** What a widget makes for one attempt: PKCE's pair. */
export const newProof = (): { verifier: string; challenge: string } => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

/** A popup claim as the hosted page posts it. */
export const claimBody = (token: string, opener_origin: string, challenge: string): unknown => ({
  shape: "popup",
  token,
  opener_origin,
  challenge,
  claim_id: randomBytes(32).toString("base64url"),
});

/** Neither app nor user may show on the pages that strangers see. */
export const expectNeutral = async (page: Page, heading: string, ann: Visit): Promise<void> => {
  await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  const text = await page.locator("body").innerText();
  expect(text).not.toContain("Day Planner");
  expect(text).not.toContain(ann.user);
};
