/**
 * What OAuth's RFCs ask of a client, and of us where we answer others: the requirement in our words, and the tests that
 * show it. Data only. A test is found by `[RFC 6749 4.1.2]` in its title, or named here by file and title (`also`).
 * `not_ours` says why a requirement is nobody's here; letters tell apart what one section asks.
 */
const CALLBACK = "test/broker/callback.test.ts";
const REQUESTS = "test/broker/quirks/requests.test.ts";
const ISS = ["test/broker/quirks/callback.test.ts", "iss (RFC 9207)"];
const HEADERS = "test/broker/pages.test.ts";
const MIX_UP = [
  "test/broker/quirks/moved.test.ts",
  "a code of one server cannot be brought to the other's callback",
];
const OWN_REQUEST = [
  "test/broker/authorize.test.ts",
  "the authorization request is the broker's own, one redirect URI per provider",
];
const PROVES = [
  "test/broker/authorize.test.ts",
  "the exchange proves the challenge, at the provider that was asked",
];
const OTHERS_CODE = [
  CALLBACK,
  "the code of another attempt in the same browser does not fit this one's verifier",
];
const NO_FRAME = [
  HEADERS,
  "the policy allows nothing inline, nothing from anywhere, and no frame around it",
];
const CLEAN_URL = [HEADERS, "and on the callback that succeeds, whose URL held the code"];
const NOT_ON_DISK = [
  "test/broker/secrets.test.ts",
  "nor does the disk; the app's own `state` is no secret of the broker's",
];
const OWN_CLIENT = [
  "test/broker/refused-token.test.ts",
  "a refresh token goes to no other client than its own, whatever is configured by now",
];
const AS = "a duty of the authorization server";

const rows = (rfc, list) =>
  list.map(([section, requirement, { also, not_ours } = {}]) => ({
    number: `RFC ${rfc} ${section}`,
    closed: requirement,
    ...(also ? { also } : {}),
    ...(not_ours ? { not_ours } : {}),
  }));

export const CONFORMANCE = [
  ...rows("6749", [
    ["2.3", "one way to authenticate in each request", {}],
    [
      "2.3.1a",
      "Basic: client id and secret form-encoded first",
      { also: [[REQUESTS, "epic-games: Basic as it stands"]] },
    ],
    [
      "2.3.1b",
      "client credentials never in a URL (Gong's record apart, which takes nothing else)",
      {},
    ],
    [
      "3.1a",
      "the query of an authorization endpoint is kept",
      {
        also: [
          [REQUESTS, "bamboohr: a parameter that is RFC 9101's elsewhere stands in its address"],
        ],
      },
    ],
    [
      "3.1b",
      "no parameter more than once",
      { also: [[CALLBACK, "refused before anything is consumed"]] },
    ],
    ["3.1.2", "the redirect URI is absolute and has no fragment", {}],
    [
      "3.1.2.1",
      "the redirection endpoint is TLS, but on loopback",
      { also: [["test/broker/config.test.ts", "origins"]] },
    ],
    [
      "3.1.2.2",
      "the whole redirect URI is registered, one for each provider",
      { also: [OWN_REQUEST] },
    ],
    [
      "3.1.2.5",
      "the page behind the redirect has no foreign script and no code in its address",
      { also: [CLEAN_URL, NO_FRAME] },
    ],
    ["3.2", "the token endpoint is asked by POST, over TLS but on loopback", {}],
    [
      "3.3",
      "what was granted is what the reply says, or what was asked",
      {
        also: [
          [
            "test/broker/scopes.test.ts",
            "a scope that nobody requires may be left out, and everybody can see it",
          ],
        ],
      },
    ],
    [
      "4.1.1",
      "the request has response_type, client_id, redirect_uri, scope, state",
      { also: [OWN_REQUEST] },
    ],
    ["4.1.2a", "parameters of the response that nobody knows are ignored", {}],
    [
      "4.1.2b",
      "a code is used once",
      { also: [[CALLBACK, "five callbacks at once exchange once"]] },
    ],
    [
      "4.1.2.1",
      "an error response is understood, and its text not shown",
      {
        also: [
          ["test/broker/providers.test.ts", "what the user or the provider says on the way back"],
        ],
      },
    ],
    ["4.1.3", "the exchange has grant_type, code and the very redirect URI of the request", {}],
    ["4.2", "implicit grant", { not_ours: "never asked for: the code flow alone" }],
    ["4.3", "password grant", { not_ours: "never asked for" }],
    ["4.4", "client credentials grant", { not_ours: "never asked for: a grant is a user's" }],
    ["5.1a", "names in a token reply that nobody knows are ignored", {}],
    ["5.1b", "replies that hold a token may not be kept by a cache", {}],
    [
      "5.2",
      "an error reply of the token endpoint is no connection, and is told by its code",
      { also: [["test/broker/providers.test.ts", "%s: at the %s endpoint (%s) %s"]] },
    ],
    [
      "6a",
      "a new refresh token takes the place of the old one",
      {
        also: [
          [
            "test/broker/refresh.test.ts",
            "each expiry rotates: the newest refresh token is the one that is used",
          ],
        ],
      },
    ],
    ["6b", "a refresh token goes to the client that it was issued to", { also: [OWN_CLIENT] }],
    ["6c", "a refresh asks for no more scope than was granted", {}],
    ["7.1", "a token of a type that nobody knows is not used", {}],
    ["10.3", "access tokens are sealed at rest and in no log", { also: [NOT_ON_DISK] }],
    ["10.4", "so are refresh tokens", { also: [NOT_ON_DISK] }],
    ["10.5", "codes are in no log and in no address that stays", { also: [CLEAN_URL] }],
    ["10.6", "the redirect URI of the exchange is that of the request", { also: [PROVES] }],
    [
      "10.9",
      "endpoints are https, and the certificate is looked at",
      { also: [["test/broker/config.test.ts", "what a provider record may not say"]] },
    ],
    ["10.10", "what must not be guessed has 256 bits", {}],
    [
      "10.12",
      "the callback counts in the browser that left only",
      {
        also: [
          [
            "e2e/attacks/claim.spec.ts",
            "a forwarded authorization URL: the victim's consent connects nothing",
          ],
        ],
      },
    ],
    ["10.13", "our pages show in no frame", { also: [NO_FRAME] }],
    [
      "10.14",
      "what came from outside is text",
      { also: [["test/popup/App.test.tsx", "stays text ($name)"]] },
    ],
    ["10.15", "no address in a request leads the browser away", {}],
    [
      "10.16",
      "a token is not taken for who the user is: the id_token is checked",
      { also: [["test/broker/providers.test.ts", "%s: at the %s endpoint (%s) %s"]] },
    ],
  ]),
  ...rows("7636", [
    [
      "4.1",
      "a verifier is 43 to 128 unreserved characters of 256 random bits, new for each request",
      {},
    ],
    ["4.2", "the challenge is its S256", {}],
    ["4.3", "challenge and method go with the authorization request", { also: [OWN_REQUEST] }],
    ["4.5", "the verifier goes with the exchange", { also: [PROVES] }],
    [
      "4.6",
      "where we are asked: a verifier that does not fit gets nothing",
      {
        also: [
          [
            "test/broker/redeem.test.ts",
            "needs the verifier of the browser that began, from the session's origin",
          ],
        ],
      },
    ],
    ["7.2", "`plain` is never used", {}],
  ]),
  ...rows("7009", [
    ["2.1a", "a form with the token and its hint, by POST, with client authentication", {}],
    ["2.1b", "the refresh token is what is revoked, where there is one", {}],
    ["2.2", "200 is done, also for a token that was none", {}],
    [
      "2.2.1a",
      "503: told as failed; the tokens are destroyed here all the same",
      {
        also: [
          [
            "test/broker/backend.test.ts",
            "the tokens are destroyed here even when the provider does not answer",
          ],
        ],
      },
    ],
    ["2.2.1b", "unsupported_token_type: the same", {}],
    ["2.3", "cross-origin support", { not_ours: "the broker asks, not a browser" }],
  ]),
  ...rows("9207", [
    [
      "2.4a",
      "`iss` is compared with the issuer, letter by letter, before any exchange",
      { also: [ISS] },
    ],
    [
      "2.4b",
      "a response without `iss` from a server that sends it is refused",
      {
        also: [ISS, ["test/broker/discovery.test.ts", "iss is required where the record says so"]],
      },
    ],
    ["2.4c", "error responses are held to it too", {}],
    [
      "2.4d",
      "an `iss` that nobody expects is no reason to refuse, and is logged",
      {
        also: [
          [
            "test/broker/quirks/callback.test.ts",
            "one that nobody expects is logged and not fatal",
          ],
        ],
      },
    ],
    [
      "3",
      "what the server's metadata says of `iss` is believed",
      {
        also: [
          [
            "test/broker/discovery.test.ts",
            "iss that a record requires is required while its document cannot be had",
          ],
        ],
      },
    ],
  ]),
  ...rows("9700", [
    ["2.1a", "exact redirect URIs", { also: [OWN_REQUEST] }],
    ["2.1b", "no open redirector", {}],
    [
      "2.1c",
      "a defence against CSRF: one-time state bound to the browser",
      { also: [[CALLBACK, "refused before anything is consumed"]] },
    ],
    [
      "2.1.1",
      "PKCE with S256, its challenge new for each request, where the provider takes it",
      {},
    ],
    ["2.1.2", "no implicit grant", { not_ours: "never asked for" }],
    [
      "2.2.2",
      "rotated refresh tokens are kept up with",
      {
        also: [
          [
            "test/broker/refresh.test.ts",
            "two brokers on one database: still one refresh per expiry",
          ],
        ],
      },
    ],
    [
      "2.3",
      "a token goes where it is meant to and may do what was asked",
      {
        also: [
          ["test/sdk/hosts.test.ts", "not a host of the grant, whatever the broker let through"],
        ],
      },
    ],
    ["2.4", "no password grant", { not_ours: "never asked for" }],
    [
      "2.5",
      "asymmetric client authentication where the provider has it",
      {
        also: [
          [
            REQUESTS,
            "apple: the client secret is a JWT of the team's key, and the key goes nowhere",
          ],
        ],
      },
    ],
    [
      "2.6",
      "the server's metadata is used, where there is one",
      {
        also: [
          [
            "test/broker/quirks/identity.test.ts",
            "generic OpenID Connect: endpoints and keys by discovery",
          ],
        ],
      },
    ],
    ["4.1", "redirect URIs that are patterns", { not_ours: AS }],
    ["4.2.4", "no Referer brings a code or state to anybody", { also: [CLEAN_URL] }],
    ["4.3.1", "no code stays in the browser's history", { also: [CLEAN_URL] }],
    ["4.3.2", "no token in a URL", {}],
    ["4.4.2", "mix-up: a redirect URI for each provider, and `iss`", { also: [MIX_UP, ISS] }],
    ["4.5.3", "a code from elsewhere does not fit: PKCE, nonce", { also: [OTHERS_CODE] }],
    [
      "4.7.1",
      "state is one-time and of this browser",
      { also: [[CALLBACK, "a replay waits on the session's page and exchanges nothing"]] },
    ],
    [
      "4.8.2",
      "the challenge cannot be left out by whoever asks",
      { also: [["e2e/engines/redirect.spec.ts", "M20: a link without its challenge"]] },
    ],
    [
      "4.9",
      "a hostile API gets no token that is not its own, by redirect least of all",
      { also: [["test/sdk/hosts.test.ts", "to another host, scheme or user are returned"]] },
    ],
    ["4.11.1", "the client is no open redirector", {}],
    ["4.12", "no 307: what was posted is not posted on", {}],
    [
      "4.13",
      "headers of a proxy are believed only where it is trusted",
      {
        also: [
          ["test/broker/policies.test.ts", "whoever is trusted for a proxy passes for anybody"],
        ],
      },
    ],
    [
      "4.14",
      "a refresh token that was used ends the grant and does not loop",
      {
        also: [
          [
            "test/broker/refresh-faults.test.ts",
            "an answer lost after the rotation costs the grant, and the app is told to connect again",
          ],
        ],
      },
    ],
    ["4.15", "a client that passes for a user", { not_ours: AS }],
    ["4.16", "clickjacking", { also: [NO_FRAME] }],
    [
      "4.17",
      "messages between windows: exact target, exact sender",
      {
        also: [
          ["test/popup/ending.test.ts", "is told to the allowed origin alone"],
          ["test/widget/trust.test.ts", "from %s are not heard"],
        ],
      },
    ],
  ]),
];

export const CLAUSE = /(?<=\[)RFC \d{4} [\d.]+[a-d]?(?=\])/g;
