/** What an operator should hear of the API keys' ends, at start and in `config check`. Pure. */
import type { Config } from "./config.ts";

const NEAR = 7 * 86_400_000;

export const warningsOnKeys = ({ api_keys, apps }: Config, now: number): string[] => [
  ...[...api_keys.values()].flatMap(({ app, key_id, expires_at }) => {
    if (expires_at === null || expires_at - now > NEAR) return [];
    const at = new Date(expires_at).toISOString();
    return [
      expires_at <= now
        ? `app ${app.id}: API key ${key_id} expired at ${at} and is refused; take it out once nobody uses it`
        : `app ${app.id}: API key ${key_id} expires at ${at}`,
    ];
  }),
  ...[...apps.keys()]
    .filter((id) =>
      [...api_keys.values()].every(
        ({ app, expires_at }) => app.id !== id || (expires_at !== null && expires_at <= now),
      ),
    )
    .map((id) => `app ${id}: all of its API keys have expired, so its backend can do nothing`),
];
