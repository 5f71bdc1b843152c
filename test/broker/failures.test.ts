/** What the log may say of a provider's words: enough to find the fault, and nothing that could be a secret or a person. */
import { describe, expect, test } from "vitest";
import { explain, UnusableReply } from "../../broker/src/oauth/failures.ts";
import { catalogueIds, findProvider } from "../../broker/src/providers/catalogue.ts";
import type { Provider } from "../../broker/src/providers/schema.ts";

const logged = (said: { provider_error?: string; provider_text?: string }) =>
  explain("token", new UnusableReply("a_kind", said)).cause;

const SIXTEEN = "4f7a9c21b8e05d36";

describe.each(["provider_error", "provider_text"] as const)("%s", (field) => {
  test.each([
    ["a secret of sixteen", `Code ${SIXTEEN} is no good`, "Code (long) is no good"],
    ["quoted", `bad code: "${SIXTEEN}"`, 'bad code: "(long)"'],
    ["of base64", "bad ab+/cd==ef%20gh~ij", "bad (long)"],
    ["a letter or two beside a digit", "bad abcdefghijklmno1", "bad (long)"],
    ["letters alone, and many", `bad ${"x".repeat(32)}`, "bad (long)"],
    ["a person", "no user <ann@work.test> here", "no user (address) here"],
    ["a person with a long name", "no user ann.annabel.annasdotter@work.test", "no user (address)"],
    ["words", "invalid_client_credentials for this-is-a-name", undefined],
    ["letters alone, and few", `bad ${"x".repeat(31)}`, undefined],
    ["digits, and few", "AADSTS70008: code 123456789012345", undefined],
  ])("%s", (_, text, expected = text) => {
    expect(logged({ [field]: text })).toMatchObject({ [field]: expected });
  });
});

describe("a secret is not cut into short ones", () => {
  const halves = [SIXTEEN.slice(0, 8), SIXTEEN.slice(8)];
  test.each([
    ["zero-width space", "\u200b"],
    ["soft hyphen", "\u00ad"],
    ["right-to-left override", "\u202e"],
    ["byte order mark", "\ufeff"],
    ["NUL", "\u0000"],
    ["line feed", "\n"],
  ])("by a %s", (_, odd) => {
    expect(
      logged({ provider_text: `Code ${halves.join(odd)} of ann${odd}@work.test` }),
    ).toMatchObject({ provider_text: "Code (long) of (address)" });
  });

  test("nor by the end of what is kept", () => {
    const text = `${"no ".repeat(40)}${SIXTEEN} ${SIXTEEN}`;
    expect(logged({ provider_text: text }).provider_text).not.toMatch(/[0-9]/);
    const long = logged({ provider_text: "word ".repeat(300) }).provider_text;
    expect(long).toHaveLength(200);
  });
});

test.each([["\u0000\u202e"], [" "], ["x".repeat(65)], ["invalid_grant\u200b"]])(
  "%j is no code",
  (provider_error) => {
    expect(logged({ provider_error })).toMatchObject({ provider_error: "(unprintable)" });
  },
);

test.each(["", "\u200b", " \n "])("%j is no text", (provider_text) => {
  expect(logged({ provider_text })).not.toHaveProperty("provider_text");
});

/** What a record knows by its code, operators search their logs for. */
const codesOf = ({ refresh, identity, denied }: Provider): string[] => [
  ...denied,
  ...(refresh.with === "refresh_token" ? refresh.over : []),
  ...(identity.source === "request" ? identity.over : []),
];

test("the codes of the catalogue's records are said as they are", () => {
  const codes = catalogueIds().flatMap((id) => {
    const found = findProvider(id, undefined);
    return found?.ok ? codesOf(found.provider) : [];
  });
  expect(codes).toContain("bad_refresh_token");
  for (const code of ["invalid_grant", "invalid_token", "access_denied", ...codes])
    expect(logged({ provider_error: code }).provider_error).toBe(code);
});
