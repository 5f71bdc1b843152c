/**
 * Where a call goes, as far as it may be written down. A caller says both, and may have put anything there, a token
 * included: only what reads like a method and a host is kept. Pure.
 */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** In lower case, with a dot and an end of letters: tokens have capitals, or no dot, or digits to the end. */
const HOST =
  /^(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}|localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
const LONGEST = 259;

export const targetOf = (
  method: string,
  host: string,
): { method: string | null; host: string | null } => ({
  method: METHODS.includes(method.toUpperCase()) ? method.toUpperCase() : null,
  host: host.length <= LONGEST && HOST.test(host) ? host : null,
});
