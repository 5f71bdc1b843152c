/** How a page asks the broker: one POST to its own origin. Must not know what is asked or how a reply is read. */

export type Fetch = (path: string, init: RequestInit & { body: string }) => Promise<Response>;

/** A broker that is silent for so long is not going to answer while anybody is still looking. */
const PATIENCE_MS = 30_000;

/** `patience`: milliseconds until all of the reply must be here. */
export const post = (
  fetch: Fetch,
  path: string,
  body: unknown,
  patience = PATIENCE_MS,
): Promise<Response> =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    // The broker never redirects these calls; whatever does is not the broker.
    redirect: "error",
    signal: AbortSignal.timeout(patience),
  });
