/* global document, location */
/**
 * Stands in for the hosted page that the published reference client opens; the real one is closed. It makes
 * the fewest calls that a page can make with our broker for a user who has not confirmed before, draws
 * nothing, and leaves at once, as that client's README says of a session with one provider.
 */
const call = (path, body) =>
  fetch(`/v1/connect/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).then((response) => response.json());

const random = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const { session_id, view } = await call("claim", {
  shape: "popup",
  token: new URLSearchParams(location.hash.slice(1)).get("session"),
  opener_origin: new URL(document.referrer).origin,
  challenge: random(),
  claim_id: random(),
});
const { authorization_url } = await call("authorize", {
  session_id,
  provider: view.providers[0].id,
});
location.assign(authorization_url);
