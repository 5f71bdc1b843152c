/**
 * Requests to hosts that others have named: a provider's record, a tenant, a user. They go to public addresses, and to a
 * private one only if the operator has said so: the check is on the address that is really connected to, literal or
 * looked up, so that no name can lead into the network that the broker stands in.
 */
import { lookup as lookUp } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, fetch as undiciFetch } from "undici";
import { AddressRefused } from "./oauth/failures.ts";
import { isRefused, isRefusedLiteral } from "./private-addresses.ts";

export const createOutbound = (
  isAllowed: (address: string) => boolean,
  lookup: typeof lookUp = lookUp,
): typeof fetch => {
  const refuses = (address: string): boolean => isRefused(address, isAllowed);

  const guarded: LookupFunction = (hostname, options, done) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, []);
      // All of them, since which one is taken is decided after this.
      if (found.some(({ address }) => refuses(address)))
        return done(new AddressRefused(hostname), []);
      const [first] = found;
      if (options.all) return done(null, found);
      return done(null, first?.address ?? "", first?.family);
    });
  const dispatcher = new Agent({ connect: { lookup: guarded } });

  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (isRefusedLiteral(url, isAllowed)) throw new AddressRefused(url.hostname);
    // Its own fetch, since the runtime's takes no agent of another version. Both are undici's.
    return undiciFetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>;
  };
};
