/** The hosted page's Content-Security-Policy: what the configuration needs, and nothing inline. Pure. */
import type { Config } from "./config/config.ts";

/** Logos are the only thing that may come from elsewhere, and only from where the configuration names them. */
export const contentSecurityPolicy = (config: Pick<Config, "apps">): string => {
  const logos = new Set(
    [...config.apps.values()].flatMap((app) => [
      app.logo_url,
      ...[...app.providers.values()].map(({ provider }) => provider.logo_url),
    ]),
  );
  const origins = new Set([...logos].flatMap((url) => (url ? [new URL(url).origin] : [])));
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self'", ...origins].join(" "),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
};
