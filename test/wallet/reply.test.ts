/** The Wallet's reading of replies is the protocol's, and so are the codes that it has words for. */
import { ERRORS } from "@alter-ai/protocol/http";
import { ACTIVITY_KINDS, SIGN_IN_PROBLEMS, wallet } from "@alter-ai/protocol/wallet";
import { describe, expect, it } from "vitest";
import { words } from "../../wallet/locales/en.ts";
import * as reply from "../../wallet/reply.ts";
import { expectReads } from "../look/replies.ts";

describe("a reply is read as the protocol says", () => {
  it.each([
    ["view", wallet.view.reply, reply.viewReply],
    ["activity", wallet.activity.reply, reply.activityReply],
    ["revoke", wallet.revoke.reply, reply.revokeReply],
    ["revoke-all", wallet.revokeAll.reply, reply.revokeAllReply],
    ["sign-in", wallet.signIn.reply, reply.signInReply],
  ] as const)("%s", (_, schema, reader) => expectReads(schema, reader));
});

it("has words for every kind, and for every way in which a sign-in comes to nothing", () => {
  expect([...Object.keys(words.activity.kinds), "revoked"].sort()).toEqual(
    [...ACTIVITY_KINDS].sort(),
  );
  expect(Object.keys(words.problem).sort()).toEqual([...SIGN_IN_PROBLEMS].sort());
});

it("names only reasons that there are", () => {
  for (const reason of Object.keys(words.activity.reasons))
    expect(Object.keys(ERRORS)).toContain(reason);
});
