/** The page around the guide's code: its button, what the backend answers afterwards, and the code itself. */
import backend from "../app/guide.ts?raw";
import { button, byId } from "./dom.ts";
import { connect } from "./guide.ts";
import frontend from "./guide.ts?raw";

const show = async (eventsPath: string) => {
  const [connections, events] = await Promise.all([ask("/guide/api/connections"), ask(eventsPath)]);
  byId("result").textContent = `${connections.text}\n\n${events.text}`;
  if (events.status === 409) offer((events.body as { accounts: string[] }).accounts);
};

/** The guide's "prompt the user to pick": the backend has said which accounts there are. */
const offer = (accounts: string[]) => {
  byId("accounts").replaceChildren(
    ...accounts.map((account) =>
      button(
        account,
        {},
        () => void show(`/guide/api/calendar/picked-events?account=${encodeURIComponent(account)}`),
      ),
    ),
  );
};

const ask = async (path: string) => {
  const response = await fetch(path);
  const body: unknown = await response.json();
  const { status } = response;
  const text = `GET ${path}  ${String(status)}\n${JSON.stringify(body, null, 2)}`;
  return { status, body, text };
};

byId("frontend").textContent = frontend;
byId("backend").textContent = backend;

const { user } = (await (await fetch("/api/me")).json()) as { user: object | null };
byId("login").hidden = user !== null;
byId("connect").hidden = user === null;
if (user) {
  const showEvents = () => show("/guide/api/calendar/events");
  byId("connect").addEventListener("click", () => void connect().then(showEvents));
  await showEvents();
}
