/** Acme Files: a few documents changed in the last days, different for each account, the same at each call. */
import type { Account } from "../oidc/directory.ts";
import logo from "./files.svg?raw";
import type { ProviderDescription } from "./provider.ts";
import { rotate, spread } from "./vary.ts";

export type StoredFile = { id: string; name: string; size: number; changed: string };

export const files: ProviderDescription = {
  brand: { id: "files", name: "Acme Files", logo },
  path: "/api/files",
  scope: "files.read",
  wish: "See the names of your files",
  read: (account, now) => ({ files: filesOf(account, now) }),
};

const NAMES = [
  "Roadmap.pdf",
  "Invoices.xlsx",
  "Travel notes.txt",
  "Recipes.pdf",
  "Minutes.txt",
  "Holiday photos.zip",
];

const filesOf = (account: Account, now: Date): StoredFile[] =>
  rotate(NAMES, account.id)
    .slice(0, 4)
    .map((name, i) => ({
      id: `file_${String(i + 1)}`,
      name,
      size: 10_000 + spread(`${account.id} ${name}`, 900_000),
      changed: new Date(now.getFullYear(), now.getMonth(), now.getDate() - i, 8 - i).toISOString(),
    }));
