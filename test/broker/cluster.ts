/** For the runner: one PostgreSQL for all files of the run, and its URL in every one of them. */
import type { TestProject } from "vitest/node";
import { startPostgres } from "../servers/postgres.ts";

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const { url, stop } = await startPostgres();
  project.provide("postgres", url());
  return stop;
};
