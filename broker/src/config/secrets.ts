/**
 * Managed secrets as the file has them: where each may go, how it is put on a request, and its policies. Their
 * values are never in the file: `alter-broker secrets set` reads them.
 */
import { z } from "zod";
import { injectAny, injectionOf } from "../injection.ts";
import type { Rule } from "../policy.ts";
import { recordId } from "../providers/schema.ts";
import { apiHost } from "../providers/url.ts";
import { policiesSchema } from "./policies.ts";

export const secretsSchema = z
  .record(
    recordId,
    z
      .strictObject({
        /** For people, such as `Weather API`. */
        name: z.string().min(1).max(80),
        api_hosts: z.array(apiHost).min(1),
        /** `basic`: the value is `user:password`. */
        inject: injectAny,
        policies: policiesSchema,
      })
      .transform(({ inject: given, ...rest }) => ({
        ...rest,
        is_pair: given === "basic",
        injection: injectionOf(given),
      })),
  )
  .default({});

export type ManagedSecret = Omit<z.output<typeof secretsSchema>[string], "policies"> & {
  id: string;
  rules: Rule[];
};
