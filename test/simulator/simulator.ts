/**
 * Every provider of the catalogue on one real server: it plays a record as that provider behaves, strict where the
 * provider is strict and odd where it is odd. Knows the plays and who answers what; the answers are its neighbours'.
 *
 *   const simulator = await startSimulator();
 *   const world = await startWorld({ fetch: simulator.fetch, configure });      // or createApp({ fetch })
 *   simulator.play(provider, { client_id, client_secret, redirect_uri });       // a parsed record and its client
 *   const callback = await simulator.authorize(authorization_url, { account: "ann@acme.test" });
 *   expect(simulator.counts("linear")).toMatchObject({ token: 1, identity: 1 });
 *   await simulator.stop();
 *
 * Requests to any `https://<host>/<path>` that go through `simulator.fetch` arrive here over real sockets. A browser comes
 * by `http://localhost:<port>/<host>/<path>`, and `overridesFor` says what leads a broker there.
 *
 * What it is strict about: client authentication, the form of bodies, redirect URIs, PKCE both ways, extra parameters and
 * headers, separators of scopes, a name for the caller, `state`, codes and rotating refresh tokens used once. Its no is
 * the provider's own: with the record's status, at the record's place. `calls` says what came and what it was told.
 *
 * A new record needs nothing here. Only what no record says (an id that JavaScript would round, say) has a line in
 * samples.ts.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "../../broker/src/providers/schema.ts";
import type { Callback } from "../servers/callback.ts";
import { listen, type Reply } from "../servers/http.ts";
import { replyTo } from "./answers.ts";
import { json, ORIGIN_HEADER, readCall, type Call } from "./calls.ts";
import type { World } from "./clients.ts";
import { makeKey } from "./credentials.ts";
import { find, type Step } from "./endpoints.ts";
import { accountOf, type Account } from "./identity.ts";
import { createKeys } from "./keys.ts";
import { overridesOf } from "./overrides.ts";
import { createPlay, type Client, type Play } from "./plays.ts";
import { consent, type Visitor } from "./visitors.ts";

/** What came, and what it was told: whole, secrets included. */
export type Made = {
  provider: string;
  step: Step;
  call: Call;
  status: number;
  body: string;
  location: string | undefined;
};

export type Simulator = Awaited<ReturnType<typeof startSimulator>>;

export const startSimulator = async (options: { now?: () => number } = {}) => {
  const world: World = { keys: await createKeys(), now: options.now ?? Date.now };
  const plays = new Map<string, Play>();
  const made: Made[] = [];

  const answer = async (req: IncomingMessage, own: string): Promise<Reply> => {
    const call = await readCall(req, own);
    const found = call && find([...plays.values()], call);
    if (!call || !found) return json({ error: "nobody is played here" }, 404);
    const reply = await replyTo(world, found.play, found.step, call);
    const { status, body, headers } = reply;
    const location = headers["location"] === undefined ? undefined : String(headers["location"]);
    const provider = found.play.provider.id;
    made.push({ provider, step: found.step, call, status, body: body.toString(), location });
    return reply;
  };

  const server = await listen((req, res) => {
    answer(req, server.url).then(
      (reply) => send(res, reply),
      (error: unknown) =>
        send(
          res,
          json({ error: "bug of the simulator", stack: String((error as Error).stack) }, 500),
        ),
    );
  });

  const simulated: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== "https:") return fetch(input, init);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set(ORIGIN_HEADER, url.origin);
    const to = `http://127.0.0.1:${server.port}${url.pathname}${url.search}`;
    return fetch(input instanceof Request ? new Request(to, input) : to, { ...init, headers });
  };

  const played = (id: string): Play => {
    const play = plays.get(id);
    if (!play) throw new Error(`${id} is not played`);
    return play;
  };

  return {
    url: server.url,
    fetch: simulated,
    play: (provider: Provider, client: Client): Play => {
      const play = createPlay(provider, client);
      plays.set(provider.id, play);
      return play;
    },
    /** Somebody consents, or says no, without a browser. The callback is returned, never called. */
    authorize: (url: string, visitor: Visitor = {}): Promise<Callback> =>
      consent(
        simulated,
        url,
        visitor,
        [...plays.values()].map(({ client }) => client.redirect_uri),
      ),
    /** Somebody has made a key at the provider: what they would type into the page. */
    makeKey: (id: string, account: string): { name: string; value: string }[] =>
      makeKey(played(id), account),
    /** What a broker should have found out about somebody. */
    account: (id: string, account: string): Account => accountOf(played(id), account),
    calls: (id: string, step?: Step): readonly Made[] =>
      made.filter((one) => one.provider === id && (step === undefined || one.step === step)),
    counts: (id: string): Partial<Record<Step, number>> => {
      const counts: Partial<Record<Step, number>> = {};
      for (const { provider, step } of made)
        if (provider === id) counts[step] = (counts[step] ?? 0) + 1;
      return counts;
    },
    /** All of a provider's access tokens are over; what they can be renewed with is not. */
    expireAccessTokens: (id: string): void => {
      for (const { access_tokens } of played(id).grants)
        for (const token of access_tokens.keys()) access_tokens.set(token, "expired");
    },
    /** The user has taken the access away at the provider. */
    endGrant: (id: string, account: string): void => {
      for (const grant of played(id).grants) if (grant.account === account) grant.ended = true;
    },
    /** What an operator writes under `providers.<id>` to have a real browser led here. */
    overridesFor: (provider: Provider): Record<string, unknown> =>
      overridesOf(provider, server.url),
    stop: server.stop,
  };
};

const send = (res: ServerResponse, { status, headers, body }: Reply): void => {
  res.writeHead(status, { ...headers, "content-length": body.length }).end(body);
};
