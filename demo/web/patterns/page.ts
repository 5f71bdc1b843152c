/**
 * The list of patterns, or one of them, by the address. Knows who is logged in and which pattern has which page; what
 * is on it is the pattern's.
 */
import AlterConnect from "@alter-ai/connect";
import connect from "../../app/patterns/connect.ts?raw";
import { isPattern, PATTERNS, type PatternName } from "../../app/patterns/names.ts";
import errors from "../../app/errors.ts?raw";
import { get, type Me } from "../api.ts";
import { byId, element } from "../dom.ts";
import { addedScope } from "./added-scope.ts";
import { connectedAccounts } from "./connected-accounts.ts";
import { expiredSession } from "./expired-session.ts";
import { managedSecret } from "./managed-secret.ts";
import type { Pattern } from "./pattern.ts";
import { policies } from "./policies.ts";
import { revoke } from "./revoke.ts";
import { revokedAtProvider } from "./revoked-at-provider.ts";
import { severalAccounts } from "./several-accounts.ts";
import { createStage, wordsFor } from "./stage.ts";

const PAGES: Record<PatternName, Pattern> = {
  "several-accounts": severalAccounts,
  "connected-accounts": connectedAccounts,
  revoke,
  "added-scope": addedScope,
  policies,
  "revoked-at-provider": revokedAtProvider,
  "managed-secret": managedSecret,
  "expired-session": expiredSession,
};

// As early as possible: on the way back from a redirect it takes the result out of the address.
const alterConnect = AlterConnect.create();

const start = async () => {
  const name = location.pathname.split("/")[2];
  if (isPattern(name)) showPattern(name);
  else showList();

  const me = await get<Me>("/api/me");
  const user = me.ok ? me.value.user : null;
  byId("who").hidden = !user;
  byId("user-name").textContent = user?.name ?? "";
  byId("user-email").textContent = user?.email ?? "";
  if (!isPattern(name)) return;
  byId("login").hidden = user !== null;
  if (!me.ok || !user) return;
  const stage = createStage({ name, broker: me.value.broker, alterConnect });
  PAGES[name].start(stage);
  const outcome = await alterConnect.getRedirectResult();
  if (outcome) stage.say(wordsFor(outcome));
};

const showList = () => {
  byId("list").hidden = false;
  byId("patterns").replaceChildren(
    ...PATTERNS.map((name) => {
      const { title, about } = PAGES[name];
      const link = element(
        "a",
        { href: `/patterns/${name}` },
        element("b", {}, title),
        element("span", {}, about),
      );
      return element("li", {}, link);
    }),
  );
};

const showPattern = (name: PatternName) => {
  const { title, about, code } = PAGES[name];
  document.title = `${title} · Day Planner`;
  byId("pattern").hidden = false;
  byId("title").textContent = title;
  byId("about").textContent = about;
  byId("login").setAttribute("href", `/login?back=/patterns/${name}`);
  byId("code").replaceChildren(
    ...Object.entries(code).flatMap(([file, text]) => [
      element("h3", {}, file),
      source(file, text),
    ]),
    folded("connect.ts, where the Connect buttons get their session", connect),
    folded("errors.ts, which makes an answer of every refusal", errors),
  );
  const at = PATTERNS.indexOf(name);
  turn("previous", "←", PATTERNS[at - 1]);
  turn("following", "→", PATTERNS[at + 1]);
};

const folded = (summary: string, text: string): HTMLElement =>
  element("details", {}, element("summary", {}, summary), source(summary, text));

const source = (label: string, text: string): HTMLElement =>
  element("pre", { class: "code", role: "group", tabindex: "0", "aria-label": label }, text);

const turn = (id: string, arrow: string, name: PatternName | undefined) => {
  byId(id).hidden = name === undefined;
  if (name === undefined) return;
  byId(id).setAttribute("href", `/patterns/${name}`);
  const { title } = PAGES[name];
  byId(id).textContent = arrow === "←" ? `${arrow} ${title}` : `${title} ${arrow}`;
};

void start();
