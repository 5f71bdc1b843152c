/**
 * A user without a browser: follows an authorization URL through the test provider's pages.
 * Knows those pages and a cookie jar of one site; stops before the client's callback.
 */
import { readCallback, type Callback } from "./callback.ts";

export type Visitor = {
  /** The e-mail address to log in with. */
  account?: string;
  /** Scopes whose boxes are unticked on the consent page. */
  without?: string[];
  /** Say no on the consent page. */
  deny?: boolean;
};

const MAX_STEPS = 12;

export const authorizeWithoutBrowser = async (
  url: string,
  visitor: Visitor,
  isRedirectUri: (url: string) => boolean,
): Promise<Callback> => {
  const jar = new Map<string, string>();
  let next: { url: string; form?: [string, string][] } = { url };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const response = await fetch(next.url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(next.form ? { method: "POST", body: new URLSearchParams(next.form) } : {}),
    });
    keepCookies(jar, response);
    const location = response.headers.get("location");
    const body = Buffer.from(await response.arrayBuffer());
    const headers = location === null ? {} : { location };
    const callback = readCallback({ status: response.status, headers, body }, isRedirectUri);
    if (callback) return callback;
    if (location !== null) next = { url: new URL(location, next.url).href };
    else next = { url: next.url, form: formFor(body.toString(), visitor) };
  }
  throw new Error(`the provider did not come back within ${MAX_STEPS} steps from ${url}`);
};

const formFor = (markup: string, visitor: Visitor): [string, string][] => {
  if (markup.includes('data-testid="login"'))
    return [
      ["action", "login"],
      ["account", visitor.account ?? ""],
    ];
  if (markup.includes('data-testid="allow"')) {
    const boxes = [...markup.matchAll(/name="scope" value="([^"]+)"/g)].map(([, one = ""]) => one);
    const ticked = boxes.filter((scope) => !visitor.without?.includes(scope));
    return [
      ["action", visitor.deny ? "deny" : "allow"],
      ["choice", "1"],
      ...ticked.map((scope): [string, string] => ["scope", scope]),
    ];
  }
  throw new Error(`the provider showed neither login nor consent: ${markup.slice(0, 300)}`);
};

const keepCookies = (jar: Map<string, string>, response: Response): void => {
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (name === undefined) continue;
    if (value) jar.set(name, value);
    else jar.delete(name);
  }
};
