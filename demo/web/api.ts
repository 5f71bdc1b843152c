/** Calls to the app's own backend. Knows paths' answers as values: what worked, or a code to act on. */

export type Me = { user: { name: string; email: string } | null; broker: string };
export type Connected = { grantId: string; provider: string; account: string; status: string };

export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; code: string; /** With `ambiguous_grant`. */ accounts: string[] };

/** A refusal is a value; only JSON of our own backend is read, so its shape is taken as promised. */
export const get = <T>(path: string): Promise<Answer<T>> => call(path, { method: "GET" });

export const post = <T>(path: string, body: object = {}): Promise<Answer<T>> =>
  call(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const call = async <T>(path: string, init: RequestInit): Promise<Answer<T>> => {
  try {
    const response = await fetch(path, init);
    if (response.status === 204) return { ok: true, value: undefined as T };
    const value: unknown = await response.json();
    if (response.ok) return { ok: true, value: value as T };
    const { code, accounts = [] } = value as { code: string; accounts?: string[] };
    return { ok: false, code, accounts };
  } catch {
    return { ok: false, code: "app_unreachable", accounts: [] };
  }
};
