/** Where the rows are kept: what the configuration says, and what each driver needs to know. Types only. */

export type Storage = { kind: "sqlite"; file: string } | PostgresStorage;

export type PostgresStorage = {
  kind: "postgres";
  /** `postgres://user:password@host:port/database`, as libpq writes it. */
  url: string;
  /** Connections that this process may hold at once. */
  pool_size: number;
  /** Off behind a pooler that hands each transaction another connection and does not follow prepared statements. */
  prepared_statements: boolean;
};
