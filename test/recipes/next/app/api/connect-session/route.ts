import { alter, APP_ORIGIN, asUser, NO_STORE } from "../../../lib/alter.ts";

export const POST = asUser(async () => {
  const { sessionToken } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    returnUrl: `${APP_ORIGIN}/return`, // a page with the widget: phones come back to it
  });
  return Response.json({ sessionToken }, NO_STORE);
});
