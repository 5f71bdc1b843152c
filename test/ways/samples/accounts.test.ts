import { fakeAlterConnect } from "@alter-ai/connect/testing";
import { expect, test, vi } from "vitest";
import { listAccounts } from "./accounts.ts";

test("an account that was connected is in the list", async () => {
  const fake = fakeAlterConnect();
  const list = listAccounts(fake.create(), vi.fn().mockResolvedValue(fake.token));
  list.add();
  await fake.succeed({ provider: "google", account_identifier: "ann@example.com" });
  expect(list.accounts).toEqual(["ann@example.com"]);
});

test("a user who says no is told so", async () => {
  const fake = fakeAlterConnect();
  const list = listAccounts(fake.create(), vi.fn().mockResolvedValue(fake.token));
  list.add();
  await fake.fail("access_denied");
  expect(list).toMatchObject({ accounts: [], problem: "access_denied" });
});
