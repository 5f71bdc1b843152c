/**
 * A widget for the tests of an app: the real one, in a browser and at a broker that do what the test says. So it settles
 * once, tells in the same order and refuses the same, without a window, a request or a clock. Knows how tests speak of
 * outcomes; must not know the wire.
 */
import {
  AlterConnect,
  type AlterConnectConfig,
  type Connection,
  type Outcome,
} from "../src/index.ts";
import { BROKER, createBrowser } from "./browser.ts";

/** What returns a promise has told everybody when it resolves. What there is no window for rejects. */
export type FakeAlterConnect = {
  /** In place of the real `AlterConnect`. */
  create: (config?: AlterConnectConfig) => AlterConnect;
  /** A session token, for the endpoint that the test plays: the widget looks at tokens. */
  token: string;
  /** The user connects these, or an account of our own making. */
  succeed: (...connections: Partial<Connection>[]) => Promise<void>;
  /** The user cancels on the page. */
  exit: () => Promise<void>;
  /** The user closes the window. */
  closeWindow: () => Promise<void>;
  /** It ends with a code, such as `access_denied`, `session_expired` or `wrong_user`. */
  fail: (code: string, message?: string) => Promise<void>;
  /** The page tells how far it is. `succeed` tells both by itself. */
  event: (name: "provider_selected" | "oauth_started", provider?: string) => Promise<void>;
  /** The browser blocks windows from now on, or no more. */
  blocked: (is?: boolean) => void;
  /** It is a phone from now on, which leaves the page. */
  phone: (is?: boolean) => void;
  /** Where it left for. */
  left: () => URL | undefined;
  /** This page is where a redirect comes back to, with these. Before `create()`, which reads the address. */
  returned: (how?: Partial<Connection>[] | "exit" | { code: string }) => void;
  /** Everybody has been told: after `close()`, a token that failed, a result that came back. */
  told: () => Promise<void>;
};

export const fakeAlterConnect = (): FakeAlterConnect => {
  const browser = createBrowser();
  const { end, told, left, closeWindow } = browser;
  // What it takes second is not public: the window to work on.
  const create = AlterConnect.create as (
    config: AlterConnectConfig | undefined,
    app: object,
  ) => AlterConnect;
  const event: FakeAlterConnect["event"] = (name, provider) =>
    browser.say({ type: "alter-connect:event", name, provider });

  return {
    create: (config) => {
      const widget = create(config, browser.app());
      return {
        ...widget,
        open: (options): Promise<Outcome> => {
          const attempt = widget.open(options);
          browser.watch(attempt);
          return attempt;
        },
      };
    },
    token: `alter_cs_${btoa(BROKER).replace(/=/g, "")}.r.${"s".repeat(43)}`,
    succeed: async (...given) => {
      const connections = connectionsOf(given);
      const provider = connections[0]?.provider;
      if (!browser.atProvider()) {
        await event("provider_selected", provider);
        await event("oauth_started", provider);
      }
      await end({ status: "success", connections });
    },
    exit: () => end({ status: "exit" }),
    closeWindow,
    fail: (code, message = code) => end({ status: "error", error: { code, message } }),
    event,
    blocked: (blocked = true) => browser.set({ blocked }),
    phone: (phone = true) => browser.set({ phone }),
    left,
    returned: (how = []) => browser.comeBack(Array.isArray(how) ? connectionsOf(how) : how),
    told,
  };
};

const connectionsOf = (given: Partial<Connection>[]): Connection[] =>
  (given.length ? given : [{}]).map((some, index) => ({
    grant_id: `grant-${index + 1}`,
    provider: "google",
    provider_name: "Google",
    account_identifier: "ann@example.com",
    timestamp: "2026-01-02T03:04:05Z",
    operation: "creation",
    scopes: [],
    status: "active",
    ...some,
  }));
