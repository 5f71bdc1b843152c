/**
 * The demo as a stranger meets it: the program started, the customer's app in a browser, each step of the
 * way once. Black box: knows the command, its line of JSON, and what a person sees.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test, type Page } from "@playwright/test";

const START = resolve(import.meta.dirname, "../demo/dist/start.js");

type Running = { app: string; calendar: string; stop: () => Promise<number | null> };

const startDemo = async (data: string): Promise<Running> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [START, "--port", "0", "--data", data, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  if (!child.stdout) throw new Error("No output to read");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { urls } = JSON.parse(line.toString()) as { urls: { app: string; calendar: string } };
  return {
    ...urls,
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    },
  };
};

let data: string;
let demo: Running;

test.beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "demo-e2e-"));
  demo = await startDemo(data);
});

test.afterAll(async () => {
  expect(await demo.stop()).toBe(0);
  rmSync(data, { recursive: true });
});

const logIn = async (page: Page, name: string, path = "") => {
  await page.goto(demo.app + path);
  await page.getByRole("link", { name: "Log in" }).click();
  await page.getByRole("button", { name: `Log in as ${name}` }).click();
  await page.waitForURL(`${demo.app}${path || "/"}`);
};

const open = async (page: Page, testId: string): Promise<Page> => {
  const popup = page.waitForEvent("popup");
  await page.getByTestId(testId).click();
  return popup;
};

/** Through the hosted page; the confirmation is left out for what this browser has confirmed before. */
const toProvider = async (popup: Page) => {
  const login = popup.getByTestId("login-form");
  const confirm = popup.getByRole("button", { name: /^Continue/ });
  await expect(login.or(confirm)).toBeVisible();
  if (await confirm.isVisible()) await confirm.click();
  await expect(login).toBeVisible();
};

const allow = async (popup: Page, account: string) => {
  await popup.getByRole("button", { name: account }).click();
  await popup.getByTestId("allow").click();
};

const connect = async (page: Page, testId: string, account: string) => {
  const popup = await open(page, testId);
  await toProvider(popup);
  await allow(popup, account);
  await expect(page.getByTestId("status")).toHaveText(`Connected ${account}.`);
  if (!popup.isClosed()) await popup.waitForEvent("close");
};

const clear = async (page: Page) => {
  for (const button = page.getByTestId("disconnect"); (await button.count()) > 0;) {
    const before = await button.count();
    await button.first().click();
    await expect(button).toHaveCount(before - 1);
  }
};

test("connect, see events, connect a second account, pick, disconnect", async ({ page }) => {
  await logIn(page, "Ann");
  await expect(page.getByTestId("user")).toContainText("ann@example.com");
  await expect(page.getByTestId("events-note")).toContainText("No calendar is connected");

  await connect(page, "connect-calendar", "ann.work@acme.test");
  await expect(page.getByTestId("event")).toHaveCount(5);
  await expect(page.getByTestId("log").locator("[data-callback=onSuccess]")).toHaveCount(1);

  await connect(page, "connect-calendar", "ann.home@acme.test");
  await expect(page.getByTestId("events-note")).toContainText("more than one calendar");
  await page.getByTestId("account-picker").getByText("ann.home@acme.test").click();
  await expect(page.getByTestId("events-note")).toHaveText("From ann.home@acme.test");
  await expect(page.getByTestId("event")).toHaveCount(5);

  await page.getByRole("button", { name: "Disconnect ann.home@acme.test" }).click();
  await expect(page.getByTestId("events-note")).toHaveText("From ann.work@acme.test");
  await page.getByRole("button", { name: "Disconnect ann.work@acme.test" }).click();
  await expect(page.getByTestId("events-note")).toContainText("has ended");

  const popup = page.waitForEvent("popup");
  await page.getByTestId("events-note").getByTestId("connect-again").click();
  await toProvider(await popup);
  await allow(await popup, "ann.work@acme.test");
  await expect(page.getByTestId("event")).toHaveCount(5);
  await clear(page);
});

test("the window opens in the click, while the app's backend still thinks", async ({ page }) => {
  await logIn(page, "Ben");
  let answer = () => undefined as void;
  const thinking = new Promise<void>((done) => {
    answer = done;
  });
  await page.route("**/api/connect-session", async (route) => {
    await thinking;
    await route.continue();
  });
  const popup = await open(page, "connect-calendar");
  await expect(page.getByTestId("log")).toContainText("opened");
  answer();
  await expect(popup.getByText("ben@example.com")).toBeVisible();
  await popup.close();
  await expect(page.getByTestId("log").locator("[data-callback=onExit]")).toHaveCount(1);
});

test("either provider, by the picker; then both in one window", async ({ page }) => {
  await logIn(page, "Ben");
  const one = await open(page, "connect-any");
  await one.getByRole("button", { name: /Acme Files/ }).click();
  await toProvider(one);
  await allow(one, "ben@acme.test");
  await expect(page.getByTestId("file")).toHaveCount(4);
  await clear(page);

  const both = await open(page, "connect-multiple");
  for (const provider of [/Acme Calendar/, /Acme Files/]) {
    await both.getByRole("button", { name: provider }).click();
    await toProvider(both);
    await allow(both, "ben@acme.test");
  }
  await both.getByRole("button", { name: "Done" }).click();
  await expect(page.getByTestId("connection")).toHaveCount(2);
  await clear(page);
});

test("denied at the provider: said so, and access_denied after Cancel", async ({ page }) => {
  await logIn(page, "Ben");
  const popup = await open(page, "connect-calendar");
  await toProvider(popup);
  await popup.getByRole("button", { name: "ben@acme.test" }).click();
  await popup.getByTestId("deny").click();
  await expect(popup.getByRole("button", { name: /^Try .*again/ })).toBeVisible();
  await popup.getByRole("button", { name: "Cancel" }).click();
  const said = page.getByTestId("log").locator("[data-callback=onError]");
  await expect(said).toContainText("access_denied");
});

test("the guide's page, as the guide has it", async ({ page }) => {
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  await logIn(page, "Ann", "/guide");
  const result = page.getByTestId("guide-result");
  const popup = await open(page, "guide-connect");
  await toProvider(popup);
  await allow(popup, "ann.work@acme.test");
  await expect(result).toContainText('"account": "ann.work@acme.test"');
  expect(said).toContain("Connected calendar ann.work@acme.test");
});

test("a restart logs nobody out and loses no connection", async ({ page }) => {
  await logIn(page, "Ann");
  await clear(page);
  await connect(page, "connect-calendar", "ann.work@acme.test");
  expect(await demo.stop()).toBe(0);
  demo = await startDemo(data);
  await page.reload();
  await expect(page.getByTestId("user")).toContainText("Ann");
  await expect(page.getByTestId("event")).toHaveCount(5);
});
