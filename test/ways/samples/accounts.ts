import type { AlterConnect } from "@alter-ai/connect";

/** An app's own code, which gets its widget as an argument. */
export const listAccounts = (connect: AlterConnect, mint: () => Promise<string>) => {
  const list = {
    accounts: [] as string[],
    problem: "",
    add: () =>
      void connect.open({
        token: mint,
        onSuccess: ({ account_identifier }) => list.accounts.push(account_identifier),
        onError: ({ code }) => (list.problem = code),
      }),
  };
  return list;
};
