/** Connect, seen from the backend: opens a session for the widget, and finishes one where the server completes it. */
import { backend } from "@alter-ai/protocol/backend";
import type { Broker } from "./broker.ts";
import type { CallOptions, Calls } from "./calls.ts";
import { instant } from "./problem.ts";
import { codeIn, readReturn } from "./return-url.ts";
import type { Tokens } from "./tokens.ts";
import type { UserToken } from "./user-token.ts";

export type CreateConnectSessionOptions = CallOptions & {
  /** The user who will own the grant. Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
  /** Origin of the page that opens the widget, as configured for the app: never taken from the request. */
  allowedOrigin: string;
  /** Provider ids to choose from. Default: all that the app offers. */
  allowedProviders?: readonly string[] | undefined;
  /** Scopes without which a connection of this session is none, such as `missingScopes` of an error. */
  requiredScopes?: readonly string[] | undefined;
  /** The user's grant to renew; the session is then for its provider alone. */
  grantId?: string | undefined;
  /** By provider: what the user need not be asked then, such as `{ shopify: { shop: "acme" } }`. */
  providerVariables?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** Seconds in which the user must start, 1 to 600; default: the broker's own limit. */
  expiresIn?: number | undefined;
  /** Where the redirect flow comes back to; must be configured for the app. */
  returnUrl?: string | undefined;
  /** Lets the user connect several accounts in one session. */
  multiple?: boolean | undefined;
  /** Language of the page, such as `de` or `pt-BR`. Default, and where the page does not speak it: the browser's. */
  locale?: string | undefined;
  /** `backend`: the result code goes to `returnUrl`, and the server redeems it with `completeConnectSession`. */
  completion?: "backend" | undefined;
  /** To look at the page as this user would see it: watermarked, nothing can be connected, the widget says `exit`. */
  preview?: boolean | undefined;
};

export type ConnectSession = {
  /** For the widget: single use, bound to user and origin. Send it with `Cache-Control: no-store`. */
  sessionToken: string;
  /** When the token can no longer be used to start. */
  expiresAt: Date;
  /** Where to send the browser; only with `completion: "backend"`. */
  connectUrl: string | undefined;
};

export type CompleteConnectSessionOptions = CallOptions & {
  /** Must be of the user for whom the session was created. Default: what `userTokenGetter` returns. */
  userToken?: string | undefined;
} & (
    | {
        /** `alter_connect_code` of the return URL. */
        code: string;
        url?: undefined;
      }
    | {
        /** The URL the browser came back with, such as `req.url`: it says also how else Connect may have ended. */
        url: string | URL;
        code?: undefined;
      }
  );

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

export const createConnect = (
  calls: Calls,
  broker: Broker,
  userToken: UserToken,
  tokens: Pick<Tokens, "forgetGrants" | "forgetUser" | "expectChange">,
) => ({
  create: (options: CreateConnectSessionOptions): Promise<ConnectSession> =>
    calls.run({ operation: "createConnectSession" }, options, async (call) => {
      const { allowedProviders, requiredScopes } = options;
      const user_token = await userToken(options.userToken);
      const reply = await broker.call(call, backend.createSession, {
        body: {
          user_token,
          allowed_origin: options.allowedOrigin,
          allowed_providers: allowedProviders && [...allowedProviders],
          return_url: options.returnUrl,
          multiple: options.multiple,
          locale: options.locale,
          completion: options.completion,
          preview: options.preview,
          required_scopes: requiredScopes && [...requiredScopes],
          grant_id: options.grantId,
          provider_variables: copied(options.providerVariables),
          expires_in: options.expiresIn,
        },
        // A lost reply may have been a session: a second one is not what was asked for.
        repeat: "if_unsent",
      });
      await tokens.expectChange(user_token);
      return {
        sessionToken: reply.session_token,
        expiresAt: instant(reply.expires_at),
        connectUrl: reply.connect_url,
      };
    }),

  complete: (options: CompleteConnectSessionOptions): Promise<{ connections: Connection[] }> =>
    calls.run({ operation: "completeConnectSession" }, options, async (call) => {
      const code = options.url === undefined ? codeIn(options.code) : readReturn(options.url);
      const user_token = await userToken(options.userToken);
      const reply = await broker.call(call, backend.complete, {
        body: { code, user_token },
        repeat: "if_unsent",
      });
      const connections = reply.connections.map(toConnection);
      // What is at hand may be of a narrower grant, or of another account at the same provider.
      await tokens.forgetUser(user_token);
      tokens.forgetGrants(connections.map(({ grantId }) => grantId));
      return { connections };
    }),
});

const copied = (given: CreateConnectSessionOptions["providerVariables"]) =>
  given && Object.fromEntries(Object.entries(given).map(([id, values]) => [id, { ...values }]));

type WireConnection = ReturnType<typeof backend.complete.reply.parse>["connections"][number];

const toConnection = (connection: WireConnection): Connection => ({
  grantId: connection.grant_id,
  provider: connection.provider,
  providerName: connection.provider_name,
  accountIdentifier: connection.account_identifier,
  timestamp: instant(connection.timestamp),
  operation: connection.operation,
  scopes: connection.scopes,
  status: connection.status,
});
