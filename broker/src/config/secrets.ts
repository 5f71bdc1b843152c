/**
 * Managed secrets as the file has them: where each may go, how it is put on a request, and its policies. Their
 * values are never in the file: `alter-broker secrets set` reads them.
 */
import { z } from "zod";
import type { Injection } from "../credential.ts";
import type { Rule } from "../policy.ts";
import { recordId } from "../providers/schema.ts";
import { apiHost } from "../providers/url.ts";
import { headerName } from "../reserved-headers.ts";
import { policiesSchema } from "./policies.ts";

const parameterName = z
  .string()
  .max(128)
  .regex(/^[\w.~-]+$/, "must be letters, digits, -, ., _ or ~");

/** Spaces at its ends would be lost on the way. */
const template = z
  .string()
  .max(256)
  .regex(/^(?! )[\x20-\x7e]*(?<! )$/, "must be printable ASCII without spaces at its ends")
  .refine((text) => text.split("{token}").length === 2, "must contain {token} once")
  .default("{token}");

const BASIC: Injection = { in: "header", name: "Authorization", template: "Basic {token}" };

const inject = z.union(
  [
    z.literal("basic"),
    z.strictObject({ header: headerName, template }),
    z.strictObject({ query: parameterName, template }),
  ],
  'must be { header: X-Api-Key }, { header: Authorization, template: "Token {token}" }, { query: key } or basic',
);

export const secretsSchema = z
  .record(
    recordId,
    z
      .strictObject({
        /** For people, such as `Weather API`. */
        name: z.string().min(1).max(80),
        api_hosts: z.array(apiHost).min(1),
        /** `basic`: the value is `user:password`. */
        inject,
        policies: policiesSchema,
      })
      .transform(({ inject: given, ...rest }) => ({
        ...rest,
        is_pair: given === "basic",
        injection: given === "basic" ? BASIC : compile(given),
      })),
  )
  .default({});

export type ManagedSecret = Omit<z.output<typeof secretsSchema>[string], "policies"> & {
  id: string;
  rules: Rule[];
};

const compile = (given: Exclude<z.output<typeof inject>, "basic">): Injection =>
  "header" in given
    ? { in: "header", name: given.header, template: given.template }
    : { in: "query", name: given.query, template: given.template };
