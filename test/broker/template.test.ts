/** What a value may do to a URL that it stands in: be a part of it, and in a host never more, whatever its pattern. */
import { expect, test } from "vitest";
import { fillUrl, MissingFact, UnsafeFact } from "../../broker/src/providers/template.ts";

test.each([
  ["https://{t}.acme.example/a", { t: "eu.west-1" }, "https://eu.west-1.acme.example/a"],
  ["https://{t}/oauth", { t: "git.example:8443" }, "https://git.example:8443/oauth"],
  ["https://{t}{server}", { t: "acme.okta.com", server: "" }, "https://acme.okta.com"],
  [
    "https://{t}{server}",
    { t: "acme.okta.com", server: "/oauth2/default" },
    "https://acme.okta.com/oauth2/default",
  ],
  ["{t}/api", { t: "https://git.example/sub" }, "https://git.example/sub/api"],
  ["https://api.example/{t}/x", { t: "a/b" }, "https://api.example/a/b/x"],
])("%s with %j", (template, facts, url) => {
  expect(fillUrl(template, facts)).toBe(url);
});

test.each([
  "evil.example/x?",
  "evil.example#",
  "evil.example\\",
  "u@evil.example",
  "/evil",
  "",
  "a b",
])("no part of a host: %j", (t) => {
  for (const template of [
    "https://{t}.acme.example/a",
    "https://acme.{t}.example",
    "https://{t}/a",
  ])
    expect(() => fillUrl(template, { t })).toThrow(UnsafeFact);
});

test("a path behind a whole host is one, and goes nowhere else", () => {
  for (const server of ["@evil.example", ".evil.example/x?", "/a?b", "/a#b", "//evil.example"])
    expect(() => fillUrl("https://{t}{server}", { t: "acme.okta.com", server })).toThrow(
      UnsafeFact,
    );
});

test("one that is not there is named", () => {
  expect(() => fillUrl("https://{t}.acme.example", {})).toThrow(MissingFact);
});
