/* global document, window, addEventListener */
/**
 * The customer's page under test. It does what a customer does and reports everything to its own server;
 * what it may use of us is the widget, by <script> or by ESM.
 */
const config = JSON.parse(document.getElementById("config").textContent);

const report = (type, detail) => {
  const line = document.createElement("li");
  line.dataset.type = type;
  line.textContent = `${type} ${JSON.stringify(detail)}`;
  document.getElementById("log").append(line);
  void fetch("/log", {
    method: "POST",
    keepalive: true,
    body: JSON.stringify({ run: config.run, type, detail }),
  });
};

const mint = async () => {
  if (config.delay) await new Promise((resolve) => setTimeout(resolve, config.delay));
  const response = await fetch(`/session${window.location.search}`, { method: "POST" });
  const body = await response.json();
  if (!response.ok) throw new Error(body.code);
  return body.sessionToken;
};

// A listener without any guard. It shows that a forged message did arrive where the widget listens.
addEventListener("message", (event) => {
  if (String(event.data?.type).startsWith("alter-connect:"))
    report("message", { origin: event.origin, type: event.data.type, outcome: event.data.outcome });
});

const AlterConnect =
  config.load === "esm" ? (await import("/dist/index.js")).default : window.AlterConnect;
const widget = AlterConnect.create(config.create);
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
    ...config.open,
    token: tokens[config.token](),
    onSuccess: (connection, connections) => report("success", { connection, connections }),
    onError: (error) => report("error", { code: error.code, message: error.message }),
    onExit: () => report("exit", {}),
    onEvent: (event) => report("event", event),
  });
  report("opened", { same: promise === last });
  if (promise === last) return;
  last = promise;
  promise.then(
    (outcome) => report("outcome", outcome),
    (error) => report("rejected", { code: error.code, message: error.message }),
  );
};
document.querySelector('[data-testid="connect"]').addEventListener("click", open);

document
  .querySelector('[data-testid="close"]')
  .addEventListener("click", () => report("closed", { result: typeof widget.close() }));

// The guard-less stand-in for M9: a window with a name that others can guess.
document.querySelector('[data-testid="named"]').addEventListener("click", () => {
  const opened = window.open(`${config.broker}/connect`, "alter-connect");
  report("named", { opened: opened !== null });
});

if (config.opens === "at load") open();
report("loaded", {
  isolated: window.crossOriginIsolated,
  version: AlterConnect.version ?? widget.getVersion?.(),
});
