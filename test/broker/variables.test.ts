/** What people type for a tenant, as the record wants it: pure, over records of an operator. */
import { expect, test } from "vitest";
import type { ProviderClient } from "../../broker/src/config/client.ts";
import { findProvider } from "../../broker/src/providers/catalogue.ts";
import { variablesOf } from "../../broker/src/variables.ts";

/** Of a provider whose tenant the user says. */
const clientOf = (pattern: string): ProviderClient => {
  const variable = { label: "Shop", chosen_by: "user", suffix: ".shop.example", pattern };
  const found = findProvider("own", {
    ...{ name: "Own", issuer: "https://login.example", api_hosts: ["api.example"] },
    variables: { shop: variable },
  });
  if (!found?.ok) throw new Error(JSON.stringify(found?.issues));
  return {
    ...{ provider: found.provider, client_id: "c", client_secret: "s", scopes: [] },
    ...{ variables: {}, open_variables: ["shop"] },
  } as unknown as ProviderClient;
};

const typed = (value: string, pattern = "[a-z0-9-]+") =>
  variablesOf(clientOf(pattern), { variables: {} }, [{ name: "shop", value }]);

test.each([
  "acme",
  " Acme ",
  "acme.shop.example",
  "https://acme.shop.example",
  "HTTP://Acme.Shop.Example/admin/settings?a=b",
  "acme/x\ny",
  "acme" + "/".repeat(500),
])("%j is acme", (value) => {
  expect(typed(value)).toEqual({ ok: true, variables: { shop: "acme" } });
});

test.each(["", "/", "https://", "https://https://acme", "ftp://acme", "acme.evil.example"])(
  "%j is nobody",
  (value) => {
    expect(typed(value)).toEqual({ ok: false, name: "shop" });
  },
);

test("nothing over 512 characters is looked at, whatever the pattern takes", () => {
  expect(typed("a".repeat(512), ".*")).toMatchObject({ ok: true });
  expect(typed("a".repeat(513), ".*")).toEqual({ ok: false, name: "shop" });
  // Nor cut down to what would be another's.
  expect(typed(`acme/${"x".repeat(600)}`)).toEqual({ ok: false, name: "shop" });
});
