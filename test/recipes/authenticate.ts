/**
 * Stands for your own login: from the cookie to the JWT that your identity provider issued to this user. Yours opens a
 * sealed session; this one takes the cookie for the JWT. Whether the JWT is good is the broker's to say.
 */
export const authenticate = (cookie: string | null | undefined): string | undefined =>
  /(?:^|; )session=([^;]+)/.exec(cookie ?? "")?.[1];
