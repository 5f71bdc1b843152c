/** The controls that patterns are made of: a row of buttons, a list of accounts. Knows elements only. */
import { button, element } from "../dom.ts";

export type Action = { label: string; testId: string; main?: boolean; onClick: () => unknown };

export const actions = (...all: Action[]): HTMLElement =>
  element("div", { class: "actions" }, ...all.map(actionButton));

export const actionButton = ({ label, testId, main = false, onClick }: Action): HTMLElement =>
  button(label, { "data-testid": testId, class: main ? "main" : "" }, () => void onClick());

export type Row = { title: string; details: string[]; testId: string; action?: Action };

/** A heading and a list below it; `draw` replaces the rows. */
export const list = (heading: string, none: string) => {
  const rows = element("ul", { class: "list accounts" });
  const note = element("p", { class: "note" });
  return {
    section: element("div", {}, element("h2", {}, heading), rows, note),
    draw: (all: Row[]) => {
      rows.replaceChildren(...all.map(rowOf));
      note.textContent = all.length ? "" : none;
    },
  };
};

const rowOf = ({ title, details, testId, action }: Row): HTMLElement =>
  element(
    "li",
    { "data-testid": testId },
    element(
      "span",
      { class: "entry" },
      element("b", {}, title),
      element("small", { class: "tags" }, ...details.map((detail) => element("span", {}, detail))),
    ),
    ...(action ? [quiet(action)] : []),
  );

const quiet = ({ label, testId, onClick }: Action): HTMLElement =>
  button(label, { class: "quiet", "data-testid": testId }, () => void onClick());
