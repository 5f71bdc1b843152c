/** `fetchFor`, handed to a client library that nobody here wrote: it insists on a token of its own, and gets none. */
import { allowInsecureRequests, customFetch, userInfoRequest } from "oauth4webapi";
import { expect, test } from "vitest";
import { GrantNotFoundError, HostNotAllowedError } from "../../../sdk/src/index.ts";
import { failure, type Stage } from "./stage.ts";

export const library = (at: () => Stage): void => {
  const STAND_IN = "whatever the library wants";

  const ask = (user: string, url = `${at().world.calendar.url}/me`): Promise<Response> => {
    const { app, as, world } = at();
    const server = { issuer: world.calendar.issuer, userinfo_endpoint: url };
    return as(user, () =>
      userInfoRequest(server, { client_id: "the library's" }, STAND_IN, {
        [allowInsecureRequests]: true,
        // As for any fetch: with `exactOptionalPropertyTypes`, no body is not a body of `undefined`.
        [customFetch]: (to, { body: _, ...init }) =>
          app.fetchFor({ provider: "calendar" })(to, init),
      }),
    );
  };

  test("its requests go as the user whose token is in scope", async () => {
    const { connect, world } = at();
    await connect("lib-ann");
    await connect("lib-ben");
    const answers = await Promise.all(["lib-ann", "lib-ben"].map((user) => ask(user)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const people = (await Promise.all(answers.map((answer) => answer.json()))) as { sub: string }[];
    expect(new Set(people.map(({ sub }) => sub)).size).toBe(2);
    const sent = world.calendar.control.calls("userinfo").map(({ headers }) => headers);
    expect(sent.map(({ authorization }) => authorization)).not.toContain(`Bearer ${STAND_IN}`);
  });

  test("and to the grant's hosts only, whatever URL it is given", async () => {
    const { evil } = at();
    evil.received.length = 0;
    const error = await failure(ask("lib-ann", `${evil.url}/me`));
    expect(error).toBeInstanceOf(HostNotAllowedError);
    expect(evil.received).toEqual([]);
  });

  test("its errors are the SDK's", async () => {
    expect(await failure(ask("lib-stranger"))).toBeInstanceOf(GrantNotFoundError);
  });
};
