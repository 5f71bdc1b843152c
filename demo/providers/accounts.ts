/**
 * Accounts at the demo providers: any e-mail address is one, three are offered.
 * The id is made from the address, so nothing needs to be stored; to a client it is opaque.
 */
import type { Account, Directory } from "../oidc/directory.ts";

const account = (email: string): Account => ({
  id: `acct_${Buffer.from(email).toString("base64url")}`,
  login: email,
  claims: { email, email_verified: true },
});

const byLogin = (typed: string): Account | undefined => {
  const email = typed.toLowerCase();
  return email.length <= 120 && /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(email)
    ? account(email)
    : undefined;
};

const byId = (id: string): Account | undefined => {
  const found = byLogin(Buffer.from(id.slice("acct_".length), "base64url").toString());
  return found?.id === id ? found : undefined;
};

export const accounts: Directory = {
  offered: ["ann.work@acme.test", "ann.home@acme.test", "ben@acme.test"].map(account),
  typed: "Another account",
  byLogin,
  byId,
};
