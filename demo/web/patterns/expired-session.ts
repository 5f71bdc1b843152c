/** The page of "an expired session". */
import backend from "../../app/patterns/expired-session.ts?raw";
import { button } from "../dom.ts";
import { actions } from "./controls.ts";
import type { Pattern } from "./pattern.ts";

type Short = { sessionToken: string; expiresAt: string };

export const expiredSession: Pattern = {
  title: "An expired session",
  about:
    "A session token can be opened once and for a short time; opened too late, it gives the widget the error session_expired, and the app makes a fresh one. When it is the user's own login that has ended, calls are a UserTokenError with the reason expired instead, and no Connect helps: the user logs in again.",
  code: { "expired-session.ts": backend },
  start: ({ add, read, open, connect, say, offer }) => {
    let token = "";
    let timer: number | undefined;
    const openIt = button(
      "Open Connect with it",
      { "data-testid": "open-late", disabled: "" },
      () => {
        openIt.setAttribute("disabled", "");
        void open(token).then((outcome) => {
          if (outcome.status === "error" && outcome.error.code === "session_expired")
            offer("Nothing is lost: make a fresh session.", fresh);
        });
      },
    );
    const fresh = button(
      "Connect with a fresh session",
      { class: "main", "data-testid": "connect-fresh" },
      () => void connect({ provider: "calendar" }),
    );

    const countDown = (until: number) => {
      const left = Math.ceil((until - Date.now()) / 1000);
      say(left > 0 ? `It can be opened for ${String(left)} s …` : "Its time has passed. Open it.");
      if (left > 0) timer = window.setTimeout(countDown, 200, until);
      else openIt.removeAttribute("disabled");
    };

    const make = async () => {
      clearTimeout(timer);
      offer("");
      openIt.setAttribute("disabled", "");
      const { ok, body } = await read({ path: "/short-session", method: "POST", body: {} });
      if (!ok) {
        say("No session could be made.");
        return;
      }
      const short = body as Short;
      token = short.sessionToken;
      countDown(Date.parse(short.expiresAt));
    };

    add(
      actions({
        label: "Make a session of two seconds",
        testId: "make",
        main: true,
        onClick: make,
      }),
    ).append(openIt);
  },
};
