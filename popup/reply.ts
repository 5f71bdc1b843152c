/**
 * The replies that this page reads, as the protocol describes them. Must not know who asked.
 */
import { FAILURES, PAGE_PHASES } from "@alter-ai/protocol/attempt";
import { LOCALES } from "@alter-ai/protocol/locale";
import type { View } from "@alter-ai/protocol/http";
import type { Connection, Outcome } from "@alter-ai/protocol/window";
import {
  appearance,
  flag,
  list,
  mark,
  number,
  object,
  oneOf,
  optional,
  text,
  user,
  type Fields,
  type Read,
} from "../look/reading.ts";
import type { AuthorizeReply, ClaimReply, FinishReply, ViewReply } from "./api.ts";

const connection = object<Connection>({
  grant_id: text,
  provider: text,
  provider_name: text,
  account_identifier: text,
  timestamp: text,
  operation: oneOf("creation", "reauth"),
  scopes: list(text),
  status: oneOf("active"),
});

const outcomes: { [S in Outcome["status"]]: Read<Outcome & { status: S }> } = {
  success: object({ status: oneOf("success"), connections: list(connection) }),
  error: object({ status: oneOf("error"), error: object({ code: text, message: text }) }),
  exit: object({ status: oneOf("exit") }),
};
const outcome: Read<Outcome> = (value) =>
  outcomes[oneOf("success", "error", "exit")(Object(value).status)](value);

const provider = object<View["providers"][number]>({
  id: text,
  name: text,
  ...mark,
  category: optional(text),
  credential: optional(oneOf("api_key", "basic")),
  help_url: optional(text),
  scopes: list(text),
  fields: optional(
    list(
      object({
        name: text,
        label: text,
        suffix: optional(text),
        example: optional(text),
        value: optional(text),
        secret: optional(flag),
      }),
    ),
  ),
  accounts: list(object({ grant_id: text, label: text, status: oneOf("active", "broken") })),
});

const view = object<View>({
  app: object({ ...appearance, origin: text }),
  user,
  providers: list(provider),
  connections: list(connection),
  renewing: optional(object({ grant_id: text, provider: text, account_identifier: text })),
  multiple: flag,
  expires_in: number,
  locale: oneOf(...LOCALES),
  preview: optional(oneOf(true)),
});

const standing: Fields<ViewReply> = {
  view,
  phase: oneOf(...PAGE_PHASES),
  failure: optional(oneOf(...FAILURES)),
  outcome: optional(outcome),
  redirect_to: optional(text),
  allowed_origin: text,
  close_at_once: flag,
};

const authorization: Fields<AuthorizeReply> = { authorization_url: text, drop_opener: flag };

/** Of each call that has a reply. */
export const claimReply = object<ClaimReply>({
  session_id: text,
  ...standing,
  authorization: optional(object({ provider: text, ...authorization })),
});
/** Of `credential` too. */
export const viewReply = object<ViewReply>(standing);
export const authorizeReply = object<AuthorizeReply>(authorization);
export const finishReply = object<FinishReply>({
  outcome: optional(outcome),
  redirect_to: optional(text),
});
