import { alter, asUser, NO_STORE } from "../../../lib/alter.ts";

export const GET = asUser(async () => {
  const { grants } = await alter.listGrants();
  return Response.json(grants, NO_STORE);
});
