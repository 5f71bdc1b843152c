/**
 * The moment at which a provider sends the browser back: a redirect or a self-submitting form.
 * Knows both response modes, so that a test can change the parameters of either in one way.
 */
import { escape, page, type Reply } from "./http.ts";

/** Where the browser was sent. With `form_post` the parameters are in `form`, else in the URL. */
export type Callback = { url: string; form?: URLSearchParams };

/** Changes the parameters that go back to the client. */
export type Tamper = (params: URLSearchParams) => void;

export const wrongState: Tamper = (params) => params.set("state", "A".repeat(43));
export const missing =
  (name: string): Tamper =>
  (params) =>
    params.delete(name);
export const replaced =
  (name: string, value: string): Tamper =>
  (params) =>
    params.set(name, value);
export const duplicated =
  (name: string): Tamper =>
  (params) =>
    params.append(name, params.get(name) ?? "again");
/** An OAuth error in place of the code. */
export const refused =
  (error: string, description = "<b>text of the provider</b>"): Tamper =>
  (params) => {
    params.delete("code");
    params.set("error", error);
    params.set("error_description", description);
  };

/** The callback a reply leads to, or `undefined` if it leads elsewhere. */
export const readCallback = (
  reply: Reply,
  isRedirectUri: (url: string) => boolean,
): Callback | undefined => {
  const location = reply.headers.location;
  if (typeof location === "string") return isRedirectUri(location) ? { url: location } : undefined;
  const markup = reply.body.toString();
  const action = unescape(/<form method="post" action="([^"]*)"/.exec(markup)?.[1] ?? "");
  if (!isRedirectUri(action)) return undefined;
  const form = new URLSearchParams();
  for (const [, name, value] of markup.matchAll(/name="([^"]*)" value="([^"]*)"/g))
    form.append(unescape(name ?? ""), unescape(value ?? ""));
  return { url: action, form };
};

/** The same reply with the callback's parameters changed. */
export const tamperWith = (reply: Reply, callback: Callback, tamper: Tamper): Reply => {
  if (callback.form) {
    tamper(callback.form);
    return { ...reply, body: Buffer.from(formPage(callback.url, callback.form)) };
  }
  const url = new URL(callback.url);
  tamper(url.searchParams);
  return { ...reply, headers: { ...reply.headers, location: url.href } };
};

/** A redirect with its parameters turned into `response_mode=form_post`, as providers answer who asked for it. */
export const posted = (reply: Reply, { url }: Callback): Reply => {
  const { origin, pathname, searchParams } = new URL(url);
  const headers = Object.entries(reply.headers).filter(([name]) => name !== "location");
  return {
    status: 200,
    headers: { ...Object.fromEntries(headers), "content-type": "text/html; charset=utf-8" },
    body: Buffer.from(formPage(origin + pathname, searchParams)),
  };
};

const formPage = (action: string, form: Iterable<[string, string]>): string => {
  const inputs = [...form]
    .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`)
    .join("");
  return page(
    "Submitting",
    `<form method="post" action="${escape(action)}">${inputs}</form><script>document.forms[0].submit()</script>`,
  );
};

const unescape = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
