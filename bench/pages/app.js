/* global document, note */
/**
 * A customer's page, as the README of either client tells how to write it: ours hands the promise over inside
 * the click, the reference client's quick start awaits the session first. Tells the bench when things happened.
 */
const { client, library, broker, session } = JSON.parse(
  document.getElementById("config").textContent,
);
const { default: AlterConnect } = await import(library);

const mint = () =>
  fetch(session)
    .then((response) => response.json())
    .then(({ session_token }) => session_token);
const told = {
  onSuccess: () => note("success", Date.now()),
  onError: ({ code }) => note("failed", code),
};

const clients = {
  ours: () => {
    const connect = AlterConnect.create({ baseURL: broker });
    return () => connect.open({ token: mint(), ...told });
  },
  reference: () => {
    const connect = AlterConnect.create();
    return async () => {
      const token = await mint();
      await connect.open({ token, baseURL: broker, ...told });
    };
  },
};

const open = clients[client]();
document.querySelector("button").addEventListener("click", () => {
  const at = Date.now();
  void open();
  void note("clicked", at);
});
void note("loaded", Date.now());
