/** What a user has connected, what was given to them, and the ways to end what is theirs to end. */
import type { WalletConnection } from "@alter-ai/protocol/wallet";
import { Button } from "../../look/Frame.tsx";
import type { Messages } from "../locales/en.ts";
import type { Names } from "../names.ts";
import type { Place } from "../place.ts";
import type { Screen } from "../screen.ts";
import type { When } from "../when.ts";
import { Connection } from "./Connection.tsx";
import { Nothing, Rest } from "./List.tsx";
import { Secrets } from "./Secrets.tsx";

type ConnectionsProps = {
  t: Messages;
  when: When;
  names: Names;
  place: Place;
  shown: Extract<Screen, { name: "connections" }>;
  loading: boolean;
  onGo: (place: Place) => void;
  onEnd: (connection: WalletConnection) => void;
  onEndAll: () => void;
  onMore: () => void;
};

export const Connections = (props: ConnectionsProps) => {
  const { t, when, names, place, shown } = props;
  const { connections, secrets } = shown;
  return (
    <>
      {!connections.length && !secrets.length && (
        <Nothing t={t} none={t.connections.none} place={place} onGo={props.onGo} />
      )}
      {connections.length > 0 && (
        <ul class="card rows">
          {connections.map((connection) => (
            <Connection
              key={connection.grant_id}
              {...{ t, when, names, connection }}
              showApp={!shown.head.app}
              told={shown.told[connection.grant_id]}
              isLast={shown.last === connection.grant_id}
              onEnd={props.onEnd}
            />
          ))}
        </ul>
      )}
      <Rest t={t} rest={shown.rest} busy={props.loading} onMore={props.onMore} />
      <EndAll {...props} />
      <Secrets {...{ t, when, names, secrets }} />
    </>
  );
};

/** Only where a choice says which: everything of everybody is never one click. */
const EndAll = ({ t, names, place: { app, provider }, shown, onEndAll }: ConnectionsProps) => {
  const some = shown.connections.filter(({ status }) => status !== "revoked");
  if ((app === undefined && provider === undefined) || (some.length < 2 && !shown.rest.cursor))
    return null;
  return (
    <Button kind="quiet" onPress={onEndAll}>
      {wordsForAll(t.connections.disconnectAll, names, { app, provider })}
    </Button>
  );
};

type ForAll = Messages["connections"]["disconnectAll"];

/** One of three sentences: of the app, of the provider, of both. */
export const wordsForAll = (
  words: ForAll,
  names: Names,
  { app, provider }: Pick<Place, "app" | "provider">,
): string => {
  const at = provider === undefined ? "" : names.provider(provider).name;
  if (app === undefined) return words.provider(at);
  const from = names.app(app).name;
  return provider === undefined ? words.app(from) : words.both({ app: from, provider: at });
};
