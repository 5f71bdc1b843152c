/**
 * Every attack and failure that we know of, by number: what happens, and what closes it. Data only. Which tests
 * show it is said by their titles, in which the number stands; `docs` are sentences for what no code can help.
 * `no_twin` says why there is no test that shows the attack succeeding without its guard, or the honest act with it.
 */
const FAILURE = "a failure, not an attack";
const BOTH_SIDES = "both sides are in its tests: what is refused, and the same done rightly";

export const ATTACKS = [
  {
    number: "C1",
    attack: "a form on another site plants the attacker's session, cookie included",
    closed: "page calls are JSON, from the broker's own origin, without CORS",
  },
  {
    number: "H1",
    attack: "one browser, two users, apps or tabs: an action lands in the wrong session",
    closed: "session id in the address, a cookie for each session; never any valid cookie",
  },
  {
    number: "H2",
    attack: "the outcome of a redirect tells the attacker the victim's account",
    closed: "nothing by token until redeemed; staged grants are invisible",
  },
  {
    number: "H3",
    attack: "one provider gets the code of another (mix-up)",
    closed: "one redirect URI for each provider configuration, compared first; `iss` where known",
  },
  {
    number: "H4",
    attack: "the user never sees whose session it is, or sees a name that its owner made up",
    closed: "one deliberate click; verified identity; both accounts named at the end",
    docs: [["docs/security.md", "A victim who is logged in to Mallory's account at your app"]],
  },
  {
    number: "H5",
    attack: "a backend passes on an origin or a return URL that a browser sent",
    closed: "both are compared with the configuration, exactly, when the session is made",
  },
  {
    number: "H6",
    attack:
      "a posted callback comes without the session's cookie, and fails or is believed without it",
    closed: "the form waits, sealed, for the GET that brings the cookie: once, a minute",
  },
  {
    number: "H7",
    attack: "the flow ends where the app's page does not see it, and the app waits",
    closed: "the widget asks as soon as it has a token, and at every return to the page",
    no_twin: FAILURE,
  },
  {
    number: "H8",
    attack: "cancel and success cross: a grant nobody asked for, or one that is lost",
    closed: "the first end is fixed by one compare-and-set and told to everybody",
  },
  {
    number: "H9",
    attack: "a window that was closed looks like one that was cut off",
    closed: "phases, signs of life from the page, a prompt or a grace of unbroken focus",
    no_twin: "a failure, not an attack: its tests show both cases told apart",
  },
  {
    number: "H10",
    attack: "one deadline for everything ends sessions that are in use",
    closed: "a deadline for each stage, sliding and capped; clients hear relative seconds",
    no_twin: "a failure, not an attack: both sides of each deadline are in its tests",
  },
  {
    number: "M1",
    attack: "a result code stays in an address bar, a history or a log",
    closed: "taken out first, match or not; two minutes; the app's origin and the verifier",
    docs: [["docs/redirect.md", "Keep the query string of that one path out of your access logs"]],
  },
  {
    number: "M2",
    attack: "a token that names the attacker's broker makes the widget open it",
    closed: "parsed as a URL, https, equal to the known base, before any navigation",
    no_twin: BOTH_SIDES,
  },
  {
    number: "M3",
    attack: "a renewal replaces or narrows a grant that works",
    closed: "staged beside it; matched by account; scopes never narrow silently",
  },
  {
    number: "M4",
    attack: "one revocation at the provider ends other users' grants",
    closed: "told to the provider only where no other grant shares client and account",
  },
  {
    number: "M5",
    attack: "a stolen session token reads the outcome, or claims first",
    closed: "token and verifier; a second claim ends the session and takes back what it made",
  },
  {
    number: "M6",
    attack: "the reply to the claim is lost: dead end; or a stranger repeats the claim",
    closed: "the page's own `claim_id` repeats it for a minute and replaces the cookie",
  },
  {
    number: "M7",
    attack: "another origin reads the answers; or the app cannot read the errors",
    closed: "only the session's origin is answered; configured origins can read codes",
  },
  {
    number: "M8",
    attack: "the page at the provider leads the app's tab away",
    closed: "no opener on the way to hosts that somebody else chose",
    docs: [["docs/embedding.md", "## The page at the provider"]],
  },
  {
    number: "M9",
    attack: "a window that waits under the popup's name is taken for it",
    closed: "a random name for each attempt",
  },
  {
    number: "M10",
    attack: "a token of another client of the same issuer speaks for the user",
    closed:
      "audience or client list, required by the configuration; type and end checked; who is deprovisioned, and a key that is revoked, end at once",
  },
  {
    number: "M11",
    attack: "a token goes to a host that the attacker owns under a wildcard",
    closed: "exact hosts, stored with the grant, checked by broker and SDK",
  },
  {
    number: "M12",
    attack: "a grant id from a browser revokes somebody else's grant",
    closed: "with a user token it must be theirs; a key alone is written down as the app",
  },
  {
    number: "M13",
    attack: "scopes or parameters are smuggled into the authorization request",
    closed: "scopes from the configuration only; reserved parameters cannot be set",
  },
  {
    number: "M14",
    attack: "callbacks at once, twice or late exchange a code more than once",
    closed: "one order, one consume, refusals before it write nothing",
  },
  {
    number: "M15",
    attack: "Back from the provider leaves again by itself, for ever",
    closed: "never twice without a click; a page from the cache asks anew",
    no_twin: FAILURE,
  },
  {
    number: "M16",
    attack: "a redirect comes back in another tab and finds nothing, or the wrong attempt",
    closed: "localStorage, a key for each attempt, until its deadline",
  },
  {
    number: "M17",
    attack: "app and broker share an origin or a site, so that no origin check means anything",
    closed: "the same origin is refused, the same site is warned of",
    no_twin: BOTH_SIDES,
  },
  {
    number: "M18",
    attack: "a framework's or proxy's default headers sever every popup",
    closed: "headers by route, looked at from outside",
    docs: [["docs/headers.md", "`Cross-Origin-Opener-Policy: unsafe-none`"]],
  },
  {
    number: "M19",
    attack: "a sandboxed or credentialless frame opens a window that cannot work",
    closed: "refused before it opens, by a code that names the attribute",
  },
  {
    number: "M20",
    attack: "a link without its challenge passes for one that a backend redeems",
    closed: "three shapes of a claim, one for each session, fixed in the row",
  },
  {
    number: "M21",
    attack: "we print a link with a token in it, for the user to pass on",
    closed: "only the app's own address is offered",
  },
  {
    number: "M22",
    attack: "a refused claim reaches nobody, or tells a stranger whose session it is",
    closed: "a code and nothing else, to whoever sent the token",
    no_twin: BOTH_SIDES,
  },
  {
    number: "M23",
    attack: "long polls use up the broker",
    closed: "one waiter a session, a cap for all, released at shutdown",
  },
  {
    number: "L1",
    attack: "the page's first message, to anybody, tells something",
    closed: "it says that a page is there, and stops asking to be opened by accident",
    no_twin: "its tests have all that is said, and until when",
  },
  {
    number: "L2",
    attack: "odd or endless values in the fragment",
    closed: "fixed characters and lengths, refused before anything is looked up",
  },
  {
    number: "L3",
    attack: "parameters of the return URL pass for the answer",
    closed: "set by the URL interface, ours deleted first",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L4",
    attack: "the hosted page shows what a link tells it to show",
    closed: "no preview and no branding by address: the page is the same bytes for all",
  },
  {
    number: "L5",
    attack: "codes and user tokens end in access logs",
    closed: "the broker logs no query and no header",
    docs: [
      ["docs/headers.md", "Keep its query strings out of the proxy's log"],
      ["docs/configuration.md", "keep query strings of `/oauth/callback/` out of its log"],
    ],
  },
  {
    number: "L6",
    attack: "a broker over plain http, whose cookies every port and listener shares",
    closed: "http is refused but on loopback",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L7",
    attack: "two spellings of one origin compare as different",
    closed: "only an origin's own spelling is accepted in the configuration",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L8",
    attack: "an authorization URL that runs script or leaves in clear",
    closed: "https, or loopback, before the page goes there",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L9",
    attack: "the internet reads the metrics",
    closed:
      "a listener of their own, off unless it is configured; nothing of the kind on the public one",
    no_twin: "there is nothing to switch off",
  },
  {
    number: "L10",
    attack: "a user or key that is gone still has a live session",
    closed:
      "their sessions end at once, and what is under way exchanges nothing; app, provider and user token are asked again at every call",
  },
  {
    number: "L11",
    attack: "a cache hands one user's session token to another",
    closed: "`no-store` on every answer",
    docs: [["docs/embedding.md", "a cache in the middle could hand one user's token to another"]],
    no_twin: "a header; what a cache does with it is not ours",
  },
  {
    number: "L12",
    attack: "cookies are blocked, and the user finds out after consenting",
    closed: "found out before anybody leaves, by a code",
    no_twin: FAILURE,
  },
  {
    number: "L13",
    attack: "a container or profile switch at the provider loses the cookie",
    closed: "the neutral page says where to go on; nothing is consumed",
    docs: [["docs/embedding.md", "The user goes on in another browser, profile or container"]],
  },
  {
    number: "L14",
    attack: "a public app whose broker is in a private network: the browser asks or blocks",
    closed: "nothing that code can help: a sentence",
    tests: false,
    docs: [["docs/embedding.md", "A broker in your own network"]],
  },
  {
    number: "L15",
    attack: "an account's label is taken for a verified address",
    closed: "a label is shown and never compared; only a vouched-for address closes the page",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L16",
    attack: "a window that the app cannot close is left behind",
    closed: "the page closes itself, or says that the user can",
    no_twin: FAILURE,
  },
  {
    number: "L17",
    attack: "a click meant for another window lands on Continue",
    closed: "the button counts half a second after the page came to the front",
  },
  {
    number: "L18",
    attack: "the provider's error text speaks to the user on our page",
    closed: "sentences of our own, and a reference",
    no_twin: "that the text came is in its tests: it is in the log",
  },
  {
    number: "L19",
    attack: "one session, or one user, makes rows without end",
    closed: "thirty departures a session, fifty open sessions a user",
  },
  {
    number: "L20",
    attack: "a logo or link brings script or leaks the page's address",
    closed: "https logos; a policy without inline, without foreign script; text stays text",
    no_twin: "the policy is compared to the letter",
  },
  {
    number: "L21",
    attack: "callbacks with endless values",
    closed: "a length for every parameter, a size for every form, refused before any work",
  },
  {
    number: "L22",
    attack: "clocks that differ make tokens and deadlines wrong",
    closed: "five seconds of tolerance, the doctor, and a sentence",
    docs: [["docs/configuration.md", "Keep the machine's clock in step"]],
    no_twin: "a failure, not an attack: both sides of the tolerance are in its tests",
  },
  {
    number: "L23",
    attack: "the app's page is reloaded in the middle: a grant without a callback",
    closed: "the grant stands, and the next Connect works",
    docs: [["docs/embedding.md", "from `listGrants()` when your page loads"]],
    no_twin: FAILURE,
  },
  {
    number: "L24",
    attack: "more of the account reaches the browser than the app needs",
    closed: "a connection has eight fields, and the widget passes no other",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L25",
    attack: "a message shaped to confuse its reader",
    closed: "own properties, plain values, lengths; each read once",
    no_twin: BOTH_SIDES,
  },
  {
    number: "L26",
    attack:
      "what a user types as a key or a host writes a header, or leads into the broker's own network",
    closed:
      "each value is held against its form, a secret stands in no URL of a record, a host is one part of a host at a public address",
  },
  {
    number: "L27",
    attack: "stolen keys are tried here, to find out which of them still work",
    closed:
      "thirty attempts a session; failures counted by address and by user, before the provider is asked: past the limit no key is tried, so that a right one is told like the others",
  },
  {
    number: "W1",
    attack: "in the Wallet: another user's grant id, or a cursor made of it, in any call",
    closed:
      "only the signed-in person's rows are ever looked up, so that another's id is an unknown one",
  },
  {
    number: "W2",
    attack:
      "in the Wallet: another app's view, in which the same subject is somebody else or nobody",
    closed:
      "the ID token is read as each app reads its users' tokens (issuer, required claims, subject claim), app by app",
  },
  {
    number: "W3",
    attack: "a page elsewhere revokes, downloads or signs out for the user (CSRF)",
    closed:
      "calls are JSON, from the broker's own origin, without CORS; the cookie is SameSite=Strict",
  },
  {
    number: "W4",
    attack:
      "a session cookie planted before the sign-in is the user's afterwards (session fixation)",
    closed: "each sign-in makes a new secret; what the browser had before is ended on the server",
  },
  {
    number: "W5",
    attack: "the attacker's callback signs the victim in as the attacker (login CSRF)",
    closed: "state, nonce and PKCE verifier are made of the cookie of the browser that set out",
  },
  {
    number: "W6",
    attack: "the way back from the sign-in leads to another site (open redirect)",
    closed: "it leads to `/wallet` and nowhere else; an app's id is all that comes back",
  },
  {
    number: "W7",
    attack: "a page frames the Wallet under its own buttons (clickjacking)",
    closed: "`frame-ancestors 'none'`, `X-Frame-Options`, and an opener policy of its own",
    no_twin: BOTH_SIDES,
  },
  {
    number: "W8",
    attack:
      "a name or an account, of the provider or the identity provider, is HTML or turns the text around",
    closed: "cleaned of control and bidi characters when it comes, written as text, isolated",
  },
  {
    number: "W9",
    attack: "a callback of a sign-in is sent again",
    closed: "each is taken once, before the identity provider is asked; ten minutes at most",
  },
  {
    number: "W10",
    attack: "a cookie that was kept opens the Wallet after its owner signed out",
    closed: "the session's row is gone: the cookie is a text",
  },
  {
    number: "W11",
    attack:
      "two users in one browser, one after the other: something of the first is the second's to see",
    closed: "a sign-in ends the session before; nothing is cached, and the page keeps nothing",
  },
  {
    number: "W12",
    attack: "somebody who is gone at the identity provider goes on in the Wallet",
    closed: "each call looks whether they were deprovisioned after they signed in",
  },
  {
    number: "W13",
    attack: "what one app's identity provider has issued is taken for another's (mix-up)",
    closed:
      "a redirect URI for each app, compared with the app that the browser set out for, first",
  },
  {
    number: "W14",
    attack:
      "a page elsewhere has its visitors' browsers fail at the callback, and their network is locked out of signing in",
    closed: "only what comes back to the browser that set out counts as a failure of its address",
  },
  {
    number: "W15",
    attack: "whoever knows a password takes the wish for a second factor out of the address",
    closed:
      "`wallet.required_claims`: the ID token has to say it, by whichever app's client it came",
  },
];

const WORKS = "what has to work, not an attack";
const row = (number, attack, closed, also) => ({ number, attack, closed, also, no_twin: WORKS });
const APP = "test/popup/App.test.tsx";

/** What the page must show (S), and the ways that must stay open beside all that is refused (P). */
export const MUST_WORK = [
  row(
    "S1",
    "the page before leaving",
    "app, its origin, the user and who vouches, provider, scopes; one way on",
    [
      [APP, "names app, origin, user, who vouches, provider and scopes"],
      [APP, "has one button that leads on, a way out, and a way to say that it is somebody else"],
    ],
  ),
  row("S2", "a first visit", "never leaves without a click", [
    ["test/broker/authorize.test.ts", "H4: no departure without a click"],
  ]),
  row(
    "S3",
    "the page at the end",
    "which account, of whose app account; a hint where they differ",
    [
      [APP, "names the account and whose app account it is"],
      [APP, "hints at nothing where the addresses are the same"],
    ],
  ),
  row(
    "S4",
    "an opening that is refused",
    "says that somebody may have sent the link, and claims nothing",
    [["e2e/attacks/claim.spec.ts", ": nothing is claimed"]],
  ),
  row("S5", "text from provider, address or token", "is not on the page, or is text", [
    [APP, "stays text ($name)"],
    ["e2e/failures.spec.ts", "the provider sends an error back: its text is not shown"],
  ]),
  row("P1", "the app in a frame of another origin", "a popup", [
    ["e2e/engines/frames.spec.ts", "an app in a frame: a popup, even if it asked for a redirect"],
  ]),
  row(
    "P2",
    "the app's page isolated by its own header",
    "a code that names the header, or a redirect",
    [
      [
        "e2e/engines/severed.spec.ts",
        "the app's page is isolated by COOP, no return URL: opener_isolated names the header",
      ],
      [
        "e2e/engines/prompt.spec.ts",
        "prompt: the app's page is isolated and the session has a return URL: it continues here",
      ],
    ],
  ),
  row("P3", "a reload of the page", "goes on where it was", [
    ["e2e/happy/detours.spec.ts", "a reload of our page goes on where it was"],
  ]),
  row("P4", "the provider comes back in a new tab", "success, and the popup goes", [
    ["e2e/engines/severed.spec.ts", ": success, and the popup goes"],
  ]),
  row("P5", "several providers, the first of which severs", "all of them arrive", [
    [
      "e2e/happy/severed.spec.ts",
      "COOP twice in one session of several: onSuccess fires with both",
    ],
  ]),
  row("P6", "Back from the provider", "a choice that works", [
    [
      "e2e/engines/leaving.spec.ts",
      "back by the provider's own button lands on a choice, and it works from there",
    ],
  ]),
  row("P7", "the end of the session in the middle", "page and app say so", [
    ["e2e/attacks/races.spec.ts", "a session expires under the user's eyes: page and app say so"],
  ]),
  row("P8", "unclaimed, choosing, away, closed", "told apart", [
    ["test/broker/outcome.test.ts", "H9: the phases along the way"],
  ]),
  row(
    "P9",
    "the app's page put aside by the browser and shown again",
    "asks once more, and hears it",
    [["test/widget/asking.test.ts", "reaches a page that the browser had put aside (field 6)"]],
  ),
];

/** The word for a number, wherever it stands alone in a test's title: `M5: …`, `… [M5]`, `… (H7, M7)`. */
export const ATTACK =
  /(?<![\w.-])(?:C1|H(?:10|[1-9])|M(?:1\d|2[0-3]|[1-9])|L(?:1\d|2[0-7]|[1-9])|W(?:1[0-5]|[1-9]))(?![\w-])/g;
