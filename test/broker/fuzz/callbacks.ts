/** What a browser may bring back from a provider, or from somebody who would like to be one. */
import * as fc from "fast-check";
import type { FuzzRequest } from "./requests.ts";
import { hostileName, hostileText } from "./values.ts";

type Pair = [name: string, value: string];

const pair: fc.Arbitrary<Pair> = fc.tuple(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "state",
        "code",
        "iss",
        "error",
        "error_description",
        "handle",
        "session_state",
      ),
    },
    { weight: 1, arbitrary: hostileName },
  ),
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...[
          "{{session.state}}",
          "{{other.state}}",
          "{{session.handle}}",
          "{{fresh}}",
          "access_denied",
        ],
        ...["{{provider.url}}/oidc", "https://evil.example", "x".repeat(4_097)],
      ),
    },
    { weight: 1, arbitrary: hostileText },
  ),
);

/** Most carry the state of a session that waits for it: what lies behind the lookup is worth more than the lookup. */
const pairs: fc.Arbitrary<Pair[]> = fc
  .tuple(
    fc.constantFrom<Pair[]>(
      [
        ["state", "{{session.state}}"],
        ["code", "{{fresh}}"],
      ],
      [
        ["state", "{{session.state}}"],
        ["error", "access_denied"],
      ],
      [["state", "{{session.state}}"]],
      [],
    ),
    fc.array(pair, { maxLength: 3 }),
  )
  .map(([first, more]) => [...first, ...more]);

const COOKIES = [
  ...["ac_{{session.id}}={{session.cookie}}", "ac_{{session.id}}={{session.cookie}}"],
  ...["ac_{{session.id}}={{fresh}}", "ac_{{other.id}}={{session.cookie}}", ""],
];

export const callbacks: fc.Arbitrary<FuzzRequest> = fc
  .record({
    scene: fc.constantFrom("away", "away", "several", "redirect_away", "connected", "claimed"),
    provider: fc.constantFrom(
      "plain",
      "plain",
      "plain",
      "posted",
      "odd",
      "oidc",
      "nowhere",
      "calendar",
    ),
    method: fc.constantFrom("GET", "GET", "POST", "HEAD"),
    pairs,
    beside: fc.array(pair, { maxLength: 1 }),
    cookie: fc.constantFrom(...COOKIES),
    type: fc.constantFrom(
      "application/x-www-form-urlencoded",
      "application/json",
      "text/plain",
      "multipart/form-data",
    ),
    prefetch: fc.constantFrom(false, false, false, true),
    padding: fc.constantFrom(0, 0, 0, 20_000),
  })
  .map(({ scene, provider, method, pairs: brought, beside, cookie, type, prefetch, padding }) => {
    const posts = method === "POST";
    const form = brought.map(([name, value]) => `${spelt(name)}=${spelt(value)}`).join("&");
    return {
      endpoint: method === "HEAD" ? "" : `${method} /oauth/callback/{provider}`,
      ...{ scene, method },
      path: `/oauth/callback/${provider}`,
      query: posts ? beside : brought,
      headers: [
        ...(cookie ? ([["cookie", cookie]] as Pair[]) : []),
        ...(posts ? ([["content-type", type]] as Pair[]) : []),
        ...(prefetch ? ([["sec-purpose", "prefetch"]] as Pair[]) : []),
      ],
      body: posts ? form + "&".repeat(padding) : undefined,
    };
  });

/** Placeholders stay; what they stand for needs no escape. */
const spelt = (text: string): string =>
  text.startsWith("{{") ? text : encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
