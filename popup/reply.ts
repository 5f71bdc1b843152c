/**
 * How the broker's replies are read: field by field into new objects of the protocol's own types. What is new to this
 * page is left out, since a broker that is being upgraded may be newer; what is missing or of another kind throws.
 * The protocol's schemas say the same and are 9 kB of a page of 25: types and a test hold this to them. Must not know
 * who asked.
 */
import { FAILURES, PAGE_PHASES } from "@alter-ai/protocol/attempt";
import { LOCALES } from "@alter-ai/protocol/locale";
import type { problemSchema, View } from "@alter-ai/protocol/http";
import type { Connection, Outcome } from "@alter-ai/protocol/window";
import type { AuthorizeReply, ClaimReply, FinishReply, Infer, ViewReply } from "./api.ts";

/** @throws TypeError when the value is not of the kind. */
export type Read<T> = (value: unknown) => T;

const kind =
  <T>(name: "string" | "number" | "boolean"): Read<T> =>
  (value) =>
    expect(typeof value === name) && (value as T);
const text = kind<string>("string");
const number = kind<number>("number");
const flag = kind<boolean>("boolean");

const expect = (met: boolean): true => {
  if (!met) throw new TypeError("The broker's reply is not of the expected form");
  return true;
};

const oneOf =
  <const T>(...values: readonly T[]): Read<T> =>
  (value) =>
    expect(values.includes(value as T)) && (value as T);

const optional =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value) =>
    value === undefined ? undefined : read(value);

const list =
  <T>(read: Read<T>): Read<T[]> =>
  (value) =>
    expect(Array.isArray(value)) && (value as unknown[]).map(read);

type Fields<T> = { [K in keyof T]-?: Read<T[K]> };

/** What is not there is not there afterwards either: `in` tells. */
const object =
  <T>(fields: Fields<T>): Read<T> =>
  (value) => {
    expect(typeof value === "object" && value !== null && !Array.isArray(value));
    const found: Partial<T> = {};
    for (const name in fields) {
      const field = fields[name]((value as Partial<Record<keyof T, unknown>>)[name]);
      if (field !== undefined) found[name] = field;
    }
    return found as T;
  };

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

type Brand = NonNullable<View["app"]["brand"]>;
const colours = object<NonNullable<Brand["colours"]>["light"]>({
  action: text,
  on_action: text,
  accent: text,
});

const provider = object<View["providers"][number]>({
  id: text,
  name: text,
  logo_url: optional(text),
  tile: optional(object({ background: text, text })),
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
  app: object({
    name: text,
    logo_url: optional(text),
    origin: text,
    theme: oneOf("light", "dark", "system"),
    brand: optional(
      object<Brand>({
        colours: optional(object({ light: colours, dark: colours })),
        radius: optional(number),
      }),
    ),
    support_url: optional(text),
    privacy_url: optional(text),
  }),
  user: object({
    label: text,
    label_kind: oneOf("verified_email", "username", "subject"),
    name: optional(text),
    identity_provider: text,
  }),
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
/** Of every refusal, what the page makes use of. */
export const problem = object<Pick<Infer<typeof problemSchema>, "code" | "request_id">>({
  code: text,
  request_id: text,
});
