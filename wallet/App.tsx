/** Which screen is on, as a switch over the model's state. Knows the model and the screens; decides nothing. */
import type { ComponentChildren } from "preact";
import { Foot } from "../look/Foot.tsx";
import { Button, Heading, Reference, Status } from "../look/Frame.tsx";
import { Message } from "../look/Message.tsx";
import type { Flow } from "./flow.ts";
import type { Messages } from "./locales/en.ts";
import { createNames } from "./names.ts";
import type { Head } from "./reply.ts";
import { headOf, type Said } from "./screen.ts";
import { Activity } from "./screens/Activity.tsx";
import { toldWords } from "./screens/Aftermath.tsx";
import { Ask } from "./screens/Ask.tsx";
import { Connections } from "./screens/Connections.tsx";
import { Door, NoWallet } from "./screens/Door.tsx";
import { Filters } from "./screens/Filters.tsx";
import { Skeleton } from "./screens/List.tsx";
import { Top } from "./screens/Top.tsx";
import { createWhen, type When } from "./when.ts";

type AppProps = { flow: Flow; t: Messages | undefined; now: () => number };

export const App = ({ flow, t, now }: AppProps) => {
  const app = flow.app.value;
  return (
    <div class="wallet">
      {t ? <Shown flow={flow} t={t} now={now} /> : <Loading t={undefined} />}
      {t && app && <Foot t={t} app={app} />}
      {/* Always there: a screen reader says what changes in it. */}
      <p class="unseen" role="status">
        {t && spoken(t, flow)}
      </p>
    </div>
  );
};

const Shown = ({ flow, t, now }: { flow: Flow; t: Messages; now: () => number }) => {
  const shown = flow.screen.value;
  const busy = flow.busy.value;
  const head = headOf(shown);
  const when = createWhen(t.language, now());
  const around = { flow, t, when };
  switch (shown.name) {
    case "signed_out":
      return (
        <main>
          <Door
            t={t}
            shown={shown}
            leaving={busy === "sign_in"}
            onSignIn={flow.signIn}
            onRetry={flow.retry}
          />
        </main>
      );
    case "no_wallet":
      return (
        <main>
          <NoWallet
            t={t}
            app={shown.app}
            onAll={
              flow.place.value.app === undefined
                ? undefined
                : () => flow.go({ view: "connections" })
            }
          />
        </main>
      );
    case "trouble":
      return (
        <Around {...around} head={head}>
          <div class="card door">
            <Message icon="alert" tone="warn" {...t.trouble[shown.failure.trouble]}>
              <Button kind="primary" onPress={flow.retry}>
                {t.tryAgain}
              </Button>
              <Reference label={t.reference} id={shown.failure.reference} />
            </Message>
          </div>
        </Around>
      );
    case "loading":
      return head ? (
        <Around {...around} head={head}>
          <Title flow={flow} t={t} head={head} />
          <Skeleton t={t} />
        </Around>
      ) : (
        <Loading t={t} />
      );
    default: {
      const names = createNames(shown.head);
      const common = { t, when, names, place: flow.place.value, loading: busy === "more" };
      const acts = { onGo: flow.go, onMore: flow.more };
      return (
        <Around {...around} head={shown.head}>
          <Title flow={flow} t={t} head={shown.head} />
          {shown.name === "connections" ? (
            <Connections
              {...{ ...common, ...acts, shown }}
              onEnd={flow.ask}
              onEndAll={flow.askAll}
            />
          ) : (
            <Activity {...{ ...common, ...acts, shown }} />
          )}
        </Around>
      );
    }
  }
};

/** Nobody is known so far. */
const Loading = ({ t }: { t: Messages | undefined }) => (
  <main>
    <div class="above" />
    <Skeleton t={t} heading />
  </main>
);

type AroundProps = {
  flow: Flow;
  t: Messages;
  when: When;
  head: Head | undefined;
  children: ComponentChildren;
};

/** The question stays while the list beneath is read anew. */
const Around = ({ flow, t, when, head, children }: AroundProps) => {
  const shown = flow.screen.value;
  const question = flow.question.value;
  return (
    <>
      {head && (
        <Top
          t={t}
          head={head}
          place={flow.place.value}
          leaving={flow.busy.value === "sign_out"}
          onGo={flow.go}
          onSignOut={flow.signOut}
        />
      )}
      <main>{children}</main>
      {head && question && (
        <Ask
          {...{ t, when, question, names: createNames(head) }}
          delay={shown.name === "connections" ? shown.takes_effect_within : 0}
          onConfirm={flow.confirm}
          onDismiss={flow.dismiss}
        />
      )}
    </>
  );
};

const Title = ({ flow, t, head }: { flow: Flow; t: Messages; head: Head }) => {
  const place = flow.place.value;
  const downloading = flow.downloading.value;
  const lead =
    place.view === "activity"
      ? t.activity.lead
      : head.app
        ? t.connections.leadOf(head.app.name)
        : t.connections.lead;
  return (
    <div class="title">
      <div class="grow">
        {/* Another view's is another one, and takes the focus; another filter's is the same. */}
        <Heading key={place.view}>{t[place.view].title}</Heading>
        <p class="muted">{lead}</p>
      </div>
      <div class="tools">
        <Filters t={t} head={head} place={place} onGo={flow.go} />
        <Button kind="link" onPress={flow.download} ready={downloading !== "busy"}>
          {downloading === "busy" ? t.download.busy : t.download.button}
        </Button>
      </div>
      <Status>{downloading === "failed" && t.download.failed}</Status>
    </div>
  );
};

/** What is heard and not seen: it stands elsewhere on the screen, or is plain to see there. */
const spoken = (t: Messages, { said, screen }: Flow): string => {
  const head = headOf(screen.value);
  return said.value && head ? wordsFor(t, said.value, createNames(head)) : "";
};

const wordsFor = (t: Messages, said: Said, names: ReturnType<typeof createNames>): string => {
  switch (said.about) {
    case "told":
      return toldWords(t, said.told, names.provider(said.provider).name);
    case "already":
      return t.told.already;
    case "download":
      return said.failed ? t.download.failed : t.download.done;
    case "shown":
      return t.shown(said.count);
  }
};
