/**
 * A list that the app's backend fetches from a provider: events, files. Knows what to show in each case:
 * the entries, a choice of accounts, a Connect button, or what went wrong.
 */
import { get } from "./api.ts";
import { button, byId, element } from "./dom.ts";

export type Feed = {
  load: () => Promise<void>;
  /** Forgets which account was picked, since the set of accounts has changed. */
  forget: () => void;
};

export const createFeed = <T>({
  id,
  path,
  noun,
  entries,
  onConnect,
  onLoggedOut,
}: {
  /** Of the list; the picker and the note beside it are `<id>-account` and `<id>-note`. */
  id: string;
  path: string;
  /** As in "No calendar is connected". */
  noun: string;
  entries: (answer: T) => HTMLElement[];
  onConnect: () => void;
  onLoggedOut: () => void;
}): Feed => {
  const list = byId(id);
  const picker = byId(`${id}-account`);
  const note = byId(`${id}-note`);
  let picked: string | undefined;
  let accounts: string[] = [];
  let latest = 0;

  const load = async () => {
    const turn = (latest += 1);
    note.replaceChildren("Loading …");
    const query = picked === undefined ? "" : `?account=${encodeURIComponent(picked)}`;
    const answer = await get<T & { account: string }>(`${path}${query}`);
    // A later call has been made meanwhile; its answer is the one to show.
    if (turn !== latest) return;

    if (answer.ok) {
      list.replaceChildren(...entries(answer.value));
      note.replaceChildren(`From ${answer.value.account}`);
    } else {
      list.replaceChildren();
      if (answer.code === "login_required" || answer.code === "invalid_user_token") onLoggedOut();
      if (answer.code === "ambiguous_grant") accounts = answer.accounts;
      note.replaceChildren(...whyNot(answer.code));
    }
    drawPicker();
  };

  const whyNot = (code: string): (Node | string)[] => {
    const again = (label: string) =>
      button(label, { "data-testid": "connect-again", class: "small-button" }, onConnect);
    switch (code) {
      case "ambiguous_grant":
        return [`You have connected more than one ${noun}. Pick the one to show.`];
      case "grant_not_found":
        return [`No ${noun} is connected. `, again("Connect")];
      case "grant_revoked":
      case "credential_revoked":
      case "grant_expired":
      case "scope_reauth_required":
        return [`Access to your ${noun} has ended. `, again("Connect again")];
      default:
        return [
          `This did not work (${code}). `,
          button("Try again", { class: "small-button" }, () => void load()),
        ];
    }
  };

  const drawPicker = () => {
    picker.hidden = accounts.length < 2;
    picker.replaceChildren(
      ...accounts.map((account) =>
        button(account, { "aria-pressed": String(account === picked) }, () => {
          picked = account;
          void load();
        }),
      ),
    );
  };

  return {
    load,
    forget: () => {
      picked = undefined;
      accounts = [];
    },
  };
};

export const entry = (testId: string, title: string, detail: string, aside: string): HTMLElement =>
  element(
    "li",
    { "data-testid": testId },
    element("span", { class: "entry" }, element("b", {}, title), element("small", {}, detail)),
    element("span", { class: "aside" }, aside),
  );
