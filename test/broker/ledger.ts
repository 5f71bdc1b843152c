/**
 * What brokers have acknowledged, kept by those who were told, and held against the database: what a crash has lost
 * is named. Knows replies and rows; not who was killed, nor when.
 */
import type { TestDatabase } from "./database.ts";
import type { Json, Reply } from "./world.ts";

export type Lost = { grants: string[]; rotations: string[]; rows: string[] };

export type Ledger = ReturnType<typeof createLedger>;

export const createLedger = () => {
  /** Of each grant, the newest version that somebody was given. */
  const versions = new Map<string, number>();
  /** Whose revocation was asked for, and whose was answered. */
  const revoking = new Set<string>();
  const revoked = new Set<string>();
  /** Calls that were answered, and the event that each has left. */
  const calls = new Map<string, string>();
  const lost = { grants: new Set<string>(), rotations: new Set<string>(), rows: new Set<string>() };
  let acknowledged = 0;
  let wanted: { at: number; reached: () => void } | undefined;
  let connected = (): void => undefined;

  const note = (): void => {
    acknowledged += 1;
    if (wanted && acknowledged >= wanted.at) wanted.reached();
  };
  const rotations = () => [...versions.values()].reduce((sum, version) => sum + version - 1, 0);

  return {
    connected: (grant_id: string): void => {
      versions.set(grant_id, 1);
      note();
      connected();
    },
    token: ({ status, body, headers }: Reply): void => {
      const event = status === 200 ? "token.issued" : "token.refused";
      calls.set(String(headers.get("x-request-id")), event);
      if (status === 200) {
        const [id = "", version] = String(body["token_id"]).split(".");
        versions.set(id, Math.max(versions.get(id) ?? 1, Number(version)));
      }
      note();
    },
    revoking: (grant_id: string): void => void revoking.add(grant_id),
    revoked: (grant_id: string, { headers }: Reply): void => {
      revoked.add(grant_id);
      calls.set(String(headers.get("x-request-id")), "grant.revoked");
      note();
    },
    /** Resolves when so many more have been acknowledged. */
    more: (count: number): Promise<void> =>
      new Promise((reached) => {
        wanted = { at: acknowledged + count, reached };
      }),
    /** Resolves when the next grant has been. */
    grant: (): Promise<void> => new Promise((reached) => (connected = reached)),
    /** Each has a row of its own: grants made, rotations, calls answered. */
    counts: () => ({
      grants: versions.size,
      rotations: rotations(),
      revocations: revoked.size,
      rows: versions.size + rotations() + calls.size,
    }),
    versions: (): ReadonlyMap<string, number> => versions,
    calls: (): string[] => [...calls.keys()],

    /** Everything that was found missing so far, now or at an earlier look: later rotations hide nothing. */
    hold: async (database: TestDatabase): Promise<Lost> => {
      const grants = new Map(
        (await database.rows("select id, status, version, sealed from grants")).map((row) => [
          String(row["id"]),
          row,
        ]),
      );
      const audit = await database.rows("select event, grant_id, request_id, reason from audit");
      const counted = new Map<string, number>();
      for (const { event, grant_id } of audit) {
        const name = `${String(event)} ${String(grant_id)}`;
        counted.set(name, (counted.get(name) ?? 0) + 1);
      }
      const has = (event: string, id: string) => counted.get(`${event} ${id}`) ?? 0;
      const condemned = new Map(
        audit
          .filter(({ event }) => event === "grant.credential_revoked")
          .map(({ grant_id, reason }) => [String(grant_id), String(reason)]),
      );
      const answered = new Set(
        audit.map(({ request_id, event }) => `${String(event)} ${String(request_id)}`),
      );

      for (const [id, version] of versions) {
        const row: Json = grants.get(id) ?? {};
        const standing =
          row["status"] === "active"
            ? row["sealed"] !== null && !revoked.has(id)
            : row["status"] === "revoked"
              ? revoking.has(id)
              : row["status"] === "credential_revoked" &&
                (condemned.get(id) ?? "").startsWith("refresh_interrupted");
        if (!standing) lost.grants.add(id);
        if (Number(row["version"] ?? 0) < version) lost.rotations.add(id);
        if (!has("grant.created", id)) lost.rows.add(`grant.created ${id}`);
        if (has("token.refreshed", id) < version - 1) lost.rows.add(`token.refreshed ${id}`);
      }
      for (const [request_id, event] of calls)
        if (!answered.has(`${event} ${request_id}`)) lost.rows.add(`${event} ${request_id}`);
      return { grants: [...lost.grants], rotations: [...lost.rotations], rows: [...lost.rows] };
    },
  };
};
