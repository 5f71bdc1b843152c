/**
 * Runs in each of the gallery's frames ahead of the page, and does there what its user and its browser would: speaks a
 * language, has a theme, types, presses. Knows the state's steps; must not touch how the page looks.
 */
{
  const { state, theme, language, steps } = window.frameElement?.dataset ?? {};

  const appears = (selector) =>
    new Promise((found) => {
      const look = () => {
        const element = document.querySelector(selector);
        if (element) found(element);
        else requestAnimationFrame(look);
      };
      look();
    });

  const act = async ({ type, press = [], offline, wallet }) => {
    if (!wallet) await appears(".card:not(:has(.spinner)) h1");
    if (type) {
      const field = await appears("input");
      field.value = type;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (offline) dispatchEvent(new Event("offline"));
    for (const button of [press].flat()) (await appears(`${button}:not([aria-disabled])`)).click();
  };

  if (steps !== undefined) {
    Object.defineProperty(navigator, "languages", { get: () => [language] });
    // Each page focuses its heading, and the gallery would scroll to the last.
    const { focus } = HTMLElement.prototype;
    HTMLElement.prototype.focus = function () {
      focus.call(this, { preventScroll: true });
    };
    // Closing is the end of some states; here they are wanted open.
    window.close = () => undefined;
    // The Wallet's windows tell each other who has signed in, and here each has somebody else.
    BroadcastChannel.prototype.postMessage = () => undefined;
    // Set by the page as the app wishes, which is the gallery's visitor here.
    const wanted = () => {
      const { dataset } = document.documentElement;
      if (theme !== "system" && dataset.theme !== theme) dataset.theme = theme;
    };
    new MutationObserver(wanted).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
    wanted();
    const { silent, ...acts } = JSON.parse(steps);
    // Never answered, and without one of the few connections that a browser has for all frames.
    const ask = window.fetch;
    const headers = { "x-gallery-state": `${state}-${language}` };
    window.fetch = (path, init) =>
      silent && path.endsWith(`/${silent}`)
        ? new Promise(() => undefined)
        : ask(path, { ...init, headers: { ...init.headers, ...headers } });
    void act(acts);
  }
}
