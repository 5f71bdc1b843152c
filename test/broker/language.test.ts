/** The language of the page, over HTTP: the app's word, else the browser's, else English; and the texts that go with it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused } from "./steps.ts";
import { A, startWorld, type Json, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** A fresh session's view, claimed with that header and looked at with the other one. */
const seen = async (session: Json, accept?: string, later = accept) => {
  const header = (value?: string): Record<string, string> =>
    value === undefined ? {} : { "accept-language": value };
  const browser = world.browser();
  const claimed = await browser.claim(await world.mint(session), {}, header(accept));
  expect(claimed.status, JSON.stringify(claimed.body)).toBe(200);
  const { session_id } = claimed.body;
  const looked = await browser.page("view", { session_id }, header(later));
  return [claimed, looked].map(({ body }) => body["view"] as Json & { providers: Json[] });
};
const languages = async (...about: Parameters<typeof seen>): Promise<unknown[]> =>
  (await seen(...about)).map(({ locale }) => locale);

describe("chosen by the browser", () => {
  test.each([
    ["de", "de"],
    ["de-AT,de;q=0.9,en;q=0.8", "de"],
    ["pl, nl;q=0.9, ja;q=0.8, en;q=0.7", "ja"],
    ["en;q=0.5, fr-CA", "fr"],
    ["en;q=0.5,ar;q=0.501", "ar"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"],
    ["zh-TW,zh-Hant;q=0.9,en;q=0.8", "en"],
    ["pt-BR", "pt"],
    ["es;q=0, pt", "pt"],
    ["*", "en"],
    ["nl", "en"],
    ["de_DE;;q=x,,;q=1", "en"],
    [`${"nl,".repeat(2_000)}de`, "en"],
    [undefined, "en"],
  ])("%s: %s", async (accept, locale) => {
    expect(await languages({}, accept)).toEqual([locale, locale]);
  });

  test("anew at each look: whoever changes it and reloads sees the other one", async () => {
    expect(await languages({}, "fr", "es")).toEqual(["fr", "es"]);
  });
});

describe("chosen by the app", () => {
  test.each([
    ["de", "de"],
    ["de-CH-1996", "de"],
    ["PT-br", "pt"],
    ["en", "en"],
  ])("%s: %s, whatever the browser prefers", async (locale, spoken) => {
    expect(await languages({ locale }, "ja,fr")).toEqual([spoken, spoken]);
  });

  test.each(["nl", "zh-TW", "tlh", "German"])(
    "%s is not there, so the browser is asked",
    async (locale) => {
      expect(await languages({ locale }, "ja,fr")).toEqual(["ja", "ja"]);
      expect(await languages({ locale })).toEqual(["en", "en"]);
    },
  );

  test.each([
    ["", "expected"],
    ["de_DE", "Expected a BCP 47 tag such as de or pt-BR"],
    ["de-DE.UTF-8", "Expected a BCP 47 tag such as de or pt-BR"],
    ["de,fr", "Expected a BCP 47 tag such as de or pt-BR"],
    [`de-${"x".repeat(80)}`, "64"],
    [7, "expected string"],
    [null, "expected string"],
  ])("%j", async (locale, complaint) => {
    const mint = async () =>
      world.backend().createSession({
        user_token: await world.userToken(),
        ...{ allowed_origin: A, allowed_providers: ["calendar"], locale },
      });
    const { body } = await refused(world, mint, "invalid_request");
    expect(body["detail"]).toMatch(/^locale: /);
    expect(body["detail"]).toMatch(new RegExp(complaint, "i"));
  });
});
