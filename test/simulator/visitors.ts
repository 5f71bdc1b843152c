/** A user without a browser: answers a provider's one page, and stops before the client's callback. */
import { readCallback, type Callback } from "../servers/callback.ts";

export type Visitor = {
  /** As the user knows it: the label of the connection. */
  account?: string;
  deny?: boolean;
  /** Scopes that the user unticks. */
  leaveOut?: string[];
};

export const consent = async (
  simulated: typeof fetch,
  url: string,
  { account = "ann@acme.test", deny = false, leaveOut = [] }: Visitor,
  redirect_uris: string[],
): Promise<Callback> => {
  const isRedirectUri = (to: string) =>
    redirect_uris.some((uri) => to === uri || to.startsWith(`${uri}?`));
  const answered = [
    ["action", deny ? "deny" : "allow"],
    ["account", account],
    ...leaveOut.map((scope) => ["without", scope]),
  ];
  let text = "";
  for (const init of [{}, { method: "POST", body: new URLSearchParams(answered) }]) {
    const response = await simulated(url, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    const body = Buffer.from(await response.arrayBuffer());
    const headers = location === null ? {} : { location };
    const callback = readCallback({ status: response.status, headers, body }, isRedirectUri);
    if (callback) return callback;
    text = body.toString();
    if (response.status !== 200) break;
  }
  throw new Error(`the provider did not come back from ${url}: ${text.slice(0, 500)}`);
};
