/** The edge to the broker: what a call looks like, and that nothing but codes and schemas comes through. */
import { describe, expect, it } from "vitest";
import { createApi } from "../../popup/api.ts";

const answering = (status: number, body: string) => {
  const calls: { path: string; init: RequestInit }[] = [];
  const api = createApi({
    fetch: async (path, init) => {
      calls.push({ path, init });
      return new Response(body, { status });
    },
  });
  return { api, calls };
};
const problem = (code: string) =>
  JSON.stringify({ type: "t", title: "T", status: 400, code, request_id: "req_1", detail: "D" });
const UNREACHABLE = { ok: false, code: "unreachable", temporary: true };

describe("a call", () => {
  it("is a JSON POST to the page's own origin that follows no redirect", async () => {
    const { api, calls } = answering(200, "{}");
    await api.finish({ session_id: "s1", reason: "done" });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.path).toBe("/v1/connect/finish");
    expect(calls[0]?.init).toMatchObject({
      method: "POST",
      redirect: "error",
      headers: { "content-type": "application/json" },
      body: '{"session_id":"s1","reason":"done"}',
    });
  });

  it("is fine without a body in its reply, where there is nothing to say", async () => {
    const calls: string[] = [];
    const api = createApi({
      fetch: async (_, init) => {
        calls.push(String(init.body));
        return new Response(null, { status: 204 });
      },
    });
    expect(await api.here("s1")).toEqual({ ok: true, reply: undefined });
    expect(calls).toEqual(['{"session_id":"s1","event":"here"}']);
  });

  it("gives what the schema knows and nothing else", async () => {
    const reply = { authorization_url: "https://p.example/", drop_opener: false, extra: "x" };
    const { api } = answering(200, JSON.stringify(reply));
    expect(await api.authorize({ session_id: "s1", provider: "p" })).toEqual({
      ok: true,
      reply: { authorization_url: "https://p.example/", drop_opener: false },
    });
  });
});

describe("a refusal", () => {
  it("is a code and a reference, without the network's words", async () => {
    const { api } = answering(410, problem("session_expired"));
    expect(await api.view({ session_id: "s1" })).toEqual({
      ok: false,
      code: "session_expired",
      temporary: false,
      reference: "req_1",
    });
  });

  it("has no code of its own for what this build does not know", async () => {
    const { api } = answering(400, problem("a_code_from_the_future"));
    expect(await api.view({ session_id: "s1" })).toMatchObject({
      code: "internal_error",
      temporary: false,
    });
  });

  it.each([500, 503, 429])("with status %i may work later", async (status) => {
    const { api } = answering(status, problem("internal_error"));
    expect(await api.view({ session_id: "s1" })).toMatchObject({ temporary: true });
  });

  it.each([
    ["a proxy's page", 502, "<h1>Bad gateway</h1>"],
    ["somebody else's JSON", 404, '{"error":"nope"}'],
    ["a reply of another shape", 200, '{"authorization_url":7}'],
    ["a page instead of a reply", 200, "<h1>Log in to the Wi-Fi</h1>"],
  ])("%s counts as not reached", async (_, status, body) => {
    const { api } = answering(status, body);
    expect(await api.authorize({ session_id: "s1", provider: "p" })).toEqual(UNREACHABLE);
  });

  it("is what a network error becomes", async () => {
    const api = createApi({ fetch: () => Promise.reject(new TypeError("Failed to fetch")) });
    expect(await api.view({ session_id: "s1" })).toEqual(UNREACHABLE);
    expect(await api.here("s1")).toEqual(UNREACHABLE);
  });
});
