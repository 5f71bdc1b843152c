/** A normalised address that is an origin and nothing more: no user, path, query or fragment. */
const ORIGIN = /^(https:\/\/[^/@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1])(:\d+)?)\/$/;

/** The origin of an address [M2]; `undefined` for anything else. */
export const brokerOrigin = (address: () => string): string | undefined => {
  try {
    return (ORIGIN.exec(new URL(address()).href) as RegExpExecArray)[1];
  } catch {
    // Not an address at all.
  }
};

/** The origin of the broker that a session token names; `undefined` if it is not a session token. */
export const tokenOrigin = (token: string): string | undefined =>
  brokerOrigin(() => atob((/^alter_cs_(.+)\./.exec(token) as RegExpExecArray)[1] as string));
