/**
 * What the broker of the SDK's scenarios is configured with: the world's calendar once more under several names, each
 * with one property, and some managed secrets. Knows the configuration file and nothing of the SDK.
 */
import type { TestProvider } from "../../servers/provider.ts";
import { B, type Json } from "../world.ts";

export const READ = "calendar.read";
export const WRITE = "calendar.write";

/** Of somebody's network. Nobody here has it, so it is only ever claimed. */
export const LISTED = "192.0.2.1";

export type File = Json & {
  providers: Record<string, Json & { api_hosts: string[] }>;
  apps: [App, App];
};
type App = Json & {
  api_keys: { id: string; hash: string }[];
  providers: Record<string, Json>;
};

/** The providers besides `calendar` and `files`, by what an app's client of them says. */
export const VARIANTS = {
  /** The user is asked for both scopes, and may leave out either. */
  wide: { scopes: ["openid", "email", "offline_access", READ, WRITE], optional_scopes: [] },
  brief: { grant_lifetime_seconds: 1 },
  closed: {
    policies: [{ name: "another day", kind: "time_window", ...anotherDay(), time_zone: "UTC" }],
  },
  servers: { policies: [{ name: "our servers", kind: "ip_allow_list", addresses: [LISTED] }] },
  office: {
    policies: [
      { name: "the office", kind: "ip_allow_list", of: "end_user", addresses: ["192.0.2.0/24"] },
    ],
  },
  scarce: {
    policies: [
      { name: "two an hour", kind: "rate_limit", per: "user", limit: 2, window_seconds: 3600 },
    ],
  },
} satisfies Record<string, Json>;

export type ProviderId = "calendar" | "files" | keyof typeof VARIANTS;

/** Writes all of it into the world's file. `hosts`: where tokens and secrets may go, besides the calendar itself. */
export const offer = (file: Json, hosts: string[], legacy: { hash: string }): File => {
  const whole = file as File;
  const { calendar } = whole.providers;
  const [demo] = whole.apps;
  const client = demo.providers["calendar"];
  if (!calendar || !client) throw new Error("the world has no calendar");
  calendar.api_hosts.push(...hosts);
  calendar["scopes"] = { [READ]: "See your events", [WRITE]: "Change your events" };
  client["optional_scopes"] = [WRITE];
  for (const [id, properties] of Object.entries(VARIANTS)) {
    whole.providers[id] = { ...calendar, name: id };
    demo.providers[id] = { ...client, ...credentials(id), ...properties };
  }
  demo.api_keys.push({ id: "legacy", hash: legacy.hash });
  demo["secrets"] = {
    weather: { name: "Weather API", api_hosts: hosts, inject: { header: "X-Api-Key" } },
    /** Nobody has set it for everyone. */
    tides: { name: "Tides", api_hosts: hosts, inject: { header: "X-Api-Key" } },
    maps: { name: "Maps", api_hosts: hosts, inject: { query: "key" } },
  };
  (demo["identity_provider"] as Json)["groups_claim"] = "groups";
  whole["proxy"] = { timeout_seconds: 5, most_request_bytes: 100_000 };
  return whole;
};

/** The other half: makes the broker known to the calendar under each name. */
export const registerVariants = ({ control }: TestProvider): void => {
  for (const id of Object.keys(VARIANTS))
    control.register({ ...credentials(id), redirect_uris: [`${B}/oauth/callback/${id}`] });
};

const credentials = (id: string) => ({
  client_id: `client-${id}`,
  client_secret: `canary-secret-of-${id}`,
});

/** A window that is shut now, and will be for as long as any test takes. */
function anotherDay() {
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const inThree = days[(new Date().getUTCDay() + 3) % 7] ?? "sun";
  return { days: [inThree], from: "09:00", to: "17:00" };
}
