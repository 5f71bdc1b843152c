/** An app's session endpoint, as far as a page can see it. */
import { afterEach, vi } from "vitest";

export type Asked = { url: string; init: RequestInit };

/** What the page asks for, and what it gets: a token unless told otherwise. */
export const stubEndpoint = (reply: () => Response | Promise<Response>): Asked[] => {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return reply();
  });
  return asked;
};

afterEach(() => vi.unstubAllGlobals());
