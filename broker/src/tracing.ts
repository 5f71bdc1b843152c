/**
 * Spans, for operators who have registered an OpenTelemetry SDK (`node --import ./otel.mjs`); without one nothing
 * happens. The only file that sees the library. Attributes are names and codes: no URL, no header, no token, no user.
 */
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from "@opentelemetry/api";

export type Tracing = {
  /**
   * A request of ours: `headers` are looked at for the caller's own trace, if the caller may say whose part this is.
   * The work names the span when it is known what was asked for.
   */
  request: <T>(
    headers: Headers | undefined,
    work: (told: { name: string; attributes: Attributes; failed: boolean }) => Promise<T>,
  ) => Promise<T>;
  /** A piece of it. `kind` is whether it waits for somebody else's server. */
  step: <T>(
    name: string,
    attributes: Attributes,
    kind: "client" | "internal",
    work: () => Promise<T>,
    /** What the result says of itself. */
    outcome?: (result: T) => { attributes: Attributes; failed: boolean },
  ) => Promise<T>;
};

const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

export const createTracing = (version: string): Tracing => {
  // Asks whoever is registered by the time a span begins.
  const tracer = trace.getTracer("alter-broker", version);

  return {
    request: (headers, work) => {
      const parent = headers ? callersTrace(headers) : ROOT_CONTEXT;
      return tracer.startActiveSpan("request", { kind: SpanKind.SERVER }, parent, async (span) => {
        const told = { name: "request", attributes: {}, failed: false };
        try {
          return await work(told);
        } finally {
          span.updateName(told.name);
          end(span, told.attributes, told.failed);
        }
      });
    },
    step: (name, attributes, kind, work, outcome) =>
      tracer.startActiveSpan(name, { kind: KINDS[kind], attributes }, async (span) => {
        let said: { attributes: Attributes; failed: boolean } = { attributes: {}, failed: true };
        try {
          const result = await work();
          said = outcome?.(result) ?? { attributes: {}, failed: false };
          return result;
        } finally {
          // Without the error: what it quotes is nobody's to keep.
          end(span, said.attributes, said.failed);
        }
      }),
  };
};

const end = (span: Span, attributes: Attributes, failed: boolean): void => {
  span.setAttributes(attributes);
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
};

/** W3C trace context, read by whatever propagator the operator has registered. */
const callersTrace = (headers: Headers): Context =>
  propagation.extract(context.active(), headers, {
    get: (carrier, name) => carrier.get(name) ?? undefined,
    keys: (carrier) => [...carrier.keys()],
  });
