/** Spans, with an operator's real SDK: what they name, whose trace they belong to, and what is never in them. */
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createPrometheus } from "../../broker/src/prometheus.ts";
import { html } from "../servers/faults.ts";
import { createScanner } from "./scanner.ts";
import { away, expired, issue, land } from "./steps.ts";
import { connect, startWorld, type World } from "./world.ts";

const { found, keep, secrets } = createScanner();

const exporter = new InMemorySpanExporter();
let world: World;
beforeAll(async () => {
  // As `node --import ./otel.mjs` would.
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  world = await startWorld({ metrics: createPrometheus("9.9.9") });
});
afterEach(() => exporter.reset());
afterAll(async () => {
  // Test files share a process.
  secrets.clear();
  for (const global of [trace, context, propagation]) global.disable();
  await world.stop();
});

const spans = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);
const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

test("a request, with what was asked of the provider and the database in it", async () => {
  await expired(world, "ann");
  exporter.reset();
  const { headers } = await issue(world, "ann");
  const [request, ...others] = spans("POST /v1/tokens");
  expect(others).toEqual([]);
  expect(request?.attributes).toEqual({
    "http.request.method": "POST",
    "http.route": "/v1/tokens",
    "http.response.status_code": 200,
    "alter.request_id": headers.get("x-request-id"),
    "alter.app": "demo",
  });
  const [refresh] = spans("provider refresh");
  expect(refresh?.attributes).toEqual({
    "alter.provider": "calendar",
    "alter.call": "refresh",
    "alter.result": "ok",
  });
  expect(refresh?.parentSpanContext?.spanId).toBe(idOf(request));
  expect(spans("database transaction").length).toBeGreaterThan(0);
});

test("what went wrong at a provider is on its span, and the request is none the worse for it", async () => {
  const { browser, back } = await away(world);
  world.calendar.control.fail("token", html(500));
  await land(browser, back);
  const [exchange] = spans("provider exchange");
  expect(exchange?.attributes).toMatchObject({
    "alter.result": "provider_unavailable",
    "alter.failure": "unusable_reply",
  });
  expect(exchange?.status.code).toBe(2);
  expect(spans("GET /oauth/callback/:provider")[0]?.status.code).toBe(0);
});

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
const traceOf = async (authorization: string): Promise<string | undefined> => {
  await world.call("/v1/providers", { headers: { authorization, traceparent } });
  return spans("GET /v1/providers")[0]?.spanContext().traceId;
};

test("a backend's trace goes on here; a stranger's does not, who could else have everything recorded", async () => {
  expect(await traceOf(`Bearer ${world.keys.demo.key}`)).toBe(TRACE);
  exporter.reset();
  const strange = await traceOf("Bearer alter_rk_of-nobody");
  expect(strange).toMatch(/^[0-9a-f]{32}$/);
  expect(strange).not.toBe(TRACE);
});

test("no provider hears of it", async () => {
  await expired(world, "bea");
  await issue(world, "bea");
  const calls = (["token", "refresh"] as const).flatMap((one) => world.calendar.control.calls(one));
  expect(calls.length).toBeGreaterThan(1);
  for (const { headers } of calls) expect(JSON.stringify(headers)).not.toMatch(/traceparent/i);
});

test("no secret and nobody's name is in any span", async () => {
  const { token, verifier, session_id } = await connect(world, { sub: "someone-in-particular" });
  const { body } = await issue(world, "someone-in-particular");
  for (const [kind, value] of Object.entries({ token, verifier, session_id, ...body }))
    keep(`of spans: ${kind}`, value);
  keep("of spans: subject", "someone-in-particular");
  keep("of spans: key", world.keys.demo.key);
  const written = JSON.stringify(
    exporter
      .getFinishedSpans()
      .map(({ name, attributes, status, events, links }) => [
        name,
        attributes,
        status,
        events,
        links,
      ]),
  );
  expect(written).toContain("provider exchange");
  expect(found(written)).toEqual([]);
});
