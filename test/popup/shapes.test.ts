/**
 * The page reads replies with a small stand-in for the schema library. Here every reply, whole and with each of its
 * parts gone, of another kind or with something beside it, is read by both.
 */
import { expect, it, vi } from "vitest";
import * as real from "@alter-ai/protocol/http";
import { account, calendar, connection, view } from "./page.ts";

vi.resetModules();
vi.doMock("zod/mini", () => import("../../popup/shapes.ts"));
const small: typeof real = await import("@alter-ai/protocol/http");

const success = { status: "success", connections: [connection()] };
const failure = { status: "error", error: { code: "access_denied", message: "x" } };
const colours = { action: "#000000", on_action: "#ffffff", accent: "#000000" };
const standing = {
  view: {
    ...view({
      providers: [
        {
          ...calendar,
          ...{ logo_url: "/x.svg", category: "files", credential: "basic", help_url: "https://x" },
          tile: { background: "#000000", text: "#ffffff" },
          fields: [
            ...[{ name: "a", label: "A", suffix: ".x", example: "e", value: "v", secret: true }],
            { name: "b", label: "B" },
          ],
          accounts: [account("a"), { ...account("b"), status: "broken" }],
        },
      ],
      connections: [connection(), connection({ operation: "reauth" })],
      renewing: { grant_id: "g", provider: "p", account_identifier: "a" },
      preview: true,
    }),
    app: {
      ...view().app,
      logo_url: "https://x",
      brand: { colours: { light: colours, dark: colours }, radius: 4 },
      ...{ support_url: "https://x", privacy_url: "https://x" },
    },
    user: { ...view().user, name: "Ann" },
  },
  phase: "failed",
  failure: "provider_timeout",
  outcome: success,
  redirect_to: "https://x",
  allowed_origin: "https://x",
  close_at_once: true,
};
const authorization = { authorization_url: "https://x", drop_opener: false };
const problem = {
  ...{ type: "t", title: "t", status: 400, code: "c", detail: "d", request_id: "r" },
  ...{ account_identifiers: ["a"], missing_scopes: ["s"], reason: "r", allowed_hosts: ["h"] },
  grant_kind: "managed_secret",
  policy_error: { rule: "r", kind: "k", attached_to: "app", retry_at: null },
};

type Read = { safeParse: (value: unknown) => { success: boolean; data?: unknown } };
/** Every schema that the page reads with, and replies of its shape. */
const REPLIES: [string, (of: typeof real) => Read | undefined, unknown[]][] = [
  [
    "claim",
    ({ page }) => page.claim.reply,
    [{ session_id: "s", ...standing, authorization: { provider: "p", ...authorization } }],
  ],
  ["view", ({ page }) => page.view.reply, [standing, { ...standing, outcome: failure }]],
  ["credential", ({ page }) => page.credential.reply, [standing]],
  ["authorize", ({ page }) => page.authorize.reply, [authorization]],
  [
    "finish",
    ({ page }) => page.finish.reply,
    [
      { outcome: success, redirect_to: "x" },
      { outcome: failure },
      { outcome: { status: "exit" } },
      {},
    ],
  ],
  ["problem", ({ problemSchema }) => problemSchema, [problem]],
];

const OTHERS = [undefined, null, true, false, 0, 1.5, "", "text", [], ["text"], {}, { a: 1 }];

/** The value itself, and all that come of it by putting something else in one place. */
function* mutants(value: unknown): Generator<unknown> {
  yield value;
  yield* OTHERS;
  if (Array.isArray(value))
    for (const [at, item] of value.entries())
      for (const other of mutants(item)) yield value.with(at, other);
  else if (typeof value === "object" && value !== null) {
    yield { ...value, unheard_of: { deeply: ["unheard", "of"] } };
    for (const [name, part] of Object.entries(value))
      for (const other of mutants(part)) {
        const mutant = { ...value, [name]: other };
        // As JSON has it: what is undefined is not there.
        yield JSON.parse(JSON.stringify(mutant));
      }
  }
}

it.each(REPLIES)("a reply of %s is read as zod reads it", (_, schema, replies) => {
  const [theirs, ours] = [schema(real), schema(small)];
  if (!theirs || !ours) throw new Error("No such schema");
  let read = 0;
  for (const reply of replies) {
    expect(theirs.safeParse(reply)).toEqual({ success: true, data: reply });
    for (const mutant of mutants(reply)) {
      const { success, data } = theirs.safeParse(mutant);
      const mine = ours.safeParse(mutant);
      if (mine.success !== success || JSON.stringify(mine.data) !== JSON.stringify(data))
        expect({ mutant, ...mine }).toEqual({ mutant, success, data });
      read += 1;
    }
  }
  expect(read).toBeGreaterThan(OTHERS.length);
});

it("covers every reply that the page gets", () => {
  const read = REPLIES.map(([, schema]) => schema(real));
  const replies = Object.values(real.page).map(({ reply }) => reply);
  for (const reply of replies) if (reply) expect(read).toContain(reply);
});
