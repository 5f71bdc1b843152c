/**
 * What a person sees at a demo server: log in, allow or deny, and what went wrong.
 * Knows texts and forms; gets everything as arguments and decides nothing.
 */
import type { Account, Directory } from "./directory.ts";
import { html, type Html } from "./html.ts";

export type Brand = {
  /** Also the class that picks the colours in screen.css. */
  id: string;
  name: string;
  /** An SVG document. */
  logo: string;
};

/** One thing a client asks for, in a user's words. */
export type Wish = { scope: string; words: string; optional: boolean };

export const loginScreen = (
  brand: Brand,
  client: string,
  uid: string,
  { offered, typed }: Directory,
  problem?: string,
) =>
  page(
    brand,
    "Log in",
    html`<h1>Log in to ${brand.name}</h1>
      <p class="to">to continue to <strong>${client}</strong></p>
      <form method="post" action="/interaction/${uid}/login" data-testid="login-form">
        ${offered.map(accountButton)}
      </form>
      ${typed === undefined ? undefined : otherAccount(uid, typed, problem)} ${cancel(uid)}`,
  );

export const consentScreen = (
  brand: Brand,
  client: string,
  uid: string,
  account: Account,
  wishes: Wish[],
) =>
  page(
    brand,
    "Allow access",
    html`<h1>${client} asks for access</h1>
      <p class="to">to your account <strong data-testid="account">${account.login}</strong></p>
      <form method="post" action="/interaction/${uid}/consent">
        <ul class="wishes" data-testid="scopes">
          ${wishes.map(({ scope, words, optional }) =>
            optional
              ? html`<li class="choice">
                  <label
                    ><input type="checkbox" name="scope" value="${scope}" checked />${words}</label
                  >
                </li>`
              : html`<li>${words}</li>`,
          )}
        </ul>
        <button class="main" data-testid="allow">Allow</button>
      </form>
      <form method="post" action="/interaction/${uid}/abort">
        <button data-testid="deny">Deny</button>
      </form>`,
  );

/** Whose account it is, for a page outside of any authorization. */
export const whoseScreen = (brand: Brand, action: string, { offered }: Directory) =>
  page(
    brand,
    "Your account",
    html`<h1>Your account at ${brand.name}</h1>
      <p class="to">Whose is it?</p>
      <form method="get" action="${action}">${offered.map(accountButton)}</form>
      <form class="other" method="get" action="${action}">
        <label for="login">Another account</label>
        <div>${addressField} <button>Show</button></div>
      </form>`,
  );

/** What the owner of an account sees of the apps that may use it. */
export const accessScreen = (
  brand: Brand,
  action: string,
  { login }: Account,
  granted: { client: string; wishes: string[] }[],
) =>
  page(
    brand,
    "Who has access",
    html`<h1>Who has access</h1>
      <p class="to">to <strong>${login}</strong></p>
      ${granted.map(
        ({ client, wishes }) =>
          html`<p data-testid="access"><strong>${client}</strong> has access</p>
            <ul class="wishes">
              ${wishes.map((wish) => html`<li>${wish}</li>`)}
            </ul>`,
      )}
      ${
        granted.length === 0
          ? html`<p data-testid="no-access">No app has access.</p>`
          : html`<form method="post" action="${action}/remove">
              <input type="hidden" name="login" value="${login}" />
              <button class="main" data-testid="remove-access">Remove access</button>
            </form>`
      }`,
  );

/** `detail` may come from a request: it is shown as text, on a page without any link or button. */
export const problemScreen = (brand: Brand, title: string, detail: string) =>
  page(
    brand,
    title,
    html`<h1>${title}</h1>
      <p data-testid="problem">${detail}</p>`,
  );

const accountButton = (account: Account) =>
  html`<button class="account" name="login" value="${account.login}" data-testid="account">
    <span class="avatar" aria-hidden="true">${account.login.charAt(0).toUpperCase()}</span>
    <span class="who">${who(account)}</span>
  </button>`;

const who = ({ name, login, claims }: Account) =>
  name === undefined
    ? html`<b>${login}</b>`
    : html`<b>Log in as ${name.split(" ")[0]}</b><small>${claims.email ?? login}</small>`;

const otherAccount = (uid: string, label: string, problem: string | undefined) =>
  html`<form class="other" method="post" action="/interaction/${uid}/login">
    <label for="login">${label}</label>
    <div>
      ${addressField}
      <button>Log in</button>
    </div>
    ${problem === undefined ? undefined : html`<p class="problem" role="alert">${problem}</p>`}
  </form>`;

const addressField = html`<input
  id="login"
  name="login"
  type="email"
  required
  maxlength="120"
  autocomplete="off"
  placeholder="you@acme.test"
/>`;

const cancel = (uid: string) =>
  html`<form class="cancel" method="post" action="/interaction/${uid}/abort">
    <button class="link" data-testid="cancel">Cancel</button>
  </form>`;

const page = (brand: Brand, title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en" class="${brand.id}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${brand.name}</title>
        <link rel="icon" href="/logo.svg" />
        <link rel="stylesheet" href="/screen.css" />
      </head>
      <body>
        <main>
          <header><img src="/logo.svg" alt="" width="32" height="32" />${brand.name}</header>
          ${body}
        </main>
        <footer>A demo on your own machine. No password, no real account.</footer>
      </body>
    </html>`.text;
