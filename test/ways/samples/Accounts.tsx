import { ConnectButton, type ConnectOptions } from "@alter-ai/connect/react";

type Props = Pick<ConnectOptions, "connect" | "onSuccess">;

export const Accounts = ({ connect, onSuccess }: Props) => (
  <ConnectButton
    sessionEndpoint="/api/connect-session"
    provider="google"
    connect={connect}
    onSuccess={onSuccess}
  >
    Connect Google
  </ConnectButton>
);
