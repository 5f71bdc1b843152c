/** A provider that means harm, over real sockets: the token stays where it belongs, and each call comes to an end. */
import { expect, test } from "vitest";
import type { CallOptions } from "../../../sdk/src/index.ts";
import { endlessBody, headerBomb, slowBody, slowHeaders } from "../../servers/raw.ts";
import { failure, type Stage } from "./stage.ts";

export const adversary = (at: () => Stage): void => {
  const WAYS = ["request", "proxyRequest"] as const;
  type Way = (typeof WAYS)[number];

  const call = async (way: Way, url: string, more: CallOptions = {}): Promise<Response> => {
    const { app, as } = at();
    return as("harmed", () => app[way]("GET", url, { ...more, provider: "calendar" }));
  };
  /** Reads to the end, which never comes. */
  const drain = async (response: Response): Promise<never> => {
    const reader = response.body?.getReader();
    while (!(await reader?.read())?.done);
    throw new Error("the body came to an end");
  };

  test("the user connects", async () => {
    expect(await at().connect("harmed")).toMatchObject({ status: "success" });
  });

  test.each(WAYS)(
    "%s: a redirect to another host is handed over, and nothing is sent there",
    async (way) => {
      const { api, evil } = at();
      for (const status of [301, 302, 303, 307, 308]) {
        const location = `${evil.url}/steal`;
        api.answer((_, response) => void response.writeHead(status, { location }).end());
        const response = await call(way, api.url);
        expect([response.status, response.headers.get("location")]).toEqual([status, location]);
      }
      expect(evil.received).toEqual([]);
      // The twin: a fetch that follows takes along a key in a header of its own.
      await fetch(api.url, { headers: { "x-api-key": "token" } });
      expect(evil.received).toMatchObject([{ headers: { "x-api-key": "token" } }]);
      evil.received.length = 0;
    },
  );

  test.each([
    ["request", { name: "NetworkError", code: "provider_unreachable" }],
    ["proxyRequest", { name: "ProviderUnavailableError", code: "provider_unavailable" }],
  ] as const)(
    "%s: headers without end are an error, and there is no second try",
    async (way, error) => {
      const { raw } = at();
      raw.speak(headerBomb);
      const before = raw.connections;
      expect(await failure(call(way, raw.url))).toMatchObject(error);
      expect(raw.connections).toBe(before + 1);
    },
  );

  test.each(WAYS)("%s: a body without end stays a stream, which the caller ends", async (way) => {
    at().raw.speak(endlessBody);
    const controller = new AbortController();
    const response = await call(way, at().raw.url, { signal: controller.signal });
    expect(response.status).toBe(200);
    const drained = drain(response);
    controller.abort(new Error("enough"));
    await expect(drained).rejects.toThrow("enough");
  });

  test.each(WAYS)(
    "%s: headers and bodies drop by drop end with the caller's timeout",
    async (way) => {
      const { raw } = at();
      raw.speak(slowHeaders);
      expect(await failure(call(way, raw.url, { timeout: 500 }))).toMatchObject({
        code: "timeout",
      });
      raw.speak(slowBody);
      const response = await call(way, raw.url, { timeout: 500 });
      expect(await failure(drain(response))).toMatchObject({ code: "timeout" });
    },
  );
};
