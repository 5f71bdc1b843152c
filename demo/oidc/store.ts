/**
 * Where an oidc-provider keeps its rows: in memory, written through to one JSON file.
 * Knows nothing of OAuth beyond the adapter's method names. A call returns once its change is in the file,
 * so that a client never holds a rotated token that a restart would not know.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

export type Store = {
  adapter: AdapterFactory;
  /** Every row of a model that has not expired. */
  all: (model: string) => AdapterPayload[];
};

type Row = { payload: AdapterPayload; expiresAt: number | null };

export const openStore = async (file: string, now: () => number = Date.now): Promise<Store> => {
  const rows = new Map(await read(file));
  const live = (row: Row) => row.expiresAt === null || row.expiresAt > now();

  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  /** Resolves after a write that started later than the call; changes made meanwhile share one write. */
  const saved = (): Promise<void> => {
    next ??= writing
      // The caller of the failed write has been told; this one is another attempt.
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        writing = write();
        return writing;
      });
    return next;
  };

  const write = async () => {
    for (const [key, row] of rows) if (!live(row)) rows.delete(key);
    // Rename replaces the file in one step: a crash leaves the old file or the new one.
    await writeFile(`${file}.new`, JSON.stringify([...rows]), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };

  const all = (model: string) =>
    [...rows].flatMap(([key, row]) =>
      key.startsWith(`${model}:`) && live(row) ? [row.payload] : [],
    );

  const adapter = (model: string): Adapter => {
    const prefix = `${model}:`;

    const find = (id: string) => {
      const row = rows.get(prefix + id);
      return row && live(row) ? row.payload : undefined;
    };

    // A demo has a few hundred rows: looking at each is cheaper than an index that can go wrong.
    const findBy = (field: "uid" | "userCode", value: string) =>
      all(model).find((payload) => payload[field] === value);

    return {
      find: async (id) => find(id),
      findByUid: async (uid) => findBy("uid", uid),
      findByUserCode: async (userCode) => findBy("userCode", userCode),
      upsert: async (id, payload, expiresIn) => {
        rows.set(prefix + id, {
          payload,
          expiresAt: expiresIn === undefined ? null : now() + expiresIn * 1000,
        });
        await saved();
      },
      consume: async (id) => {
        const payload = find(id);
        if (payload) payload.consumed = Math.floor(now() / 1000);
        await saved();
      },
      destroy: async (id) => {
        rows.delete(prefix + id);
        await saved();
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, row] of rows)
          if (key.startsWith(prefix) && row.payload.grantId === grantId) rows.delete(key);
        await saved();
      },
    };
  };

  return { adapter, all };
};

const read = async (file: string): Promise<[string, Row][]> => {
  try {
    return JSON.parse(await readFile(file, "utf8")) as [string, Row][];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new Error(`${file} cannot be read; start with --reset to begin anew`, { cause: error });
  }
};
