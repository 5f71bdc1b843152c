/** Managed secrets beside OAuth grants: the same calls, and nothing in them that only one kind has. */
import { expect, test } from "vitest";
import { GrantNotFoundError, reauthRequired } from "../../../sdk/src/index.ts";
import { secret } from "../world.ts";
import { failure, type Stage } from "./stage.ts";

export const secrets = (at: () => Stage): void => {
  const KEY = secret();
  /** With what a query has to encode. */
  const MAP_KEY = `${secret()}&+/=`;

  test("in a header: put there by either way, seen by the API alone", async () => {
    const { api, app, as, setSecret } = at();
    api.received.length = 0;
    api.answer((_, response) => void response.end("sunny"));
    await setSecret("weather", KEY);
    for (const send of ["request", "proxyRequest"] as const) {
      const response = await as("anybody", () =>
        app[send]("GET", `${api.url}/today`, { provider: "weather" }),
      );
      expect(await response.text()).toBe("sunny");
    }
    expect(api.received.map(({ url, headers }) => [url, headers["x-api-key"]])).toEqual([
      ["/today", KEY],
      ["/today", KEY],
    ]);
  });

  test("in the query: put there by either way, and the response does not show it", async () => {
    const { api, app, as, setSecret } = at();
    api.received.length = 0;
    api.answer(({ url }, response) => void response.writeHead(200, { "x-self": url }).end("map"));
    await setSecret("maps", MAP_KEY);
    for (const send of ["request", "proxyRequest"] as const) {
      const response = await as("anybody", () =>
        app[send]("GET", `${api.url}/tile?x=1`, { provider: "maps" }),
      );
      expect(await response.text()).toBe("map");
      const shown = response.url + JSON.stringify([...response.headers]);
      expect(shown).not.toContain(MAP_KEY);
      expect(shown).not.toContain(encodeURIComponent(MAP_KEY));
    }
    const queries = api.received.map(({ url }) => [...new URL(url, api.url).searchParams]);
    expect(queries).toEqual(
      Array(2).fill([
        ["x", "1"],
        ["key", MAP_KEY],
      ]),
    );
  });

  test("in the list: beside what the user has connected, without what only OAuth has", async () => {
    const { app, as, connect, setSecret } = at();
    await connect("both");
    const id = await setSecret("weather", KEY);
    const { grants } = await as("both", () => app.listGrants());
    const rows = grants.map((grant) =>
      grant.grantKind === "oauth" ? grant.providerId : [grant.secretId, grant.name],
    );
    expect(rows).toEqual(expect.arrayContaining(["calendar", ["weather", "Weather API"]]));
    const only = await as("both", () => app.listGrants({ kind: "managed_secret" }));
    expect(only.grants.find(({ grantId }) => grantId === id)).toEqual({
      ...{ grantKind: "managed_secret", grantId: id, secretId: "weather", name: "Weather API" },
      ...{ status: "active", createdAt: expect.any(Date), lastUsedAt: expect.any(Date) },
    });
    expect(JSON.stringify(grants)).not.toContain(KEY);
    const oauth = await as("both", () => app.listGrants({ kind: "oauth" }));
    expect(oauth.grants.map(({ grantKind }) => grantKind)).toEqual(["oauth"]);
  });

  test("rotated: the same id, and the new value once the app no longer keeps the old one", async () => {
    const { api, app, as, setSecret } = at();
    const id = await setSecret("weather", KEY);
    const next = secret();
    expect(await setSecret("weather", next)).toBe(id);
    api.received.length = 0;
    await as("anybody", () => app.request("GET", api.url, { provider: "weather", cache: false }));
    expect(api.received[0]?.headers["x-api-key"]).toBe(next);
  });

  test("for others only: not there, and Connect would not help", async () => {
    const { api, app, as, setSecret } = at();
    await setSecret("tides", KEY, { group: "sailors" });
    api.received.length = 0;
    const call = (provider: string, group: string) =>
      as("secrets-ann", () => app.request("GET", api.url, { provider }), { groups: [group] });
    const error = await failure(call("tides", "bakers"));
    expect(error).toBeInstanceOf(GrantNotFoundError);
    expect(error.grantKind).toBe("managed_secret");
    expect(reauthRequired(error)).toBe(false);
    expect(api.received).toEqual([]);
    // The twin: of a provider that the user has not connected, the same error means to begin with Connect.
    expect(reauthRequired(await failure(call("calendar", "bakers")))).toBe(true);
    await call("tides", "sailors");
    expect(api.received[0]?.headers["x-api-key"]).toBe(KEY);
  });
};
