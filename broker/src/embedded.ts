/**
 * Is this an app's built-in browser? Some providers refuse those (RFC 8252 section 8.12), on a page of their own
 * that leads nowhere. Knows User-Agent strings and nothing else; whoever is not known is taken for a browser.
 */
export const isEmbedded = (user_agent: string | undefined): boolean =>
  user_agent !== undefined && APPS.some((app) => app.test(user_agent));

/**
 * By name. A bare web view of iOS, without the `Safari/` that browsers there end with, is not among them: a web app
 * on the home screen looks the same, and our refusal where the provider would have let it in is the worse mistake.
 * Google's own app (GSA) is not, since nobody reports that it is refused.
 */
const APPS: readonly RegExp[] = [
  // Android's WebView says so by itself.
  /; wv\)/,
  // Facebook, Messenger
  /\bFB(?:AN|AV|_IAB)\b/,
  /\bInstagram\b/,
  /\bLine\//,
  // WeChat
  /\bMicroMessenger\//,
  /\bSnapchat\b/,
  // TikTok
  /\bmusical_ly|\bBytedanceWebview\b/,
  /\bLinkedInApp\b/,
  /\bTwitter for i(?:Phone|Pad)\b/,
];
