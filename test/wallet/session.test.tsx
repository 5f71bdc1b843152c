/** Who is here, and that nothing of theirs is left once they are not: sign-in, sign-out, and two users in one browser. */
import { fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Note } from "../../wallet/session.ts";
import {
  activity,
  ann,
  bob,
  button,
  connection,
  dialog,
  later,
  noWallet,
  nothing,
  ok,
  open,
  pass,
  planner,
  press,
  problem,
  REFERENCE,
  settle,
  signedOut,
  startClock,
  stopClock,
  view,
  WAY,
  type Reply,
  type World,
} from "./world.tsx";

beforeEach(startClock);
afterEach(stopClock);

const IDP = "https://idp.example/authorize?state=x";
const theirs = /ann@|Ann Arbor|See your calendar|Acme Calendar/;
const bobs = view({
  user: bob,
  connections: [connection({ grant_id: "b1", account_identifier: "bob@work.example" })],
});
const nothingLeft = ({ text, flow }: World): void => {
  expect(text()).not.toMatch(theirs);
  forgotten(flow);
};
/** Before it is drawn. */
const forgotten = (flow: World["flow"]): void => {
  for (const part of [flow.screen, flow.question, flow.said])
    expect(JSON.stringify(part.value) ?? "").not.toMatch(theirs);
};

describe("nobody", () => {
  it("is told what this is, and has a button for each way in", async () => {
    const { heading, calls, sent } = await open({
      view: [signedOut({ sign_in: [WAY, { app: "board", identity_provider: "Corp" }] })],
      "sign-in": [ok({ authorization_url: IDP })],
    });
    expect(heading()).toBe("See what you have connected");
    expect(button("Sign in with Acme Accounts")).toBeTruthy();
    await press("Sign in with Corp");
    expect(calls("sign-in")).toEqual([{ app: "board", all: true }]);
    expect(sent.left).toEqual([IDP]);
  });

  it("leaves once, for two clicks", async () => {
    const { calls, sent } = await open({
      view: [signedOut()],
      "sign-in": [ok({ authorization_url: IDP })],
    });
    await press(/Sign in/);
    await press(/Sign in/);
    expect(calls("sign-in")).toHaveLength(1);
    expect(sent.left).toHaveLength(1);
  });

  it("sees the app that sent them, in its look", async () => {
    const { heading, flow } = await open(
      { view: [signedOut({ app: { ...planner, theme: "dark" } })] },
      { place: { view: "connections", app: "planner" } },
    );
    expect(heading()).toBe("See what you have connected to Day Planner");
    expect(flow.app.value?.theme).toBe("dark");
  });

  it.each(["javascript:alert(1)", "http://idp.example/", "https://user@idp.example/"])(
    "is not led to %s [L8]",
    async (authorization_url) => {
      const { sent, heading } = await open({
        view: [signedOut()],
        "sign-in": [ok({ authorization_url })],
      });
      await press(/Sign in/);
      expect(sent.left).toEqual([]);
      expect(heading()).toBe("Something went wrong on our side");
    },
  );

  it.each<[string, Reply, string]>([
    ["no answer", "no answer", "We can't get through"],
    [
      "the provider's silence",
      problem(503, "identity_provider_unavailable"),
      "Something went wrong on our side",
    ],
    ["an app that has none any more", problem(404, "no_wallet"), "There is nothing to see here"],
  ])("who cannot be let in is told, after %s", async (_, reply, title) => {
    const { heading, sent } = await open({ view: [signedOut()], "sign-in": [reply] });
    await press(/Sign in/);
    expect(heading()).toBe(title);
    expect(sent.left).toEqual([]);
  });
});

describe("a sign-in that came to nothing", () => {
  const reference = `req_${"r".repeat(22)}`;
  it.each([
    ["denied", "You were not signed in"],
    ["expired", "That took too long"],
    ["other_browser", "That sign-in was started elsewhere"],
    ["unavailable", "The sign-in service does not answer"],
    ["refused", "You could not be signed in"],
  ] as const)("says why, with a reference and the way in: %s", async (name, title) => {
    const { heading, text } = await open(
      { view: [signedOut()] },
      { place: { view: "connections" }, failed: { problem: name, reference } },
    );
    expect(heading()).toBe(title);
    expect(text()).toContain(reference);
    expect(button("Sign in with Acme Accounts")).toBeTruthy();
  });
});

describe("an app without a Wallet", () => {
  it("says so by its name, and shows the way to all the others", async () => {
    const { heading, calls } = await open(
      { view: [noWallet({ app: { ...planner, theme: "system" } }), signedOut()] },
      { place: { view: "connections", app: "planner" } },
    );
    expect(heading()).toBe("Day Planner does not offer this page");
    await press("Show all apps");
    expect(calls("view")).toEqual([{ app: "planner" }, {}]);
  });

  it("or no app at all says so, and leads nowhere", async () => {
    const { heading } = await open({ view: [noWallet()] });
    expect(heading()).toBe("There is nothing to see here");
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("signing out", () => {
  it("leaves nothing, says where one may still be signed in, and asks who it is next time", async () => {
    const world = await open({
      view: [view(), signedOut()],
      "sign-out": [nothing],
      "sign-in": [ok({ authorization_url: IDP })],
    });
    await press("Sign out");
    expect(world.heading()).toBe("You are signed out here");
    expect(world.text()).toContain("You may still be signed in at Acme Accounts");
    nothingLeft(world);
    expect(world.sent.told.at(-1)).toEqual({ type: "left" });
    await press("Sign in again with Acme Accounts");
    expect(world.calls("sign-in")).toEqual([{ app: "planner", all: true, again: true }]);
  });

  it.each<[string, Reply]>([
    ["no answer", "no answer"],
    ["a bug", problem(500, "internal_error")],
  ])("that did not end it does not look as if it had: %s", async (_, reply) => {
    const { heading, calls, text } = await open({
      view: [view(), signedOut()],
      "sign-out": [reply, nothing],
    });
    await press("Sign out");
    expect(heading()).toBe("You are still signed in");
    expect(text()).not.toContain("signed out here");
    await press("Try again");
    expect(calls("sign-out")).toHaveLength(2);
    expect(heading()).toBe("You are signed out here");
  });
});

describe("a session that is over", () => {
  type Act = [string, Partial<Record<string, Reply[]>>, () => Promise<unknown>];
  const over: Reply = problem(401, "signed_out");
  it.each<Act>([
    [
      "when something is ended",
      { revoke: [over] },
      async () => {
        await press(/^Disconnect Acme/);
        fireEvent.click(dialog()?.querySelector(".button.danger") as HTMLElement);
      },
    ],
    [
      "when more is asked for",
      { view: [view({ next_cursor: "c" }), over, signedOut()] },
      () => press("Show more"),
    ],
    ["when the data is", { download: [over] }, () => press("Download my data")],
    [
      "in the other view",
      { activity: [signedOut()] },
      async () => fireEvent.click(screen.getByRole("link", { name: "Activity" })),
    ],
    [
      "in the other view, said by the code",
      { activity: [over, signedOut()] },
      async () => fireEvent.click(screen.getByRole("link", { name: "Activity" })),
    ],
    ["by its time alone", {}, () => pass(901_000)],
  ])(
    "is noticed %s: nothing of the user is left, and there is a way back in",
    async (_, replies, act) => {
      const world = await open({ view: [view(), signedOut()], ...replies });
      await act();
      await settle();
      expect(world.heading()).toBe("You have been signed out");
      nothingLeft(world);
      expect(button("Sign in with Acme Accounts")).toBeTruthy();
      expect(document.activeElement?.textContent).toBe("You have been signed out");
    },
  );

  it("is off the screen before it is known what to do next", async () => {
    const ways = later();
    const world = await open({ view: [view(), ways.reply] });
    await pass(901_000);
    expect(world.heading()).toBe("You have been signed out");
    nothingLeft(world);
    await ways.answer("no answer");
    world.reply("view", signedOut());
    await press("Try again");
    expect(button("Sign in with Acme Accounts")).toBeTruthy();
  });

  it("is not over before its time, and every call gives it more", async () => {
    const { heading, calls } = await open({ view: [view()], activity: [activity()] });
    await pass(899_000);
    expect(calls("view")).toHaveLength(1);
    fireEvent.click(screen.getByRole("link", { name: "Activity" }));
    await settle();
    await pass(899_000);
    expect(heading()).toBe("Activity");
  });

  it("is seen by a window that was asleep, as soon as it is looked at", async () => {
    const { flow, heading } = await open({ view: [view(), signedOut()] });
    await pass(100_000);
    flow.cameIntoView();
    await settle();
    expect(heading()).toBe("Your connections");
  });
});

describe("two windows of one browser", () => {
  const renewed = (label: string): Note => ({
    type: "renewed",
    user: [ann.identity_provider, ann.label_kind, label].join("\n"),
    expires_in: 900,
  });

  it("tell each other: what is done in one keeps the other signed in", async () => {
    const { flow, sent, calls } = await open({ view: [view()] });
    expect(sent.told).toEqual([renewed(ann.label)]);
    await pass(800_000);
    flow.heard(renewed(ann.label));
    await pass(800_000);
    // And hearing of it asks for nothing, or two idle windows would keep each other alive for ever.
    expect(calls("view")).toHaveLength(1);
    expect(sent.told).toHaveLength(1);
  });

  it("signing out in one ends it in the other", async () => {
    const world = await open({ view: [view(), signedOut()] });
    world.flow.heard({ type: "left" });
    await settle();
    expect(world.heading()).toBe("You have been signed out");
    nothingLeft(world);
  });

  it("somebody else signs in in one: the other shows theirs, and asks nothing any more of the first", async () => {
    const world = await open({ view: [view(), bobs] });
    await press(/^Disconnect Acme/);
    world.flow.heard(renewed(bob.label));
    forgotten(world.flow);
    await settle();
    expect(dialog()).toBeNull();
    expect(world.text()).toContain("bob@work.example");
    expect(world.text()).not.toContain("ann@");
    expect(world.calls("revoke")).toEqual([]);
  });

  it("a window that has not heard adds nothing to the list of another user", async () => {
    const world = await open({
      view: [view({ next_cursor: "c" }), view({ user: bob }), bobs],
    });
    await press("Show more");
    expect(world.text()).toContain("bob@work.example");
    expect(world.text()).not.toContain("ann@");
    expect(world.calls("view")).toEqual([{}, { cursor: "c" }, {}]);
  });
});

describe("Back", () => {
  it("finds an empty page, which asks who is here", async () => {
    const world = await open({ view: [view(), bobs] });
    world.flow.goesAway();
    await settle();
    nothingLeft(world);
    world.flow.cameBack();
    await settle();
    expect(world.text()).toContain("bob@work.example");
  });

  it("and a reply that was on its way when the page was left is nobody's", async () => {
    const late = later();
    const world = await open({ view: [late.reply] });
    world.flow.goesAway();
    await late.answer(view());
    nothingLeft(world);
  });
});

describe("my data", () => {
  const document_ = { downloaded_at: "2026-03-10T12:00:00Z", activity: [] };

  it("is one file, of today", async () => {
    const { sent, said } = await open({ view: [view()], download: [ok(document_)] });
    await press("Download my data");
    expect(sent.saved.map(({ name }) => name)).toEqual([
      `wallet-${new Date().toISOString().slice(0, 10)}.json`,
    ]);
    expect(JSON.parse((await sent.saved[0]?.document.text()) ?? "")).toEqual(document_);
    expect(said()).toBe("Your data has been downloaded.");
  });

  it("is asked for once while it is on its way", async () => {
    const { calls } = await open({ view: [view()], download: ["never"] });
    await press("Download my data");
    await press("Preparing your data…");
    expect(calls("download")).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ["no answer", "no answer"],
    ["a bug", problem(500, "internal_error")],
    ["a document that was cut off", ok('{"downloaded_at":"2026","activity":[{"id":"1"')],
  ])("that did not come whole is no file, and says so: %s", async (_, reply) => {
    const { sent, text, said } = await open({ view: [view()], download: [reply, ok(document_)] });
    await press("Download my data");
    expect(sent.saved).toEqual([]);
    expect(text()).toContain("The download did not work, and nothing was saved");
    expect(said()).toContain("did not work");
    await press("Download my data");
    expect(sent.saved).toHaveLength(1);
  });

  it("is nobody's once its user has gone", async () => {
    const late = later();
    const { sent, flow } = await open({ view: [view(), bobs], download: [late.reply] });
    await press("Download my data");
    flow.goesAway();
    flow.cameBack();
    await settle();
    await late.answer(ok(document_));
    expect(sent.saved).toEqual([]);
  });
});

it("a reference is an id or nothing", async () => {
  const bad = { status: 500, body: { code: "internal_error", request_id: "<b>CALL 555</b>" } };
  const { text } = await open({ view: [bad] });
  expect(text()).not.toContain("555");
  expect(text()).not.toContain(REFERENCE);
});
