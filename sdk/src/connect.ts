/** Connect, seen from the backend: opens a session for the widget, and finishes one where the server completes it. */
import { backend } from "@alter-ai/protocol/http";
import { instant, type Broker } from "./broker.ts";
import type { UserToken } from "./user-token.ts";

export type CreateConnectSessionOptions = {
  /** The user who will own the grant. Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
  /** Origin of the page that opens the widget, as configured for the app: never taken from the request. */
  allowedOrigin: string;
  /** Provider ids to choose from. Default: all that the app offers. */
  allowedProviders?: readonly string[] | undefined;
  /** Where the redirect flow comes back to; must be configured for the app. */
  returnUrl?: string | undefined;
  /** Lets the user connect several accounts in one session. */
  multiple?: boolean | undefined;
  /** `backend`: the result code goes to `returnUrl`, and the server redeems it with `completeConnectSession`. */
  completion?: "backend" | undefined;
};

export type ConnectSession = {
  /** For the widget: single use, bound to user and origin. Send it with `Cache-Control: no-store`. */
  sessionToken: string;
  /** When the token can no longer be used to start. */
  expiresAt: Date;
  /** Where to send the browser; only with `completion: "backend"`. */
  connectUrl: string | undefined;
};

export type CompleteConnectSessionOptions = {
  /** `alter_connect_code` of the return URL. */
  code: string;
  /** Must be of the user for whom the session was created. Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
};

export type Connection = {
  grantId: string;
  provider: string;
  /** For people, such as `Google Calendar`. */
  providerName: string;
  /** The account as people know it, mostly an e-mail. A label: never an identity. */
  accountIdentifier: string;
  timestamp: Date;
  /** `reauth` when the same account was connected before and kept its grant id. */
  operation: "creation" | "reauth";
  scopes: string[];
  status: "active";
};

export const createConnect = (broker: Broker, userToken: UserToken) => ({
  create: async (options: CreateConnectSessionOptions): Promise<ConnectSession> => {
    const { allowedProviders } = options;
    const reply = await broker.call(backend.createSession, {
      body: {
        user_token: await userToken(options.userToken),
        allowed_origin: options.allowedOrigin,
        allowed_providers: allowedProviders && [...allowedProviders],
        return_url: options.returnUrl,
        multiple: options.multiple,
        completion: options.completion,
      },
    });
    return {
      sessionToken: reply.session_token,
      expiresAt: instant(reply.expires_at),
      connectUrl: reply.connect_url,
    };
  },

  complete: async (
    options: CompleteConnectSessionOptions,
  ): Promise<{ connections: Connection[] }> => {
    const { connections } = await broker.call(backend.complete, {
      body: { code: options.code, user_token: await userToken(options.userToken) },
    });
    return {
      connections: connections.map((connection) => ({
        grantId: connection.grant_id,
        provider: connection.provider,
        providerName: connection.provider_name,
        accountIdentifier: connection.account_identifier,
        timestamp: instant(connection.timestamp),
        operation: connection.operation,
        scopes: connection.scopes,
        status: connection.status,
      })),
    };
  },
});
