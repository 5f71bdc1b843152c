/**
 * Mixed load on whatever broker a world's calls go to: users who connect, apps whose tokens were refused and are
 * refreshed, revocations. Tells the ledger what was acknowledged; knows nothing of the database.
 */
import type { Ledger } from "./ledger.ts";
import { begin, land, outcomeOf } from "./steps.ts";
import type { Json, World } from "./world.ts";

const CONNECTING = 4;
const CALLING = 5;
const REVOKING = 1;
/** As many as can be called for while one of them is revoked. */
const FEWEST_USERS = 8;

type User = { sub: string; grant_id: string; token_id: string };

export const createLoad = (world: World, ledger: Ledger, random: (below: number) => number) => {
  const users = new Map<string, User>();
  let made = 0;
  let sent_back = 0;
  const anyone = (): User | undefined => [...users.values()][random(users.size)];

  const connect = async (): Promise<void> => {
    const sub = `user-${(made += 1)}`;
    const session = await begin(world, { sub });
    const visitor = { account: `${sub}@work.test` };
    await land(
      session.browser,
      await session.browser.visit(session.session_id, "calendar", visitor),
    );
    const { status, connections } = await outcomeOf(world, session);
    if (status !== "success") throw new Error(`${sub} is not connected: ${String(status)}`);
    const grant_id = String((connections as Json[])[0]?.["grant_id"]);
    ledger.connected(grant_id);
    users.set(grant_id, { sub, grant_id, token_id: `${grant_id}.1` });
  };

  /** The API has refused the token that the app has, so that each call is a refresh. */
  const call = async (user = anyone()): Promise<void> => {
    if (!user) return connect();
    const { sub, grant_id, token_id: refused_token_id } = user;
    const user_token = await world.userToken(sub);
    const reply = await world.backend().token({ user_token, grant_id, refused_token_id });
    const { code } = reply.body;
    if (reply.status === 200) user.token_id = String(reply.body["token_id"]);
    else if (code === "credential_revoked" || code === "grant_revoked") users.delete(grant_id);
    // A database that is away is no answer, and leaves no row.
    else throw new Error(`a token was refused: ${JSON.stringify(reply.body)}`);
    ledger.token(reply);
  };

  const revoke = async (): Promise<void> => {
    const user = users.size < FEWEST_USERS ? undefined : anyone();
    if (!user) return call();
    const { sub, grant_id } = user;
    users.delete(grant_id);
    ledger.revoking(grant_id);
    const reply = await world.backend().revoke(grant_id, await world.userToken(sub));
    if (reply.status !== 200) throw new Error(`not revoked: ${JSON.stringify(reply.body)}`);
    ledger.revoked(grant_id, reply);
    // Rarely, or those who connect would not keep up.
    for (let i = 0; i < CALLING; i += 1) await call();
  };

  return {
    connect: async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) await connect();
    },
    /** Resolves when everyone has noticed that the broker is gone. @throws what went wrong before that */
    run: async (isGone: () => boolean): Promise<void> => {
      const untilGone = async (work: () => Promise<void>): Promise<void> => {
        while (!isGone())
          await work().catch((error: unknown) => {
            if (isGone()) return;
            // Nothing was acknowledged, and whoever is told so comes again.
            if (!String(error).includes('"code":"shutting_down"')) throw error;
            sent_back += 1;
          });
      };
      const each = (count: number, work: () => Promise<void>) =>
        Array.from({ length: count }, () => untilGone(work));
      await Promise.all([
        ...each(CONNECTING, connect),
        ...each(CALLING, () => call()),
        ...each(REVOKING, revoke),
      ]);
    },
    /** How often somebody was told to come back later. */
    sentBack: (): number => sent_back,
    /** Everyone who should still have a token gets one, or is told for good. */
    callAll: async (): Promise<void> => {
      for (const user of [...users.values()]) await call(user);
    },
  };
};
