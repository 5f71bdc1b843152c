/* global document, window, location, addEventListener */
/**
 * The customer's page under test. It does what a customer does and reports everything to its own server;
 * what it may use of us is the widget, by <script> or by ESM.
 */
const config = JSON.parse(document.getElementById("config").textContent);

let reports = 0;
const report = (type, detail) => {
  const line = document.createElement("li");
  line.dataset.type = type;
  line.textContent = `${type} ${JSON.stringify(detail)}`;
  document.getElementById("log").append(line);
  void fetch("/log", {
    method: "POST",
    keepalive: true,
    // Requests overtake each other on the way; what happened in order must read in order.
    body: JSON.stringify({
      run: config.run,
      type,
      detail,
      place: { load: performance.timeOrigin, nth: ++reports },
    }),
  });
};

const mint = async () => {
  const response = await fetch(`/session/${encodeURIComponent(config.run)}`, { method: "POST" });
  const body = await response.json();
  if (!response.ok) throw new Error(body.code);
  return body.sessionToken;
};

// A listener without any guard. It shows that a forged message did arrive where the widget listens. Of each kind
// the first, since forgers send twenty a second.
const arrived = new Set();
addEventListener("message", ({ origin, data }) => {
  const kind = `${origin} ${data?.type} ${data?.name} ${data?.outcome?.connections?.[0]?.grant_id}`;
  if (!String(data?.type).startsWith("alter-connect:") || arrived.has(kind)) return;
  arrived.add(kind);
  report("message", { origin, type: data.type, outcome: data.outcome });
});
addEventListener("error", (event) => report("uncaught", { message: event.message }));
// What the browser kept when the user went away, if it did: Back shows that page again, without loading it.
addEventListener("pageshow", (event) => {
  if (event.persisted) report("shown again", { open: widget.isOpen() });
});

// As analytics and consent scripts do it.
if (config.wrapped) {
  const real = window.open;
  window.open = function (...args) {
    report("window.open", { args });
    return real.apply(this, args);
  };
}

const AlterConnect =
  config.load === "esm" ? (await import("/dist/index.js")).default : window.AlterConnect;
const widget = AlterConnect.create(config.create);
// Read before anything else runs: whatever came back with the address must be gone by now [M1].
const address = location.href;
const listen = () => {
  widget.on("success", (connection, connections) =>
    report("heard success", { connection, connections }),
  );
  widget.on("error", ({ code, message }) => report("heard error", { code, message }));
  widget.on("exit", () => report("heard exit", {}));
  widget.on("close", () => report("heard close", {}));
};
if (config.listen === "early") listen();
widget
  .getRedirectResult?.()
  .then((result) => report("redirect result", { result, address: location.href }));

const ready = config.token === "string" ? await mint() : undefined;
const tokens = {
  promise: () => mint(),
  function: () => mint,
  string: () => ready,
  given: () => config.given,
};

let last;
const open = () => {
  const promise = widget.open({
    mode: config.mode,
    prompt: config.prompt,
    ...config.open,
    token: tokens[config.token](),
    onSuccess: (connection, connections) => {
      report("success", { connection, connections });
      if (config.onSuccess !== "closes and throws") return;
      widget.close();
      throw new Error("the customer's own mistake");
    },
    onError: (error) => report("error", { code: error.code, message: error.message }),
    onExit: () => report("exit", {}),
    onEvent: (_name, event) => report("event", event),
  });
  report("opened", { same: promise === last });
  if (promise === last) return;
  last = promise;
  promise.then(
    (outcome) => report("outcome", outcome),
    (error) => report("rejected", { code: error.code, message: error.message }),
  );
};

const onPress = (name, act) =>
  document.querySelector(`[data-testid="${name}"]`).addEventListener("click", act);
onPress("connect", () => (config.after ? setTimeout(open, config.after) : open()));
onPress("close", () => report("closed", { result: typeof widget.close() }));
onPress("destroy", () => widget.destroy());
onPress("listen", listen);
// The guard-less stand-in for M9: a window with a name that others can guess.
onPress("named", () => {
  const opened = window.open(`${config.broker}/connect`, "alter-connect");
  report("named", { opened: opened !== null });
});

if (config.opens === "at load") open();
report("loaded", {
  address,
  isolated: window.crossOriginIsolated,
  version: AlterConnect.version ?? widget.getVersion?.(),
});
