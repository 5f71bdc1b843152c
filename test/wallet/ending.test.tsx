/** Ending connections: nothing happens before it is said what stops, and what has happened is said afterwards. */
import { fireEvent, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  board,
  button,
  calendar,
  connection,
  dialog,
  files,
  later,
  nothing,
  ok,
  open,
  press,
  problem,
  REFERENCE,
  revoked,
  settle,
  signedOut,
  startClock,
  stopClock,
  view,
  type Reply,
} from "./world.tsx";

beforeEach(startClock);
afterEach(stopClock);

const two = [connection(), connection({ grant_id: "g2", provider: "files" })];
const ask = /^Disconnect Acme Calendar/;
const agree = async (): Promise<void> => {
  const buttons = dialog()?.querySelectorAll<HTMLElement>(".button.danger");
  if (buttons?.length !== 1) throw new Error("There is nothing to agree to");
  for (const one of buttons) fireEvent.click(one);
  await settle();
};
const row = (): string =>
  screen.getByRole("heading", { level: 2, name: /^Acme Calendar/ }).closest("li")?.textContent ??
  "";

describe("one", () => {
  it("is asked about first, in plain words, with Cancel in focus", async () => {
    const { calls } = await open({ view: [view({ connections: two })] });
    await press(ask);
    expect(dialog()?.hasAttribute("open")).toBe(true);
    expect(dialog()?.textContent).toContain("Disconnect Acme Calendar?");
    expect(dialog()?.textContent?.replace(/[\u2068\u2069]/g, "")).toContain(
      "Day Planner can no longer use ann@work.example at Acme Calendar. You can connect it again in Day Planner.",
    );
    expect(dialog()?.textContent).not.toContain("still have access");
    expect(document.activeElement?.textContent).toBe("Cancel");
    expect(calls("revoke")).toEqual([]);
  });

  it("says for how long an app may go on", async () => {
    await open({ view: [view({ takes_effect_within: 300 })] });
    await press(ask);
    expect(dialog()?.textContent).toContain("An app may still have access for up to 5 minutes.");
  });

  it.each([
    ["Cancel", () => press("Cancel")],
    [
      "Escape",
      async () => {
        const event = new Event("cancel", { cancelable: true });
        if (dialog()) fireEvent(dialog() as HTMLElement, event);
        // Closed by the model, which knows when it may be.
        expect(event.defaultPrevented).toBe(true);
        await settle();
      },
    ],
  ])("stays by %s", async (_, no) => {
    const { calls } = await open({ view: [view()] });
    await press(ask);
    await no();
    expect(dialog()).toBeNull();
    expect(calls("revoke")).toEqual([]);
    expect(row()).toContain("Active");
  });

  it.each<[string, string, RegExp[], RegExp[]]>([
    [
      "done",
      "Disconnected. Acme Calendar was told.",
      [/You can connect it again in Day Planner/],
      [/Remove/],
    ],
    [
      "shared",
      "Disconnected. Acme Calendar was not told, because another connection uses the same account.",
      [],
      [/Remove/],
    ],
    [
      "unsupported",
      "Disconnected here. Acme Calendar could not be told.",
      [/Remove Day Planner in the settings of your account at Acme Calendar/],
      [],
    ],
    [
      "failed",
      "Disconnected here. Acme Calendar could not be told.",
      [/Remove Day Planner in the settings/],
      [],
    ],
  ])(
    "ends in place, and says what happened at the provider: %s",
    async (told, words, also, never) => {
      const { calls, said } = await open({
        view: [view({ connections: two })],
        revoke: [revoked(told)],
      });
      await press(ask);
      await agree();
      expect(calls("revoke")).toEqual([{ session_id: "s-ann", grant_id: "g1" }]);
      expect(dialog()).toBeNull();
      expect(row()).toContain(words);
      expect(row()).toContain("Disconnectednow");
      for (const one of also) expect(row()).toMatch(one);
      for (const one of never) expect(row()).not.toMatch(one);
      expect(said()).toBe(words);
      expect(document.activeElement?.textContent).toContain("Acme Calendar");
      // The other one is as it was.
      expect(calls("view")).toHaveLength(1);
      expect(button(/^Disconnect Acme Files/)).toBeTruthy();
    },
  );

  it.each([
    ["https://files.example/connected", 1],
    ["javascript:alert(1)", 0],
    ["http://files.example/connected", 0],
  ])("leads to the provider's own page, where it is one: %s", async (manage_url, count) => {
    const providers = [calendar, { ...files, manage_url }];
    await open({
      view: [view({ providers, connections: [connection({ provider: "files" })] })],
      revoke: [revoked("unsupported")],
    });
    await press(/^Disconnect/);
    await agree();
    const links = screen.queryAllByRole("link", { name: "Open the settings at Acme Files" });
    expect(links).toHaveLength(count);
    for (const link of links) {
      expect(link.getAttribute("href")).toBe(manage_url);
      expect(link.getAttribute("rel")).toBe("noopener noreferrer");
    }
  });

  it("is asked for once, however often it is clicked, and not left half-way", async () => {
    const answer = later();
    const { calls } = await open({ view: [view()], revoke: [answer.reply] });
    await press(ask);
    await agree();
    await agree();
    await press("Cancel");
    expect(dialog()?.textContent).toContain("Disconnecting…");
    expect(calls("revoke")).toHaveLength(1);
    await answer.answer(revoked());
    expect(row()).toContain("was told");
  });

  it.each<[string, Reply, string]>([
    ["no answer", "no answer", "We can't get through"],
    ["a limit", problem(429, "rate_limited"), "Too much at once"],
    ["a bug", problem(500, "internal_error"), "Something went wrong on our side"],
  ])("that could not be ended says so, and can be tried again: %s", async (_, reply, words) => {
    const { calls } = await open({ view: [view()], revoke: [reply, revoked()] });
    await press(ask);
    await agree();
    expect(dialog()?.textContent).toContain(words);
    expect(row()).toContain("Active");
    if (reply !== "no answer") expect(dialog()?.textContent).toContain(REFERENCE);
    await agree();
    expect(calls("revoke")).toHaveLength(2);
    expect(row()).toContain("was told");
  });

  it.each(["grant_not_found", "grant_revoked"])(
    "that is over already is read again, and nothing is claimed of it: %s",
    async (code) => {
      const { calls, said, text } = await open({
        view: [view(), view({ connections: [] })],
        revoke: [problem(404, code)],
      });
      await press(ask);
      await agree();
      expect(dialog()).toBeNull();
      expect(calls("view")).toHaveLength(2);
      expect(text()).toContain("Nothing is connected");
      expect(said()).not.toContain("was told");
    },
  );
});

describe("all", () => {
  const place = { view: "connections" as const, app: "planner" };
  const some = (ended: number, more: boolean, others = {}) =>
    ok({ ...{ done: ended, unsupported: 0, shared: 0, failed: 0, more }, ...others });

  it("is offered for an app, a provider, or both, and never for everything", async () => {
    await open({ view: [view({ connections: two })] });
    expect(screen.queryByRole("button", { name: /Disconnect all/ })).toBeNull();
  });

  it.each([
    [{ app: "board" }, "Disconnect all from Wallboard", /^Disconnect everything from Wallboard\?/],
    [
      { provider: "files" },
      "Disconnect all at Acme Files",
      /No app here can use your accounts at Acme Files/,
    ],
    [
      { app: "board", provider: "files" },
      "Disconnect all at Acme Files from Wallboard",
      /Wallboard can no longer use your accounts at Acme Files/,
    ],
  ])("ends what is chosen and nothing else: %j", async (chosen, name, words) => {
    const { calls } = await open(
      { view: [view({ connections: two, apps: [board] })], "revoke-all": [some(2, false)] },
      { place: { view: "connections", ...chosen } },
    );
    await press(name);
    expect(dialog()?.textContent).toMatch(words);
    expect(document.activeElement?.textContent).toBe("Cancel");
    expect(calls("revoke-all")).toEqual([]);
    await agree();
    expect(calls("revoke-all")).toEqual([{ session_id: "s-ann", ...chosen }]);
  });

  it("goes on while there are more, says how far, and adds up what happened at the providers", async () => {
    const second = later();
    const { calls } = await open(
      {
        view: [view({ connections: two }), view({ connections: [] })],
        "revoke-all": [
          some(10, true, { shared: 2 }),
          second.reply,
          some(1, false, { unsupported: 3, failed: 1 }),
        ],
      },
      { place },
    );
    await press("Disconnect all from Day Planner");
    await agree();
    expect(dialog()?.textContent).toContain("Disconnected so far: 12");
    await second.answer(some(5, true));
    expect(calls("revoke-all")).toHaveLength(3);
    for (const words of [
      "Disconnected: 22",
      "The service was told: 16",
      "another connection uses the same account: 2",
      "The service could not be told: 4",
      "End the access in the settings of your accounts",
    ])
      expect(dialog()?.textContent).toContain(words);
    // What is beneath is as it is now.
    expect(calls("view")).toHaveLength(2);
    await press("Close");
    expect(dialog()).toBeNull();
    expect(document.activeElement).not.toBe(document.body);
  });

  it("stops when it is told to, and says that some are left", async () => {
    const first = later();
    const { calls } = await open(
      { view: [view({ connections: two })], "revoke-all": [first.reply, some(9, false)] },
      { place },
    );
    await press("Disconnect all from Day Planner");
    await agree();
    await press("Stop");
    await first.answer(some(10, true));
    expect(calls("revoke-all")).toHaveLength(1);
    expect(dialog()?.textContent).toContain("Not all of it is disconnected");
    expect(dialog()?.textContent).toContain("Disconnected: 10");
  });

  it.each<[string, Reply, string]>([
    ["fails", problem(500, "internal_error"), "Something went wrong on our side"],
    ["gets nowhere", some(0, true), "Something went wrong on our side"],
    ["is not answered", "no answer", "We can't get through"],
  ])("that %s on the way says how far it came", async (_, reply, words) => {
    const { calls } = await open(
      { view: [view({ connections: two })], "revoke-all": [some(10, true), reply] },
      { place },
    );
    await press("Disconnect all from Day Planner");
    await agree();
    expect(calls("revoke-all")).toHaveLength(2);
    expect(dialog()?.textContent).toContain("Not all of it is disconnected");
    expect(dialog()?.textContent).toContain("Disconnected: 10");
    expect(dialog()?.textContent).toContain(words);
    expect(calls("view")).toHaveLength(2);
  });

  it("ends with the session, and leaves nothing of it on screen", async () => {
    const { heading, text } = await open(
      {
        view: [view({ connections: two }), signedOut()],
        "revoke-all": [some(10, true), problem(401, "signed_out")],
      },
      { place },
    );
    await press("Disconnect all from Day Planner");
    await agree();
    expect(heading()).toBe("You have been signed out");
    expect(dialog()).toBeNull();
    expect(text()).not.toContain("ann@");
  });

  it("is dropped when the browser goes elsewhere in the page", async () => {
    const { flow, calls } = await open(
      { view: [view({ connections: two })], "sign-out": [nothing] },
      { place },
    );
    await press("Disconnect all from Day Planner");
    flow.moved({ view: "connections", app: "board" });
    await settle();
    expect(dialog()).toBeNull();
    expect(calls("revoke-all")).toEqual([]);
  });
});
