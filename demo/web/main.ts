/**
 * The customer's main page: who is logged in, the Connect buttons, and what follows from a connection.
 * The widget opens inside the click; its session token is a function, so the window never waits for our backend.
 */
import AlterConnect, { type Connection, type Outcome } from "@alter-ai/connect";
import { get, post, type Me } from "./api.ts";
import { createConnections } from "./connections.ts";
import { byId } from "./dom.ts";
import { eventEntries, fileEntries, type Events, type Files } from "./entries.ts";
import { createFeed } from "./feed.ts";
import { writeLog } from "./log.ts";

const LOGIN_NOTES: Record<string, string> = {
  cancelled: "You did not log in.",
  expired: "That took too long. Please log in again.",
  failed: "Logging in did not work. Please try again.",
  ended: "Your login has ended. Please log in again.",
};

// As early as possible: on the way back from a redirect it takes the result out of the address.
const alterConnect = AlterConnect.create();

const start = async () => {
  const me = await get<Me>("/api/me");
  if (me.ok && me.value.user) showPlanner(me.value.user, me.value.broker);
  else showWelcome(new URLSearchParams(location.search).get("login") ?? "");
};

const showWelcome = (why: string) => {
  const note = LOGIN_NOTES[why];
  byId("login-note").hidden = note === undefined;
  byId("login-note").textContent = note ?? "";
  byId("account").hidden = true;
  byId("planner").hidden = true;
  byId("welcome").hidden = false;
  history.replaceState(null, "", "/");
};

const showPlanner = (user: { name: string; email: string }, broker: string) => {
  byId("user-name").textContent = user.name;
  byId("user-email").textContent = user.email;
  byId("account").hidden = false;
  byId("planner").hidden = false;

  const onLoggedOut = () => {
    alterConnect.close();
    showWelcome("ended");
  };

  const connect = (providers: string[], multiple = false) => {
    say("");
    void alterConnect
      .open({
        // With the address given, the window loads its page while our backend still mints the session.
        baseURL: broker,
        token: () => mintSession(providers, multiple),
        onSuccess: (connection, connections) => {
          writeLog("onSuccess", connection, `${String(connections.length)} in all`);
        },
        onError: (error) => {
          writeLog("onError", error);
        },
        onExit: () => {
          writeLog("onExit");
        },
        onEvent: (name, event) => {
          writeLog("onEvent", name, event);
        },
      })
      .then(settled);
  };

  /** How it ended, in a window or by a redirect. */
  const settled = (outcome: Outcome) => {
    if (outcome.status === "success") connected(outcome.connections);
    else if (outcome.status === "error") say(`Not connected: ${outcome.error.message}`);
    else say("Not connected: the window was closed.");
  };

  const feeds = {
    calendar: createFeed<Events>({
      id: "events",
      path: "/api/calendar/events",
      noun: "calendar",
      entries: eventEntries,
      onConnect: () => {
        connect(["calendar"]);
      },
      onLoggedOut,
    }),
    files: createFeed<Files>({
      id: "files",
      path: "/api/files",
      noun: "file store",
      entries: fileEntries,
      onConnect: () => {
        connect(["files"]);
      },
      onLoggedOut,
    }),
  };

  /** The accounts of this provider are others than before. */
  const changed = (provider: string) => {
    const feed = provider === "files" ? feeds.files : feeds.calendar;
    feed.forget();
    void feed.load();
  };

  const connections = createConnections({
    onConnect: (provider) => {
      connect([provider]);
    },
    onDisconnected: ({ account, provider }) => {
      say(`Disconnected ${account}.`);
      changed(provider);
    },
    onLoggedOut,
  });

  const connected = (made: Connection[]) => {
    say(`Connected ${made.map((one) => one.account_identifier).join(" and ")}.`);
    void connections.load();
    for (const provider of new Set(made.map((one) => one.provider))) changed(provider);
  };

  const wire = (id: string, onClick: () => void) => {
    byId(id).addEventListener("click", onClick);
  };
  wire("connect-calendar", () => {
    connect(["calendar"]);
  });
  wire("connect-any", () => {
    connect(["calendar", "files"]);
  });
  wire("connect-multiple", () => {
    connect(["calendar", "files"], true);
  });
  wire("logout", () => {
    // A fresh page: nothing of this user stays in memory for the next one.
    void post("/logout").then(() => {
      location.assign("/");
    });
  });

  void connections.load();
  void feeds.calendar.load();
  void feeds.files.load();
  void alterConnect.getRedirectResult().then((outcome) => {
    if (!outcome) return;
    writeLog("getRedirectResult", outcome);
    settled(outcome);
  });
};

const mintSession = async (providers: string[], multiple: boolean): Promise<string> => {
  const answer = await post<{ sessionToken: string }>("/api/connect-session", {
    providers,
    multiple,
  });
  if (!answer.ok) throw new Error(answer.code);
  return answer.value.sessionToken;
};

const say = (text: string) => {
  byId("status").textContent = text;
};

void start();
