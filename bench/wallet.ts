/**
 * How long the Wallet's calls take for somebody who has little, and for somebody with ten thousand connections and a million
 * rows of activity, on both engines: each view is one call, and each call a page.
 */
import { openDatabase, type Database, type Engine } from "./database.ts";
import { median, table } from "./table.ts";
import { startConnected, type Connected } from "../test/servers/connected.ts";

const CONNECTIONS = 10_000;
const ROWS = 1_000_000;
const CLIENT = { client_id: "wallet", client_secret: "canary-secret-of-the-wallet" };

type Figures = Record<string, number>;

export const bench = async ({ runs, json }: { runs: number; json: boolean }): Promise<string> => {
  const measured: Record<string, Figures> = {};
  for (const engine of ["sqlite", "postgres"] as const)
    Object.assign(measured, await measure(engine, runs));
  if (json) return JSON.stringify(measured);
  const names = Object.keys(Object.values(measured)[0] ?? {});
  const rows = Object.entries(measured).map(([who, figures]) => [
    who,
    names.map((name) => (figures[name] ?? NaN).toFixed(1)),
  ]);
  return `${table(names, Object.fromEntries(rows) as Record<string, string[]>)}\n  Milliseconds of one call, medians of ${runs}. Everything on this machine.\n`;
};

const measure = async (engine: Engine, runs: number): Promise<Record<string, Figures>> => {
  const database = await openDatabase(engine);
  const world = await startConnected({
    config: { storage: database.named },
    app: { wallet: CLIENT },
    unread: true,
  });
  try {
    const { url } = world.broker;
    world.idp.signIns.register({ ...CLIENT, redirect_uri: `${url}/wallet/callback/planner` });
    await world.connect("little");
    await world.connect("plenty");
    await fill(engine, database, world.idp.issuer);
    const measured: Record<string, Figures> = {};
    for (const sub of ["little", "plenty"]) {
      const ask = await signIn(world, sub);
      const far = await farIn(ask);
      measured[`${engine}, ${sub}`] = {
        connections: await time(runs, () => ask("view", {})),
        "of one app": await time(runs, () => ask("view", { app: "planner" })),
        activity: await time(runs, () => ask("activity", {})),
        "a later page": await time(runs, () => ask("activity", far)),
        "a filter that nothing fits": await time(runs, () => ask("activity", { provider: "none" })),
      };
    }
    return measured;
  } finally {
    await world.stop();
    await database.stop();
  }
};

type Ask = (name: string, body: object) => Promise<Record<string, unknown>>;

const signIn = async (world: Connected, sub: string): Promise<Ask> => {
  const { url } = world.broker;
  let cookie = "";
  const post = async (name: string, body: object): Promise<Response> => {
    const response = await fetch(`${url}/v1/wallet/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, cookie },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    return response;
  };
  const take = (response: Response): void => {
    const [set = ""] = response.headers.getSetCookie();
    cookie = set.split(";")[0] ?? "";
  };
  const begun = await post("sign-in", { app: "planner" });
  take(begun);
  const { authorization_url } = (await begun.json()) as { authorization_url: string };
  const back = world.idp.signIns.accept(authorization_url, { sub });
  take(await fetch(back, { headers: { cookie }, redirect: "manual" }));
  return async (name, body) => {
    const reply = (await (await post(name, body)).json()) as Record<string, unknown>;
    if (reply["state"] !== "signed_in") throw new Error(`${name}: ${JSON.stringify(reply)}`);
    return reply;
  };
};

/** Some pages on. */
const farIn = async (ask: Ask): Promise<object> => {
  let from: object = {};
  for (let i = 0; i < 20; i++) {
    const { next_cursor } = await ask("activity", from);
    if (typeof next_cursor !== "string") break;
    from = { cursor: next_cursor };
  }
  return from;
};

const time = async (runs: number, act: () => Promise<unknown>): Promise<number> => {
  await act();
  const taken: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await act();
    taken.push(performance.now() - started);
  }
  return median(taken);
};

/** Copies of the one connection, and of the one row of activity that it has; as many again of others, who are in the way. */
const fill = async (engine: Engine, { exec }: Database, issuer: string): Promise<void> => {
  const numbers = (count: number): string =>
    engine === "postgres"
      ? `generate_series(1, ${count}) as t(n)`
      : `(with recursive t(n) as (select 1 union all select n + 1 from t where n < ${count}) select n from t) as t`;
  const people = (n: string): string =>
    `case when ${n} % 2 = 0 then 'plenty' else 'other-' || (${n} % 997) end`;
  const grant = ["app_id", "issuer", "provider", "client_id", "scopes", "allowed_hosts", "status"];
  const kept = [...grant, "version", "updated_at", "metadata"].join(", ");
  await exec(`insert into grants (id, subject, account_id, account_identifier, created_at, ${kept})
    select 'copy-' || n, ${people("n")}, 'copy-' || n, 'copy-' || n || '@example.com', created_at - n * 1000, ${kept}
    from (select * from grants where subject = 'plenty') one, ${numbers(CONNECTIONS * 2)}`);
  await exec(`insert into audit (id, at, event, actor, app_id, issuer, subject, provider, method, host)
    select 'copy-' || n, ${Date.now()} - n * 50, 'token.issued', 'user:first', 'planner', '${issuer}', ${people("n")}, 'calendar', 'GET', 'api.example.com'
    from ${numbers(ROWS * 2)}`);
  // As both do by themselves a little later.
  if (engine === "postgres") await exec("vacuum analyze");
  else await exec("analyze");
};
