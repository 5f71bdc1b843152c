/**
 * A broker with users who have connected, on a real database, and a bare server on the same one. Knows how both are
 * asked for a user's grant, and how a table grows; must not know what is measured.
 */
import { fork, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { Storage } from "../broker/src/store/storage.ts";
import { openStore } from "../broker/src/store/store.ts";
import { openVault } from "../broker/src/vault.ts";
import type { TestBroker } from "../test/servers/broker.ts";
import { startConnected, type Connected } from "../test/servers/connected.ts";
import { openDatabase, type Engine } from "./database.ts";
import { post, type Target } from "./load.ts";

export type Users = {
  world: Connected;
  /** Runs statements that return nothing, by a connection of its own. */
  exec: (sql: string) => Promise<void>;
  /** `/v1/tokens` for one of the users, at random; of the world's broker, unless another is named. */
  tokens: (broker?: TestBroker) => Target;
  /** The same for one user only. */
  tokensOf: (sub: string, broker?: TestBroker) => Buffer;
  bare: Target;
  stop: () => Promise<void>;
};

/** Longer than any run: what a refresh costs is another question. */
const LATER = 24 * 3_600_000;

export const userName = (n: number): string => `user-${n}`;

export const startUsers = async (engine: Engine, count: number): Promise<Users> => {
  const database = await openDatabase(engine);
  const world = await startConnected({ config: { storage: database.named }, unread: true });
  const bare = await startBare(database.bare);
  const stop = async (): Promise<void> => {
    bare.child.disconnect();
    await world.stop();
    await database.stop();
  };
  try {
    const names = Array.from({ length: count }, (_, n) => userName(n));
    await connectAll(world, database.storage, names);
    await database.exec(`update grants set access_expires_at = ${Date.now() + LATER}`);

    const exp = Math.floor((Date.now() + LATER) / 1000);
    const jwts = await Promise.all(names.map((sub) => world.userToken(sub, { exp })));
    const jwtOf = new Map(names.map((sub, n) => [sub, jwts[n]]));
    const ask = (sub: string, { port }: { port: number }): Buffer =>
      post(
        port,
        "/v1/tokens",
        { authorization: `Bearer ${world.apiKey}` },
        {
          ...{ user_token: jwtOf.get(sub), provider: "calendar" },
          request: { method: "GET", host: world.provider.host },
        },
      );
    const askBare = names.map((subject) =>
      post(
        bare.port,
        "/",
        {},
        { app_id: "planner", issuer: world.idp.issuer, subject, provider: "calendar" },
      ),
    );
    const any = <T>(of: T[]): T => of[Math.floor(Math.random() * of.length)] as T;
    return {
      ...{ world, stop },
      exec: database.exec,
      tokens: (broker = world.broker) => {
        const all = names.map((sub) => ask(sub, broker));
        return { port: broker.port, request: () => any(all) };
      },
      tokensOf: (sub, broker = world.broker) => ask(sub, broker),
      bare: { port: bare.port, request: () => any(askBare) },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** One connects; the others get the same, sealed for their own rows. */
const connectAll = async (
  { connect, idp }: Connected,
  storage: Storage,
  [first = "", ...others]: string[],
): Promise<void> => {
  await connect(first);
  const store = await openStore(storage);
  try {
    const vault = await openVault({ config: { vault: VAULT }, store });
    const owner = { app_id: "planner", issuer: idp.issuer, subject: first };
    const [grant] = await store.grants.ofProvider(owner, "calendar");
    if (!grant?.sealed) throw new Error("The first user has no grant");
    const placeOf = (row: string) => ({ table: "grants", row, column: "sealed" });
    const tokens = await vault.unseal(grant.sealed, placeOf(grant.id), store);
    await store.transaction(async (tx) => {
      for (const subject of others) {
        const id = `${grant.id}-${subject}`;
        const sealed = vault.seal(tokens, placeOf(id));
        await tx.grants.insert({ ...grant, id, subject, sealed });
      }
    });
  } finally {
    await store.close();
  }
};

/** As `startBroker` has it. */
const VAULT = {
  keys: [{ id: "test", key: createHash("sha256").update("vault key of the tests").digest() }],
  transit: undefined,
  wrap_with: "keys" as const,
};

/**
 * So many more grants of other users, copied from one: nobody opens them, so that it does not matter that their tokens
 * are sealed for another row. Only on PostgreSQL.
 */
export const growTo = async ({ exec }: Users, from: number, to: number): Promise<void> => {
  const own = ["id", "subject", "account_id", "account_identifier"];
  await exec(`do $$
    declare
      others text;
    begin
      select string_agg(column_name, ', ') into others from information_schema.columns
        where table_name = 'grants' and table_schema = current_schema()
          and column_name not in (${own.map((name) => `'${name}'`).join(", ")});
      execute 'insert into grants (${own.join(", ")}, ' || others || ')
        select md5(n::text) || n, ''copy-'' || n, ''copy-'' || n, ''copy-'' || n || ''@example.com'', ' || others || '
        from (select * from grants limit 1) one, generate_series(${from + 1}, ${to}) n';
    end $$`);
  // As autovacuum would do a little later, in the middle of a measurement.
  await exec("vacuum analyze grants");
  await exec("checkpoint");
};

const startBare = (args: string[]): Promise<{ port: number; child: ChildProcess }> =>
  new Promise((done, failed) => {
    const child = fork(resolve(import.meta.dirname, "bare.mjs"), args, { execArgv: [] });
    child.once("message", ({ port }: { port: number }) => done({ port, child }));
    child.once("exit", (code) => failed(new Error(`the bare server ended with ${code}`)));
  });
