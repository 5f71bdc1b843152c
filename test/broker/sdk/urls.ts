/**
 * URLs that an app was talked into, over real sockets: what gets the token is exactly the grant's host, under exactly
 * its name, or nobody. Recorded where it would arrive: at the API, at an attacker's server, and at the API's own port
 * under its other names.
 */
import { beforeAll, expect, test } from "vitest";
import type { App } from "../../../sdk/src/index.ts";
import type { Stage } from "./stage.ts";

export const urls = (at: () => Stage): void => {
  beforeAll(async () => void (await at().connect("lured")));

  const WAYS = {
    request: (app: App, url: string) => app.request("GET", url, { provider: "calendar" }),
    proxyRequest: (app: App, url: string) => app.proxyRequest("GET", url, { provider: "calendar" }),
    fetchFor: (app: App, url: string) => app.fetchFor({ provider: "calendar" })(url),
  };
  /** `API` and `EVIL` stand for the two servers' ports. */
  const here = (url: string): string =>
    url.replaceAll("API", String(at().api.port)).replaceAll("EVIL", String(at().evil.port));

  /** Whether the call succeeded, by way; and who got the token, under which Host. */
  const follow = async (url: string) => {
    const { api, app, as, evil } = at();
    api.answer((_, response) => void response.end());
    api.received.length = 0;
    evil.received.length = 0;
    const ways = Object.values(WAYS).map((send) =>
      as("lured", () => send(app, here(url))).then(
        () => true,
        () => false,
      ),
    );
    const arrived = await Promise.all(ways);
    const hosts = [...api.received, ...evil.received].map(({ headers }) => headers.host);
    const tokens = api.received.filter(({ headers }) =>
      headers.authorization?.startsWith("Bearer "),
    );
    return { arrived, hosts, tokens: tokens.length };
  };

  test.each([
    ["as it is", "http://localhost:API/x"],
    ["another case", "HTTP://LOCALHOST:API/x"],
    ["full-width letters", "http://ｌｏｃａｌｈｏｓｔ:API/x"],
    ["an encoded letter", "http://%6cocalhost:API/x"],
    ["zeros before the port", "http://localhost:00API/x"],
    ["an encoded slash in the path", "http://localhost:API/a%2F..%2F..%2Fb"],
    ["an encoded backslash in the path", "http://localhost:API/%5c%5clocalhost:EVIL/"],
    ["another host in the path", "http://localhost:API//localhost:EVIL/"],
    ["another host in the query", "http://localhost:API/?@localhost:EVIL/"],
    ["another host in the fragment", "http://localhost:API/#@localhost:EVIL/"],
    ["dots that climb", "http://localhost:API/a/../../../b"],
  ])("%s: the grant's host, and nobody else", async (_, url) => {
    expect(await follow(url)).toEqual({
      arrived: [true, true, true],
      hosts: Array(3).fill(here("localhost:API")),
      tokens: 3,
    });
  });

  test.each([
    ["another port", "http://localhost:EVIL/"],
    ["another scheme on the port", "https://localhost:API/"],
    ["no port", "http://localhost/"],
    ["a file", "file://localhost:API/etc/passwd"],
    ["a web socket", "ws://localhost:API/"],
    ["the host as userinfo", "http://localhost:API@localhost:EVIL/"],
    ["userinfo on the host", "http://ann:secret@localhost:API/"],
    ["an encoded @", "http://localhost:API%40localhost:EVIL/"],
    ["a backslash for the end of the host", "http://localhost:EVIL\\@localhost:API/"],
    ["backslashes for slashes", "http:\\\\localhost:API\\"],
    ["an encoded slash in the host", "http://localhost:API%2flocalhost:EVIL/"],
    ["a look-alike", "http://lоcalhost:API/"],
    ["an ideographic dot", "http://localhost。evil.localhost:EVIL/"],
    ["a trailing dot", "http://localhost.:API/"],
    ["a subdomain", "http://api.localhost:API/"],
    ["an IP literal", "http://127.0.0.1:API/"],
    ["an IP literal in disguise", "http://0x7f.1:API/"],
    ["an IP literal as a number", "http://2130706433:API/"],
    ["an IPv6 literal", "http://[::1]:API/"],
    ["an IPv4 literal as IPv6", "http://[::ffff:127.0.0.1]:API/"],
    ["the unspecified address", "http://0.0.0.0:API/"],
    ["a tab in the host", "http://local\thost:API/"],
    ["a line break before another", "http://localhost:API\n@localhost:EVIL/"],
    ["a carriage return in the path", "http://localhost:API/a\rb"],
    ["a NUL", "http://localhost:API\0.localhost:EVIL/"],
    ["a space in front", " http://localhost:API/"],
    ["no scheme", "//localhost:API/"],
    ["a path", "/x"],
    ["one slash", "http:/localhost:API/"],
    ["three slashes", "http:///localhost:API/"],
    ["a placeholder in the host", "http://{host}:API/"],
    ["nothing", ""],
  ])("%s: nobody", async (_, url) => {
    expect(await follow(url)).toEqual({ arrived: [false, false, false], hosts: [], tokens: 0 });
  });

  test("twin: a plain fetch takes a token to most of these", async () => {
    const { evil } = at();
    evil.received.length = 0;
    const headers = { authorization: "Bearer token" };
    for (const url of [
      "http://localhost:EVIL\\@localhost:API/",
      "http:///localhost:EVIL/",
      "http://local\thost:EVIL/",
      "http://0x7f.1:EVIL/",
    ])
      await fetch(here(url), { headers });
    expect(evil.received).toHaveLength(4);
    evil.received.length = 0;
  });
};
