/** The options of `App`, checked once. The only place that looks at the environment. Never quotes the key. */
import { isRetryCount } from "./calls.ts";
import { DEFAULT_TIMEOUT, isTimeout } from "./deadline.ts";
import { ConfigurationError } from "./errors.ts";
import { isLoopback } from "./target.ts";
import type { Logger } from "./telemetry.ts";
import type { TracerProvider } from "./tracing.ts";

/** The part of `fetch` that the SDK uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type UserTokenGetter = () => string | null | undefined | Promise<string | null | undefined>;

export type AppOptions = {
  /** Runtime API key: `alter_rk_…`, or the older `alter_key_…`. */
  apiKey: string;
  /** The broker's origin, such as `https://connect.example.com`. Default: the variable ALTER_BASE_URL. */
  baseUrl?: string | undefined;
  /** Returns the JWT of the user whose request is being served; called once in each call that has no `userToken`. */
  userTokenGetter?: UserTokenGetter | undefined;
  /**
   * Milliseconds, default 30 000; `Infinity` for none. For a whole call: broker, provider, retries and the waits
   * between them. Goes on while you read the response's body.
   */
  timeout?: number | undefined;
  /** How often at most a request of one call is sent again, where that is safe; default 2, `0` for never. */
  maxRetries?: number | undefined;
  /** Keep tokens in memory for as long as the broker allows, five minutes at most; default `true`. */
  cache?: boolean | undefined;
  /** Reject with a ProviderAPIError where a provider answers 400 or more; default `false`: that is a `Response`. */
  throwOnError?: boolean | undefined;
  /** Gets an event for each HTTP request and each call. There is no token, URL or account in it. */
  logger?: Logger | undefined;
  /** OpenTelemetry's, for a span per call to a provider; default: the one the app has registered, if any. */
  tracerProvider?: TracerProvider | undefined;
  /** Replaces the global `fetch` for broker and provider. It sees every token, and must honour `redirect: "manual"`. */
  fetch?: Fetch | undefined;
};

export type Configuration = {
  apiKey: string;
  baseUrl: string;
  userTokenGetter: UserTokenGetter | undefined;
  timeout: number;
  maxRetries: number;
  cache: boolean;
  throwOnError: boolean;
  logger: Logger | undefined;
  tracerProvider: TracerProvider | undefined;
  fetch: Fetch;
};

export const readConfiguration = (options: AppOptions): Configuration => {
  const { apiKey, baseUrl, userTokenGetter, timeout = DEFAULT_TIMEOUT, maxRetries = 2 } = options;
  // The JavaScript of an app may pass an unset variable here, whatever the types say.
  if (typeof apiKey !== "string" || !/^alter_(rk|key)_[\x21-\x7e]+$/.test(apiKey))
    throw refusal("apiKey must be a runtime API key: alter_rk_ and more, without spaces");
  if (!isTimeout(timeout))
    throw refusal("timeout must be a whole number of milliseconds, or Infinity");
  if (!isRetryCount(maxRetries)) throw refusal("maxRetries must be a whole number from 0");
  return {
    apiKey,
    baseUrl: readBaseUrl(baseUrl ?? environment("ALTER_BASE_URL")),
    userTokenGetter,
    timeout,
    maxRetries,
    cache: options.cache ?? true,
    throwOnError: options.throwOnError ?? false,
    logger: options.logger,
    tracerProvider: options.tracerProvider,
    // Looked up at each call: tracing tools replace the global after modules have loaded.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
  };
};

const readBaseUrl = (text: string | undefined): string => {
  if (!text) throw refusal("baseUrl is missing: pass it, or set ALTER_BASE_URL");
  if (!URL.canParse(text)) throw refusal("baseUrl is not a URL");
  const url = new URL(text);
  const secure = url.protocol === "https:";
  if (!secure && !(url.protocol === "http:" && isLoopback(url.hostname)))
    throw refusal("baseUrl must be https (http only for a loopback host)");
  // An origin and nothing else, as it stands in every session token.
  if (url.href !== `${url.origin}/`)
    throw refusal("baseUrl must be an origin: no path, query, fragment or user");
  return url.origin;
};

const environment = (name: string): string | undefined => {
  try {
    const { process } = globalThis as {
      process?: { env?: Record<string, string | undefined> };
    };
    return process?.env?.[name];
  } catch {
    // Deno throws where the process may not read the variable: as good as not set.
    return undefined;
  }
};

const refusal = (message: string) =>
  new ConfigurationError({ code: "invalid_configuration", message });
