/**
 * A provider over a real socket whose every answer is written down beforehand: right, nearly right, or one that no
 * provider would send. Knows HTTP and how to break it; what the broker ought to make of it the tests know.
 */
import { gzipSync } from "node:zlib";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { readBody } from "../../servers/http.ts";
import { spoil, spoiling, spoiltText, type Json } from "./values.ts";

/** What comes over the wire. */
export type Answer = {
  status: number;
  headers: [string, string][];
  body: string;
  /** `cut` says more than it sends; `endless` never stops; `reset` says nothing; `bomb` is small and unpacks to megabytes. */
  how: "whole" | "cut" | "endless" | "reset" | "bomb";
};

/** By the last part of the path. */
export type Part = "token" | "refresh" | "me" | "revoke" | "discovery" | "jwks" | "api";
export type Answers = Partial<Record<Part, Answer>>;

export type FuzzProvider = {
  url: string;
  host: string;
  /** What is answered from now on; what is not named is answered as it should be. */
  answer: (answers: Answers) => void;
  /** Who the user is at the provider. */
  account: (name: string) => void;
  /** Every secret it has handed out or been given since it was last asked. */
  seen: () => [kind: string, value: string][];
  counts: Record<Part, number>;
  stop: () => Promise<void>;
};

/** Longer than any reply that the broker reads to its end. */
const ENDLESS = 64 * 1024;
const BOMB = gzipSync(Buffer.alloc(8 << 20, " "));

export const startFuzzProvider = async (
  right: (part: Part, tenant: string, url: string, account: string) => Promise<Json>,
): Promise<FuzzProvider> => {
  let answers: Answers = {};
  let account = "ann";
  let secrets: [string, string][] = [];
  const counts = { token: 0, refresh: 0, me: 0, revoke: 0, discovery: 0, jwks: 0, api: 0 };

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const sent = new URLSearchParams((await readBody(req)).toString());
    const { pathname } = new URL(req.url ?? "/", "http://x");
    const [, tenant = "", last = ""] = pathname.split("/");
    const part: Part =
      last === "token" && sent.get("grant_type") === "refresh_token"
        ? "refresh"
        : last === ".well-known"
          ? "discovery"
          : ((["token", "me", "revoke", "jwks"] as const).find((one) => one === last) ?? "api");
    counts[part] += 1;
    for (const name of ["code", "code_verifier", "refresh_token", "token"])
      if (sent.has(name)) secrets.push([name, sent.get(name) ?? ""]);
    const found = answers[part];
    const body = found?.body ?? JSON.stringify(await right(part, tenant, url, account));
    for (const [, name = "", value = ""] of body.matchAll(
      /"((?:access|refresh|id)_token)"\s*:\s*"([^"\\]+)"/g,
    ))
      secrets.push([name, value]);
    send(
      res,
      found ?? { status: 200, headers: [["content-type", "application/json"]], body, how: "whole" },
    );
  };
  const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;

  return {
    ...{ url, host, counts },
    answer: (next) => {
      answers = next;
    },
    account: (name) => {
      account = name;
    },
    seen: () => {
      const all = secrets;
      secrets = [];
      return all;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

const send = (res: ServerResponse, { status, headers, body, how }: Answer): void => {
  if (how === "reset") return void res.destroy();
  const named = [...headers];
  if (how === "bomb") named.push(["content-encoding", "gzip"]);
  if (how === "cut") named.push(["content-length", String(Buffer.byteLength(body) + 10)]);
  res.writeHead(status, named.flat());
  if (how === "bomb") return void res.end(BOMB);
  if (how === "endless") return endlessly(res);
  if (how === "cut") return void res.write(body, () => res.destroy());
  res.end(body);
};

/** As long as somebody reads. */
const endlessly = (res: ServerResponse): void => {
  const more = () => {
    while (res.writable && res.write(Buffer.alloc(ENDLESS, "a")));
  };
  res.on("drain", more);
  more();
};

// ---- answers ----------------------------------------------------------------------------------

const TYPES = [
  ...[
    "application/json",
    "application/json",
    "application/json",
    "application/json; charset=utf-16",
  ],
  ...["text/html", "text/plain", "application/x-www-form-urlencoded", "application/jwt", "x", ""],
];
const STATUSES = [
  200, 200, 200, 200, 200, 201, 204, 205, 206, 301, 302, 307, 304, 400, 401, 403, 404, 418, 429,
  500, 503, 599,
];

/** Spoilt from what would be right. */
export const answersLike = (right: Json): fc.Arbitrary<Answer> =>
  fc
    .record({
      status: fc.constantFrom(...STATUSES),
      type: fc.constantFrom(...TYPES),
      changes: fc.array(spoiling, { maxLength: 3 }),
      spoilt: fc.option(spoiltText, { nil: undefined, freq: 5 }),
      how: fc.oneof(
        { weight: 20, arbitrary: fc.constant("whole" as const) },
        {
          weight: 3,
          arbitrary: fc.constantFrom(
            "cut" as const,
            "endless" as const,
            "reset" as const,
            "bomb" as const,
          ),
        },
      ),
      more: fc.constantFrom<[string, string][]>(
        ...([
          [],
          [],
          [],
          [["location", "http://127.0.0.1:1/elsewhere"]],
          [
            ["location", "//evil.example/"],
            ["retry-after", "99999999999"],
          ],
          [["www-authenticate", 'Bearer error="invalid_token", error_description="\\u0000"']],
          [
            ["set-cookie", "a=b"],
            ["content-encoding", "x-nothing"],
          ],
          [["www-authenticate", ",,,="]],
        ] as [string, string][][]),
      ),
    })
    .map(({ status, type, changes, spoilt, how, more }) => {
      const text = JSON.stringify(spoil(right, changes));
      return {
        ...{ status, how },
        headers: [...(type ? ([["content-type", type]] as [string, string][]) : []), ...more],
        body: spoilt ? spoilt(text) : text,
      };
    });
