/**
 * A person with a browser, as far as these tests need one: a cookie jar that, like a browser's, is shared
 * by all ports of localhost, links followed by hand, and forms sent. Knows the demo's pages by their forms.
 */
type Cookie = { value: string; path: string };

export type Visitor = {
  /** Follows redirects until a page, or until a URL that starts with `stopAt`, which is not fetched. */
  open: (url: string, stopAt?: string) => Promise<Visit>;
  /** Sends the form of `visit` whose action ends in `step`, with the page's ticked boxes but those in `unticked`. */
  submit: (
    visit: Visit,
    step: string,
    fields?: Record<string, string>,
    stopAt?: string,
    unticked?: string[],
  ) => Promise<Visit>;
  /** One request with the jar's cookies, redirects not followed. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
};

export type Visit = { url: string; status: number; text: string };

export const createVisitor = (): Visitor => {
  const jar = new Map<string, Cookie>();

  const send = async (url: string, init: RequestInit = {}) => {
    const { pathname } = new URL(url);
    const headers = new Headers(init.headers);
    // A kept connection may lead to a server that has been stopped and started since.
    headers.set("connection", "close");
    const sent = [...jar].filter(([, { path }]) => covers(path, pathname));
    if (sent.length)
      headers.set("cookie", sent.map(([name, c]) => `${name}=${c.value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) keep(jar, line, pathname);
    return response;
  };

  const follow = async (response: Response, stopAt: string): Promise<Visit> => {
    let answer = response;
    for (let hops = 0; hops < 12; hops += 1) {
      const location = answer.headers.get("location");
      if (location === null)
        return { url: answer.url, status: answer.status, text: await answer.text() };
      const url = new URL(location, answer.url).href;
      if (url.startsWith(stopAt)) return { url, status: answer.status, text: "" };
      answer = await send(url);
    }
    throw new Error("Redirected in a circle");
  };

  const NEVER = "stop:";
  return {
    fetch: send,
    open: async (url, stopAt = NEVER) => follow(await send(url), stopAt),
    submit: async (visit, step, fields = {}, stopAt = NEVER, unticked = []) => {
      const action = [...visit.text.matchAll(/action="([^"]+)"/g)]
        .map((match) => match[1] ?? "")
        .find((found) => found.endsWith(step));
      if (action === undefined)
        throw new Error(`No form for ${step} at ${visit.url}:\n${visit.text}`);
      const body = new URLSearchParams(fields);
      for (const [, name = "", value = ""] of visit.text.matchAll(
        /type="checkbox" name="([^"]+)" value="([^"]+)" checked/g,
      ))
        if (!unticked.includes(value)) body.append(name, value);
      const headers = { origin: new URL(visit.url).origin };
      const url = new URL(action, visit.url).href;
      return follow(await send(url, { method: "POST", headers, body }), stopAt);
    },
  };
};

const covers = (path: string, pathname: string) =>
  path === "/" || pathname === path || pathname.startsWith(`${path}/`);

const keep = (jar: Map<string, Cookie>, line: string, pathname: string) => {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.slice(pair.indexOf("=") + 1);
  const attribute = (wanted: string) =>
    attributes.find((a) => a.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  const expires = attribute("expires");
  const gone =
    attribute("max-age") === "0" || (expires !== undefined && Date.parse(expires) < Date.now());
  if (gone) jar.delete(name);
  else jar.set(name, { value, path: attribute("path") ?? pathname });
};
