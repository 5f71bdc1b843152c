import { alter, asUser } from "../../../../../lib/alter.ts";

export const POST = asUser(async (_request, { params }: { params: Promise<{ id: string }> }) => {
  const { id } = await params;
  await alter.revokeGrant(id, { reason: "asked for by the user" });
  return new Response(null, { status: 204 });
});
