/**
 * The broker's token for a call, asked for or still at hand. Keeps a token no longer than the broker allows, and never
 * past a revocation that this process has made. The tokens it keeps are in this closure and nowhere else.
 */
import { backend } from "@alter-ai/protocol/backend";
import type { Broker } from "./broker.ts";
import type { Call } from "./calls.ts";
import { createKept } from "./kept.ts";

type Reply = ReturnType<typeof backend.token.reply.parse>;
export type Token = Reply & {
  /** From an earlier call: the grant may have become better since. */
  kept: boolean;
};

export type TokenAsk = {
  userToken: string;
  provider: string | undefined;
  grantId: string | undefined;
  account: string | undefined;
  requiredScopes: readonly string[] | undefined;
  method: string;
  host: string;
  endUserIp: string | undefined;
};

type Wanted = {
  cache: boolean;
  /** `token_id` of a token that is of no use, and whether the provider has answered it with 401. */
  not?: { tokenId: string; refused: boolean } | undefined;
};

const MOST_KEPT = 1000;
const LONGEST = 5 * 60_000;
/** As long as a session may wait to be opened, and somebody be at the provider. */
const CONNECTING = 15 * 60_000;
/** Longer than any call that was under way. */
const REVOKED = 60 * 60_000;
/** A token is on its way for a while, and clocks differ. */
const MARGIN = 30_000;

export const createTokens = (broker: Broker, now: () => number) => {
  const kept = createKept<Reply>(MOST_KEPT, now);
  /** Keys whose tokens may not be shared: waiting for another's answer would only cost time. */
  const unshared = createKept<true>(MOST_KEPT, now);
  /** Users for whom Connect was opened: what they have may be another thing any moment, so they are asked about. */
  const connecting = createKept<true>(MOST_KEPT, now);
  const revoked = createKept<true>(MOST_KEPT, now);
  /** What is being asked for just now. Settles with a reply for all, or with what those that wait are to do. */
  const asking = new Map<string, Promise<Reply | "each_alone" | "again">>();
  /** Counts what made earlier answers worthless. */
  let generation = 0;

  const get = async (call: Call, ask: TokenAsk, { cache, not }: Wanted): Promise<Token> => {
    const refused = not?.refused ? not.tokenId : undefined;
    const fresh = (reply: Reply): Token => ({ ...reply, kept: false });
    if (!cache) return fresh(await askBroker(call, ask, refused));
    const user = await digest(ask.userToken);
    if (connecting.get(user)) return fresh(await askBroker(call, ask, refused));
    const key = `${user} ${selectorOf(ask)}`;
    // Whatever comes of this: the next call shall not go out with it.
    if (refused !== undefined) kept.forget((_, { token_id }) => token_id === refused);
    for (;;) {
      call.signal.throwIfAborted();
      const found = kept.get(key);
      if (found && found.token_id !== not?.tokenId) return { ...found, kept: true };
      const question = `${key} ${not ? JSON.stringify(not) : ""}`;
      const asked = asking.get(question);
      if (!asked || unshared.get(key)) return fresh(await lead(call, ask, refused, key, question));
      const answer = await asked;
      if (answer === "each_alone") return fresh(await keep(call, ask, refused, key));
      if (answer !== "again") return fresh(answer);
    }
  };

  /** Asks, and lets others that want the same wait for the answer. */
  const lead = async (
    call: Call,
    ask: TokenAsk,
    refused: string | undefined,
    key: string,
    question: string,
  ): Promise<Reply> => {
    const began = generation;
    const reply = keep(call, ask, refused, key);
    const answer = reply.then(
      (token) => {
        if (began !== generation) return "again";
        return token.cache_seconds > 0 ? token : "each_alone";
      },
      // The one who asked has left: that is no answer for the others.
      () => (call.signal.aborted || began !== generation ? "again" : "each_alone"),
    );
    asking.set(question, answer);
    try {
      return await reply;
    } finally {
      if (asking.get(question) === answer) asking.delete(question);
    }
  };

  const keep = async (
    call: Call,
    ask: TokenAsk,
    refused: string | undefined,
    key: string,
  ): Promise<Reply> => {
    const began = generation;
    const reply = await askBroker(call, ask, refused);
    if (began === generation) {
      const ends = reply.expires_at === null ? Infinity : Date.parse(reply.expires_at) - MARGIN;
      const until = Math.min(now() + Math.min(reply.cache_seconds * 1000, LONGEST), ends || 0);
      kept.set(key, reply, until);
      if (reply.cache_seconds <= 0) unshared.set(key, true, now() + LONGEST);
    }
    return reply;
  };

  const askBroker = (call: Call, ask: TokenAsk, refused: string | undefined): Promise<Reply> =>
    broker.call(call, backend.token, {
      body: {
        user_token: ask.userToken,
        provider: ask.provider,
        grant_id: ask.grantId,
        account: ask.account,
        required_scopes: ask.requiredScopes && [...ask.requiredScopes],
        refused_token_id: refused,
        request: { method: ask.method, host: ask.host, end_user_ip: ask.endUserIp },
      },
    });

  /** Also makes worthless what is under way: it may have been decided before whatever happened. */
  const forget = (matches: (key: string, reply: Reply) => boolean): void => {
    generation += 1;
    asking.clear();
    kept.forget(matches);
  };

  return {
    get,
    forgetGrants: (ids: readonly string[]): void =>
      forget((_, { grant_id }) => ids.includes(grant_id)),
    /** Once the broker has said that it is. A call that is still waiting to send again finds it here. */
    revoke: (id: string): void => {
      revoked.set(id, true, now() + REVOKED);
      forget((_, { grant_id }) => grant_id === id);
    },
    isRevoked: (id: string): boolean => revoked.get(id) === true,
    forgetUser: async (userToken: string): Promise<void> => {
      const user = await digest(userToken);
      forget((key) => key.startsWith(user));
    },
    /** Connect is open for this user: nothing is kept until it is surely over. */
    expectChange: async (userToken: string): Promise<void> => {
      const user = await digest(userToken);
      connecting.set(user, true, now() + CONNECTING);
      forget((key) => key.startsWith(user));
    },
    forgetAll: (): void => forget(() => true),
  };
};

export type Tokens = ReturnType<typeof createTokens>;

/** The method is not in it: where a policy looks at methods, the broker allows no keeping. */
const selectorOf = ({ provider, grantId, account, host, requiredScopes }: TokenAsk): string =>
  JSON.stringify([provider, grantId, account, host, [...(requiredScopes ?? [])].sort()]);

/** SHA-256: a JWT is a credential, and a key of a map outlives the call. */
const digest = async (text: string): Promise<string> => {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
};
