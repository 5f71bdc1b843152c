/** Whose call it is, when many are served at once: the guide's own pattern. */
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect } from "vitest";
import { AmbiguousGrantError, App, HttpMethod } from "../../sdk/src/index.ts";
import { API_KEY, it, json } from "./doubles.ts";

const USERS = 40;

describe("the guide's AsyncLocalStorage", () => {
  it("keeps users apart on one App", async ({ api, broker }) => {
    const jwtStore = new AsyncLocalStorage<string>();
    const app = new App({
      apiKey: API_KEY,
      baseUrl: broker.url,
      userTokenGetter: () => jwtStore.getStore() ?? null,
    });
    // A token per user, and no answer before all have asked; then in reverse.
    const late: (() => void)[] = [];
    broker.answer(({ body }, response) => {
      const user = JSON.parse(body).user_token as string;
      const reply = () =>
        json(response, 200, {
          access_token: `token-of-${user}`,
          token_type: "Bearer",
          token_id: user,
          expires_at: null,
          cache_seconds: 60,
          scopes: [],
          grant_kind: "oauth",
          grant_id: user,
          allowed_hosts: [api.host],
          injection: { in: "header", name: "Authorization", template: "Bearer {token}" },
        });
      late.push(reply);
      if (late.length === USERS) for (const each of late.reverse()) each();
    });
    const results = await Promise.all(
      Array.from({ length: USERS }, (_, index) =>
        jwtStore.run(`user${index}`, async () => {
          const response = await app.request(HttpMethod.GET, `${api.url}/`, {
            provider: "google",
            queryParams: { user: `user${index}` },
          });
          return (await response.json()) as { url: string; headers: { authorization: string } };
        }),
      ),
    );
    for (const [index, { url, headers }] of results.entries())
      expect([url, headers.authorization]).toEqual([
        `/?user=user${index}`,
        `Bearer token-of-user${index}`,
      ]);
  });

  it("and the guide's way through several accounts", async ({ app, api, broker }) => {
    const accounts = ["a@x.example", "b@x.example"];
    const promptUserToPick = async (identifiers: readonly string[]) => identifiers[1] ?? "";
    const url = `${api.url}/calendar`;
    let response: Response | undefined;
    broker.refuse("ambiguous_grant", { account_identifiers: accounts });
    try {
      response = await app.request(HttpMethod.GET, url, { provider: "google" });
    } catch (e) {
      if (e instanceof AmbiguousGrantError) {
        expect(api.received).toEqual([]);
        broker.accept();
        const chosen = await promptUserToPick(e.accountIdentifiers);
        response = await app.request(HttpMethod.GET, url, { provider: "google", account: chosen });
      } else {
        throw e;
      }
    }
    expect(response?.status).toBe(200);
    expect(JSON.parse(broker.received[1]?.body ?? "")).toMatchObject({ account: "b@x.example" });
  });
});
