/** What stands around every screen: the app's look and links, a preview's mark, and what is said without a network. */
import type { View } from "@alter-ai/protocol/http";
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../popup/App.tsx";
import { applyBrand } from "../../look/brand.ts";
import { en } from "../../popup/locales/en.ts";
import {
  authorized,
  calendar,
  connection,
  createPage,
  files,
  pass,
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

const show = async (more: Partial<View> = {}) => {
  const page = createPage({
    view: [viewReply({ view: view(more) })],
    authorize: [authorized()],
  });
  await page.reload();
  const { container } = render(<App flow={page.flow} t={en} />);
  return { ...page, text: () => container.textContent ?? "" };
};
const button = (name: string) => screen.getByRole("button", { name });

describe("the app's look", () => {
  const { style } = document.documentElement;
  afterEach(() => document.documentElement.removeAttribute("style"));
  const colours = (of: string) => ({ action: `#${of}1`, on_action: `#${of}2`, accent: `#${of}3` });

  it("is set for both themes, for the style sheet to choose", () => {
    applyBrand({ colours: { light: colours("00000"), dark: colours("fffff") }, radius: 6 }, style);
    const set = (name: string) => style.getPropertyValue(name);
    expect(set("--action-light")).toBe("#000001");
    expect(set("--on-action-light")).toBe("#000002");
    expect(set("--accent-light")).toBe("#000003");
    expect(set("--action-dark")).toBe("#fffff1");
    expect(set("--on-action-dark")).toBe("#fffff2");
    expect(set("--accent-dark")).toBe("#fffff3");
    expect(set("--radius")).toBe("6px");
    // A button under the pointer goes away from its text and not towards it.
    expect(set("--away-light")).toBe("#fff");
    expect(set("--away-dark")).toBe("#000");
  });

  it.each([undefined, {}])("is ours for what the app has not chosen: %j", (brand) => {
    applyBrand(brand, style);
    expect(style.cssText).toBe("");
  });
});

describe("the app's links", () => {
  const app = view().app;

  it("lead out of the page, which tells nobody where it is", async () => {
    await show({
      app: {
        ...app,
        support_url: "https://app.example/help",
        privacy_url: "https://app.example/privacy",
      },
    });
    const links = screen.getAllByRole("link");
    expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["Help", "https://app.example/help"],
      ["Privacy", "https://app.example/privacy"],
    ]);
    for (const link of links) {
      expect(link.getAttribute("target")).toBe("_blank");
      expect(link.getAttribute("rel")).toBe("noopener noreferrer");
    }
    expect(screen.getByRole("link", { name: "Help from Day Planner, in a new window" })).toBe(
      links[0],
    );
  });

  it.each([undefined, "javascript:alert(1)", "data:text/html,x", "http://app.example/help"])(
    "are none where they lead nowhere that the page would go [L8]: %s",
    async (url) => {
      await show({ app: { ...app, ...(url && { support_url: url, privacy_url: url }) } });
      expect(screen.queryByRole("link")).toBeNull();
      expect(screen.queryByRole("contentinfo")).toBeNull();
    },
  );
});

describe("a preview", () => {
  it("says so from the start", async () => {
    const { text } = await show({ preview: true });
    expect(text()).toContain("Preview – nothing can be connected");
    expect(document.querySelector(".watermark")?.getAttribute("aria-hidden")).toBe("true");
    cleanup();
    expect((await show()).text()).not.toContain("Preview");
  });

  it.each(["Continue to Acme Calendar", "Cancel", "Not you?"])(
    "leads nowhere by %s, and says that too",
    async (name) => {
      const page = await show({ preview: true });
      await pass(500);
      expect(page.text()).not.toContain("leads nowhere");
      const before = page.sent.calls.length;
      fireEvent.click(button(name));
      await settle();
      expect(page.text()).toContain("In a preview this button leads nowhere.");
      expect(page.sent.calls).toHaveLength(before);
      expect(page.sent.left).toEqual([]);
      expect(page.sent.closed).toBe(0);
      expect(page.screen().name).toBe("confirm");
    },
  );

  it("can be looked around in", async () => {
    const page = await show({
      preview: true,
      multiple: true,
      providers: [calendar, files],
      connections: [connection()],
    });
    fireEvent.click(button("Connect Acme Files"));
    await settle();
    fireEvent.click(button("Back"));
    await settle();
    expect(page.text()).not.toContain("leads nowhere");
    fireEvent.click(button("Done"));
    await settle();
    expect(page.calls("finish")).toEqual([]);
    expect(page.text()).toContain("leads nowhere");
  });
});

describe("without a network", () => {
  it("says so while it lasts, where the user is", async () => {
    const page = await show();
    page.flow.wentOffline();
    await settle();
    expect(document.querySelector("[aria-live]")?.textContent).toBe(
      "You are offline. This page goes on once you are back.",
    );
    expect(page.screen().name).toBe("confirm");
    page.flow.cameOnline();
    await settle();
    expect(document.querySelector("[aria-live]")?.textContent).toBe("");
  });

  it("knows from the start", async () => {
    const page = createPage({ view: [viewReply()] });
    expect(page.flow.offline.value).toBe(false);
    expect(createPage({}, { kept: null }, { online: false }).flow.offline.value).toBe(true);
  });

  it("is the cause of what does not get through", async () => {
    const page = createPage({ view: ["no answer"] });
    await page.reload();
    render(<App flow={page.flow} t={en} />);
    const heading = () => screen.getByRole("heading", { level: 1 }).textContent;
    expect(heading()).toBe("We can't get through");
    page.flow.wentOffline();
    await settle();
    expect(heading()).toBe("You are offline");
  });
});
