/**
 * What of a caller's headers goes to the provider, what of the provider's comes back, and the credential between
 * them. Nothing here keeps or logs what it sees.
 */
import { refuse } from "../error.ts";
import type { Injected } from "../injection.ts";
import { isReservedHeader } from "../reserved-headers.ts";

/** About the provider's connection to us, or for a browser, which the caller is not. */
const NOT_FOR_THE_CALLER = [
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"],
  ...["proxy-authenticate", "content-encoding", "content-length", "set-cookie"],
  ...["strict-transport-security", "alt-svc"],
];

/** @throws Refusal */
export const headersOf = (given: [string, string][]): Headers => {
  const headers = new Headers();
  for (const [name, value] of given) {
    const lower = name.toLowerCase();
    // `host` among them: behind a shared front end, another name there is another tenant.
    if (lower === "authorization" || isReservedHeader(lower))
      throw refuse("invalid_request", `headers: ${lower.slice(0, 64)} is not the caller's to set.`);
    try {
      headers.append(name, value);
    } catch {
      throw refuse("invalid_request", "headers: a name or a value is not one that HTTP allows.");
    }
  }
  // Decoded here, a small reply could grow without bound before anybody counts it.
  headers.set("accept-encoding", "identity");
  return headers;
};

/** Nor does a provider that quotes the credential, in a redirect say, hand it to the caller. */
export const withoutOurs = (
  theirs: Headers,
  url: URL,
  { access_token, injection }: Injected,
): Headers => {
  const spelt = spellings(access_token);
  const headers = new Headers();
  for (const [name, value] of theirs) {
    if (NOT_FOR_THE_CALLER.includes(name) || name.startsWith("alter-")) continue;
    // Taken out and not masked: whoever follows it gets the credential put in anew.
    const kept =
      name === "location" && injection.in === "query"
        ? withoutParameter(value, url, injection.name)
        : value;
    headers.append(name, kept.replace(spelt, "***"));
  }
  return headers;
};

/** However its characters are percent-encoded: all, some or none of them, in either case. */
const spellings = (text: string): RegExp =>
  new RegExp(
    [...text]
      .map((character) => {
        const hex = [...Buffer.from(character)]
          .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
          .join("");
        const either = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
        return `(?:${character.replace(/[^\w\s]/g, "\\$&")}|${either})`;
      })
      .join(""),
    "g",
  );

const withoutParameter = (location: string, base: URL, name: string): string => {
  if (!URL.canParse(location, base.href)) return location;
  const to = new URL(location, base);
  // As text: going through searchParams would encode the rest anew.
  const parts = to.search.slice(1).split("&");
  const others = parts.filter((part) => !new URLSearchParams(part).has(name));
  if (others.length === parts.length) return location;
  to.search = others.join("&");
  return to.href;
};
