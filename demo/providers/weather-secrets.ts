/**
 * One key of the company's for Acme Weather, under four names: without a policy, and with one of each kind. As it
 * stands in the broker's configuration; the key itself is set on the command line, by `alter-broker secrets set`.
 */
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export const weatherSecrets = (api: string, now: Date) => {
  const secret = (name: string, ...policies: object[]) => ({
    name,
    api_hosts: [new URL(api).host],
    inject: { header: "X-Api-Key" },
    policies,
  });
  return {
    weather: secret("Weather"),
    weather_office_hours: secret("Weather, in office hours", {
      name: "Office hours",
      kind: "time_window",
      // An hour three days from now, so that whoever tries the demo is outside of it.
      days: [DAYS[(now.getUTCDay() + 3) % 7]],
      from: "12:00",
      to: "13:00",
      time_zone: "UTC",
    }),
    weather_office_network: secret("Weather, for the office", {
      name: "Office network",
      kind: "ip_allow_list",
      of: "end_user",
      addresses: ["203.0.113.0/24"],
    }),
    weather_slowly: secret("Weather, slowly", {
      name: "Three a minute",
      kind: "rate_limit",
      per: "user",
      limit: 3,
      window_seconds: 60,
    }),
  };
};
