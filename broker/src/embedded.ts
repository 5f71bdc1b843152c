/**
 * Is this an app's built-in browser? Some providers refuse those (RFC 8252 section 8.12), on a page of their own
 * that leads nowhere. Knows User-Agent strings and nothing else; whoever is not known is taken for a browser.
 */
export const isEmbedded = (user_agent: string | undefined): boolean =>
  user_agent !== undefined && (isWKWebView(user_agent) || APPS.some((app) => app.test(user_agent)));

/**
 * Apple's web view lacks the `Safari/` that Safari ends with, and with it every other browser on iOS. That includes
 * Google's own app (GSA), of which nobody reports that it is refused. On an iPad it may call itself a Macintosh.
 */
const isWKWebView = (user_agent: string): boolean =>
  /\((?:iPhone|iPad|iPod|Macintosh)\b/.test(user_agent) &&
  user_agent.includes("AppleWebKit/") &&
  !user_agent.includes("Safari/");

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
