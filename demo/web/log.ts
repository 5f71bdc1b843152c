/** What the widget has told the page, newest last. Knows text only. */
import { byId, element } from "./dom.ts";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export const writeLog = (callback: string, ...said: unknown[]): void => {
  const text = said.map((one) => JSON.stringify(one)).join(", ");
  const log = byId("log");
  log.append(
    element(
      "li",
      { "data-callback": callback },
      element("time", {}, clock.format(new Date())),
      element("b", {}, callback),
      element("code", {}, text),
    ),
  );
  log.scrollTop = log.scrollHeight;
};
