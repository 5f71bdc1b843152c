/**
 * What comes through the proxy, both ways: the doctor shows its pass, and the broker says what it has seen of the request.
 * Nothing is stored on either side.
 */
import { proxy } from "@alter-ai/protocol/backend";
import type { Config } from "../config/config.ts";
import type { Vault } from "../vault.ts";
import type { Answer, Ask, AskInit } from "./ask.ts";
import { skewOf } from "./clock.ts";
import { codeOf, fail, ok, warn, type Finding } from "./finding.ts";
import { DOCTOR_PATH, passFor, PROBE_COOKIE, type Seen } from "./pass.ts";

/** How long a widget's question is held; see routes/widget.ts. */
export const HELD = 25_000;
const PIECE = 1_000;
/** Of TEST-NET-3: nobody's address, so whoever is taken for it has written it himself. */
const FORGED = "203.0.113.7";
/** Two tokens of this length are no rarity, and make more than many proxies' buffer. */
const LONG = 7_000;

export type PassageDeps = {
  ask: Ask;
  config: Pick<Config, "base_url" | "proxy">;
  vault: Pick<Vault, "mac">;
  now: () => number;
  newNonce: () => string;
  version: string;
  /** How long an answer is held and a piece is kept back, in milliseconds. */
  held?: number | undefined;
  piece?: number;
};

export const checkPassage = async (deps: PassageDeps): Promise<Finding[]> => {
  const { now, newNonce, vault } = deps;
  const seen = async (query: string, headers: Record<string, string>, init: AskInit = {}) => {
    const nonce = newNonce();
    const url = DOCTOR_PATH + query;
    const authorization = passFor(vault, now(), nonce, url);
    return {
      nonce,
      answer: await deps.ask(url, { ...init, headers: { ...headers, authorization } }),
    };
  };
  const sent = {
    origin: deps.config.base_url,
    "sec-fetch-site": "same-origin",
    "alter-user-token": "doctor",
    "alter-connect-verifier": "doctor",
    cookie: `${PROBE_COOKIE}_sent=1`,
    "x-forwarded-for": FORGED,
  };
  let first: { nonce: string; answer: Answer };
  try {
    first = await seen("", sent);
  } catch (error) {
    return [
      fail("unreachable", deps.config.base_url, { expected: "an answer", came: codeOf(error) }),
    ];
  }
  const told = readSeen(first.answer);
  if (!told) return [notThisBroker(first.answer)];
  const held = deps.held ?? HELD;
  return [
    ...isThisBroker(deps, told),
    skewOf("the broker's clock", told.now, now()),
    ...passedOn(sent, told),
    cookieOf(first.answer, first.nonce, deps.config.base_url),
    forwardedFor(told),
    ...(await Promise.all([
      longHeaders(seen),
      longBody(deps),
      longAnswer(seen, held),
      pieces(seen, deps.piece ?? PIECE),
    ])),
  ];
};

type See = (
  query: string,
  headers: Record<string, string>,
  init?: AskInit,
) => Promise<{ nonce: string; answer: Answer }>;

const readSeen = ({ status, body }: Answer): Seen | undefined => {
  if (status !== 200) return undefined;
  try {
    const told = JSON.parse(body) as Partial<Seen>;
    return typeof told.version === "string" ? (told as Seen) : undefined;
  } catch {
    return undefined;
  }
};

const notThisBroker = ({ status }: Answer): Finding =>
  fail("not_this_broker", "who answers there", {
    expected: "a broker with this configuration's vault",
    came: `${status} to the doctor's pass`,
    todo: "another program, another vault key, a clock a minute off, an older broker, or a proxy that strips Authorization",
  });

const isThisBroker = ({ version, config }: PassageDeps, told: Seen): Finding[] => {
  const findings: Finding[] = [];
  if (told.base_url !== config.base_url)
    findings.push(
      fail("other_base_url", "base_url of the broker that answers", {
        ...{ expected: config.base_url, came: told.base_url },
        todo: "it runs with another configuration: restart it with this one",
      }),
    );
  if (told.version !== version)
    findings.push(
      warn("other_version", "version of the broker that answers", {
        ...{ expected: version, came: told.version },
        todo: "restart it, or ask with the same version",
      }),
    );
  return findings.length
    ? findings
    : [ok("broker", `alter-broker ${told.version} with this vault`)];
};

const passedOn = (sent: Record<string, string>, told: Seen): Finding[] => {
  const lost = Object.entries(sent).filter(
    ([name, value]) => name !== "x-forwarded-for" && told.headers[name] !== value,
  );
  if (!lost.length) return [ok("headers_passed_on", "what browsers and apps send")];
  return lost.map(([name]) =>
    fail("header_not_passed_on", name, {
      ...{
        expected: "as it was sent",
        came: told.headers[name] === undefined ? "nothing" : "something else",
      },
      todo: "let the proxy pass it on unchanged",
    }),
  );
};

const cookieOf = (answer: Answer, nonce: string, base_url: string): Finding => {
  const secure = base_url.startsWith("https:");
  const name = `${secure ? "__Host-" : ""}${PROBE_COOKIE}`;
  const came = answer.all("set-cookie").find((cookie) => cookie.startsWith(`${name}=`));
  const attributes = (came ?? "").split(/;\s*/).map((part) => part.toLowerCase());
  const wanted = ["path=/", "httponly", "samesite=lax", ...(secure ? ["secure"] : [])];
  const wrong = wanted.filter((attribute) => !attributes.includes(attribute));
  if (attributes.some((attribute) => attribute.startsWith("domain="))) wrong.push("no domain");
  if (came?.startsWith(`${name}=${nonce};`) && !wrong.length)
    return ok("cookies", "cookies, with their attributes");
  return fail(came === undefined ? "cookie_lost" : "cookie_changed", "the page's cookies", {
    expected: [name, ...wanted].join("; "),
    came: came === undefined ? "none" : `without ${wrong.join(", ") || "its value"}`,
    todo: "let the proxy pass Set-Cookie on unchanged: without it nobody can connect",
  });
};

/** Addresses count in policies and limits: whoever may choose his own passes both. */
const forwardedFor = (told: Seen): Finding => {
  const what = "X-Forwarded-For";
  const entries = (told.forwarded_for ?? "").split(",").map((entry) => entry.trim());
  if (!told.is_trusted_proxy) {
    // With no proxy in between it is what the doctor sent, and nobody believes it.
    if (entries.length === 1 && entries[0] === FORGED)
      return ok("no_proxy", `${what} is not believed`);
    return warn("proxy_not_trusted", what, {
      expected: `trusted_proxies with ${told.remote_address ?? "the proxy"} in it`,
      came: "the proxy's own address in place of every caller's",
      todo: "name the proxy in trusted_proxies: policies and limits count callers' addresses",
    });
  }
  if (told.caller_address === FORGED && entries.at(-1) === FORGED)
    return fail("forwarded_for_forged", what, {
      expected: "the address that the proxy has seen, at the end",
      came: "what the caller had written",
      todo: "let the proxy set or append X-Forwarded-For: anybody can choose an address for policies and limits",
    });
  if (told.forwarded_for === null)
    return warn("forwarded_for_missing", what, {
      expected: "the caller's address",
      came: "nothing",
      todo: "let the proxy set X-Forwarded-For: without it every rule about addresses refuses",
    });
  return ok("forwarded_for", `${what}, from a proxy in trusted_proxies`);
};

const longHeaders = async (see: See): Promise<Finding> => {
  const long = "x".repeat(LONG);
  const answer = await see("", { "alter-user-token": long, [proxy.requestHeader]: long }).then(
    ({ answer }) => answer,
    () => undefined,
  );
  if (answer?.status === 200) return ok("long_headers", `${(2 * LONG) / 1000} kB of headers`);
  return warn("headers_limited", "user tokens in headers", {
    expected: `${(2 * LONG) / 1000} kB, of the 64 that the broker takes`,
    came: String(answer?.status ?? "a closed connection"),
    todo: "raise the proxy's limit on headers (nginx: large_client_header_buffers)",
  });
};

const longBody = async ({ ask, config }: PassageDeps): Promise<Finding> => {
  const most = config.proxy.most_request_bytes;
  const headers = { "content-length": String(most), expect: "100-continue" };
  const answer = await ask(proxy.path, { method: "POST", headers, expects: true }).catch(
    () => undefined,
  );
  // Whoever lets the broker answer lets it pass; that it knows no such key is what it should say.
  if (answer && answer.status !== 413) return ok("long_bodies", `bodies of ${most} bytes`);
  return warn("bodies_limited", "bodies of proxyRequest", {
    expected: `${most} bytes, as proxy.most_request_bytes says`,
    came: String(answer?.status ?? "a closed connection"),
    todo: "raise the proxy's limit on bodies (nginx: client_max_body_size), or lower proxy.most_request_bytes",
  });
};

const longAnswer = async (see: See, held: number): Promise<Finding> => {
  const what = `an answer that takes ${held / 1000} s`;
  const came = await see(`?wait=${held}`, {}, { timeout: held + 10_000 }).then(
    ({ answer }) => (readSeen(answer) ? undefined : String(answer.status)),
    codeOf,
  );
  if (came === undefined) return ok("long_poll", what);
  return fail("long_poll_cut", what, {
    ...{ expected: "200", came },
    todo: "give the proxy a timeout of 60 s or more: widgets ask and are answered within 25 s",
  });
};

const pieces = async (see: See, piece: number): Promise<Finding> => {
  const what = "an answer in pieces";
  const answer = await see(`?pieces&wait=${piece}`, {}).then(
    ({ answer }) => answer,
    () => undefined,
  );
  if (answer?.status === 200 && answer.end - answer.first >= piece / 2) return ok("pieces", what);
  return warn("answers_buffered", what, {
    expected: "each piece when it is sent",
    came: answer?.status === 200 ? "all at once" : String(answer?.status ?? "a closed connection"),
    todo: "turn buffering off (nginx: proxy_buffering off): answers of proxyRequest stream",
  });
};
