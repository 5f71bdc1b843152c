/** The frontend of the guide, as the guide has it. The page around it is guide-page.ts. */
import AlterConnect from "@alter-ai/connect";

const alterConnect = AlterConnect.create();

export const connect = async () => {
  const { sessionToken } = await fetch("/api/connect-session").then((r) => r.json());

  await alterConnect.open({
    token: sessionToken,
    onSuccess: (connection) => {
      // Nothing to store: the backend finds the grant by the user's JWT.
      console.log("Connected", connection.provider, connection.account_identifier);
    },
  });
};
