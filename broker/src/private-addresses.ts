/** Addresses that a provider may not be at, unless the operator has said so: in whatever spelling or wrapping they come. */
import { isIP } from "node:net";
import { plainAddress } from "./caller-address.ts";
import { compileAddresses } from "./config/policies.ts";

/** IANA's special-purpose registries: not the internet, or not for one host alone. */
const isPrivate = compileAddresses([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
  ...["172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"],
  ...["198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // IPv4 inside of IPv6 in ways that are out of use: RFC 4291 section 2.5.5.1 (:: and ::1 among them), RFC 2765.
  ...["::/96", "::ffff:0:0:0/96"],
  ...["64:ff9b:1::/48", "100::/64", "2001::/23"],
  ...["2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"],
  ...["fec0::/10", "ff00::/8"],
]);

const isNat64 = compileAddresses(["64:ff9b::/96"]);

/** RFC 6052: where a network has IPv6 alone, the rest of the internet is behind this prefix, and so is what is private. */
const withoutNat64 = (given: string): string | undefined => {
  // In its one spelling: there are many of each address, and a resolver or a URL may bring any.
  const address = plainAddress(given);
  if (address === undefined || !isNat64(address)) return address;
  const groups = address.slice("64:ff9b::".length).split(":").filter(Boolean);
  const [high, low] = ["0", "0", ...groups].slice(-2);
  return plainAddress(`::ffff:${high}:${low}`);
};

export const isRefused = (given: string, isAllowed: (address: string) => boolean): boolean => {
  const address = withoutNat64(given);
  // What cannot be judged is refused: no address at all, or one of a zone, which is never of the internet.
  if (address === undefined || given.includes("%")) return true;
  return isPrivate(address) && !isAllowed(address);
};

/** Whether a URL's host is an address, and one that is refused. Nothing is looked up for these. */
export const isRefusedLiteral = (
  { hostname }: URL,
  isAllowed: (address: string) => boolean,
): boolean => {
  const literal = hostname.replace(/^\[|\]$/g, "");
  return isIP(literal) !== 0 && isRefused(literal, isAllowed);
};
