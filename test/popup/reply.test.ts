/** The page's reading of replies is the protocol's. */
import { page, problemSchema } from "@alter-ai/protocol/http";
import { describe, expect, it } from "vitest";
import { problem } from "../../look/reading.ts";
import * as reply from "../../popup/reply.ts";
import { expectReads, read, samples } from "../look/replies.ts";

describe("a reply is read as the protocol says", () => {
  it.each([
    ["claim", page.claim.reply, reply.claimReply],
    ["view", page.view.reply, reply.viewReply],
    ["authorize", page.authorize.reply, reply.authorizeReply],
    ["credential", page.credential.reply, reply.viewReply],
    ["finish", page.finish.reply, reply.finishReply],
  ] as const)("%s", (_, schema, reader) => expectReads(schema, reader));

  it("a refusal, of which the page needs less", () => {
    for (const whole of samples(problemSchema)) {
      const { code, request_id } = problemSchema.parse(whole);
      expect(problem(whole)).toEqual({ code, request_id });
      for (const missing of ["code", "request_id"])
        expect(read(problem, { ...(whole as object), [missing]: undefined })).toEqual({
          success: false,
        });
    }
  });
});
