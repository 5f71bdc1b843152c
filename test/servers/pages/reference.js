/* global document, window, location */
/**
 * The published reference client on a customer's page, used as its README's quick start says: fetch the token,
 * then open. Reports what comes of it. Uses nothing of ours.
 */
const config = JSON.parse(document.getElementById("config").textContent);

const report = (type, detail) =>
  void fetch("/log", {
    method: "POST",
    keepalive: true,
    body: JSON.stringify({ run: config.run, type, detail }),
  });

const alterConnect = window.AlterConnect.create();

document.querySelector('[data-testid="connect"]').addEventListener("click", async () => {
  const response = await fetch(`/session/${config.run}`, { method: "POST" });
  const { sessionToken } = await response.json();
  await alterConnect.open({
    token: sessionToken,
    // Of what it opens only that it opens is told here, so any page will do.
    baseURL: location.origin,
    onSuccess: (connections) => report("success", { connections }),
    onError: (error) => report("error", { code: error.code }),
    onExit: () => report("exit", {}),
  });
});

report("loaded", {});
