import { alter, APP_ORIGIN, asUser, redirectTo } from "../../lib/alter.ts";

// The same without the widget, for pages that the server renders: a form posts to /connect.
export const POST = asUser(async () => {
  const { connectUrl = "/" } = await alter.createConnectSession({
    allowedOrigin: APP_ORIGIN,
    allowedProviders: ["calendar"],
    completion: "backend",
    returnUrl: `${APP_ORIGIN}/connected`,
  });
  return redirectTo(connectUrl);
});
