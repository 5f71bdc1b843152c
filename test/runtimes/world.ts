/**
 * What the smoke calls: a real broker, and an API that answers in every way that matters to a client. Knows nothing of
 * runtimes.
 */
import type { ServerResponse } from "node:http";
import { startConnected } from "../servers/connected.ts";
import { freePort, listen, readBody } from "../servers/http.ts";

export type Settings = {
  apiKey: string;
  baseUrl: string;
  /** Where nothing listens. */
  nowhere: string;
  api: string;
  /** JWTs: two users who have connected, one who has not. */
  ann: string;
  ben: string;
  nobody: string;
};

export type World = {
  /** Users of its own for each runtime, so that none finds what another has left. */
  settingsFor: (runtime: string) => Promise<Settings>;
  stop: () => Promise<void>;
};

export const startWorld = async (): Promise<World> => {
  const api = await startApi();
  const world = await startConnected({ hosts: [new URL(api.url).host] });
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  // A runtime is fetched first, which may take longer than a token of the tests is good for.
  const userToken = (sub: string) => world.idp.sign({ sub, exp: world.idp.now() + 3600 });
  return {
    settingsFor: async (runtime) => {
      const [ann, ben, nobody] = ["ann", "ben", "nobody"].map((name) => `${name} of ${runtime}`);
      await world.connect(String(ann), { account: "ann@calendar.test" });
      await world.connect(String(ben), { account: "ben@calendar.test" });
      return {
        apiKey: world.apiKey,
        baseUrl: world.broker.url,
        nowhere,
        api: api.url,
        ann: await userToken(String(ann)),
        ben: await userToken(String(ben)),
        nobody: await userToken(String(nobody)),
      };
    },
    stop: async () => {
      await world.stop();
      await api.stop();
    },
  };
};

const startApi = () => {
  const seen = new Set<string>();
  /** Whether this URL is asked for the first time. */
  const isFirst = (url: string): boolean => {
    const first = !seen.has(url);
    seen.add(url);
    return first;
  };

  return listen((req, res) => {
    void readBody(req).then(({ length }) => {
      const { method, url = "/", headers } = req;
      const { pathname, search } = new URL(url, "http://localhost");
      const { authorization, "content-type": type } = headers;
      const echo = { method, query: search, authorization, type, bytes: length };
      switch (pathname) {
        case "/echo":
          return json(res, 200, echo);
        case "/refuses-the-first":
          return isFirst(url)
            ? json(res, 401, {}, { "www-authenticate": 'Bearer error="invalid_token"' })
            : json(res, 200, echo);
        case "/busy-at-first":
          return isFirst(url) ? json(res, 503, {}, { "retry-after": "0" }) : json(res, 200, echo);
        case "/elsewhere":
          return res.writeHead(302, { location: "https://example.invalid/" }).end();
        case "/endless":
          return drip(res);
        case "/silent":
          return undefined;
        default:
          return json(res, 404, {});
      }
    });
  });
};

const json = (res: ServerResponse, status: number, body: object, headers = {}) =>
  res
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));

/** Until the reader leaves. */
const drip = (res: ServerResponse): void => {
  res.writeHead(200, { "content-type": "application/octet-stream" });
  const more = setInterval(() => res.write("a drop\n"), 20);
  res.once("close", () => clearInterval(more));
};
