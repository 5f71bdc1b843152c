/**
 * The numbers, and their text for Prometheus: the table of metrics.ts in prom-client, with what it knows of the process
 * (memory, event loop, garbage collection). The only file that sees the library.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS, type Metrics } from "./metrics.ts";

export type Prometheus = Metrics & {
  /** What a scrape is answered with. */
  scrape: () => Promise<{ type: string; text: string }>;
};

export const createPrometheus = (version: string): Prometheus => {
  // Of its own: the library's global one would mix two brokers in a process.
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, () => { labels: Record<string, string>; value: number }[]>();

  for (const [name, described] of Object.entries(METRICS)) {
    const { kind, help } = described;
    const labelNames = [...described.labels];
    const about = { name, help, labelNames, registers: [registry] };
    if (kind === "counter") counters.set(name, new Counter(about));
    else if (kind === "histogram")
      histograms.set(name, new Histogram({ ...about, buckets: [...described.buckets] }));
    else
      new Gauge({
        ...about,
        collect() {
          this.reset();
          for (const { labels, value } of gauges.get(name)?.() ?? []) this.set(labels, value);
        },
      });
  }
  const prometheus: Prometheus = {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    gauge: (name, read) => void gauges.set(name, read),
    scrape: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
  prometheus.gauge("alter_build_info", () => [{ labels: { version }, value: 1 }]);
  return prometheus;
};
