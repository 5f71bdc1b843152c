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
        ${offered.map(
          (account) =>
            html`<button
              class="account"
              name="login"
              value="${account.login}"
              data-testid="account"
            >
              <span class="avatar" aria-hidden="true"
                >${account.login.charAt(0).toUpperCase()}</span
              >
              <span class="who">${who(account)}</span>
            </button>`,
        )}
      </form>
      ${typed === undefined ? undefined : otherAccount(uid, typed, problem)} ${cancel(uid)}`,
  );

export const consentScreen = (
  brand: Brand,
  client: string,
  uid: string,
  account: Account,
  wishes: string[],
) =>
  page(
    brand,
    "Allow access",
    html`<h1>${client} asks for access</h1>
      <p class="to">to your account <strong data-testid="account">${account.login}</strong></p>
      <ul class="wishes" data-testid="scopes">
        ${wishes.map((wish) => html`<li>${wish}</li>`)}
      </ul>
      <form method="post" action="/interaction/${uid}/consent">
        <button class="main" data-testid="allow">Allow</button>
      </form>
      <form method="post" action="/interaction/${uid}/abort">
        <button data-testid="deny">Deny</button>
      </form>`,
  );

/** `detail` may come from a request: it is shown as text, on a page without any link or button. */
export const problemScreen = (brand: Brand, title: string, detail: string) =>
  page(
    brand,
    title,
    html`<h1>${title}</h1>
      <p data-testid="problem">${detail}</p>`,
  );

const who = ({ name, login, claims }: Account) =>
  name === undefined
    ? html`<b>${login}</b>`
    : html`<b>Log in as ${name.split(" ")[0]}</b><small>${claims.email ?? login}</small>`;

const otherAccount = (uid: string, label: string, problem: string | undefined) =>
  html`<form class="other" method="post" action="/interaction/${uid}/login">
    <label for="login">${label}</label>
    <div>
      <input
        id="login"
        name="login"
        type="email"
        required
        maxlength="120"
        autocomplete="off"
        placeholder="you@acme.test"
      />
      <button>Log in</button>
    </div>
    ${problem === undefined ? undefined : html`<p class="problem" role="alert">${problem}</p>`}
  </form>`;

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
