/**
 * What compiles against the widget and what does not; `tsc -p test` is the test, nothing here runs. First what
 * the reference client documents, as its README has it; then misuse, each with the line that must not compile.
 */
import AlterConnect, {
  AlterConnect as named,
  type AlterConnectConfig,
  type AlterConnectEvents,
  type AlterError,
  type ConnectError,
  type ConnectEvent,
  type Connection,
  type Grant,
  type Mode,
  type OpenOptions,
  type Outcome,
  type PromptText,
  type SessionToken,
} from "../../src/index.ts";

declare const session_token: string;
declare const mint: () => Promise<string>;

/** The reference client's API, call by call. */
export const documented = async (): Promise<void> => {
  const alterConnect = AlterConnect.create();
  AlterConnect.create({ debug: true } satisfies AlterConnectConfig);
  named.create({ debug: false });

  await alterConnect.open({
    token: session_token,
    baseURL: "https://connect.example.com",
    onSuccess: (connection, connections) => {
      connections.forEach((each) => [each.provider, each.grant_id, each.scopes]);
      connection satisfies Grant;
      connections satisfies Grant[];
    },
    onError: (error: AlterError) => [error.code, error.message],
    onExit: () => undefined,
    onEvent: (eventName, metadata) => {
      eventName satisfies string;
      metadata satisfies object;
    },
  });
  await alterConnect.open({ token: session_token, onSuccess: () => undefined });

  const unsubscribe = alterConnect.on("success", (connection) => connection.grant_id);
  unsubscribe();
  alterConnect.on("error", (error) => error.code);
  alterConnect.on("exit", () => undefined);
  alterConnect.on("close", () => undefined);
  const hear = (eventName: string, metadata: unknown): unknown => [eventName, metadata];
  alterConnect.on("event", hear);
  alterConnect.off("event", hear);
  if (alterConnect.isOpen()) alterConnect.close();
  alterConnect.getVersion() satisfies string;
  alterConnect.destroy();

  // The one difference: their array of connections is our second argument, ours first is the connection.
  await alterConnect.open({
    token: session_token,
    // @ts-expect-error The first argument is one connection.
    onSuccess: (connections: Grant[]) => connections.length,
  });
};

/** What is ours alone. */
export const more = async (): Promise<void> => {
  const prompt: Partial<PromptText> = { open: "Im Fenster abschließen" };
  const widget = AlterConnect.create({ baseURL: "https://connect.example.com", prompt });
  const result = await widget.open({
    token: mint,
    mode: "auto" satisfies Mode,
    prompt: false,
    signal: new AbortController().signal,
    closedGrace: 10_000,
  });
  // Discriminated: each way it can end has what belongs to it and nothing else.
  if (result.status === "success") result.connections satisfies Connection[];
  else if (result.status === "error") result.error satisfies ConnectError;
  else result satisfies { status: "exit" };
  // @ts-expect-error Only a success has connections.
  void result.connections;

  (await widget.getRedirectResult()) satisfies Outcome | null;
  const undo: () => void = widget.on("event", (name, event) => {
    name satisfies ConnectEvent["name"];
    event satisfies ConnectEvent;
  });
  undo();

  void widget.open({ token: mint() });
  void widget.open({ token: async () => session_token });
  void widget.open({ token: () => session_token });
  // As an app that passes options on has them.
  const options: OpenOptions = { token: session_token, onExit: undefined, signal: undefined };
  void widget.open(options);
  const token: SessionToken = mint();
  void widget.open({ ...options, token });
  const listeners: Partial<AlterConnectEvents> = { close: () => undefined };
  void listeners;
};

/** What the compiler refuses, with the reason in its message. */
export const misuse = (): void => {
  const widget = AlterConnect.create();
  // @ts-expect-error There is no token.
  void widget.open({});
  // @ts-expect-error No options.
  void widget.open();
  // @ts-expect-error The reply of the backend instead of the token in it.
  void widget.open({ token: { session_token } });
  // @ts-expect-error The reply of fetch() instead of the token in it.
  void widget.open({ token: fetch("/session") });
  // @ts-expect-error A token that may not be there.
  void widget.open({ token: undefined as string | undefined });
  // @ts-expect-error An API key of the backend.
  void widget.open({ token: "alter_rk_0123456789" });
  // @ts-expect-error The way there is no name for.
  void widget.open({ token: session_token, mode: "iframe" });
  // @ts-expect-error A sentence that the dialog does not have.
  void widget.open({ token: session_token, prompt: { title: "Connect" } });
  // @ts-expect-error An option that the widget does not have.
  void widget.open({ token: session_token, onSucess: () => undefined });
  // @ts-expect-error An option of open() that create() does not take.
  AlterConnect.create({ token: session_token });
  // @ts-expect-error There is no constructor.
  void new AlterConnect();
  // @ts-expect-error No such event.
  widget.on("sucess", () => undefined);
  // @ts-expect-error No such event.
  widget.off("opened", () => undefined);
  // @ts-expect-error What this event does not bring.
  widget.on("exit", (reason: string) => reason);
  // @ts-expect-error An event of the way is no event of the bus.
  widget.on("page_ready", () => undefined);
};
