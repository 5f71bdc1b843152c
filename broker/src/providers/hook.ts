/** What a hook gets and gives. Types only: the hooks themselves are a file each. */
import type { Facts } from "./template.ts";

export type HookCall = {
  client_id: string;
  /** As the operator has configured it. */
  client_secret: string;
  facts: Facts;
  /** Of the authorization response, where there is one. */
  callback: URLSearchParams;
  /** Where one has been issued. */
  access_token: string;
  /** Epoch milliseconds. */
  now: number;
};

/** `reason` is for the log. */
export type HookResult = { ok: true; facts: Facts } | { ok: false; reason: string };

export type Hook = (call: HookCall) => Promise<HookResult> | HookResult;
