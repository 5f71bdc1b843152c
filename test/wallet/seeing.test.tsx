/** What is on the screen of a user: their own words, ours, and text as text. */
import { fireEvent, screen, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  activity,
  ago,
  board,
  button,
  calendar,
  connection,
  createWorld,
  deed,
  files,
  later,
  open,
  planner,
  press,
  problem,
  REFERENCE,
  secret,
  settle,
  startClock,
  stopClock,
  view,
  type Reply,
} from "./world.tsx";

beforeEach(startClock);
afterEach(stopClock);

const row = (name: string | RegExp) => {
  const found = screen.getByRole("heading", { level: 2, name }).closest("li");
  if (!found) throw new Error(`${String(name)} is in no list`);
  return within(found);
};
const facts = (name: string | RegExp) =>
  row(name)
    .getAllByRole("term")
    .map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent ?? ""}`);

describe("a connection", () => {
  it("names provider, account, app, what the app may do, since when, and when it was used last", async () => {
    const { heading } = await open({ view: [view()] });
    expect(heading()).toBe("Your connections");
    expect(row(/Acme Calendar ann@work.example/).getByText("Active")).toBeTruthy();
    expect(row(/Acme Calendar/).getByText("See your calendar")).toBeTruthy();
    expect(facts(/Acme Calendar/)).toEqual([
      "App: Day Planner",
      "Connected: Jan 1, 2026",
      "Last used: 2 minutes ago",
    ]);
  });

  it("that was never used says so", async () => {
    await open({ view: [view({ connections: [connection({ last_used_at: null })] })] });
    expect(facts(/Acme/)).toContain("Last used: not yet");
  });

  it("that does not work says how it works again", async () => {
    await open({ view: [view({ connections: [connection({ status: "needs_reconnect" })] })] });
    expect(row(/Acme/).getByText("Needs to be connected again")).toBeTruthy();
    expect(row(/Acme/).getByText(/Open Day Planner and connect Acme Calendar again/)).toBeTruthy();
  });

  it("that is about to end says when", async () => {
    const ends_at = ago({ days: -4 });
    await open({ view: [view({ connections: [connection({ status: "expiring", ends_at })] })] });
    expect(row(/Acme/).getByText("Ends soon")).toBeTruthy();
    expect(facts(/Acme/)).toContain("Ends: Mar 14, 2026");
  });

  it("that was ended says when, and cannot be ended again", async () => {
    const ended_at = ago({ days: 1 });
    await open({ view: [view({ connections: [connection({ status: "revoked", ended_at })] })] });
    expect(facts(/Acme/)).toContain("Disconnected: yesterday");
    expect(row(/Acme/).queryByRole("button")).toBeNull();
  });

  it("that may do much shows three of it, and the rest when asked", async () => {
    const scopes = ["one", "two", "three", "four", "five"];
    await open({ view: [view({ connections: [connection({ scopes })] })] });
    const rest = row(/Acme/).getByText("2 more").closest("details");
    expect(rest?.textContent).toBe("2 morefourfive");
    expect(rest?.open).toBe(false);
    expect(row(/Acme/).getByText("three").closest("details")).toBeNull();
  });

  it("and a button to end it is called by its name too", async () => {
    await open({
      view: [
        view({ connections: [connection(), connection({ grant_id: "g2", provider: "files" })] }),
      ],
    });
    expect(button(/^Disconnect Acme Files ann@work.example$/)).toBeTruthy();
  });

  it("of an id that no list names is there all the same", async () => {
    await open({ view: [view({ connections: [connection({ provider: "new", app: "newer" })] })] });
    expect(row(/new ann@work.example/)).toBeTruthy();
  });

  it("with a time that is none still shows", async () => {
    await open({ view: [view({ connections: [connection({ created_at: "some day" })] })] });
    expect(facts(/Acme/)).toContain("Connected: –");
  });
});

describe("text that others wrote", () => {
  const evil = `<img src=x onerror="alert(1)">\u202Eevil`;
  it("stays text, and turns nothing around it", async () => {
    const { container } = await open({
      view: [
        view({
          connections: [connection({ account_identifier: evil, scopes: [evil] })],
          user: {
            label: evil,
            label_kind: "username",
            name: evil,
            identity_provider: "Acme Accounts",
          },
        }),
      ],
    });
    expect(container.querySelectorAll("img")).toHaveLength(0);
    const holders = [...container.querySelectorAll("*")].filter(
      (one) => !one.children.length && one.textContent?.includes("evil"),
    );
    expect(holders).toHaveLength(4);
    expect(holders.map(({ localName }) => localName)).toEqual(holders.map(() => "bdi"));
    await press(/^Disconnect/);
    expect(document.querySelector("dialog")?.textContent).toContain(`\u2068${evil}\u2069`);
  });
});

describe("what was given", () => {
  it("stands apart, by whom, for whom, and with nothing to end", async () => {
    await open({
      view: [
        view({
          connections: [],
          secrets: [
            secret(),
            secret({ grant_id: "s2", given_to: "everyone", status: "expired" }),
            secret({ grant_id: "s3", given_to: "user", app: "board" }),
          ],
        }),
      ],
    });
    const sections = ["Given to you by Day Planner", "Given to you by Wallboard"].map(
      (name) => screen.getByRole("heading", { name }).closest("section")?.textContent,
    );
    expect(sections[0]).toContain("Only they can take it away");
    expect(sections[0]).toContain("For a group that you belong to");
    expect(sections[0]).toContain("For everyone who uses Day Planner");
    expect(sections[0]).toContain("Expired");
    expect(sections[1]).toContain("For you alone");
    expect(screen.queryAllByRole("button", { name: /Disconnect/ })).toEqual([]);
  });
});

describe("activity", () => {
  const place = { view: "activity" as const };
  const seen = async (...deeds: Parameters<typeof deed>[0][]) => {
    await open({ activity: [activity({ activity: deeds.map((more) => deed(more)) })] }, { place });
    return screen.getAllByRole("listitem").map(({ textContent }) => textContent ?? "");
  };

  it("says when, who, what, where to, and that it was allowed", async () => {
    const [said] = await seen({});
    expect(said).toMatch(/^11:00\sAM/);
    expect(said).toContain("Day Planner used Acme Calendar");
    expect(said).toContain("GET api.calendar.example · Allowed");
    expect(document.querySelector("code")?.dir).toBe("ltr");
    expect(screen.getByRole("heading", { name: "today" })).toBeTruthy();
  });

  it("says why not", async () => {
    const [known, unknown, none] = await seen(
      { id: "1", kind: "refused", reason: "policy_violation" },
      { id: "2", kind: "refused", reason: "of the future" },
      { id: "3", kind: "refused", reason: null },
    );
    expect(known).toContain("Refused: a rule of the operator forbids it");
    for (const said of [unknown, none]) expect(said).toContain("Refused: the call was not allowed");
    expect(unknown).not.toContain("of the future");
  });

  it("does without a provider, a method and a host", async () => {
    const [said, half] = await seen(
      { id: "1", provider: null, method: null, host: null },
      { id: "2", method: null },
    );
    expect(said).toContain("Day Planner used a service");
    for (const one of [said, half]) expect(one).not.toMatch(/null|undefined/);
    expect(half).toContain("api.calendar.example");
  });

  it.each([
    ["you", "You disconnected Acme Calendar from Day Planner"],
    ["app", "Day Planner disconnected Acme Calendar"],
    ["operator", "The operator of Day Planner disconnected Acme Calendar"],
    ["identity_provider", "because your account was closed"],
    ["broker", "automatically"],
    [null, "Acme Calendar was disconnected from Day Planner"],
  ] as const)("says who ended it: %s", async (by, words) => {
    const [said] = await seen({ kind: "revoked", by });
    expect(said).toContain(words);
  });
});

describe("a long list", () => {
  it("goes on where it ended, once for two clicks, and nothing stands there twice", async () => {
    const rest = later();
    const { calls, said } = await open({
      view: [view({ next_cursor: "c1" }), rest.reply],
    });
    fireEvent.click(button("Show more"));
    await press("Loading…");
    await rest.answer(
      view({ connections: [connection(), connection({ grant_id: "g2", provider: "files" })] }),
    );
    expect(calls("view")).toEqual([{}, { cursor: "c1" }]);
    expect(screen.getAllByRole("heading", { level: 2 })).toHaveLength(2);
    expect(said()).toBe("Shown: 2");
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  it("that cannot go on says so, and tries again", async () => {
    const { text } = await open({
      view: [
        view({ next_cursor: "c1" }),
        "no answer",
        view({ connections: [connection({ grant_id: "g2" })] }),
      ],
    });
    await press("Show more");
    expect(text()).toContain("The rest could not be loaded");
    expect(text()).toContain("ann@work.example");
    await press("Show more");
    expect(screen.getAllByRole("heading", { level: 2 })).toHaveLength(2);
  });
});

describe("filters", () => {
  it("are there for what there is more than one of", async () => {
    await open({ view: [view({ apps: [planner], providers: [calendar, files] })] });
    expect(screen.queryByLabelText("App")).toBeNull();
    expect(screen.getByLabelText("Service")).toBeTruthy();
  });

  it("ask for what is chosen, keep the focus, and are in the address", async () => {
    const { calls, sent, said } = await open({ view: [view()] });
    const choice = screen.getByLabelText("Service");
    choice.focus();
    fireEvent.change(choice, { target: { value: "files" } });
    await settle();
    expect(calls("view")).toEqual([{}, { provider: "files" }]);
    expect(sent.visited).toEqual(["/wallet?provider=files"]);
    expect(document.activeElement).toBe(choice);
    expect(said()).toBe("Shown: 1");
  });

  it("never show what the address says", async () => {
    const place = { view: "connections" as const, app: "CALL 555", provider: "VISIT evil.example" };
    const { text } = await open({ view: [view({ connections: [] })] }, { place });
    expect(text()).not.toMatch(/555|evil/);
    expect(text()).toContain("There is nothing for this choice");
  });

  it("that leave nothing lead back to everything", async () => {
    const place = { view: "connections" as const, provider: "files" };
    const { calls, sent } = await open({ view: [view({ connections: [] })] }, { place });
    await press("Show everything");
    expect(calls("view")).toEqual([{ provider: "files" }, {}]);
    expect(sent.visited).toEqual(["/wallet"]);
  });
});

describe("the two views", () => {
  it("are a click apart, in the address, and the heading has the focus", async () => {
    const place = { view: "connections" as const, app: "planner" };
    const { heading, sent, calls } = await open(
      { view: [view()], activity: [activity()] },
      { place },
    );
    fireEvent.click(screen.getByRole("link", { name: "Activity" }));
    await settle();
    expect(heading()).toBe("Activity");
    expect(document.activeElement?.textContent).toBe("Activity");
    expect(sent.visited).toEqual(["/wallet/activity?app=planner"]);
    expect(calls("activity")).toEqual([{ app: "planner" }]);
  });

  it.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }])(
    "open in a window of their own where that is wished: %j",
    async (how) => {
      const { sent, calls } = await open({ view: [view()] });
      const link = screen.getByRole("link", { name: "Activity" });
      // Where the browser would go.
      link.addEventListener("click", (event) => event.preventDefault());
      fireEvent.click(link, how);
      await settle();
      expect([sent.visited, calls("activity")]).toEqual([[], []]);
      expect(link.getAttribute("href")).toBe("/wallet/activity");
    },
  );

  it("the one that was left is not drawn any more when its answer comes late", async () => {
    const late = later();
    const { heading, text } = await open({ view: [view(), late.reply], activity: [activity()] });
    fireEvent.change(screen.getByLabelText("Service"), { target: { value: "files" } });
    fireEvent.click(screen.getByRole("link", { name: "Activity" }));
    await settle();
    await late.answer(view({ connections: [connection({ account_identifier: "late" })] }));
    expect(heading()).toBe("Activity");
    expect(text()).not.toContain("late");
  });
});

describe("an app's own view", () => {
  const app = { ...board, theme: "dark" as const, support_url: "https://board.example/help" };
  it("is of that app: its name in words, its help, its logo", async () => {
    const place = { view: "connections" as const, app: "board" };
    const { flow, text } = await open(
      { view: [view({ app, connections: [connection({ app: "board" })] })] },
      { place },
    );
    expect(flow.app.value).toEqual(app);
    expect(text()).toContain("what Wallboard may do with them");
    expect(screen.getByRole("link", { name: /Help from Wallboard/ }).getAttribute("href")).toBe(
      "https://board.example/help",
    );
    expect(facts(/Acme/)).not.toContain("App: Wallboard");
  });
});

describe("where it cannot be read", () => {
  it.each<[string, Reply, string, boolean]>([
    ["no answer", "no answer", "We can't get through", false],
    [
      "a proxy's page",
      { status: 502, body: "<h1>OF THE NETWORK</h1>" },
      "We can't get through",
      false,
    ],
    ["a restart", problem(503, "shutting_down"), "We can't get through", true],
    ["a limit", problem(429, "rate_limited"), "Too much at once", true],
    ["a bug", problem(500, "internal_error"), "Something went wrong on our side", true],
    [
      "a code of the future",
      problem(400, "OF THE NETWORK"),
      "Something went wrong on our side",
      true,
    ],
    ["half a reply", { status: 200, body: { state: "signed_in" } }, "We can't get through", false],
  ])("%s has our words, a reference, and a way on", async (_, reply, title, referred) => {
    const { heading, text } = await open({ view: [reply, view()] });
    expect(heading()).toBe(title);
    expect(text()).not.toMatch(/of the network/i);
    expect(text().includes(REFERENCE)).toBe(referred);
    await press("Try again");
    expect(heading()).toBe("Your connections");
  });

  it("nothing is drawn as empty while it is on its way", async () => {
    const { start, text, container } = createWorld({ view: ["never"] });
    await start();
    expect(text()).not.toContain("Nothing is connected");
    expect(container.querySelector("[aria-busy=true]")).toBeTruthy();
  });

  it("and nothing connected says what makes it be there", async () => {
    const { text } = await open({ view: [view({ connections: [] })] });
    expect(text()).toContain("Nothing is connected");
    expect(text()).toContain("As soon as you connect an account in an app");
  });
});

it("no style stands in an attribute, which the page's policy would refuse", async () => {
  const { container } = await open({ view: [view({ secrets: [secret()] })] });
  expect(container.querySelectorAll("[style]")).toHaveLength(0);
});
