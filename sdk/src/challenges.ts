/** Reads WWW-Authenticate (RFC 9110, 11.6.1) for the one thing in it that matters here: which scopes are missing. */

/**
 * The scopes of a Bearer challenge with `error="insufficient_scope"` (RFC 6750, 3.1), none if it does not name them;
 * `undefined` if there is no such challenge.
 */
export const insufficientScope = (header: string | null): string[] | undefined => {
  const params = readChallenges(header ?? "").find(
    ({ scheme, params }) =>
      scheme.toLowerCase() === "bearer" && params.get("error") === "insufficient_scope",
  )?.params;
  return params && (params.get("scope") ?? "").split(" ").filter(Boolean);
};

type Challenge = { scheme: string; params: Map<string, string> };

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const END = "(?=[ \\t]*(?:,|$))";
const SEPARATOR = /[ \t,]+/y;
const PARAM = new RegExp(
  `(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))${END}`,
  "y",
);
const SCHEME = new RegExp(`(${TOKEN})(?: +|${END})`, "y");
const TOKEN68 = new RegExp(`[\\w.~+/-]+=*${END}`, "y");

/** Several challenges share one comma-separated list with their parameters. What is malformed ends the reading. */
const readChallenges = (header: string): Challenge[] => {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(SEPARATOR);
    const current = challenges.at(-1);
    const param = current && take(PARAM);
    if (param) {
      const [, name = "", quoted, plain = ""] = param;
      const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
      const key = name.toLowerCase();
      if (!current.params.has(key)) current.params.set(key, value);
      continue;
    }
    const scheme = take(SCHEME)?.[1];
    if (scheme === undefined) return challenges;
    challenges.push({ scheme, params: new Map() });
    // A bare credential instead of parameters, as Negotiate has it; a parameter looks different.
    const before = at;
    if (take(PARAM)) at = before;
    else take(TOKEN68);
  }
};
