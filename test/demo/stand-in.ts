/** A broker's place taken for tests of the app around it: answers what it is told, keeps what it was asked. */
import { listen, type Listening } from "../../demo/listen.ts";

export type Asked = {
  method: string;
  path: string;
  headers: NodeJS.Dict<string | string[]>;
  body: unknown;
};

export type StandIn = Listening & {
  url: string;
  asked: Asked[];
  /** What every call is answered with from now on. */
  answer: (status: number, body: object) => void;
};

export const startStandIn = async (): Promise<StandIn> => {
  const asked: Asked[] = [];
  let reply: { status: number; body: object } = { status: 500, body: {} };
  const listening = await listen(0, () => (req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { method = "", url: path = "", headers } = req;
      asked.push({ method, path, headers, body: text === "" ? undefined : JSON.parse(text) });
      res.writeHead(reply.status, {
        "content-type": reply.status < 400 ? "application/json" : "application/problem+json",
      });
      res.end(JSON.stringify(reply.body));
    });
  });
  return {
    ...listening,
    url: `http://127.0.0.1:${String(listening.port)}`,
    asked,
    answer: (status, body) => {
      reply = { status, body };
    },
  };
};

/** The body of a refusal, as the broker words it. */
export const problem = (status: number, code: string, more: object = {}) => ({
  type: "about:blank",
  title: code,
  status,
  code,
  request_id: "req_test",
  ...more,
});

/** The body of a token, good for the API at `url` and for one call. */
export const token = (url: string) => ({
  access_token: "the-access-token",
  token_type: "Bearer",
  token_id: "g1.1",
  expires_at: null,
  cache_seconds: 0,
  scopes: [],
  grant_kind: "oauth",
  grant_id: "g1",
  allowed_hosts: [new URL(url).host],
  injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
});
