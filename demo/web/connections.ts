/** The list of connected accounts, with a button each to disconnect. Knows nothing of the widget. */
import calendarLogo from "../providers/calendar.svg";
import filesLogo from "../providers/files.svg";
import { get, post, type Connected } from "./api.ts";
import { button, byId, element } from "./dom.ts";

const PROVIDERS: Record<string, { name: string; logo: string }> = {
  calendar: { name: "Acme Calendar", logo: calendarLogo },
  files: { name: "Acme Files", logo: filesLogo },
};

export const createConnections = ({
  onDisconnected,
  onConnect,
  onLoggedOut,
}: {
  onDisconnected: (connected: Connected) => void;
  onConnect: (provider: string) => void;
  onLoggedOut: () => void;
}) => {
  const list = byId("connections");
  const note = byId("connections-note");

  const load = async () => {
    const answer = await get<Connected[]>("/api/connections");
    if (!answer.ok && answer.code === "login_required") onLoggedOut();
    const connected = answer.ok ? answer.value : [];
    list.replaceChildren(...connected.map(row));
    note.hidden = connected.length > 0;
    note.textContent = answer.ok ? "None yet." : `The list cannot be read now (${answer.code}).`;
  };

  const row = (connected: Connected): HTMLElement => {
    const { grantId, provider, account, status } = connected;
    const disconnect = button(
      "Disconnect",
      { class: "quiet", "data-testid": "disconnect", "aria-label": `Disconnect ${account}` },
      () => {
        disconnect.setAttribute("disabled", "");
        void post(`/api/connections/${encodeURIComponent(grantId)}/disconnect`).then(async () => {
          await load();
          onDisconnected(connected);
        });
      },
    );
    const again = button("Connect again", { "data-testid": "reconnect", class: "quiet" }, () => {
      onConnect(provider);
    });
    return element(
      "li",
      { "data-testid": "connection", "data-provider": provider, "data-status": status },
      element("img", { src: PROVIDERS[provider]?.logo ?? "", alt: "", width: "28", height: "28" }),
      element(
        "span",
        { class: "entry" },
        element("b", {}, account),
        element("small", {}, PROVIDERS[provider]?.name ?? provider),
      ),
      ...(status === "active" ? [] : [again]),
      disconnect,
    );
  };

  return { load };
};
