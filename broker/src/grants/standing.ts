/** Whether a grant is still one of today's configuration: what its tokens would have to be sent with and to. */
import type { ProviderClient } from "../config/client.ts";
import { factsNow } from "../oauth/facts.ts";
import type { Facts } from "../providers/template.ts";
import type { Grant } from "../store/grants.ts";

/** Nothing, where the client or its place is another by now: tokens are not shown to strangers. */
export const factsOf = (client: ProviderClient | undefined, grant: Grant): Facts | undefined =>
  client?.client_id === grant.client_id ? factsNow(client, grant.metadata) : undefined;

/** What a refusal says of such a grant. */
export const MOVED = "It belongs to another OAuth client or server than today's.";
