/** The page of "a managed secret beside OAuth". */
import backend from "../../app/patterns/managed-secret.ts?raw";
import configuration from "../../providers/weather-secrets.ts?raw";
import { actions, list } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

type Listed = { grantKind: string; provider: string; name: string; whose: string };

export const managedSecret: Pattern = {
  title: "A managed secret beside OAuth",
  about:
    "Some APIs know no users and take one key of the company's: the operator gives it to the broker, and no app has it in its environment. It is called and listed as an OAuth grant is; grantKind tells the two apart.",
  code: {
    "managed-secret.ts": backend,
    "weather-secrets.ts, for the broker's configuration": configuration,
  },
  start: ({ add, ask, onAnswer, read }) => {
    const grants = list("What this user can call", "Nothing.");

    const load = async () => {
      const { ok, body } = await read({ path: "/grants" });
      if (!ok) return;
      grants.draw(
        (body as { grants: Listed[] }).grants.map(({ grantKind, provider, name, whose }) => ({
          title: name,
          details: [grantKind, `provider: "${provider}"`, whose],
          testId: grantKind,
        })),
      );
    };

    const call = (provider: string) => ask({ path: `/call/${provider}` });
    add(
      actions(
        {
          label: "The user's calendar",
          testId: "calendar",
          main: true,
          onClick: () => call("calendar"),
        },
        { label: "The company's weather", testId: "weather", onClick: () => call("weather") },
      ),
    );
    add(grants.section);
    onAnswer(load);
    void load();
  },
};
