/**
 * Where the broker's sources compare something secret, or made of a secret, by `===`: each place is known and has its
 * reason. What an attacker may send as often as they like is compared in constant time (`sameSecret`) or looked up by
 * its SHA-256, whose beginning nobody can choose: how long a look-up takes says nothing of the secret.
 */
import ts from "typescript";
import { expect, it } from "vitest";
import { sources } from "./tree.ts";

const NAMES =
  /(?:hash|secret|challenge|verifier|signature|hmac|mac|digest|cookie|handle|nonce|redirect_state|state|token|confirmation|claim_id|api_key|password)$/i;

/** `file: left === right`, and why that is enough. */
const KNOWN: Record<string, string> = {
  "broker/src/session.ts: by.challenge === session.challenge":
    "a challenge is public: it is the hash that the page sends, and the secret is its preimage",
  "broker/src/session.ts: by.challenge !== session.challenge":
    "a challenge is public: it is the hash that the page sends, and the secret is its preimage",
  "broker/src/session.ts: by.state === session.redirect_state":
    "echoes what the claim itself has sent; guards nothing, and is compared after the challenge",
  "broker/src/session.ts: by.claim_id_hash === session.claim_id_hash":
    "two SHA-256 hashes of 256 random bits, of a session whose token the caller holds",
  "broker/src/session.ts: session.live_state_hash !== state_hash":
    "two SHA-256 hashes; the state has been found by one of them before",
  "broker/src/routes/connect.ts: session.cookie_hash === by.cookie_hash":
    "both of them ours: whether a repeat of the claim has overtaken this one",
  "broker/src/grants/keep.ts: held?.access_token === key":
    "both of the same user, who has given the one and sees no answer that depends on when they differ; the provider has taken it",
  // Names from the configuration, which calls have to know.
  "broker/src/audit/verify.ts: prev !== end.last_hash":
    "by the operator's own command; nobody else learns how long it took",
  "broker/src/commands/doctor.ts: finding.state === state": "ok, warn or fail",
  "broker/src/commands/keys.ts: hash === key.hash": "of the configuration with the database's own",
  "broker/src/managed-secrets.ts: row.secret === provider": "a managed secret's id",
  "broker/src/routes/wallet.ts: row.secret === body.provider": "a managed secret's id",
  "broker/src/managed-secrets.ts: other.secret === secret": "a managed secret's id",
  "broker/src/managed-secrets.ts: row.secret === secret": "a managed secret's id",
};

const LITERAL = /^(?:null|undefined|true|false|-?\d[\d_]*|".*"|`.*`)$/s;

const comparesIn = (path: string, text: string): string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText())) {
      const sides = [node.left.getText(), node.right.getText()];
      // What is called says what comes back: `hashSecret(given)`.
      const named = sides.map((side) => side.replace(/\([^()]*\)$/s, ""));
      if (!sides.some((side) => LITERAL.test(side)) && named.some((name) => NAMES.test(name)))
        found.push(`${path}: ${sides.join(` ${node.operatorToken.getText()} `)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
};

it("compares nothing secret by ===, but where it is known why that is enough", () => {
  const found = sources()
    .filter(({ path }) => path.startsWith("broker/src/"))
    .flatMap(({ path, text }) => comparesIn(path, text));
  expect([...new Set(found)].sort()).toEqual(Object.keys(KNOWN).sort());
});

it("would see one", () => {
  const compare = (text: string) => comparesIn("x.ts", text);
  expect(compare("if (given.cookie_hash === session.cookie_hash) let_in();")).toHaveLength(1);
  expect(compare("const ok = hashSecret(given) !== row.value;")).toHaveLength(1);
  expect(compare("const ok = signature == expected;")).toHaveLength(1);
  expect(compare("const ok = token === undefined;")).toEqual([]);
});
