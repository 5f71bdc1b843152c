/** The list: what each row says and leads to, how a long one is searched, and what becomes of accounts there are. */
import type { View } from "@alter-ai/protocol/http";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../popup/App.tsx";
import { en } from "../../popup/locales/en.ts";
import {
  account,
  authorized,
  calendar,
  connection,
  createPage,
  files,
  settle,
  stopAll,
  view,
  viewReply,
} from "./page.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  stopAll();
  vi.useRealTimers();
});

type Provider = View["providers"][number];
const named = (name: string, category?: string): Provider => ({
  ...{ id: name.toLowerCase().replace(/\W/g, ""), name, scopes: [], accounts: [] },
  ...(category && { category }),
});
const EIGHT = [
  named("Google Drive", "files"),
  named("OneDrive", "files"),
  named("Élan Notes", "productivity"),
  named("Slack", "communication"),
  named("Linear", "developer"),
  named("GitHub", "developer"),
  named("Nobody Knows", "a-category-of-the-future"),
  named("Uncategorized"),
];

const showList = async (providers: Provider[], more: Partial<View> = {}) => {
  const page = createPage({
    view: [viewReply({ view: view({ providers, ...more }) })],
    authorize: [authorized()],
  });
  await page.reload();
  render(<App flow={page.flow} t={en} />);
  return page;
};
const button = (name: string) => screen.getByRole("button", { name });
const maybe = (name: string) => screen.queryByRole("button", { name });
const list = () => screen.getByRole("list", { name: "Choose a service" });
const offered = () =>
  within(list())
    .queryAllByRole("button")
    .map((row) => row.getAttribute("aria-label"));
const field = () => screen.getByRole<HTMLInputElement>("searchbox", { name: "Search by name" });
const search = async (text: string) => {
  fireEvent.input(field(), { target: { value: text } });
  await settle();
};
const press = async (name: string) => {
  fireEvent.click(button(name));
  await settle();
};
const said = () => screen.getByRole("status").textContent;
const described = (row: HTMLElement) =>
  document.getElementById(row.getAttribute("aria-describedby") ?? "")?.textContent;

describe("a row", () => {
  it("says what pressing it does, and all that will be asked for", async () => {
    const scopes = ["See your calendar", "Change your calendar", "See your e-mail address"];
    const page = await showList([{ ...calendar, scopes }, files]);
    expect(offered()).toEqual(["Connect Acme Calendar", "Connect Acme Files"]);
    for (const scope of scopes) expect(described(button("Connect Acme Calendar"))).toContain(scope);
    await press("Connect Acme Files");
    expect(page.screen()).toMatchObject({ name: "confirm", provider: files });
    expect(page.calls("authorize")).toEqual([]);
  });

  it("has the provider's colours while it has no logo, set without an attribute of ours", async () => {
    await showList([{ ...calendar, tile: { background: "#102030", text: "#fefefe" } }, files]);
    const row = (name: string) => button(name).closest("li");
    const tile = row("Connect Acme Calendar")?.querySelector<HTMLElement>(".logo");
    expect(tile?.style.backgroundColor).toBe("#102030");
    expect(tile?.style.color).toBe("#fefefe");
    expect(row("Connect Acme Files")?.querySelector("[style]")).toBeNull();
  });
});

describe("accounts", () => {
  const broken = { ...account("ann@home.example"), status: "broken" as const };
  const held = { ...calendar, accounts: [account("ann@work.example"), broken] };

  it("are on their provider's row, and whether one of them needs the user", async () => {
    const fine = { ...files, accounts: [account("ann@files.example")] };
    await showList([held, fine]);
    expect(described(button("Your accounts at Acme Calendar"))).toBe("Needs to be connected again");
    expect(described(button("Your accounts at Acme Files"))).toBe("Connected: ann@files.example");
  });

  it("are shown by pressing it, and hidden again", async () => {
    const page = await showList([held, files]);
    const row = button("Your accounts at Acme Calendar");
    expect(row.getAttribute("aria-expanded")).toBe("false");
    expect(maybe("Reconnect ann@work.example at Acme Calendar")).toBeNull();
    await press("Your accounts at Acme Calendar");
    expect(row.getAttribute("aria-expanded")).toBe("true");
    expect(button("Reconnect ann@work.example at Acme Calendar")).toBeTruthy();
    const marked = screen
      .getAllByText("Needs to be connected again")
      .map((mark) => mark.closest("li li"));
    expect(marked.map((item) => item?.textContent)).toEqual([
      undefined,
      "ann@home.exampleNeeds to be connected againReconnect",
    ]);
    await press("Your accounts at Acme Calendar");
    expect(maybe("Reconnect ann@work.example at Acme Calendar")).toBeNull();
    expect(page.screen().name).toBe("choose");
  });

  it("are connected again one by one: the broker hears which, after the one click [H4]", async () => {
    const page = await showList([held, files]);
    await press("Your accounts at Acme Calendar");
    await press("Reconnect ann@home.example at Acme Calendar");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(
      "Reconnect Acme Calendar to Day Planner",
    );
    expect(screen.getByText("ann@home.example")).toBeTruthy();
    expect(screen.queryByText("ann@work.example")).toBeNull();
    expect(page.calls("authorize")).toEqual([]);
    await page.press(() => fireEvent.click(button("Continue to Acme Calendar")));
    expect(page.calls("authorize")).toEqual([
      { session_id: "s1", provider: "calendar", renew: broken.grant_id },
    ]);
  });

  it("are added to: the broker hears that another is meant", async () => {
    const page = await showList([held, files]);
    await press("Your accounts at Acme Calendar");
    await press("Add another account at Acme Calendar");
    await page.press(() => fireEvent.click(button("Continue to Acme Calendar")));
    expect(page.calls("authorize")).toEqual([
      { session_id: "s1", provider: "calendar", another: true },
    ]);
  });

  it("are there on the only provider's page as well, and Back leads to it", async () => {
    const page = await showList([held]);
    expect(page.screen()).toMatchObject({ name: "confirm", canGoBack: false });
    await press("Reconnect ann@work.example at Acme Calendar");
    expect(page.screen()).toMatchObject({ meant: { renew: "grant of ann@work.example" } });
    await press("Back");
    expect(page.screen()).toMatchObject({ name: "confirm", canGoBack: false });
    expect(page.screen()).not.toHaveProperty("meant");
  });

  it("mean nothing any more after Back", async () => {
    const page = await showList([held, files]);
    await press("Your accounts at Acme Calendar");
    await press("Add another account at Acme Calendar");
    await press("Back");
    expect(button("Add another account at Acme Calendar")).toBeTruthy();
    await press("Connect Acme Files");
    await page.press(() => fireEvent.click(button("Continue to Acme Files")));
    expect(page.calls("authorize")).toEqual([{ session_id: "s1", provider: "files" }]);
  });
});

describe("search", () => {
  it("is there from eight providers up", async () => {
    await showList(EIGHT.slice(1));
    expect(screen.queryByRole("searchbox")).toBeNull();
    expect(maybe("All")).toBeNull();
    cleanup();
    await showList(EIGHT);
    expect(field()).toBeTruthy();
  });

  it.each([
    ["elan", ["Connect Élan Notes"]],
    ["ÉLAN", ["Connect Élan Notes"]],
    ["one drive", ["Connect OneDrive"]],
    ["drive google", ["Connect Google Drive"]],
    ["googledrive", ["Connect Google Drive"]],
    [" drive ", ["Connect Google Drive", "Connect OneDrive"]],
    ["(", EIGHT.map(({ name }) => `Connect ${name}`)],
  ])("finds by name: %j", async (text, expected) => {
    await showList(EIGHT);
    await search(text);
    expect(offered()).toEqual(expected);
  });

  it("tells how many are left, and nothing while all are there", async () => {
    await showList(EIGHT);
    expect(said()).toBe("");
    await search("drive");
    expect(said()).toBe("2 of 8 services");
    await search("");
    expect(said()).toBe("");
  });

  it("says when nothing is left, and leads back to all", async () => {
    await showList(EIGHT);
    await press("Files");
    await search("slack");
    expect(offered()).toEqual([]);
    expect(said()).toBe("No service of that name is offered here.");
    await press("Show all services");
    expect(offered()).toHaveLength(8);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });

  it("is cleared by Escape", async () => {
    await showList(EIGHT);
    await search("drive");
    fireEvent.keyDown(field(), { key: "Escape" });
    await settle();
    expect(field().value).toBe("");
    expect(offered()).toHaveLength(8);
  });

  it("chooses by Enter what is left alone, and nothing else", async () => {
    const page = await showList(EIGHT);
    await search("drive");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(page.screen().name).toBe("choose");
    await search("slack");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(page.screen()).toMatchObject({ name: "confirm", provider: { name: "Slack" } });
  });

  it("leads with the arrow keys into the list and out again", async () => {
    await showList(EIGHT);
    await search("drive");
    field().focus();
    const steps = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"].map((key) => {
      fireEvent.keyDown(document.activeElement ?? document.body, { key });
      return document.activeElement?.getAttribute("aria-label");
    });
    const [one, two] = ["Connect Google Drive", "Connect OneDrive"];
    expect(steps).toEqual([one, two, two, one, "Search by name"]);
  });

  it("is as it was left after Back", async () => {
    await showList(EIGHT);
    await search("drive");
    await press("Connect OneDrive");
    await press("Back");
    expect(field().value).toBe("drive");
    expect(offered()).toHaveLength(2);
  });
});

describe("categories", () => {
  const chips = () =>
    within(screen.getByRole("group", { name: "Kinds of services" }))
      .getAllByRole("button")
      .map(({ textContent }) => textContent);

  it("are those that the page has a name for", async () => {
    await showList(EIGHT);
    expect(chips()).toEqual(["All", "Communication", "Productivity", "Files", "Development"]);
  });

  it("filter, together with what is typed", async () => {
    await showList(EIGHT);
    expect(button("All").getAttribute("aria-pressed")).toBe("true");
    await press("Files");
    expect(button("Files").getAttribute("aria-pressed")).toBe("true");
    expect(button("All").getAttribute("aria-pressed")).toBe("false");
    expect(offered()).toEqual(["Connect Google Drive", "Connect OneDrive"]);
    expect(said()).toBe("2 of 8 services");
    await search("google");
    expect(offered()).toEqual(["Connect Google Drive"]);
    await press("All");
    expect(offered()).toEqual(["Connect Google Drive"]);
  });

  it("are no choice where there is one", async () => {
    await showList(EIGHT.map((provider) => ({ ...provider, category: "files" })));
    expect(screen.queryByRole("group")).toBeNull();
    expect(field()).toBeTruthy();
  });
});

describe("several in one session", () => {
  it("stay on the list until Done, with what was connected above it", async () => {
    const page = await showList([calendar, files], {
      multiple: true,
      connections: [connection()],
    });
    const text = document.querySelector("main")?.textContent ?? "";
    expect(text.indexOf("ann@work.example")).toBeGreaterThan(-1);
    expect(text.indexOf("ann@work.example")).toBeLessThan(text.indexOf("Choose a service"));
    expect(maybe("Cancel")).toBeNull();
    await press("Done");
    expect(page.calls("finish")).toEqual([{ session_id: "s1", reason: "done" }]);
  });
});
