/** Where the page may send a browser. Knows URLs only: the broker's word is checked, not trusted [L8]. */

/** https anywhere, http only on this very machine; never another scheme, nor a user name in disguise. */
export const mayLeaveFor = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
};

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/;
