/** Where the broker keeps its rows, as the file has it: a SQLite file, or a PostgreSQL database by its URL. */
import { z } from "zod";
import type { Storage } from "../store/storage.ts";

const isPostgresUrl = (text: string): boolean =>
  /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text.replace(/@\/|\/\/\//, "@localhost/"));

/** Without what came: it holds a password. */
const url = z.string().refine(isPostgresUrl, "must be postgres://user:password@host:port/database");

const postgres = z.strictObject({
  url,
  /** Connections of one broker. Their sum over all brokers stays below the server's max_connections. */
  pool_size: z.int().min(2).max(200).default(10),
  /** `false` behind a pooler in transaction mode that does not follow prepared statements. */
  prepared_statements: z.boolean().default(true),
});

export const storageSchema = z
  .strictObject({
    sqlite: z.string().min(1).optional(),
    postgres: z
      .union([url.transform((text) => ({ url: text })).pipe(postgres), postgres])
      .optional(),
  })
  .refine(
    ({ sqlite, postgres }) => (sqlite === undefined) !== (postgres === undefined),
    "expected one of sqlite and postgres",
  )
  .transform(({ sqlite, postgres }): Storage =>
    postgres ? { kind: "postgres", ...postgres } : { kind: "sqlite", file: sqlite ?? "" },
  );

/** What a database elsewhere is reached by without anybody looking who answers. */
export const warningsOnStorage = (storage: Storage): string[] => {
  if (storage.kind !== "postgres") return [];
  const { hostname, searchParams } = new URL(storage.url.replace(/@\//, "@localhost/"));
  const host = searchParams.get("host") ?? hostname;
  const near = host === "" || host.startsWith("/") || /^(?:localhost|127\.|\[?::1)/.test(host);
  return near || searchParams.get("sslmode") === "verify-full"
    ? []
    : [
        "storage.postgres: without sslmode=verify-full in its URL, whoever is in between may answer as the database",
      ];
};
