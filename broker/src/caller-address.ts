/**
 * Where a call comes from: the socket's other end, or what a proxy of ours says of it. Knows addresses as text and
 * no request; what it cannot be sure of is `undefined`, and rules about addresses then refuse.
 */
import { isIPv4, isIPv6 } from "node:net";

/**
 * Each proxy adds at the right whom it was asked by, so only what stands right of the first stranger is known:
 * everything left of it the stranger may have written.
 */
export const callerAddress = (
  remote: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string | undefined => {
  const socket = plainAddress(remote ?? "");
  if (socket === undefined || !isTrusted(socket)) return socket;
  // From here on somebody has called through the proxy. Without a name it would be the proxy's, and so everybody's.
  for (const entry of (forwardedFor ?? "").split(",").reverse()) {
    const address = plainAddress(withoutPort(entry.trim()));
    if (address === undefined || !isTrusted(address)) return address;
  }
  return undefined;
};

/** One spelling for each address, without a zone; IPv4 inside of IPv6 is IPv4. */
export const plainAddress = (text: string): string | undefined => {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  // The URL standard's serializer: lower case, shortest form, no dotted part.
  const { hostname } = new URL(`http://[${text.replace(/%.*$/, "")}]`);
  const mapped = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(hostname);
  if (!mapped) return hostname.slice(1, -1);
  const [, high = "", low = ""] = mapped;
  return [high, low]
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
};

/** `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write them. */
const withoutPort = (entry: string): string =>
  /^\[([^\]]*)\](?::\d{1,5})?$/.exec(entry)?.[1] ?? entry.replace(/^([\d.]+):\d{1,5}$/, "$1");
