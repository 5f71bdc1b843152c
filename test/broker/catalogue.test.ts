/** The catalogue as data: every record is one under the schema, and says what the docs and the engine need of it. */
import { expect, test } from "vitest";
import { catalogueIds, findProvider } from "../../broker/src/providers/catalogue.ts";

test.each(catalogueIds())("%s is a record", (id) => {
  const found = findProvider(id, undefined);
  expect(found, JSON.stringify(found)).toMatchObject({ ok: true });
});
