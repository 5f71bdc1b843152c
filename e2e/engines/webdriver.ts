/**
 * The driver for WebKit, by WebDriver: Playwright's own WebKit cannot be installed everywhere, the
 * distribution's can. Knows the programs that takes (a screen that nobody sees, a driver, its small browser)
 * and one session at a time, since the driver has no more.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { Builder, error, Key, type WebDriver, type WebElement } from "selenium-webdriver";
import { freePort } from "../../test/servers/http.ts";
import { isTestId, until, VISIBLE_TEXT, type Driver, type Tab, type View } from "./driver.ts";

export type WebKit = {
  /** A browser of its own, without anything another one has kept. */
  start: (options: {
    userAgent: string | undefined;
  }) => Promise<{ driver: Driver; quit: () => Promise<void> }>;
  stop: () => Promise<void>;
};

export type WebKitPrograms = { driver: string; xvfb: string };

export const startWebKit = async (programs: WebKitPrograms): Promise<WebKit> => {
  const screen = spawn(
    programs.xvfb,
    ["-displayfd", "3", "-screen", "0", "1366x900x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const display = await firstLine(screen.stdio[3] as Readable);

  return {
    start: async ({ userAgent }) => {
      const { session, program } = await startSession(programs.driver, display, userAgent).catch(
        // Once in a few thousand, under load, its browser never shows up: that says nothing of what it would have shown.
        () => startSession(programs.driver, display, userAgent),
      );
      return {
        driver: await drive(session),
        quit: async () => {
          await Promise.race([session.quit().catch(() => undefined), soon(TO_QUIT)]);
          await end(program);
        },
      };
    },
    stop: () => end(screen),
  };
};

/** Rejects, and leaves no program behind, where the browser has not come in time. */
const startSession = async (
  path: string,
  display: string,
  userAgent: string | undefined,
): Promise<{ session: WebDriver; program: ChildProcess }> => {
  // A program for each session: one that has lost a browser does not always find the way to the next.
  const { url, program } = await startProgram(path, display);
  const built = new Builder()
    .usingServer(url)
    .withCapabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": {
        args: ["--automation", ...(userAgent === undefined ? [] : [`--user-agent=${userAgent}`])],
      },
    })
    .build();
  const late = soon(STARTS_WITHIN).then(() => {
    throw new Error(`WebKit has not started within ${STARTS_WITHIN / 1_000} s`);
  });
  try {
    return { session: await Promise.race([built, late]), program };
  } catch (error) {
    await end(program);
    throw error;
  }
};

/** Milliseconds. It takes a second or two; a test has forty seconds, and a second start has to fit. */
const STARTS_WITHIN = 15_000;

/** Milliseconds: long enough for a browser to quit. */
const TO_QUIT = 5_000;

const startProgram = async (
  path: string,
  display: string,
): Promise<{ url: string; program: ChildProcess }> => {
  const port = await freePort();
  const program = spawn(path, ["-p", String(port)], {
    stdio: "ignore",
    env: {
      ...process.env,
      DISPLAY: `:${display}`,
      GDK_BACKEND: "x11",
      LIBGL_ALWAYS_SOFTWARE: "1",
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await until("WebKitWebDriver to answer", () =>
    fetch(`${url}/status`).then(
      (r) => r.ok,
      () => false,
    ),
  );
  return { url, program };
};

const soon = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms).unref());

const firstLine = (stream: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    stream.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    stream.once("close", () => reject(new Error("Xvfb found no free display")));
  });

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });

const drive = async (session: WebDriver): Promise<Driver> => {
  // Commands go to the window chosen last, so choosing and acting must not come apart.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act, act);
    turn = mine;
    return mine;
  };
  const handles = (): Promise<string[]> => session.getAllWindowHandles();
  const tabOf = (handle: string): Tab => createTab(session, handle, inTurn);

  return {
    engine: "webkit",
    tab: tabOf(await session.getWindowHandle()),
    newTab: () =>
      inTurn(async () => {
        // The window chosen last may be gone, and a new one is asked of a window that is there.
        const [any = ""] = await handles();
        await session.switchTo().window(any);
        await session.switchTo().newWindow("tab");
        return tabOf(await session.getWindowHandle());
      }),
    windowAfter: async (act) => {
      const before = await inTurn(handles);
      await act();
      let opened: string | undefined;
      await until("a window to open", async () => {
        opened = (await inTurn(handles)).find((handle) => !before.includes(handle));
        return opened !== undefined;
      });
      return tabOf(opened ?? "");
    },
    windows: async () => (await inTurn(handles)).length,
    offline: undefined,
  };
};

type InTurn = <T>(act: () => Promise<T>) => Promise<T>;

const createTab = (session: WebDriver, handle: string, inTurn: InTurn): Tab => {
  const here = <T>(act: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      await session.switchTo().window(handle);
      return act();
    });
  return {
    ...createView(session, here),
    goto: (url) => here(() => session.get(url)),
    url: () => here(() => session.getCurrentUrl()),
    back: () => here(() => session.navigate().back()),
    reload: () => here(() => session.navigate().refresh()),
    close: () => here(() => session.close()),
    isClosed: async () => !(await inTurn(() => session.getAllWindowHandles())).includes(handle),
    // Its clicks miss what is inside a frame; the Enter key is as good a gesture.
    frame: createView(
      session,
      (act) =>
        here(async () => {
          await session.switchTo().frame(0);
          return act();
        }),
      (element) => element.sendKeys(Key.ENTER),
    ),
  };
};

const createView = (
  session: WebDriver,
  here: InTurn,
  push = (element: WebElement): Promise<void> => element.click(),
): View => {
  const ask = <T>(script: string, ...args: unknown[]): Promise<T> =>
    answered(session.executeScript<T>(script, ...args));
  const look = async (): Promise<string> => String((await ask(`return ${VISIBLE_TEXT}`)) ?? "");
  const found = (target: string): Promise<WebElement | null> =>
    ask<WebElement | null>(FIND, target, isTestId(target));
  const acting = async (
    target: string,
    act: (element: WebElement) => Promise<void>,
  ): Promise<void> =>
    until(`to find "${target}"`, () =>
      here(async () => {
        const element = await patiently(() => found(target), null);
        if (!element) return false;
        // The page may go, or its window close, by this very act.
        await act(element).catch(unlessGone);
        return true;
      }),
    );

  return {
    press: (target) => acting(target, push),
    fill: (target, text) =>
      acting(target, async (element) => {
        await element.clear();
        await element.sendKeys(text);
      }),
    sees: (wanted) =>
      until(`to see "${wanted}"`, () =>
        here(async () => (await patiently(look, "")).includes(wanted)),
      ),
    text: () => here(look),
    evaluate: (expression) => here(() => ask(`return (${expression})`)),
  };
};

/** Several times what the slowest answer took on a busy machine. */
const ANSWER_WITHIN = 2_000;

/**
 * An answer that is not there soon never comes: a script that is still running when Back takes the page from the
 * back-forward cache is frozen with the page it ran in, and so is WebKit's script timeout. The next one is answered.
 */
const answered = <T>(asked: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The page did not answer within ${ANSWER_WITHIN} ms`)),
      ANSWER_WITHIN,
    );
  });
  return Promise.race([asked, lost]).finally(() => clearTimeout(timer));
};

/** While one page gives way to the next, there is nothing to look at. */
const patiently = <T>(look: () => Promise<T>, nothing: T): Promise<T> =>
  look().catch((reason: unknown) => {
    if (reason instanceof error.NoSuchWindowError) throw reason;
    return nothing;
  });

const unlessGone = (reason: unknown): void => {
  if (!(reason instanceof error.NoSuchWindowError)) throw reason;
};

/** The button or field, if it is shown and enabled; open shadow trees count as the page. */
const FIND = `
  const [target, byTestId] = arguments;
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) =>
    one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]);
  const named = (one) => one.matches("button, [role=button]") &&
    (one.getAttribute("aria-label") ?? one.innerText).includes(target);
  return all(document).find((one) =>
    (byTestId ? one.dataset?.testid === target : named(one)) &&
    one.getClientRects().length > 0 && !one.disabled && one.getAttribute("aria-disabled") !== "true") ?? null;
`;
