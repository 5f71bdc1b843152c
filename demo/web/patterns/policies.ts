/** The page of "policies". */
import backend from "../../app/patterns/policies.ts?raw";
import configuration from "../../providers/weather-secrets.ts?raw";
import { actions, type Action } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

/** Documentation's own networks (RFC 5737), so that they are nobody's. */
const OFFICE = "203.0.113.7";
const ELSEWHERE = "198.51.100.7";

export const policies: Pattern = {
  title: "Policies",
  about:
    "The operator says in the broker's configuration when, from where and how often a credential may be used. A call outside of that is a PolicyViolationError: policyError names the rule, and when the same call would pass.",
  code: {
    "policies.ts": backend,
    "weather-secrets.ts, for the broker's configuration": configuration,
  },
  start: ({ add, ask }) => {
    const weather = (
      label: string,
      testId: string,
      secret: string,
      query?: Record<string, string>,
    ): Action => ({
      label,
      testId,
      onClick: () => ask({ path: `/weather/${secret}`, ...(query && { query }) }),
    });
    add(
      actions(
        { ...weather("Without a policy", "free", "weather"), main: true },
        weather("In office hours", "hours", "weather_office_hours"),
        weather(`From the office, ${OFFICE}`, "inside", "weather_office_network", { ip: OFFICE }),
        weather(`From ${ELSEWHERE}`, "outside", "weather_office_network", { ip: ELSEWHERE }),
        weather("Three a minute", "slowly", "weather_slowly"),
      ),
    );
  },
};
