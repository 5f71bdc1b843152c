/**
 * One connection from end to end, at a provider of whose answers one or two are not what they should be: leave, come
 * back, ask for a token, refresh it, call through the proxy, end it. Whatever comes from there, the app and the page get
 * an answer of ours.
 */
import * as fc from "fast-check";
import { B } from "../world.ts";
import { answersLike, type Answer, type Answers, type Part } from "./provider.ts";
import type { FuzzRequest } from "./requests.ts";
import type { Answered, Stage } from "./stage.ts";
import type { Json } from "./values.ts";

export type Episode = {
  to: "plain" | "odd" | "oidc";
  /** Goes wrong while connecting, and after it. */
  first: [Part, Answer][];
  then: [Part, Answer][];
};

/** What is spoilt; at "odd" the places that only its record looks at are there as well. */
const RIGHT: Record<Part, Json> = {
  token: {
    ...{
      access_token: "an-access-token-of-the-fuzz",
      refresh_token: "a-refresh-token-of-the-fuzz",
    },
    ...{ token_type: "bearer", expires_in: 60, scope: "read write", tenant: "acme" },
  },
  refresh: {
    ...{ access_token: "another-access-token-of-the-fuzz", refresh_token: "another-refresh-token" },
    ...{
      token_type: "bearer",
      expires_in: 60,
      reply: { inner: {} },
      expires_at: "2027-01-01T00:00:00Z",
    },
  },
  me: { id: "ann", sub: "ann", email: "ann@plain.test", email_verified: true },
  revoke: { error: "unsupported_token_type" },
  discovery: {
    issuer: "{{issuer}}",
    authorization_endpoint: "{{issuer}}/authorize",
    token_endpoint: "{{issuer}}/token",
  },
  jwks: { keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "k" }] },
  api: { fine: true },
};

const wrong = (parts: Part[]): fc.Arbitrary<[Part, Answer][]> =>
  fc.array(
    fc
      .constantFrom(...parts)
      .chain((part) => answersLike(RIGHT[part]).map((answer): [Part, Answer] => [part, answer])),
    { maxLength: 2 },
  );

export const episodes: fc.Arbitrary<Episode> = fc.record({
  to: fc.constantFrom("plain", "plain", "odd", "oidc"),
  first: wrong(["token", "token", "me", "discovery", "jwks"]),
  then: wrong(["refresh", "refresh", "revoke", "api", "me"]),
});

type Judge = (request: FuzzRequest, answered: Answered) => void;

/** @throws Error saying what is wrong */
export const playEpisode = async (
  stage: Stage,
  { to, first, then }: Episode,
  judge: Judge,
): Promise<void> => {
  const { provider, world } = stage;
  const ask = async (
    request: Partial<FuzzRequest>,
    answers: [Part, Answer][],
  ): Promise<Answered> => {
    const whole: FuzzRequest = {
      ...{
        endpoint: "",
        scene: "unclaimed",
        method: "POST",
        path: "/",
        query: [],
        headers: [],
        body: undefined,
      },
      ...request,
    };
    const answered = await stage.send(whole, filled(answers, `${provider.url}/${to}`));
    judge(whole, answered);
    return answered;
  };
  const json: [string, string] = ["content-type", "application/json"];
  const key: [string, string] = ["authorization", "Bearer {{key.demo}}"];

  // A document is remembered for an hour, and so are keys.
  if (to === "oidc") stage.pass(61 * 60_000);
  const cookies: [string, string] = ["cookie", "ac_{{session.id}}={{session.cookie}}"];
  const page: [string, string][] = [json, ["origin", B], cookies];
  const session = await stage.play("claimed", "ann", to);
  stage.hold(session);
  const left = await ask(
    {
      endpoint: "POST /v1/connect/authorize",
      path: "/v1/connect/authorize",
      headers: page,
      body: JSON.stringify({ session_id: "{{session.id}}", provider: to }),
    },
    first,
  );
  stage.left(left.text);
  if (left.status === 200)
    await ask(
      {
        endpoint: "GET /oauth/callback/{provider}",
        method: "GET",
        path: `/oauth/callback/${to}`,
        query: [
          ["code", "{{fresh}}"],
          ["state", "{{session.state}}"],
        ],
        headers: [cookies],
      },
      first,
    );
  await ask(
    {
      endpoint: "POST /v1/connect/view",
      path: "/v1/connect/view",
      headers: page,
      body: JSON.stringify({ session_id: "{{session.id}}" }),
    },
    [],
  );
  // Past the end of every access token, so that the next call refreshes.
  stage.pass(10 * 60_000);
  const body = {
    user_token: "{{user.ann}}",
    provider: to,
    request: { method: "GET", host: "{{provider.host}}" },
  };
  const token = {
    endpoint: "POST /v1/tokens",
    path: "/v1/tokens",
    headers: [json, key],
    body: JSON.stringify(body),
  };
  await ask(token, then);
  await ask(token, []);
  const described = { provider: to, method: "GET", url: "{{provider.url}}/api", headers: [] };
  await ask(
    {
      endpoint: "POST /v1/proxy",
      path: "/v1/proxy",
      headers: [
        key,
        ["alter-user-token", "{{user.ann}}"],
        ["alter-proxy-request", `base64url:${JSON.stringify(described)}`],
      ],
    },
    then,
  );
  const { body: listed } = await world
    .backend()
    .listGrants(await world.userToken("ann"), `?provider=${to}`);
  for (const { grant_id } of (listed["grants"] ?? []) as { grant_id: string }[])
    await ask(
      {
        endpoint: "DELETE /v1/grants/{id}",
        method: "DELETE",
        path: `/v1/grants/${grant_id}`,
        headers: [key],
      },
      then,
    );
  stage.hold(undefined);
};

const filled = (answers: [Part, Answer][], issuer: string): Answers =>
  Object.fromEntries(
    answers.map(([part, answer]) => [
      part,
      { ...answer, body: answer.body.replaceAll("{{issuer}}", issuer) },
    ]),
  );
