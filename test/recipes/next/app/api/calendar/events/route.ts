import { HttpMethod } from "@alter-ai/alter-sdk";
import { alter, asUser, EVENTS_URL, NO_STORE } from "../../../../lib/alter.ts";

export const GET = asUser(async (request) => {
  const response = await alter.request(HttpMethod.GET, EVENTS_URL, {
    provider: "calendar",
    account: new URL(request.url).searchParams.get("account") ?? undefined,
    signal: request.signal, // ends the call when the browser has left
  });
  return Response.json(await response.json(), NO_STORE);
});
