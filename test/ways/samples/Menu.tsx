import { useAlterConnect, type ConnectOptions } from "@alter-ai/connect/react";

type Props = Pick<ConnectOptions, "connect" | "onSuccess">;

export const Menu = (callbacks: Props) => {
  const { open, isOpen } = useAlterConnect({
    sessionEndpoint: "/api/connect-session",
    ...callbacks,
  });
  return (
    <button disabled={isOpen} onClick={() => open({ provider: "slack" })}>
      Connect Slack
    </button>
  );
};
