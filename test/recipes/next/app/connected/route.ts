import { alter, asUser, redirectTo } from "../../lib/alter.ts";
import { pageAfter } from "../../../answer.ts";

export const GET = asUser(async (request) =>
  redirectTo(await pageAfter(alter.completeConnectSession({ url: request.url }))),
);
