/**
 * OpenTelemetry, if the app has it: one span for each call to a provider, found by the API's own global symbol, so
 * that nothing is imported. Attributes are of the semantic conventions for HTTP clients, without `url.full`: a path
 * names people, and a query may hold a secret.
 */
import type { About } from "./telemetry.ts";

/** What is needed of OpenTelemetry's `Span`. */
export type Span = {
  setAttribute(key: string, value: string | number): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
};

/** What is needed of OpenTelemetry's `TracerProvider`. */
export type TracerProvider = {
  getTracer(name: string): {
    startActiveSpan(
      name: string,
      options: { kind: number; attributes: Record<string, string> },
      work: (span: Span) => unknown,
    ): unknown;
  };
};

/** Runs `work`, which says at its end what code it failed with. */
export type Tracing = <T>(
  about: About,
  work: (ended: (code: string | undefined) => void) => Promise<T>,
) => Promise<T>;

// Values of the API's enums, which are part of its interface.
const SPAN_KIND_CLIENT = 2;
const STATUS_ERROR = 2;

export const createTracing =
  (provider: TracerProvider | undefined): Tracing =>
  (about, work) => {
    let running: ReturnType<typeof work> | undefined;
    const begin = (span?: Span) =>
      (running ??= work((code) => {
        if (span) quietly(() => finish(span, about, code));
      }));
    const { operation, provider: of, method } = about;
    if (operation === "request" || operation === "proxyRequest") {
      const options = {
        kind: SPAN_KIND_CLIENT,
        attributes: {
          "http.request.method": method ?? "_OTHER",
          ...(of !== undefined && { "alter.provider": of }),
        },
      };
      quietly(() =>
        (provider ?? registered())
          ?.getTracer("@alter-ai/alter-sdk")
          .startActiveSpan(`alter.${operation} ${method ?? "HTTP"}`, options, begin),
      );
    }
    return begin();
  };

const finish = (span: Span, about: About, code: string | undefined): void => {
  const { host, grantId, requestId, status } = about;
  // Client spans take 4xx for an error too, and then name the status as its type.
  const error = code ?? (status !== undefined && status >= 400 ? String(status) : undefined);
  const attributes = {
    "server.address": host,
    "http.response.status_code": status,
    "alter.grant_id": grantId,
    "alter.request_id": requestId,
    "error.type": error,
  };
  try {
    for (const [key, value] of Object.entries(attributes))
      if (value !== undefined) span.setAttribute(key, value);
    if (error !== undefined) span.setStatus({ code: STATUS_ERROR });
  } finally {
    span.end();
  }
};

/** Where version 1 of the API keeps what the app has registered; looked up late, since that may come later. */
const registered = (): TracerProvider | undefined => {
  const global = globalThis as { [key: symbol]: { trace?: TracerProvider } | undefined };
  return global[Symbol.for("opentelemetry.js.api.1")]?.trace;
};

/** The app's call does not fail because its tracing does. */
const quietly = (work: () => unknown): void => {
  try {
    work();
  } catch {
    // Nobody to tell: whoever traces is who failed.
  }
};
